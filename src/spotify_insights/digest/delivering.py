"""One message to one target: [tx] begin, [net] send, [tx] note what became of it.

A summary is sent at most once. Before the socket opens, its delivery says `sending`; whoever finds
that word of an earlier attempt cannot know how far it came, says `uncertain`, and sends nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from spotify_insights import jobs, notify
from spotify_insights.digest import forms, mail, reading, targets
from spotify_insights.digest.mail import Envelope
from spotify_insights.digest.telling import texts
from spotify_insights.errors import Conflict, InsightsError, Unavailable
from spotify_insights.insights import languages
from spotify_insights.models import Delivery, Job, SummaryTarget, User
from spotify_insights.models.insight import InsightStatus
from spotify_insights.models.summary import Channel, DeliveryState, TargetState
from spotify_insights.notify import Uncertain
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

LOOK_AGAIN_S = 15.0
# Between one attempt and the next. A server that does not know us yet wants minutes, not seconds.
WAITS_S = (60.0, 300.0, 1800.0, 7200.0)

Send = Callable[[], None]


@dataclass(frozen=True)
class _Begun:
    """A delivery that is `sending`, its attempts so far, and how it is sent."""

    delivery_id: UUID
    attempts: int
    send: Send


def run(job: Job) -> None:
    """Deliver a summary, or send what the job names: a confirmation, or a test."""
    if "delivery_id" in job.params:
        _deliver(job, UUID(job.params["delivery_id"]))
    else:
        _send_once(job)


def failed(session: Session, job: Job) -> None:
    """Pass the end of a job that failed for good on to its delivery."""
    if "delivery_id" not in job.params:
        return
    one = UUID(job.params["delivery_id"])
    detail = job.error_message or "No reason was given."
    if not _move(session, one, DeliveryState.SENDING, DeliveryState.UNCERTAIN, error=detail):
        _move(session, one, DeliveryState.PENDING, DeliveryState.FAILED, error=detail)


def _deliver(job: Job, delivery_id: UUID) -> None:
    with transaction() as session:
        begun = _begin(session, job, delivery_id)
    if begun is None:
        return
    try:
        begun.send()
    except Uncertain as error:
        _settle(begun, DeliveryState.UNCERTAIN, error=error.detail)
    except InsightsError as error:
        _settle(begun, DeliveryState.PENDING, error=error.detail)
        raise _next_time(error, begun.attempts) from error
    else:
        _settle(begun, DeliveryState.SENT, sent_at=func.now(), error=None)
    with transaction() as session:
        _finish(session, job, delivery_id)


def _begin(session: Session, job: Job, delivery_id: UUID) -> _Begun | None:
    """Say `sending`, or finish the job where there is nothing to send (any more)."""
    # A worker that no longer holds the job must not begin.
    jobs.beat(session, job)
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True)
    if delivery.state is DeliveryState.SENDING:
        detail = "The worker died while it was sending; it may have arrived."
        uncertain = DeliveryState.UNCERTAIN
        _move(session, delivery_id, DeliveryState.SENDING, uncertain, error=detail)
    if delivery.state is not DeliveryState.PENDING:
        _finish(session, job, delivery_id)
        return None
    week = reading.week(session, delivery.summary_id)
    if week.insight.status is InsightStatus.PENDING:
        detail = "The insight of this week is still being written."
        raise Unavailable("insight_pending", detail, retry_after=LOOK_AGAIN_S)
    target = session.get_one(SummaryTarget, delivery.target_id)
    if target.state is not TargetState.ACTIVE:
        raise Conflict("target_not_active", "Nothing is sent to this target any more.")
    send = _sending(target, session.get_one(User, target.user_id), week, delivery_id)
    attempts = delivery.attempts + 1
    sending = DeliveryState.SENDING
    _move(session, delivery_id, DeliveryState.PENDING, sending, attempts=attempts)
    return _Begun(delivery_id, attempts, send)


def _sending(target: SummaryTarget, user: User, week: reading.Week, key: UUID) -> Send:
    """How a week is sent to a target; all that is needed for it has been read."""
    language = languages.of_locale(user.locale)
    told, links = week.told(language), week.links
    if target.channel is Channel.EMAIL:
        message = mail.summary(told, links, _envelope(target, language.code, key))
        return lambda: notify.send_mail(message)
    if target.channel is Channel.APPRISE:
        address, note = targets.address_of(target), forms.note(told, links)
        return lambda: notify.send_apprise(address, told.subject, note)
    return _published


def _published() -> None:
    """A feed has a summary as soon as its insight is written; nothing is sent."""


def _send_once(job: Job) -> None:
    """A test is tried once, because somebody waits for it; a confirmation as any job."""
    (what, key), *_ = job.params.items()
    with transaction() as session:
        target = targets.get_target(session, UUID(key))
        user = session.get_one(User, target.user_id)
        send = _asking(target, user, job.id) if what == targets.CONFIRM else _trying(target, user)
    try:
        send()
    except Unavailable as error:
        if what == targets.CONFIRM and not isinstance(error, Uncertain):
            raise
        raise Conflict(error.code, error.detail) from error
    with transaction() as session:
        jobs.finish(session, job, {"target_id": key})


def _asking(target: SummaryTarget, user: User, key: UUID) -> Send:
    envelope = _envelope(target, languages.of_locale(user.locale).code, key)
    message = mail.confirmation(reading.confirm_page(target), envelope)
    return lambda: notify.send_mail(message)


def _trying(target: SummaryTarget, user: User) -> Send:
    code = languages.of_locale(user.locale).code
    if target.channel is Channel.EMAIL:
        message = mail.trial(_envelope(target, code, uuid4()))
        return lambda: notify.send_mail(message)
    said, product = texts(code)["mail"], get_settings().product_name
    address, title = targets.address_of(target), said["test_subject"].format(product=product)
    return lambda: notify.send_apprise(address, title, said["test_text"])


def _envelope(target: SummaryTarget, code: str, key: UUID) -> Envelope:
    settings = get_settings()
    notify.require_mail()
    assert settings.mail_from is not None, "mail is configured"
    return Envelope(
        sender=settings.mail_from,
        recipient=targets.address_of(target),
        code=code,
        product=settings.product_name,
        key=key,
        sent_at=datetime.now(UTC),
        unsubscribe=reading.unsubscribe_page(target),
    )


def _next_time(error: InsightsError, attempts: int) -> InsightsError:
    """When to try again what is only away; anything else, and the last attempt, is the end."""
    if not isinstance(error, Unavailable):
        return error
    if attempts > len(WAITS_S):
        return Conflict(error.code, error.detail)
    return Unavailable(error.code, error.detail, retry_after=WAITS_S[attempts - 1])


def _settle(begun: _Begun, state: DeliveryState, **values: object) -> None:
    """Note how an attempt ended, whoever holds the job by now: it is the truth."""
    with transaction() as session:
        known = _move(session, begun.delivery_id, DeliveryState.SENDING, state, **values)
        if not known and state is DeliveryState.SENT:
            _move(session, begun.delivery_id, DeliveryState.UNCERTAIN, state, **values)


def _finish(session: Session, job: Job, delivery_id: UUID) -> None:
    state = session.get_one(Delivery, delivery_id, populate_existing=True).state
    jobs.finish(session, job, {"delivery_id": str(delivery_id), "state": state})


def _move(
    session: Session, one: UUID, old: DeliveryState, new: DeliveryState, **values: object
) -> bool:
    """Change a delivery's state if it is still the old one; tell whether it was."""
    moved = update(Delivery).where(Delivery.id == one, Delivery.state == old)
    moved = moved.values(state=new, **values).returning(Delivery.id)
    options = {"synchronize_session": False}
    return session.scalars(moved, execution_options=options).one_or_none() is not None

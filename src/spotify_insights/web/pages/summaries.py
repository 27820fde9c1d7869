"""Weekly summaries: the page, the links of mails, and the feed."""

from datetime import UTC
from email.utils import format_datetime
from hashlib import sha256
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from spotify_insights import queue
from spotify_insights.digest import feed, reading, summaries, targets, telling
from spotify_insights.insights import languages
from spotify_insights.insights.languages.english import ENGLISH
from spotify_insights.models import SummaryTarget, User
from spotify_insights.models.summary import Channel
from spotify_insights.notify import is_mail_configured
from spotify_insights.resources import transaction
from spotify_insights.web.pages import listeners
from spotify_insights.web.templating import render

router = APIRouter()

_SHOWN = 26
# A link that tells its secret to nobody else, not even to the next page.
_PRIVATE = {"referrer-policy": "no-referrer", "cache-control": "no-store"}


@router.get("/summaries")
def show(request: Request, user: UUID | None = None, task: UUID | None = None) -> Response:
    with transaction() as session:
        audience = listeners.find_audience(session, user)
        listener = audience.listener
        weeks = reading.weeks(session, listener.id, _SHOWN) if listener else []
        sent = summaries.list_deliveries(session, [week.summary.id for week in weeks])
        chosen = targets.list_targets(session, listener.id) if listener else []
    by_summary = sorted(sent, key=lambda one: str(one.delivery.summary_id))
    context = {
        "audience": audience,
        "weeks": [(week, week.told(ENGLISH)) for week in weeks],
        "deliveries": {
            key: list(group)
            for key, group in groupby(by_summary, key=lambda one: one.delivery.summary_id)
        },
        "targets": chosen,
        "feed_address": reading.feed_address,
        "has_mail": is_mail_configured(),
        "task": task,
    }
    return render(request, "summaries.html", context)


@router.post("/summaries/targets")
def add(
    user: Annotated[UUID, Form()],
    channel: Annotated[Channel, Form()],
    address: Annotated[str, Form()] = "",
) -> RedirectResponse:
    with transaction() as session:
        added = targets.add(session, user, channel, address.strip() or None)
    if added.confirmation:
        queue.send(added.confirmation)
    return RedirectResponse(f"/summaries?user={user}", 303)


@router.post("/summaries/targets/{target_id}/remove")
def remove(target_id: UUID) -> RedirectResponse:
    with transaction() as session:
        target = targets.get_target(session, target_id)
        targets.end(session, target)
    return RedirectResponse(f"/summaries?user={target.user_id}", 303)


@router.post("/summaries/targets/{target_id}/renew")
def renew(target_id: UUID) -> RedirectResponse:
    with transaction() as session:
        target = targets.renew(session, target_id)
    return RedirectResponse(f"/summaries?user={target.user_id}", 303)


@router.post("/summaries/targets/{target_id}/test")
def test(target_id: UUID) -> RedirectResponse:
    with transaction() as session:
        job = targets.test(session, target_id)
    queue.send(job)
    return RedirectResponse(f"/summaries?user={job.user_id}&task={job.id}", 303)


@router.post("/summaries/deliveries/{delivery_id}/retry")
def retry(delivery_id: UUID) -> RedirectResponse:
    with transaction() as session:
        job = summaries.retry(session, delivery_id)
    queue.send(job)
    return RedirectResponse(f"/summaries?user={job.user_id}", 303)


@router.get("/summaries/confirm/{secret}")
def ask_to_confirm(request: Request, secret: str) -> Response:
    """A look changes nothing: programs that read mail before people open every link."""
    with transaction() as session:
        target = targets.by_secret(session, secret, Channel.EMAIL)
        user = session.get_one(User, target.user_id)
    return _link_page(request, "confirm", target, user)


@router.post("/summaries/confirm/{secret}")
def confirm(request: Request, secret: str) -> Response:
    with transaction() as session:
        target = targets.confirm(session, secret)
        user = session.get_one(User, target.user_id)
    return _link_page(request, "confirmed", target, user)


@router.get("/summaries/unsubscribe/{secret}")
def ask_to_stop(request: Request, secret: str) -> Response:
    with transaction() as session:
        target = targets.by_secret(session, secret, Channel.EMAIL)
        user = session.get_one(User, target.user_id)
    return _link_page(request, "unsubscribe", target, user)


@router.post("/summaries/unsubscribe/{secret}")
def stop(request: Request, secret: str) -> Response:
    """From the page's button, or from a mail program's own (RFC 8058); safe to repeat."""
    with transaction() as session:
        target = targets.by_secret(session, secret, Channel.EMAIL)
        targets.end(session, target)
        user = session.get_one(User, target.user_id)
    return _link_page(request, "unsubscribed", target, user)


@router.get("/summaries/feed/{secret}.atom")
def read_feed(request: Request, secret: str) -> Response:
    """The Atom feed; 304 for a reader that has it already."""
    with transaction() as session:
        found = reading.read_feed(session, secret)
    body = feed.document(found)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "last-modified": format_datetime(found.updated.astimezone(UTC), usegmt=True),
        "cache-control": "private, no-cache",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=feed.MEDIA_TYPE, headers=headers)


def _link_page(request: Request, what: str, target: SummaryTarget, user: User) -> Response:
    language = languages.of_locale(user.locale)
    said = telling.texts(language.code)["page"]
    context = {
        "code": language.code,
        "title": said[f"{what}_title"],
        "text": said[f"{what}_text"].format(hint=target.hint),
        "button": said.get(f"{what}_button"),
    }
    page = render(request, "summary_link.html", context)
    page.headers.update(_PRIVATE)
    return page

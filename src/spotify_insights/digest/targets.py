"""Where a listener wants summaries. Steps: each takes the session.

An e-mail address is confirmed by whoever reads it before it gets anything else. Addresses and the
secrets of links are sealed for their row; both are found by a hash, and only a hint is shown.
"""

import re
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from spotify_insights import accounts, crypto, jobs, notify
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.models import Job, SummaryTarget
from spotify_insights.models.job import JobKind
from spotify_insights.models.summary import Channel, TargetState

MOST_TARGETS = 10
MOST_CONFIRMATIONS = 3
LONGEST_ADDRESS = 2000
CONFIRM, TEST = "confirm", "test"
_A_DAY = timedelta(days=1)
_SECRET_BYTES = 32
_LONGEST_MAIL, _LONGEST_LOCAL_PART = 254, 64
# What mail servers agree on; quoted local parts exist on paper only.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0]")


class Added(NamedTuple):
    """A target, whether it is new, and the job that sends its confirmation, if one is due."""

    target: SummaryTarget
    is_new: bool
    confirmation: Job | None


def add(session: Session, user_id: UUID, channel: Channel, address: str | None = None) -> Added:
    """Send summaries there from the next one on; an e-mail address once it is confirmed.

    The same address again is the same target; unconfirmed, it is asked once more. Raises Invalid
    for what is no address of the channel, and Conflict when there are too many.
    """
    address = checked(channel, address)
    # One at a time, or two requests at once could both be the last that is allowed.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(user_id), 0))))
    accounts.get_user(session, user_id)
    own = list_targets(session, user_id)
    known = next((one for one in own if one.address_hash in _fingerprints(address)), None)
    if known is None and len(own) >= MOST_TARGETS:
        raise Conflict("too_many_targets", f"There are {len(own)} targets: remove one first.")
    target = known or _new(session, user_id, channel, address)
    is_asked = target.state is TargetState.UNCONFIRMED
    return Added(target, known is None, _confirmation(session, target) if is_asked else None)


def checked(channel: Channel, address: str | None) -> str | None:
    """The address as it is kept; None for a feed, which has none but its secret link."""
    if channel is Channel.FEED:
        if address:
            raise _no_address("A feed has no address of yours: leave it out.")
        return None
    if not address or len(address) > LONGEST_ADDRESS or _UNSEEN.search(address):
        raise _no_address("An address without spaces or line breaks is needed.")
    if channel is Channel.EMAIL:
        notify.require_mail()
        return _mail_address(address)
    notify.check_apprise(address)
    return address


def list_targets(session: Session, user_id: UUID) -> list[SummaryTarget]:
    """A listener's targets that have not ended, oldest first."""
    own = SummaryTarget.user_id == user_id, SummaryTarget.state != TargetState.ENDED
    query = select(SummaryTarget).where(*own)
    return list(session.scalars(query.order_by(SummaryTarget.created_at, SummaryTarget.id)))


def get_target(session: Session, target_id: UUID) -> SummaryTarget:
    """One that has not ended."""
    target = session.get(SummaryTarget, target_id, with_for_update=True)
    if target is None or target.state is TargetState.ENDED:
        raise NotFound("unknown_target", f"There is no target {target_id}.")
    return target


def by_secret(session: Session, secret: str, channel: Channel) -> SummaryTarget:
    """The target a link belongs to, also one that has ended."""
    same = SummaryTarget.secret_hash == _hash(secret), SummaryTarget.channel == channel
    found = session.scalars(select(SummaryTarget).where(*same).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("unknown_link", "This link leads nowhere, or not any more.")
    return found


def confirm(session: Session, secret: str) -> SummaryTarget:
    """What the reader of the address says; safe to repeat. Raises NotFound once it has ended."""
    target = by_secret(session, secret, Channel.EMAIL)
    if target.state is TargetState.ENDED:
        raise NotFound("unknown_link", "This address was removed; it has to be added again.")
    if target.state is TargetState.UNCONFIRMED:
        target.state = TargetState.ACTIVE
        target.confirmed_at = func.now()
        session.flush()
    return target


def end(session: Session, target: SummaryTarget) -> None:
    """Send nothing there any more, and forget the address; safe to repeat."""
    if target.state is not TargetState.ENDED:
        target.state = TargetState.ENDED
        target.ended_at = func.now()
        target.address = None
        session.flush()


def renew(session: Session, target_id: UUID) -> SummaryTarget:
    """Give a feed another secret address; the old one leads nowhere from now on."""
    target = get_target(session, target_id)
    if target.channel is not Channel.FEED:
        raise Conflict("not_a_feed", "Only a feed has a secret address.")
    target.secret, target.secret_hash = _secret(target.id)
    session.flush()
    return target


def test(session: Session, target_id: UUID) -> Job:
    """Send a test message. Raises Conflict for a feed, and for an address not yet confirmed."""
    target = get_target(session, target_id)
    if target.channel is Channel.FEED:
        raise Conflict("nothing_to_test", "A feed is read, nothing is sent to it.")
    if target.state is not TargetState.ACTIVE:
        raise Conflict("target_not_active", "Nothing is sent to this target.")
    return _submit(session, target, TEST)


def address_of(target: SummaryTarget) -> str:
    """The sealed address. Raises Conflict where it can no longer be read."""
    if target.address is None:
        raise Conflict("target_not_active", "Nothing is sent to this target.")
    return _open(target.address, f"summary_targets.address:{target.id}")


def secret_of(target: SummaryTarget) -> str:
    """What stands in the links of a target."""
    return _open(target.secret, f"summary_targets.secret:{target.id}")


def _new(session: Session, user_id: UUID, channel: Channel, address: str | None) -> SummaryTarget:
    key = uuid4()
    secret, secret_hash = _secret(key)
    sealed = address and crypto.encrypt(address, owner=f"summary_targets.address:{key}")
    is_confirmed = channel is not Channel.EMAIL
    target = SummaryTarget(
        id=key,
        user_id=user_id,
        channel=channel,
        address=sealed,
        address_hash=next(iter(_fingerprints(address)), None),
        hint=_hint(channel, address or ""),
        state=TargetState.ACTIVE if is_confirmed else TargetState.UNCONFIRMED,
        secret=secret,
        secret_hash=secret_hash,
    )
    session.add(target)
    session.flush()
    return target


def _confirmation(session: Session, target: SummaryTarget) -> Job:
    """The job that asks whoever reads the address; a few a day for one address, whoever asks."""
    same = select(cast(SummaryTarget.id, Text)).where(
        SummaryTarget.address_hash == target.address_hash
    )
    asked = select(func.count()).where(
        Job.kind == JobKind.DELIVER,
        Job.params[CONFIRM].as_string().in_(same),
        Job.created_at > func.now() - _A_DAY,
    )
    if (session.scalar(asked) or 0) >= MOST_CONFIRMATIONS:
        raise Conflict(
            "too_many_confirmations",
            f"This address was asked {MOST_CONFIRMATIONS} times in a day: try again tomorrow.",
        )
    return _submit(session, target, CONFIRM)


def _submit(session: Session, target: SummaryTarget, what: str) -> Job:
    key = str(target.id)
    return jobs.submit(
        session, JobKind.DELIVER, target.user_id, subject=f"{what}:{key}", params={what: key}
    )


def _mail_address(address: str) -> str:
    local_part, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    is_short = len(local_part) <= _LONGEST_LOCAL_PART and len(address) <= _LONGEST_MAIL
    if not (is_short and _LOCAL_PART.fullmatch(local_part) and _DOMAIN.fullmatch(domain)):
        raise _no_address("This is not an e-mail address.")
    return f"{local_part}@{domain}"


def _hint(channel: Channel, address: str) -> str:
    """What may be shown of an address: whose it is must remain a guess."""
    if channel is Channel.EMAIL:
        local_part, _, domain = address.rpartition("@")
        return f"{local_part[:1]}…@{domain}"
    return f"{address.partition('://')[0].lower()}://…" if address else ""


def _no_address(detail: str) -> Invalid:
    return Invalid("not_an_address", detail, field="address")


def _secret(key: UUID) -> tuple[bytes, bytes]:
    """A new secret for a row, sealed, and its hash."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return crypto.encrypt(secret, owner=f"summary_targets.secret:{key}"), _hash(secret)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _fingerprints(address: str | None) -> tuple[bytes, ...]:
    """What an address is known by; a feed has none."""
    return crypto.fingerprints(address, purpose="summary_targets.address") if address else ()


def _open(sealed: bytes, owner: str) -> str:
    try:
        return crypto.decrypt(sealed, owner=owner)
    except crypto.Undecryptable as error:
        raise Conflict(
            "target_unreadable", "This address was sealed with another key: add it again."
        ) from error

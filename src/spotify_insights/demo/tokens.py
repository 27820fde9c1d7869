"""Tokens that carry their own grant, signed, so that a restarted demo still knows them."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

SCOPES = {
    "user-top-read": "See which artists and tracks you play most",
    "user-read-recently-played": "See what you played recently",
    "user-read-private": "See your subscription details",
    "user-read-email": "See your email address",
    "user-library-read": "See what you saved in your library",
    "user-read-currently-playing": "See what you are playing now",
    "user-read-playback-state": "See your player and your devices",
}
ACCESS_SECONDS = 3600

Kind = Literal["access", "refresh"]

FIXED: dict[Kind, str] = {"access": "BQD...", "refresh": "AQC..."}
"""The pair of the usage example: all scopes, no end."""

_PREFIX: dict[Kind, str] = {"access": "BQ", "refresh": "AQ"}
_MAC_BYTES = 16
_Payload = tuple[int, int, str, str]


class Grant(NamedTuple):
    """What a listener agreed to, and when; both tokens hold it. Whole seconds, UTC."""

    authorized_at: datetime
    expires_at: datetime
    scope: str


def issue_access(seed: int, authorized_at: datetime, now: datetime, scope: str) -> str:
    expires_at = now + timedelta(seconds=ACCESS_SECONDS)
    return _sign(seed, "access", Grant(authorized_at, expires_at, scope))


def issue_refresh(seed: int, authorized_at: datetime, scope: str) -> str:
    """A token that ends six months after the consent, however often it is renewed."""
    return _sign(seed, "refresh", Grant(authorized_at, _six_months_after(authorized_at), scope))


def find_grant(seed: int, kind: Kind, token: str, now: datetime) -> Grant | None:
    """What a token was issued for, expired or not; None when it is not one of ours."""
    if token == FIXED[kind]:
        return Grant(now, datetime.max.replace(tzinfo=UTC), " ".join(SCOPES))
    try:
        signed = urlsafe_b64decode(token.removeprefix(_PREFIX[kind]).encode())
    except (Base64Error, UnicodeEncodeError):
        return None
    mac, payload = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(seed, kind, payload)):
        return None
    authorized_at, expires_at, scope, _ = msgspec.json.decode(payload, type=_Payload)
    return Grant(_moment(authorized_at), _moment(expires_at), scope)


def _sign(seed: int, kind: Kind, grant: Grant) -> str:
    times = int(grant.authorized_at.timestamp()), int(grant.expires_at.timestamp())
    payload = msgspec.json.encode((*times, grant.scope, secrets.token_hex(4)))
    padding = b" " * (-(len(payload) + _MAC_BYTES) % 3)
    payload += padding
    return _PREFIX[kind] + urlsafe_b64encode(_mac(seed, kind, payload) + payload).decode()


def _mac(seed: int, kind: Kind, payload: bytes) -> bytes:
    key = f"demo Spotify {seed} {kind}".encode()
    return hmac.digest(key, payload, hashlib.sha256)[:_MAC_BYTES]


def _moment(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def _six_months_after(moment: datetime) -> datetime:
    years, month = divmod(moment.month - 1 + 6, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))

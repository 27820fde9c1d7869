"""Secrets at rest: AES-256-GCM, bound to what they belong to.

Stored form: version (1 byte), key id (4), nonce (12), ciphertext with tag. The owner is associated
data, so a ciphertext moved to another row does not open. Keys come from `SECRET_KEY` by HKDF;
`SECRET_KEY_OLD` still opens what it sealed.
"""

import hmac
import os
import secrets
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spotify_insights.settings import get_settings

_VERSION = b"\x01"
_HEAD = slice(0, 5)
_NONCE = slice(5, 17)
_SEALED = slice(17, None)


class Undecryptable(Exception):
    """The secret was sealed with another key, for another owner, or was altered."""


def encrypt(plain: str, *, owner: str) -> bytes:
    """Seal a secret for `owner`, such as `spotify_tokens.access_token:<user id>`."""
    key = _keys()[0]
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), owner.encode())
    return _VERSION + _key_id(key) + nonce + sealed


def decrypt(stored: bytes, *, owner: str) -> str:
    """Open a secret; raise Undecryptable when no known key opens it for this owner."""
    for key in _keys():
        if stored[_HEAD] == _VERSION + _key_id(key):
            # A ValueError is what the library says to a nonce that was cut short.
            with suppress(InvalidTag, ValueError):
                return AESGCM(key).decrypt(stored[_NONCE], stored[_SEALED], owner.encode()).decode()
    raise Undecryptable("no key opens this secret: was SECRET_KEY changed?")


def fingerprints(plain: str, *, purpose: str) -> tuple[bytes, ...]:
    """What to find a sealed value by: keyed, so that nobody without the key can try out values.

    One for each known key, that of the current one first.
    """
    text = f"{purpose}:{plain}".encode()
    return tuple(hmac.digest(key, text, sha256) for key in _keys())


@cache
def _keys() -> tuple[bytes, ...]:
    settings = get_settings()
    current = settings.secret_key.get_secret_value() if settings.secret_key else _generated()
    old = (settings.secret_key_old.get_secret_value(),) if settings.secret_key_old else ()
    return tuple(_derive(secret) for secret in (current, *old))


def _derive(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"insights: secrets at rest").derive(secret.encode())


def _key_id(key: bytes) -> bytes:
    return sha256(b"key id:" + key).digest()[:4]


def _generated() -> str:
    """The secret of a laptop: made once, readable by its owner only."""
    path: Path = get_settings().data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written first, then named: a process that starts at the same time never reads half a key.
        with NamedTemporaryFile("w", dir=path.parent) as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()

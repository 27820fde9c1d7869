"""One readable log line for people: time, part, message. Secrets are masked before writing."""

import logging
import re
import sys

_SECRETS = re.compile(
    r"(?i)((?:access_token|refresh_token|client_secret|api_key|code|code_verifier|password|state)"
    r"[\"']?\s*[=:]\s*[\"']?|bearer |basic )[^\s&\"',}@]+"
)
# A password may hold almost anything, so it ends at the last @ before the path.
_URL_PASSWORDS = re.compile(r"(://[^/?#\s:@]*:)[^/?#\s]+(?=@)")


def mask(text: str) -> str:
    """Replace what follows a secret's name, an authorisation scheme or a URL's user name."""
    return _SECRETS.sub(r"\1***", _URL_PASSWORDS.sub(r"\1***", text))


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure(part: str, level: str) -> None:
    """Send all logging of this process to stderr, marked with the part it comes from."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _MaskingFormatter(f"%(asctime)s {part:<8} %(levelname)-7s %(message)s", "%H:%M:%S")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx2", "httpcore2", "alembic", "celery"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

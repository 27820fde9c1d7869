"""Messages that leave the app: mail over SMTP, and whatever Apprise knows.

Whoever sends learns one of four things: it was taken (no error), it was not taken and may be tried
again (Unavailable), it will not be taken (Invalid), or nobody knows (Uncertain).
"""

import logging
import re
import smtplib
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import getaddresses
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.plugins import NotifyBase

from spotify_insights.errors import Conflict, Invalid, Unavailable
from spotify_insights.settings import get_settings

TIMEOUT_S = 20.0
# They act on the machine this runs on; mail goes to addresses that were confirmed.
REFUSED_SCHEMES = frozenset(
    (
        *("dbus", "kde", "qt", "glib", "gnome", "macosx", "windows", "syslog", "blink1"),
        *("file", "mailto", "mailtos"),
    )
)
# Options that name a file of this machine.
_FILE_OPTIONS = frozenset({"template", "keyfile", "subfile", "attach"})
_SMTP_PORT, _SMTPS_PORT = 25, 465
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_GO_ON = 354
_FOR_GOOD = 500
_DONE = range(200, 300)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_HTTP_ERROR = re.compile(r"error=(\d{3})")
# The client's own words for an error; before a connection stood, nothing can have arrived.
_SOCKET_ERROR, _NO_CONNECTION = "Socket Exception", "Max retries exceeded"
_WAIT_AND_TRY_AGAIN = frozenset({408, 425, 429})
_CLIENT_ERRORS = range(400, 500)

# What these write down holds addresses and keys, which belong in no log.
_apprise_log = logging.getLogger("apprise")
_apprise_log.propagate = False
_apprise_log.addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.INFO)


class Uncertain(Unavailable):
    """It may have been taken or not; to send it again could be to send it twice."""


def is_mail_configured() -> bool:
    settings = get_settings()
    return settings.smtp_url is not None and settings.mail_from is not None


def require_mail() -> None:
    if not is_mail_configured():
        raise Conflict(
            "mail_not_configured", "Mail needs the settings SMTP_URL and MAIL_FROM; they are unset."
        )


def send_mail(message: EmailMessage) -> None:
    """Hand a message to the mail server. Sender and recipient are those of its headers.

    Raises Conflict where no server is configured. A server that went silent after it had the text
    is Uncertain.
    """
    require_mail()
    url = get_settings().smtp_url
    assert url is not None, "mail is configured"
    try:
        with _connected(urlsplit(url.get_secret_value())) as server:
            _transmit(server, message)
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _refused(_FOR_GOOD) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("mail_unavailable", "The mail server cannot be reached.") from error


def check_apprise(url: str) -> None:
    """Raise Invalid unless an address is one single target that Apprise can reach from here."""
    _target(url)


def send_apprise(url: str, title: str, body: str) -> None:
    """Send a short plain text to one target; raises Invalid for an address that is none."""
    target = _target(url)
    with _listening() as said:
        is_sent = target.notify(body=body, title=title, body_format=NotifyFormat.TEXT)
    if not is_sent:
        raise _reason("\n".join(said))


@contextmanager
def _connected(url: SplitResult) -> Iterator[smtplib.SMTP]:
    """A session, encrypted wherever the server can, and never with a password in the clear."""
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        port = url.port or _SMTPS_PORT
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, url.port or _SMTP_PORT, timeout=TIMEOUT_S)
    try:
        server.ehlo_or_helo_if_needed()
        is_safe = url.scheme == "smtps" or host in _LOCAL_HOSTS
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_safe = True
        if url.username:
            if not is_safe:
                raise Invalid(
                    "mail_unencrypted",
                    "The mail server offers no encryption, so it is not given the password.",
                    field="SMTP_URL",
                )
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
    finally:
        # What was taken stays taken, however the farewell goes.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _transmit(server: smtplib.SMTP, message: EmailMessage) -> None:
    ((_, sender),) = getaddresses([str(message["From"])])
    ((_, recipient),) = getaddresses([str(message["To"])])
    for reply in (server.mail(sender), server.rcpt(recipient)):
        if reply[0] not in _DONE:
            raise smtplib.SMTPResponseException(*reply)
    reply = server.docmd("DATA")
    if reply[0] != _GO_ON:
        raise smtplib.SMTPResponseException(*reply)
    text = _LINE_END.sub(b"\r\n", message.as_bytes(policy=MAIL_POLICY))
    try:
        server.send(_LEADING_DOT.sub(b"..", text.removesuffix(b"\r\n")) + b"\r\n.\r\n")
        reply = server.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Uncertain(
            "mail_uncertain", "The mail server had the text, but did not say that it took it."
        ) from error
    if reply[0] not in _DONE:
        raise smtplib.SMTPResponseException(*reply)


def _refused(code: int) -> Invalid | Unavailable:
    """By the first digit: 4 means later, 5 means never. What the server wrote may name people."""
    detail = f"The mail server refused it with code {code}."
    if code >= _FOR_GOOD:
        return Invalid("mail_refused", detail, field="address")
    return Unavailable("mail_unavailable", detail)


def _target(url: str) -> NotifyBase:
    scheme = url.partition("://")[0].lower()
    options = {name.lower() for name, _ in parse_qsl(url.partition("?")[2], True)}
    if scheme in REFUSED_SCHEMES or options & _FILE_OPTIONS:
        raise Invalid(
            "target_not_allowed",
            "This acts on the machine of the server, or is mail; it cannot be a target.",
            field="address",
        )
    with _listening(), warnings.catch_warnings():
        # All its services are loaded at the first use, and some warn of what they import.
        warnings.simplefilter("ignore")
        asset = AppriseAsset(async_mode=False, app_id=get_settings().product_name)
        target = Apprise.instantiate(url, asset=asset)
    if target is None:
        raise Invalid("target_unknown", "Apprise does not know this address.", field="address")
    if len(target) != 1:
        raise Invalid(
            "target_not_single",
            "Give one target at a time, without retries: of several, some might be told twice.",
            field="address",
        )
    return target


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What Apprise writes down meanwhile: a reason stands there and nowhere else."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    ear, level = Ear(), _apprise_log.level
    _apprise_log.addHandler(ear)
    _apprise_log.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        _apprise_log.setLevel(level)
        _apprise_log.removeHandler(ear)


def _reason(said: str) -> Invalid | Unavailable:
    answered = _HTTP_ERROR.search(said)
    if answered:
        code = int(answered[1])
        detail = f"The service refused it with code {code}."
        if code in _CLIENT_ERRORS and code not in _WAIT_AND_TRY_AGAIN:
            return Invalid("target_refused", detail, field="address")
        return Unavailable("target_unavailable", detail)
    if _SOCKET_ERROR in said and _NO_CONNECTION in said:
        return Unavailable("target_unavailable", "The service cannot be reached.")
    return Uncertain("target_uncertain", "The service did not say whether it took the message.")

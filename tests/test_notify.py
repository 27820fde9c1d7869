"""What leaves the app over SMTP and through Apprise, and what the sender learns of it."""

import logging
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import StringIO
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.mail_server import listening, mailing

from spotify_insights import notify, settings
from spotify_insights.errors import Conflict, Invalid, Unavailable
from spotify_insights.notify import Uncertain

LOOPBACK = ip_address("127.0.0.1")


@pytest.fixture
def server():
    with mailing() as server:
        yield server


@pytest.fixture
def service():
    with listening() as service:
        yield service


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """Settings with this mail server; `None` leaves a name unset."""

    def configure(url, sender="Insights <insights@example.org>"):
        monkeypatch.chdir(tmp_path)
        for name, value in {"SMTP_URL": url, "MAIL_FROM": sender}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings.get_settings.cache_clear()

    yield configure
    settings.get_settings.cache_clear()


def a_mail(text="Hello\n"):
    message = EmailMessage()
    message["From"] = "Insights <insights@example.org>"
    message["To"] = "ada@example.org"
    message["Subject"] = "Your week"
    message.set_content(text)
    return message


def test_a_mail_arrives_as_it_was_written(server, configured):
    configured(server.url)

    notify.send_mail(a_mail("One\n.\n..two\nthree"))

    (mail,) = server.mails
    assert server.envelopes == ["mail FROM:<insights@example.org>", "rcpt TO:<ada@example.org>"]
    assert mail["Subject"] == "Your week"
    # The server sees the dots doubled; it takes one away again.
    assert b"\r\n..\r\n...two\r\nthree" in server.raw[0]
    assert server.verbs[-1] == "QUIT"


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_server_that_is_busy_now_may_be_asked_again(server, configured, verb):
    configured(server.url)
    server.replies[verb] = "451 later, ada@example.org"

    with pytest.raises(Unavailable) as caught:
        notify.send_mail(a_mail())

    assert not isinstance(caught.value, Uncertain)
    assert (caught.value.code, "ada" in caught.value.detail) == ("mail_unavailable", False)
    assert "451" in caught.value.detail


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_refusal_is_final(server, configured, verb):
    configured(server.url)
    server.replies[verb] = "550 no such mailbox: ada@example.org"

    with pytest.raises(Invalid) as caught:
        notify.send_mail(a_mail())

    assert (caught.value.code, "ada" in caught.value.detail) == ("mail_refused", False)


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_dies_before_it_has_the_text_took_nothing(server, configured, verb):
    configured(server.url)
    server.replies[verb] = None

    with pytest.raises(Unavailable) as caught:
        notify.send_mail(a_mail())

    assert not isinstance(caught.value, Uncertain)
    assert server.raw == []


def test_a_server_that_dies_with_the_text_may_have_taken_it(server, configured):
    configured(server.url)
    server.replies["TEXT"] = None

    with pytest.raises(Uncertain):
        notify.send_mail(a_mail())


@pytest.mark.parametrize(("verb", "kind"), [("RCPT", Unavailable), ("TEXT", Uncertain)])
def test_a_silent_server_is_not_waited_for_long(server, configured, monkeypatch, verb, kind):
    configured(server.url)
    monkeypatch.setattr(notify, "TIMEOUT_S", 0.2)
    server.silent.add(verb)

    with pytest.raises(Unavailable) as caught:
        notify.send_mail(a_mail())

    assert type(caught.value) is kind


def test_a_failed_farewell_changes_nothing(server, configured):
    configured(server.url)
    server.replies["QUIT"] = None

    notify.send_mail(a_mail())

    assert len(server.mails) == 1


def test_nobody_there_means_later(configured):
    configured("smtp://127.0.0.1:9")

    with pytest.raises(Unavailable, match="cannot be reached"):
        notify.send_mail(a_mail())


def test_a_password_is_not_sent_in_the_clear_to_another_machine(configured):
    with mailing("127.0.0.2") as server:
        configured(server.url.replace("://", "://ada:secret@"))

        with pytest.raises(Invalid) as caught:
            notify.send_mail(a_mail())

    assert caught.value.code == "mail_unencrypted"
    assert "AUTH" not in server.verbs


def test_a_password_travels_encrypted_where_the_server_can(server, configured, certificate):
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate)
    server.replies |= {"EHLO": "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS", "AUTH": "235 ok"}
    configured(server.url.replace("://", "://ada:secret@"))

    notify.send_mail(a_mail())

    assert server.verbs.index("STARTTLS") < server.verbs.index("AUTH")
    assert len(server.mails) == 1


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A key and a certificate for this machine, signed by itself and trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + signed.public_bytes(pem)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def test_a_password_that_is_not_accepted_is_a_refusal(server, configured):
    configured(server.url.replace("://", "://ada:s%40cret@"))
    server.replies |= {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "535 no"}

    with pytest.raises(Invalid) as caught:
        notify.send_mail(a_mail())

    assert caught.value.code == "mail_refused"


def test_a_server_that_knows_no_passwords_is_a_refusal(server, configured):
    configured(server.url.replace("://", "://ada:secret@"))

    with pytest.raises(Invalid):
        notify.send_mail(a_mail())


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_encryption_that_fails_is_no_connection(server, configured, scheme):
    configured(server.url.replace("smtp", scheme))
    server.replies |= {"EHLO": "250-here\r\n250 STARTTLS", "STARTTLS": "220 go on"}

    with pytest.raises(Unavailable):
        notify.send_mail(a_mail())

    assert server.raw == []


@pytest.mark.parametrize(
    ("url", "sender"), [(None, None), (None, "a@example.org"), ("smtp://127.0.0.1:9", None)]
)
def test_without_a_server_and_a_sender_there_is_no_mail(configured, url, sender):
    configured(url, sender)

    with pytest.raises(Conflict) as caught:
        notify.send_mail(a_mail())

    assert not notify.is_mail_configured()
    assert caught.value.code == "mail_not_configured"


def test_a_service_gets_title_and_text(service):
    notify.send_apprise(service.url, "Your week", "10 hours <b>")

    (body,) = service.bodies
    assert b'"title": "Your week"' in body
    assert b"10 hours <b>" in body


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Invalid),
        (404, Invalid),
        (408, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_what_a_service_answers_decides_whether_to_try_again(service, status, kind):
    service.status = status

    with pytest.raises(kind) as caught:
        notify.send_apprise(service.url, "a", "b")

    assert type(caught.value) is kind
    assert str(status) in caught.value.detail
    assert "a-secret-path" not in caught.value.detail


def test_a_service_that_is_away_took_nothing():
    with pytest.raises(Unavailable) as caught:
        notify.send_apprise("json://127.0.0.1:9/x", "a", "b")

    assert type(caught.value) is Unavailable


def test_a_service_that_hangs_up_may_have_taken_it(service):
    service.hangs_up = True

    with pytest.raises(Uncertain):
        notify.send_apprise(service.url, "a", "b")


def test_a_service_that_goes_silent_may_have_taken_it(service):
    service.silent = True

    with pytest.raises(Uncertain):
        notify.send_apprise(f"{service.url}?rto=0.2", "a", "b")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("syslog://", "target_not_allowed"),
        ("dbus://", "target_not_allowed"),
        ("GNOME://", "target_not_allowed"),
        ("windows://", "target_not_allowed"),
        ("macosx://", "target_not_allowed"),
        ("blink1://", "target_not_allowed"),
        ("file:///etc/passwd", "target_not_allowed"),
        ("mailto://ada:secret@example.org", "target_not_allowed"),
        ("workflows://host/a/b?Template=/etc/passwd", "target_not_allowed"),
        ("nothing-of-that-name://x", "target_unknown"),
        ("no address", "target_unknown"),
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyz/1/2", "target_not_single"),
        ("json://127.0.0.1/?retry=3", "target_not_single"),
    ],
)
def test_a_target_is_one_service_elsewhere(url, code):
    with pytest.raises(Invalid) as caught:
        notify.check_apprise(url)

    assert (caught.value.code, caught.value.field) == (code, "address")


@given(url=st.text(max_size=60) | st.from_regex(r"(json|ntfy|slack)://[ -~]{0,40}", fullmatch=True))
def test_whatever_is_given_as_a_target_is_one_or_is_refused(url):
    with suppress(Invalid):
        notify.check_apprise(url)


@pytest.mark.parametrize("url", ["json://127.0.0.1:9/x", "ntfys://ntfy.sh/a-topic"])
def test_a_service_that_apprise_knows_is_a_target(url):
    notify.check_apprise(url)


def test_no_address_of_a_service_is_logged(service, root_log):
    service.status = 500

    with pytest.raises(Unavailable):
        notify.send_apprise(service.url, "a", "b")
    with pytest.raises(Invalid):
        notify.check_apprise("nothing-of-that-name://a-secret-path")

    assert "a-secret-path" not in root_log.getvalue()


@pytest.fixture
def root_log():
    """What the log of the product shows at its most talkative."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)

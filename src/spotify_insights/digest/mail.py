"""Mails: plain text with simple HTML beside it, and the headers that let one click stop them."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from markupsafe import Markup

from spotify_insights.digest import forms
from spotify_insights.digest.forms import Links
from spotify_insights.digest.telling import Texts, Told, texts


@dataclass(frozen=True)
class Envelope:
    """Whom a mail is from and to, in which language, and what stops further ones.

    The same `key` makes the same Message-ID, by which mail servers know what they have already.
    """

    sender: str
    recipient: str
    code: str
    product: str
    key: UUID
    sent_at: datetime
    unsubscribe: str

    @property
    def texts(self) -> Texts:
        return texts(self.code)


def summary(told: Told, links: Links, envelope: Envelope) -> EmailMessage:
    """The mail that tells a week."""
    said = envelope.texts
    plain, html = forms.text(told, links, said), forms.html(told, links, said)
    return _mail(told.subject, plain, html, envelope)


def confirmation(confirm: str, envelope: Envelope) -> EmailMessage:
    """The mail that asks whether an address wants summaries; `confirm` is the page to say so."""
    said = envelope.texts["mail"]
    asked = said["confirm_text"].format(product=envelope.product)
    plain = f"{asked}\n\n{confirm}\n\n{said['confirm_ignore']}"
    html = Markup("<p>{}</p>{}{}").format(
        asked, forms.link(confirm, said["confirm_link"]), forms.small(said["confirm_ignore"])
    )
    return _signed(said["confirm_subject"], plain, html, envelope)


def trial(envelope: Envelope) -> EmailMessage:
    """The mail that shows that mails arrive."""
    said = envelope.texts["mail"]
    subject = said["test_subject"].format(product=envelope.product)
    html = Markup("<p>{}</p>").format(said["test_text"])
    return _mail(subject, said["test_text"], html, envelope)


def _mail(subject: str, plain: str, html: Markup, envelope: Envelope) -> EmailMessage:
    """A mail to a confirmed address, with the reason why it comes."""
    said = envelope.texts["mail"]
    why = said["why"].format(product=envelope.product)
    plain = f"{plain}\n\n-- \n{why}\n{said['unsubscribe']}: {envelope.unsubscribe}"
    html += forms.small(why) + forms.link(envelope.unsubscribe, said["unsubscribe"])
    return _signed(subject, plain, html, envelope)


def _signed(subject: str, plain: str, html: Markup, envelope: Envelope) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    (sender,) = message["From"].addresses
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = subject
    message["Date"] = format_datetime(envelope.sent_at)
    message["Message-ID"] = f"<{envelope.key}@{sender.domain}>"
    message["Content-Language"] = envelope.code
    message["Auto-Submitted"] = "auto-generated"
    # RFC 8058: a mail program's own button stops the mails with one request.
    message["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(plain, cte="quoted-printable")
    document = forms.page(envelope.code, subject, html)
    message.add_alternative(str(document), subtype="html", cte="quoted-printable")
    return message

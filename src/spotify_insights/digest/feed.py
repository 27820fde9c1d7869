"""Summaries as an Atom feed (RFC 4287), pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree as ET

from spotify_insights.digest import forms
from spotify_insights.digest.forms import Links
from spotify_insights.digest.telling import Told, texts

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Entry:
    """A week of a feed; its id never changes."""

    id: UUID
    told: Told
    published: datetime
    updated: datetime
    links: Links


@dataclass(frozen=True)
class Feed:
    """`address` is where the feed itself is read, `page` where people read the same.

    `updated` is when the newest entry, or without any the feed itself, came to be.
    """

    id: UUID
    name: str
    code: str
    product: str
    address: str
    page: str
    updated: datetime
    entries: Sequence[Entry]


def document(feed: Feed) -> bytes:
    """The feed as XML."""
    root = ET.Element("feed", {"xmlns": _ATOM, _LANGUAGE: feed.code})
    title = texts(feed.code)["feed"]["title"].format(name=feed.name)
    _put(root, "id", feed.id.urn)
    _put(root, "title", title)
    _put(root, "updated", feed.updated.isoformat())
    _put(_put(root, "author"), "name", feed.product)
    _put(root, "link", rel="self", type=MEDIA_TYPE, href=feed.address)
    _put(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        _put_entry(root, entry, feed.code)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _put_entry(root: ET.Element, entry: Entry, code: str) -> None:
    item = _put(root, "entry")
    _put(item, "id", entry.id.urn)
    _put(item, "title", entry.told.title)
    _put(item, "published", entry.published.isoformat())
    _put(item, "updated", entry.updated.isoformat())
    _put(item, "link", rel="alternate", type="text/html", href=entry.links.insight)
    _put(item, "summary", entry.told.opening)
    html = forms.html(entry.told, entry.links, texts(code))
    _put(item, "content", str(html), type="html")


def _put(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = _NOT_IN_XML.sub("", text) if text else None
    return element

"""A week told as plain text, as simple HTML, and as a short note (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from spotify_insights.digest.telling import Line, Texts, Told

_STYLE = "font:16px/1.5 Georgia,serif;color:#1c1a17;max-width:560px;margin:0 auto;padding:16px"
_SMALL = "font-size:13px;color:#5f594f"
_CELL = "padding:6px 12px 6px 0;vertical-align:top;border-bottom:1px solid #e8e2d7"
_ROW = Markup(
    '<tr><td style="{cell}">{label}</td><td style="{cell}"><b>{value}</b>'
    '<br><span style="{small}">{against}</span></td></tr>'
)
_LINK = Markup('<p><a href="{url}" style="color:#b23a24">{words}</a></p>')


@dataclass(frozen=True)
class Links:
    """Where a message leads: the insight with its evidence, and all summaries."""

    insight: str
    summaries: str


def text(told: Told, links: Links, said: Texts) -> str:
    """Paragraphs of plain text, a figure on each line."""
    figures = "\n".join(_line(line) for line in told.lines)
    blocks = [told.title, told.opening, figures, told.note, *told.insight]
    if told.insight:
        blocks.append(f"{said['week']['evidence']}: {links.insight}")
    blocks.append(f"{said['week']['all']}: {links.summaries}")
    return "\n\n".join(block for block in blocks if block)


def html(told: Told, links: Links, said: Texts) -> Markup:
    """The same as a piece of HTML: styles inline, no pictures, every word escaped."""
    return Markup("").join(_html(told, links, said))


def page(code: str, title: str, body: Markup) -> Markup:
    """A whole document of it, light on every screen."""
    return Markup(
        '<!doctype html>\n<html lang="{code}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light"><title>{title}</title></head>'
        '<body style="background:#faf8f4;margin:0"><div style="{style}">{body}</div></body></html>'
    ).format(code=code, title=title, style=_STYLE, body=body)


def link(url: str, words: str) -> Markup:
    return _LINK.format(url=url, words=words)


def small(words: str) -> Markup:
    return Markup('<p style="{}">{}</p>').format(_SMALL, words)


def note(told: Told, links: Links) -> str:
    """The week in a few lines: how much, who led, the first words of the insight, a link."""
    leaders = [_line(line) for line in told.lines[-3:]]
    blocks = [told.opening, "\n".join(leaders), *told.insight[:1], links.summaries]
    return "\n\n".join(block for block in blocks if block)


def _html(told: Told, links: Links, said: Texts) -> Iterator[Markup]:
    yield Markup('<h1 style="font-size:24px;font-weight:500">{}</h1>').format(told.title)
    yield Markup("<p>{}</p>").format(told.opening)
    if told.lines:
        rows = Markup("").join(
            _ROW.format(
                cell=_CELL, small=_SMALL, label=one.label, value=one.value, against=one.against
            )
            for one in told.lines
        )
        yield Markup('<table style="border-collapse:collapse;width:100%">{}</table>').format(rows)
    if told.note:
        yield small(told.note)
    if told.insight:
        yield Markup('<h2 style="font-size:19px">{}</h2>').format(said["week"]["insight"])
        for paragraph in told.insight:
            yield Markup("<p>{}</p>").format(paragraph)
        yield link(links.insight, said["week"]["evidence"])
    yield link(links.summaries, said["week"]["all"])


def _line(line: Line) -> str:
    return f"{line.label}: {line.value}" + (f" ({line.against})" if line.against else "")

"""A week in words: every number with what it is against, in the forms it travels in."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP, default
from itertools import product
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from spotify_insights.digest import feed, forms, mail, telling
from spotify_insights.digest.feed import Entry, Feed
from spotify_insights.digest.figures import Amount, Figures, Leader, Pair
from spotify_insights.digest.forms import Links
from spotify_insights.digest.mail import Envelope
from spotify_insights.insights.languages import LANGUAGES

WEEK = date(2026, 11, 15), date(2026, 11, 21)
HOUR_MS = 3_600_000
NASTY = '<script>alert("x")</script> & {braces}'
INSIGHT = {
    "overall_assessment": "A week of evenings.",
    "wellness_nudges": [{"message": "Try a morning."}, {"message": "Another one."}],
}
LINKS = Links("https://i.example/wellness?insight=1", "https://i.example/summaries?user=2")
KEY = UUID(int=7)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def some_figures(**changes):
    amounts = {
        "time_ms": Amount(12.4 * HOUR_MS, 10 * HOUR_MS, 8 * HOUR_MS, 14 * HOUR_MS),
        "plays": Amount(210, 180, 150.0, 240.0),
        "days": Amount(6, 5, 4, 7),
        "artists": Amount(31, None),
        "new_artists": Amount(1, 0),
    }
    leaders = {
        "top_artist": Pair(Leader("The Painters", 22), Leader("The Painters", 9)),
        "top_track": Pair(Leader("Blue", 1, "The Painters"), Leader("Red", 4, "The Cubes")),
        "top_album": Pair(None, Leader("Colours", 5, "The Painters")),
    }
    return replace(Figures(amounts, leaders, 26, is_estimated=False), **changes)


def a_quiet_week():
    nothing = dict.fromkeys(some_figures().amounts, Amount(0, 3))
    return some_figures(
        amounts=nothing, leaders=dict.fromkeys(some_figures().leaders, Pair(None, None))
    )


def told(code="en", **changes):
    return telling.tell(WEEK, some_figures(**changes), INSIGHT, LANGUAGES[code])


def an_envelope(code="en", **changes):
    envelope = Envelope(
        *("Insights <insights@example.org>", "ada@example.org", code, "Insights for Spotify"),
        *(KEY, NOW, "https://i.example/summaries/unsubscribe/secret"),
    )
    return replace(envelope, **changes)


def sent(message):
    """As a mail program reads it."""
    return message_from_bytes(message.as_bytes(policy=SMTP), policy=default)


def test_a_week_says_what_its_figures_are_against():
    week = told()

    assert week.subject == "Your week in music: 12.4 hours"
    assert week.title == "Your week, 15 November 2026 to 21 November 2026"
    assert week.opening == "You listened for 12.4 hours on 6 days."
    assert [(line.label, line.value, line.against) for line in week.lines] == [
        ("Listening time", "12.4 hours", "before: 10 hours; usually 8 hours to 14 hours"),
        ("Plays", "210", "before: 180; usually 150 to 240"),
        ("Days with music", "6", "before: 5; usually 4 to 7"),
        ("Artists", "31", ""),
        ("Artists heard for the first time", "1", "before: 0"),
        ("Top artist", "The Painters, 22 plays", "as before"),
        ("Top track", "Blue by The Painters, 1 play", "before: Red by The Cubes"),
    ]
    assert "last 26 weeks" in week.note
    assert week.insight == ("A week of evenings.", "Try a morning.")


def test_a_week_is_told_in_german():
    week = told("de")

    assert week.title == "Deine Woche vom 15. November 2026 bis zum 21. November 2026"
    assert week.opening == "Du hast 12,4 Stunden lang an 6 Tagen gehört."
    assert week.lines[0].against == "davor: 10 Stunden; üblich: 8 Stunden bis 14 Stunden"


def test_a_quiet_week_is_told_without_figures():
    week = telling.tell(WEEK, a_quiet_week(), INSIGHT, LANGUAGES["en"])

    assert "quiet" in week.subject
    assert "That is fine" in week.opening
    assert (week.lines, week.note, week.insight) == ((), "", ())


def test_what_is_not_known_is_not_said():
    lone = {name: Amount(1) for name in some_figures().amounts}
    week = told(amounts=lone, usual_weeks=0, is_estimated=True)

    assert all(line.against == "" for line in week.lines[:5])
    assert week.note.startswith("Some lengths")
    assert telling.tell(WEEK, some_figures(usual_weeks=0), None, LANGUAGES["en"]).insight == ()
    assert told(usual_weeks=0).note == "“Before” is the week before."


def test_a_usual_range_that_reads_as_one_value_is_one():
    amounts = some_figures().amounts | {"plays": Amount(3, None, 2.1, 2.4)}

    assert told(amounts=amounts).lines[1].against == "usually 2"


def test_figures_survive_being_stored():
    stored = some_figures().as_json()

    # A database keeps no order of names.
    shuffled = {
        name: dict(reversed(value.items())) if isinstance(value, dict) else value
        for name, value in stored.items()
    }
    assert Figures.of_json(shuffled) == some_figures()
    assert list(Figures.of_json(shuffled).amounts) == list(some_figures().amounts)


def test_all_languages_have_the_same_sentences_with_the_same_gaps():
    def gaps(code):
        return {
            (part, name): set(re.findall(r"{(\w+)}", text))
            for part, texts in telling.texts(code).items()
            for name, text in texts.items()
        }

    for one, other in product(LANGUAGES, repeat=2):
        assert gaps(one) == gaps(other)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_mail_has_both_forms_and_one_click_to_stop(code):
    mail_ = sent(mail.summary(told(code), LINKS, an_envelope(code)))

    plain, html = (mail_.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (plain, html):
        assert "The Painters" in part
        assert "A week of evenings." in part
        assert LINKS.insight in part
        assert "https://i.example/summaries/unsubscribe/secret" in part
    assert mail_["List-Unsubscribe"] == "<https://i.example/summaries/unsubscribe/secret>"
    assert mail_["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail_["Auto-Submitted"] == "auto-generated"
    assert mail_["Message-ID"] == f"<{KEY}@example.org>"
    assert f'<html lang="{code}">' in html
    assert "<img" not in html
    assert max(map(len, mail_.as_bytes().splitlines())) < 999


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_confirmation_asks_and_says_what_happens_otherwise(code):
    mail_ = sent(mail.confirmation("https://i.example/summaries/confirm/secret", an_envelope(code)))

    said = telling.texts(code)["mail"]
    for kind in ("plain", "html"):
        body = mail_.get_body((kind,)).get_content()
        assert "https://i.example/summaries/confirm/secret" in body
        assert said["confirm_ignore"] in body.replace("\n", " ")
    assert mail_["List-Unsubscribe"]


def test_names_bring_no_markup_into_a_mail_or_a_feed():
    leaders = some_figures().leaders | {"top_artist": Pair(Leader(NASTY, 2), None)}
    week = replace(told(leaders=leaders), insight=(NASTY,))

    html = str(forms.html(week, LINKS, telling.texts("en")))

    assert "<script>" not in html
    assert "{braces}" in html
    assert NASTY in forms.text(week, LINKS, telling.texts("en"))


@pytest.mark.parametrize("field", ["sender", "recipient", "code"])
def test_a_line_break_cannot_add_a_header(field):
    envelope = an_envelope()
    smuggled = f"{getattr(envelope, field)}\r\nBcc: eve@example.org"
    smuggling = replace(envelope, **{field: smuggled})
    week = told()

    with pytest.raises((ValueError, FileNotFoundError)):
        mail.summary(week, LINKS, smuggling)
    with pytest.raises(ValueError, match="linefeed"):
        mail.summary(replace(week, subject="a\r\nBcc: eve@example.org"), LINKS, envelope)


def test_a_note_is_short():
    note = forms.note(told(), LINKS)

    assert note.startswith("You listened for 12.4 hours")
    assert note.endswith(LINKS.summaries)
    assert len(note) < 500


def a_feed(*entries):
    return Feed(
        *(KEY, "Ada \x01<b>", "en", "Insights for Spotify", "https://i.example/feed/secret.atom"),
        *(LINKS.summaries, NOW, entries),
    )


def test_a_feed_has_what_atom_asks_for():
    entry = Entry(UUID(int=8), replace(told(), insight=(NASTY,)), NOW, NOW, LINKS)

    root = ET.fromstring(feed.document(a_feed(entry)))

    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}id") == KEY.urn
    assert root.findtext(f"{ATOM}title") == "Weekly summaries of Ada <b>"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Insights for Spotify"
    assert datetime.fromisoformat(root.findtext(f"{ATOM}updated")) == NOW
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": "https://i.example/feed/secret.atom", "alternate": LINKS.summaries}
    (item,) = root.findall(f"{ATOM}entry")
    assert item.findtext(f"{ATOM}id") == UUID(int=8).urn
    for needed in ("title", "updated", "published", "summary"):
        assert item.findtext(f"{ATOM}{needed}")
    content = item.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert "<h1" in content.text
    assert "<script>" not in content.text


def test_a_feed_without_a_week_is_a_feed():
    assert ET.fromstring(feed.document(a_feed())).findall(f"{ATOM}entry") == []

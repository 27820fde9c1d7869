"""Our own restricted Markdown as safe HTML, each claim tied to its evidence."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.insights.text import escape
from spotify_insights.web.pages import prose


def an_evidence(key, claim, **changes):
    return {"id": key, "claim": claim} | changes


def links(html):
    """The number and the words of each claim, in reading order."""
    found = re.findall(r'<a class="claim"[^>]* href="#evidence-(\d+)">(.*?)<sup>', html)
    return [(int(number), words) for number, words in found]


class Reader(HTMLParser):
    """What a browser would make of the HTML: its tags and attributes, and the text between."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_title_paragraphs_and_items_keep_their_order():
    html = prose.render("# A title\n\nOne.\n\n- first\n\n- second\n\nTwo.", []).html

    assert html == "<h1>A title</h1><p>One.</p><ul><li>first</li><li>second</li></ul><p>Two.</p>"


def test_a_backslash_hides_before_punctuation_only():
    html = prose.render(r"AC\*DC \# 1 \\ C:\dir \&amp;", []).html

    assert html == r"<p>AC*DC # 1 \ C:\dir &amp;amp;</p>"


def test_markup_in_a_name_is_shown_and_not_obeyed():
    html = prose.render("<script>alert(1)</script> \"quoted\" & 'single'", []).html

    assert Reader(html).tags == [("p", {})]
    assert Reader(html).text == "<script>alert(1)</script> \"quoted\" & 'single'"


def test_several_claims_of_one_paragraph_lead_to_their_own_evidence():
    content = "You gave music 120 hours on 109 days."
    evidence = [an_evidence("days", "109 days"), an_evidence("time", "120 hours")]

    shown = prose.render(content, evidence)

    assert links(shown.html) == [(1, "120 hours"), (2, "109 days")]
    assert [note.evidence[0]["id"] for note in shown.notes] == ["time", "days"]


def test_equal_words_belong_each_to_their_own_evidence():
    content = "3 plays here and 3 plays there."
    evidence = [an_evidence("here", "3 plays"), an_evidence("there", "3 plays")]

    shown = prose.render(content, evidence)

    assert links(shown.html) == [(1, "3 plays"), (2, "3 plays")]


def test_the_position_decides_between_equal_words():
    content = "Afternoon songs, and then the afternoon, and afternoon again."
    evidence = [an_evidence("part", "afternoon", position=content.index("afternoon,"))]

    shown = prose.render(content, evidence)

    assert "then the <a" in shown.html
    assert len(links(shown.html)) == 1


def test_evidence_that_is_cited_twice_has_one_number_and_one_way_back():
    content = "Calm it is. So calm."
    evidence = [an_evidence("mood", "Calm"), an_evidence("mood", "calm")]

    shown = prose.render(content, evidence)

    assert links(shown.html) == [(1, "Calm"), (1, "calm")]
    assert shown.html.count('id="claim-1"') == 1
    (note,) = shown.notes
    assert [one["claim"] for one in note.evidence] == ["Calm", "calm"]


def test_an_item_may_begin_with_what_it_is_about():
    content = "- Energy: 7 hours, so: rest\n- Balance: none\n\nEnergy: more"
    evidence = [an_evidence("time", "7 hours")]

    html = prose.render(content, evidence, leads=["Energy"]).html

    assert html.startswith('<ul><li><b>Energy</b> <a class="claim"')
    assert html.endswith("so: rest</li><li>Balance: none</li></ul><p>Energy: more</p>")


def test_a_claim_is_found_although_it_is_escaped():
    claim = escape("*NSYNC <3")
    shown = prose.render(f"Mostly {claim}.", [an_evidence("top", claim)])

    assert links(shown.html) == [(1, "*NSYNC &lt;3")]


@pytest.mark.parametrize("claim", ["", "not there", "One.\n\nTwo"])
def test_evidence_without_a_place_in_the_text_is_still_listed(claim):
    shown = prose.render("One.\n\nTwo.", [an_evidence("lost", claim, position=-3)])

    assert links(shown.html) == []
    assert [note.is_cited for note in shown.notes] == [False]


def test_claims_never_overlap():
    content = "about 49% of it"
    evidence = [an_evidence("whole", "about 49%"), an_evidence("part", "49%")]

    shown = prose.render(content, evidence)

    assert links(shown.html) == [(1, "about 49%")]
    assert [note.is_cited for note in shown.notes] == [True, False]


def test_a_teaser_is_the_title_and_the_first_lines_without_marks():
    assert prose.teaser("# AC\\*DC\n\n- item\n\nFirst.\n\nSecond.") == ("AC*DC", "First.")
    assert prose.teaser("") == ("", "")


texts = st.text(st.sampled_from("ab <>&\"'\\#-*\n1%") | st.characters(codec="utf-8"), max_size=60)
evidences = st.lists(
    st.builds(
        an_evidence,
        st.sampled_from(["one", "two", "three"]),
        texts,
        position=st.integers(-5, 70) | st.none(),
    ),
    max_size=5,
)


@given(texts, evidences)
def test_nothing_but_our_own_tags_can_come_out(content, evidence):
    read = Reader(prose.render(content, evidence, leads=["a"]).html)

    for tag, attributes in read.tags:
        assert tag in {"h1", "h2", "p", "ul", "li", "a", "b", "sup"}
        assert set(attributes) <= ({"class", "id", "href"} if tag == "a" else set())


@given(texts, st.data())
def test_claims_change_no_letter_of_the_text(content, data):
    start = data.draw(st.integers(0, len(content)))
    claim = content[start : data.draw(st.integers(start, len(content)))]
    evidence = [an_evidence("one", claim, position=start)]

    plain = Reader(prose.render(content, []).html).text
    claimed = prose.render(content, evidence).html

    assert Reader(re.sub(r"<sup>\d</sup>", "", claimed)).text == plain


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=1))
def test_what_our_writers_escape_is_read_as_it_was(name):
    shown = prose.render(f"x{escape(name)}x", [])

    assert shown.html == f"<p>{prose.escape(f'x{name}x')}</p>"

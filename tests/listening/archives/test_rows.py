import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_insights.listening.archives.rows import named, normalised, title_key
from spotify_insights.models.listening import PlayKind

TRACK = PlayKind.TRACK
EXAMPLES = settings(derandomize=True, max_examples=100, deadline=None)


@pytest.mark.parametrize(
    ("one", "other"), [("Blue", " BLUE "), ("A  b\tc", "a B C"), ("Straße", "STRASSE")]
)
def test_case_and_spaces_make_no_other_name(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("Café", "Cafe"), ("A-b", "A b"), ("ﬁn²", "ﬁn2")])
def test_everything_else_does(one, other):
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "title",
    [
        *("Blue", "BLUE", " blue ", "Blue!", "Blue - Remastered 2011", "Blue \u2013 Live"),
        *("Blue (feat. Ada)", "Blue (Live) [Demo]", "Blue [Mono]", "Blue(Live)", "Blue feat. Ada"),
        *("Blue ft. Ada", "Blue FEAT Ada", "Blue - Live (2011)", "B.l.u.e", "B-l-u-e"),
    ],
)
def test_a_title_is_the_same_without_what_is_added_to_it(title):
    assert title_key(title) == "blue"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Blue", "Blues"), ("Blue 1", "Blue 2"), ("Café", "Cafe"), ("Feather", "Feat")),
        *(("Defeat", "De"), ("(Sittin' On) The Dock", "(Nice Dream)"), ("!!!", "???"), ("1", "2")),
        *(("- Intro", "- Outro"), ("[One]", "[Two]"), ("日本", "中国")),
    ],
)
def test_other_titles_stay_others(one, other):
    assert title_key(one) != title_key(other)


@EXAMPLES
@given(name=st.text(min_size=1, max_size=30).filter(str.strip))
def test_every_title_has_a_key_of_its_own_whatever_its_case(name):
    assert title_key(name)
    assert title_key(name) == title_key(name.casefold())


def test_the_same_names_have_the_same_address_however_they_are_spelt():
    assert named(TRACK, "The Painters", "Blue") == named(TRACK, "the  painters", " BLUE")


def test_other_names_have_other_addresses():
    addresses = {
        named(TRACK, "The Painters", "Blue"),
        named(PlayKind.EPISODE, "The Painters", "Blue"),
        named(PlayKind.CHAPTER, "The Painters", "Blue"),
        named(TRACK, "Blue", "The Painters"),
        named(TRACK, "The", "Painters Blue"),
        named(TRACK, "The Painters Blue"),
        named(TRACK, "The Painters", "Blue", ""),
    }

    assert len(addresses) == 7


@EXAMPLES
@given(names=st.lists(st.text(max_size=400), max_size=3))
def test_an_address_made_of_names_is_short_and_never_one_of_spotifys(names):
    address = named(TRACK, *names)

    assert address.startswith("named:")
    assert len(address) == len(named(TRACK, "Blue"))

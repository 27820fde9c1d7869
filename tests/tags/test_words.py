"""Which spellings are one name, and which tags of an artist are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.tags import words
from spotify_insights.tags.words import Tag


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Guns N\u2019 Roses", "Guns N' Roses"),
        ("a\u2010ha", "a-ha"),
        ("\uff21\uff22\uff23", "abc"),
        ("The  Painters ", "the painters"),
        ("STRASSE", "straße"),
    ],
)
def test_marks_and_case_do_not_make_another_name(one, other):
    assert words.key(one) == words.key(other)


@pytest.mark.parametrize(("one", "other"), [("Björk", "Bjork"), ("The Painters", "Painters")])
def test_accents_and_articles_do(one, other):
    assert words.key(one) != words.key(other)


def test_the_most_used_tags_come_first_and_ties_by_name():
    tags = [Tag("rock", 3), Tag("Art Rock", 7), Tag("blues", 3), Tag("noise", 0)]

    assert words.leading(tags, "The Painters", least=1) == ["art rock", "blues", "rock"]


def test_no_more_than_ten_tags_are_kept():
    tags = [Tag(f"genre {number:02}", 5) for number in range(12)]

    assert words.leading(tags, "The Painters", least=1) == [f"genre {n:02}" for n in range(10)]


@pytest.mark.parametrize("odd", ["The Painters", "the painters", "", " ", "\0", "x" * 61])
def test_what_says_nothing_of_the_music_is_no_tag(odd):
    assert words.leading([Tag(odd, 90), Tag("rock", 50)], "The Painters", least=1) == ["rock"]


@given(st.lists(st.builds(Tag, st.text(max_size=80), st.integers(-5, 100)), max_size=30))
def test_whatever_is_told_tags_can_be_stored_and_stand_once(tags):
    kept = words.leading(tags, "The Painters", least=1)

    assert len(kept) == len(set(kept)) <= words.MOST_TAGS
    assert all(0 < len(tag) <= words.LONGEST_TAG and "\0" not in tag for tag in kept)

import pytest

from spotify_insights.listening.archives.rows import normalised


@pytest.mark.parametrize(
    ("one", "other"), [("Blue", " BLUE "), ("A  b\tc", "a B C"), ("Straße", "STRASSE")]
)
def test_case_and_spaces_make_no_other_name(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("Café", "Cafe"), ("A-b", "A b"), ("ﬁn²", "ﬁn2")])
def test_everything_else_does(one, other):
    assert normalised(one) != normalised(other)

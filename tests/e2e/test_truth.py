"""The judge of insights is not fooled: one wrong thing is enough."""

import copy

import pytest
from tests.e2e.answers import Answers
from tests.e2e.truth import assert_true

SNAPSHOT = {"period_end": "2026-05-03T12:00:00Z"}
CONTENT = "You heard 9 minutes in the 2 days to 3 May 2026, most at night. Ada leads.\n"
DAYS = "the 2 days to 3 May 2026"


@pytest.fixture
def answers():
    """Three tracks of three minutes each on the evening of one day and the night of the next."""
    tracks = [a_track("Ada", "Blue"), a_track("Bob", "Red"), a_track("Ada", "Green")]
    ends = ("2026-05-02T23:59:00Z", "2026-05-03T00:10:00Z", "2026-05-03T00:20:00Z")
    recent = [{"track": track, "played_at": at} for track, at in zip(tracks, ends, strict=True)]
    artists = [{"name": name, "genres": []} for name in ("Ada", "Bob")]
    return Answers(artists, tracks, recent)


@pytest.fixture
def insight():
    told = "You listened to 9 minutes of music in 3 plays."
    ranked = {"from": "2025-11-02", "statement": "Spotify ranks “Ada” first among your artists."}
    evidence = [
        a_claim("9 minutes", "listening.time", None, 9, "minutes", statement=told),
        a_claim(DAYS, "listening.time", "period", "2026-05-02/2026-05-03", "period"),
        a_claim("most at night", "rhythm.part", None, "night", "part of day"),
        a_claim("Ada leads", "artists.top", None, "Ada", "artist", **ranked),
    ]
    shape = {"roast_title": "", "main_roast": CONTENT, "specific_callouts": ["Ada, in 3 plays."]}
    output = {**shape, "redemption_quality": "", "evidence": evidence}
    return {"insight_type": "roast", "content": CONTENT, "structured_output": output}


def a_track(artist, title):
    album = {"name": f"The {title} Album", "artists": [{"name": artist}]}
    track = {"name": title, "artists": [{"name": artist}], "album": album}
    return track | {"duration_ms": 180_000}


def a_claim(claim, key, part, value, unit, **changes):
    one = {"id": key, "part": part, "claim": claim, "position": CONTENT.index(claim)}
    days = {"from": "2026-05-02", "to": "2026-05-03"}
    said = {"value": value, "unit": unit, "statement": "", "provenance": ["demo"]}
    return one | days | said | changes


def test_what_is_true_passes(insight, answers):
    assert_true(insight, SNAPSHOT, answers)


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        (0, {"value": 8}),
        (0, {"unit": "hours"}),
        (0, {"from": "2025-11-02"}),
        (0, {"position": 11}),
        (0, {"part": "plays"}),
        (0, {"id": "listening.plays"}),
        (0, {"statement": "You listened to 9 minutes of music in 4 plays."}),
        (1, {"value": "2026-05-01/2026-05-03"}),
        (2, {"value": "evening"}),
        (3, {"value": "Bob"}),
        (3, {"from": "2026-05-02"}),
        (3, {"id": "artists.third"}),
        (3, {"provenance": ["export"]}),
    ],
)
def test_wrong_evidence_is_found(insight, answers, number, changes):
    insight["structured_output"]["evidence"][number] |= changes

    with pytest.raises(AssertionError):
        assert_true(insight, SNAPSHOT, answers)


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("9 minutes", "8 minutes"),
        ("9 minutes", "9 tracks "),
        ("9 minutes", "9 minute 3"),
        (DAYS, "the 2 days to 2 May 2026"),
        ("most at night", "most, evening"),
        ("Ada leads", "Bob leads"),
    ],
)
def test_a_claim_that_says_something_else_is_found(insight, answers, words, others):
    changed = copy.deepcopy(insight)
    changed["content"] = changed["content"].replace(words, others)
    for one in changed["structured_output"]["evidence"]:
        one["claim"] = one["claim"].replace(words, others)

    with pytest.raises(AssertionError):
        assert_true(changed, SNAPSHOT, answers)


@pytest.mark.parametrize("more", [" 9 minutes", " On day 3.", " Bob is next.", " The Blue Album."])
def test_a_value_outside_of_claims_is_found(insight, answers, more):
    insight["content"] += more

    with pytest.raises(AssertionError):
        assert_true(insight, SNAPSHOT, answers)


def test_a_number_that_no_fact_has_is_found_in_the_structured_output(insight, answers):
    insight["structured_output"]["specific_callouts"] = ["Ada, in 4 plays."]

    with pytest.raises(AssertionError):
        assert_true(insight, SNAPSHOT, answers)

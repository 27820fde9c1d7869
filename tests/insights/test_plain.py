import json
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.insights.builders import (
    a_ranked_snapshot,
    a_snapshot,
    a_track,
    an_artist,
    an_empty_snapshot,
    some_coverage,
    some_moods,
    some_totals,
)

from spotify_insights.insights import facts, plain, text
from spotify_insights.insights.facts.fact import clean
from spotify_insights.models.insight import Tone

UTC = ZoneInfo("UTC")
# A busy machine is no failure of ours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOSTILE = [
    "# Loud **and** _proud_",
    "[click](https://example.org)",
    "<script>alert(1)</script>",
    "1. Outside",
    "`DROP TABLE` | ~x~ & co",
    "🎧🧑‍🎤",
    "\u05e9\u05dc\u05d5\u05dd 99",
    "{artists.top} {} {#}",
    "x" * 200,
    "99 Problems\n\n# 7 rings",
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))
shares = st.floats(0, 1)


def written(snapshot, tone=Tone.NEUTRAL, seed="a seed"):
    return plain.write(facts.find(snapshot, UTC), tone, seed)


@st.composite
def snapshots(draw, names=names):
    counted = draw(st.integers(0, 5000))
    plays = counted + draw(st.integers(0, 50))
    artists = sorted((draw(st.integers(0, counted)) for _ in range(3)), reverse=True)
    hours = [draw(st.floats(0, 500)) for _ in range(4)]
    is_ranked = draw(st.booleans())
    totals = some_totals(
        plays=plays,
        counted_plays=counted,
        ms_played=draw(st.integers(0, 2_000_000_000)) if plays else 0,
        distinct_artists=draw(st.integers(min(1, counted), counted)),
        days_active=draw(st.integers(1, 11)) if plays else 0,
        is_estimated=draw(st.booleans()),
        **({} if plays else {"first_play_at": None, "last_play_at": None}),
    )
    return a_snapshot(
        sources=draw(st.sets(st.sampled_from(["api", "demo", "export"])).map(sorted)),
        totals=totals,
        top_artists=[an_artist(draw(names), None if is_ranked else plays) for plays in artists],
        top_tracks=[
            a_track(draw(names), draw(names), None if is_ranked else plays) for plays in artists
        ],
        total_tracks_analyzed=draw(st.integers(0, 5000)),
        genre_distribution=draw(st.dictionaries(names, shares, max_size=3)),
        mood_patterns=draw(st.sampled_from([{}, some_moods(calm=2, bright=1)])),
        artist_diversity_score=draw(st.none() | shares),
        listening_hours=dict(zip(("morning", "afternoon", "evening", "night"), hours, strict=True)),
        coverage=some_coverage(
            genres=draw(shares), moods=draw(shares), tops="spotify" if is_ranked else "ledger"
        ),
    )


def stretches(insight):
    """Where the claims stand in the content."""
    return [
        range(one["position"], one["position"] + len(one["claim"]))
        for one in insight.structured_output["evidence"]
    ]


@unhurried
@given(snapshots(), st.sampled_from(Tone))
def test_every_claim_stands_in_the_content_where_its_evidence_says(snapshot, tone):
    insight = written(snapshot, tone)

    for one in insight.structured_output["evidence"]:
        assert insight.content[one["position"] :].startswith(one["claim"])


@unhurried
@given(snapshots(), st.sampled_from(Tone))
def test_every_digit_of_the_content_lies_in_a_claim(snapshot, tone):
    insight = written(snapshot, tone)

    claimed = {place for stretch in stretches(insight) for place in stretch}

    assert {found.start() for found in re.finditer(r"\d", insight.content)} <= claimed


@unhurried
@given(snapshots(), st.sampled_from(Tone))
def test_what_a_claim_says_is_the_value_of_its_fact(snapshot, tone):
    for one in written(snapshot, tone).structured_output["evidence"]:
        if isinstance(one["value"], str):
            own_words = one["unit"] == "part of day"
            assert own_words or text.escape(one["value"]) in one["claim"].replace("\\.", ".")
        elif found := re.search(r"\d[\d,]*(\.\d+)?", one["claim"]):
            assert float(found[0].replace(",", "")) == one["value"]


@unhurried
@given(snapshots(st.sampled_from(["Nyx", "Oster", "Ida"])), st.sampled_from(Tone))
def test_the_rest_of_the_output_has_no_number_that_is_not_a_fact(snapshot, tone):
    found = facts.find(snapshot, UTC)
    output = plain.write(found, tone, "a seed").structured_output
    messages = [nudge["message"] for nudge in output["wellness_nudges"]]
    prose = " ".join([output["overall_assessment"], *messages, *output["key_patterns"]])

    numbers = {
        float(said.replace(",", "")) for said in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", prose)
    }

    assert numbers <= {float(fact.value) for fact in found if not isinstance(fact.value, str)}


@unhurried
@given(snapshots(), st.sampled_from(Tone))
def test_an_insight_has_the_shape_the_contract_asks_for(snapshot, tone):
    insight = written(snapshot, tone)
    title, *blocks = insight.content.split("\n\n")
    paragraphs = [block for block in blocks if not block.startswith("- ")]
    output = insight.structured_output

    assert re.fullmatch(r"# .+", title)
    assert 1 <= len(paragraphs) <= 3
    assert output.keys() == {
        "overall_assessment",
        "wellness_nudges",
        "key_patterns",
        "mood_score",
        "evidence",
    }
    for nudge in output["wellness_nudges"]:
        assert nudge["category"] in {"mood", "energy", "variety", "balance"}
        assert nudge["priority"] in {"high", "medium", "low"}
    assert json.loads(json.dumps(output)) == output


@unhurried
@given(names, names)
def test_any_name_survives(artist, title):
    snapshot = a_ranked_snapshot(
        top_artists=[an_artist(artist, None)], top_tracks=[a_track(title, artist, None)]
    )

    evidence = written(snapshot).structured_output["evidence"]

    told = {one["id"]: one["value"] for one in evidence}
    assert told.get("artists.top", "") == clean(artist)
    assert told.get("tracks.top", "") == (clean(title) if clean(artist) else "")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("tone", Tone)
def test_a_hostile_name_adds_no_block_and_no_link(name, tone):
    harmless = written(a_ranked_snapshot(top_artists=[an_artist("Nyx", None)]), tone)

    insight = written(a_ranked_snapshot(top_artists=[an_artist(name, None)]), tone)

    assert insight.content.count("\n") == harmless.content.count("\n")
    assert not re.search(r"(?<!\\)[\[\]<`*_~|&]|^\d+\.|https:", insight.content, re.MULTILINE)


@pytest.mark.parametrize("tone", Tone)
def test_the_same_seed_gives_the_same_text(tone):
    assert written(a_snapshot(), tone) == written(a_snapshot(), tone)


@pytest.mark.parametrize("tone", Tone)
def test_other_seeds_give_other_words(tone):
    texts = {written(a_snapshot(), tone, seed).content for seed in "abcdefgh"}

    assert len(texts) > 4


def test_the_tones_say_the_same_facts_in_other_words():
    insights = [written(a_snapshot(), tone) for tone in Tone]

    sentences = [set(re.split(r"(?<=\.) |\n", insight.content)) - {""} for insight in insights]

    assert len(set.union(*sentences)) == sum(map(len, sentences))
    assert len({tuple(i.structured_output["key_patterns"]) for i in insights}) == 1


def title(insight):
    return insight.content.split("\n")[0]


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"listening_hours": {"night": 4.0, "evening": 6.0}}, "hours.night_share"),
        ({}, "artists.top"),
        ({"top_artists": [an_artist("Nyx", 20)]}, "tracks.top"),
        (
            {"top_artists": [], "top_tracks": []},
            "hours.strongest_part",
        ),
        (
            {"top_artists": [], "top_tracks": [], "listening_hours": {}},
            "days.active",
        ),
        (
            {
                "top_artists": [],
                "top_tracks": [],
                "listening_hours": {},
                "artist_diversity_score": 0.9,
            },
            "artists.distinct",
        ),
    ],
)
def test_the_title_is_the_most_telling_finding(changes, fact):
    insight = written(a_snapshot(**changes))

    in_title = [
        one["id"]
        for one in insight.structured_output["evidence"]
        if one["position"] < len(title(insight))
    ]

    assert fact in in_title


def nudges(snapshot):
    found = written(snapshot).structured_output["wellness_nudges"]
    return [(nudge["category"], nudge["priority"]) for nudge in found]


def test_long_nights_come_before_everything_else():
    snapshot = a_snapshot(listening_hours={"night": 4.0, "evening": 6.0})

    assert nudges(snapshot)[0] == ("balance", "high")


def test_a_huge_favourite_calls_for_variety():
    assert ("variety", "high") in nudges(a_snapshot(top_artists=[an_artist("Nyx", 90)]))


def test_a_quiet_list_calls_for_something_lively_and_a_lively_list_for_something_calm():
    lively = a_ranked_snapshot(mood_patterns=some_moods(bright=9, calm=1))
    quiet = a_ranked_snapshot(mood_patterns=some_moods(bright=1, calm=9))

    assert ("mood", "low") in nudges(lively)
    assert "calm record" in written(lively).content
    assert "lively record" in written(quiet).content


def test_the_mood_score_is_null_while_too_little_is_known():
    unknown = a_snapshot(coverage=some_coverage(moods=0.2))

    assert written(unknown).structured_output["mood_score"] is None
    assert written(a_snapshot()).structured_output["mood_score"] == 4.0


@pytest.mark.parametrize("tone", Tone)
def test_without_data_the_text_says_what_is_missing_and_what_would_fill_it(tone):
    insight = written(an_empty_snapshot(), tone)

    assert "no plays and no top lists" in insight.content.lower()
    assert "mport your Spotify export" in insight.content
    assert not re.search(r"\d", insight.content)
    assert insight.structured_output["evidence"] == []
    assert insight.structured_output["wellness_nudges"] == []
    assert insight.structured_output["mood_score"] is None


def test_with_a_few_plays_the_text_says_that_it_is_too_early():
    thin = a_snapshot(
        totals=some_totals(plays=6, counted_plays=4, ms_played=900_000, distinct_artists=3),
        coverage=some_coverage(genres=0, moods=0),
    )

    assert "too little for a pattern" in written(thin).content


def test_what_the_title_says_is_not_said_again():
    recent = a_snapshot(
        totals=some_totals(counted_plays=11, first_play_at="2025-03-11T07:10:00+00:00"),
        coverage=some_coverage(genres=0, moods=0),
    )

    cited = [one["id"] for one in written(recent).structured_output["evidence"]]

    assert cited == ["listening.time", "listening.plays", "artists.distinct"]


def test_a_record_of_a_few_days_says_how_many_it_covers():
    recent = a_snapshot(totals=some_totals(first_play_at="2025-03-11T07:10:00+00:00"))

    cited = [one["id"] for one in written(recent).structured_output["evidence"]]

    assert "days.span" in cited
    assert "days.active" not in cited


@pytest.mark.parametrize(
    ("days_active", "words"), [(10, "Music has a fixed place"), (2, "occasional|only")]
)
def test_the_text_tells_a_daily_habit_from_a_rare_one(days_active, words):
    snapshot = a_snapshot(totals=some_totals(days_active=days_active))

    texts = [written(snapshot, seed=seed).content for seed in "abcdefgh"]

    assert any(re.search(words, told) for told in texts)


def test_without_plays_the_text_says_that_it_rests_on_spotify_s_ranking():
    assert "rests on Spotify's ranking of 90 tracks" in written(a_ranked_snapshot()).content


def test_plays_too_short_to_measure_are_still_told():
    blink = a_snapshot(
        totals=some_totals(
            plays=2,
            counted_plays=0,
            ms_played=4_000,
            distinct_artists=0,
            days_active=1,
            first_play_at="2025-03-13T21:39:00+00:00",
        ),
        coverage=some_coverage(genres=0, moods=0),
    )

    assert title(written(blink)) == "# Your record is 2 plays long"


def test_estimated_hours_are_called_estimated():
    estimated = a_snapshot(totals=some_totals(is_estimated=True))

    assert "estimated from track lengths" in written(estimated).content
    assert "estimated from track lengths" not in written(a_snapshot()).content

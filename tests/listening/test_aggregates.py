"""The blocks of a period: what the statistics say of it, from a slice of what is at hand."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select
from tests.listening.builders import a_play, an_episode, import_rows
from tests.listening.counting import scope_for

from spotify_insights.listening import aggregates, exclusions, firsts, polled
from spotify_insights.listening.aggregates import LONGEST_SESSIONS, TOP, Material
from spotify_insights.listening.exclusions import NewRule
from spotify_insights.listening.stats import (
    calendar,
    dashboard,
    details,
    diversity,
    habits,
    memory,
    sessions,
)
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.discovery import discovery
from spotify_insights.listening.stats.energy import energy
from spotify_insights.listening.stats.focus import focus
from spotify_insights.listening.stats.names import names_of
from spotify_insights.listening.stats.timeline import heatmap, parts_of_day, timeline
from spotify_insights.listening.stats.tops import TopKind, top
from spotify_insights.listening.stats.totals import Totals, totals
from spotify_insights.models import Artist
from spotify_insights.models.listening import PlayKind, Provenance
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

BERLIN = "Europe/Berlin"
# The blocks that are looked at here; what is said of genres and moods has tests of its own.
BLOCKS = (
    *("totals", "top_artists", "top_tracks", "total_tracks_analyzed", "artist_diversity_score"),
    *("listening_hours", "statistics"),
)
OPENLY = {"private": False}
# A play in the night in which clocks go forward here, and a day that begins at four.
ON_BERLINS_CLOCK = {"timezone": BERLIN, "day_starts_at": 4, "week_starts_on": 7}
GREENS = {"title": "Leaf", "artist": "The Greens", "master_metadata_album_album_name": "Trees"}
ABROAD = {"conn_country": "FR", "platform": "Web Player (Chrome)", "shuffle": True}
SKIPPED = {"reason_end": "fwdbtn", "skipped": True}

# A few weeks around the end of March, with what each block has something to say about.
ROWS = (
    a_play("2024-03-20T07:00:00Z"),
    a_play("2024-03-20T07:04:00Z"),
    a_play("2024-03-20T07:08:00Z", 12_000, title="Red", **SKIPPED),
    a_play("2024-03-20T21:00:00Z", title="Red"),
    a_play("2024-03-24T00:30:00Z", **GREENS, offline=True),
    an_episode("2024-03-25T18:00:00Z"),
    a_play("2024-03-31T00:59:00Z", **GREENS | ABROAD),
    a_play("2024-03-31T01:04:00Z", **GREENS | ABROAD),
    a_play("2024-03-31T01:08:00Z", **GREENS | ABROAD),
    an_episode("2024-03-31T09:00:00Z", title="Two"),
    a_play("2024-04-01T22:30:00Z", title="Green", **ABROAD),
    a_play("2024-04-07T01:00:00Z"),
    a_play("2024-04-20T12:00:00Z", 29_000),
)
PRIVATE = (
    a_play("2024-03-19T07:00:00Z", **GREENS, incognito_mode=True),
    a_play("2024-03-20T07:06:00Z", title="Secret", artist="Nobody", incognito_mode=True),
    a_play("2024-03-31T01:12:00Z", 5_000, **SKIPPED, incognito_mode=True),
    a_play("2024-06-01T12:00:00Z", incognito_mode=True),
)
# Whole, between two plays, from one start to another, of a single play, of nothing.
SPANS = [
    (None, "2024-06-01T00:00:00Z"),
    ("2024-03-17T03:00:00Z", "2024-03-24T03:00:00Z"),
    ("2024-03-24T03:00:00Z", "2024-03-31T02:00:00Z"),
    ("2024-03-31T00:55:40Z", "2024-03-31T01:04:40Z"),
    ("2024-03-31T00:55:41Z", "2024-03-31T01:04:41Z"),
    ("2024-04-01T02:00:00Z", "2024-05-01T02:00:00Z"),
    ("2024-03-25T00:00:00Z", "2024-03-26T00:00:00Z"),
    ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z"),
]


@pytest.fixture
def ada(a_listener):
    user = a_listener(**ON_BERLINS_CLOCK)
    import_rows(user.id, *ROWS, *PRIVATE)
    return user


def scope_in(user, span, **changes):
    start, end = (at and datetime.fromisoformat(at) for at in span)
    return scope_for(user, start=start, end=end, **OPENLY | changes)


def start_of(scope):
    return scope.start.timestamp() if scope.start else float("-inf")


def gathered(user, span=SPANS[0], **changes):
    with transaction() as session:
        return Material.gather(session, scope_in(user, span, **changes))


def blocks(user, span=SPANS[0], part=None, **changes):
    """The blocks of a span, of plays fetched for it alone unless a part is at hand."""
    scope = scope_in(user, span, **changes)
    with transaction() as session:
        part = part or Material.gather(session, scope)
        names = aggregates.names_in(session, [part])
        told = aggregates.blocks_of(part, names, start_of(scope))
    return {name: told[name] for name in BLOCKS}


def listed(user, kind, span, **changes):
    """A top list as statistics have it, with its names."""
    with transaction() as session:
        found = top(scopes.fetch(session, scope_in(user, span, **changes)), kind, limit=TOP).items
        names = names_of(session, kind, [item.id for item in found])
        return [(item, names[item.id]) for item in found]


def poll(user, *moments, title="Polled"):
    """Store what Spotify would tell of plays of three minutes that ended at ISO instants."""
    track = {
        "uri": f"spotify:track:{title}",
        "name": title,
        "artists": [{"name": "The Painters"}],
        "duration_ms": 180_000,
    }
    told = [PlayHistory.model_validate({"track": track, "played_at": at}) for at in moments]
    with transaction() as session:
        polled.save(session, user.id, told, Provenance.API)


def as_kept(found):
    """Totals with their instants in words, as snapshots always had them."""
    moments = {name: getattr(found, name) for name in ("first_play_at", "last_play_at")}
    return asdict(found) | {name: at and at.isoformat() for name, at in moments.items()}


# The same as the statistics say


@pytest.mark.parametrize("span", SPANS)
def test_each_block_is_what_its_statistic_says_of_the_same_plays(ada, span):
    scope = scope_in(ada, span)
    with transaction() as session:
        plays, podcasts, audiobooks = (scopes.fetch(session, scope, kind) for kind in PlayKind)
        known = details.details_of(session, plays)
        skips = habits.skips(session, plays, known)
        skipped = habits.is_skipped(session, plays, known)
        heard = firsts.known_to(session, scope)
    bucket = dashboard.bucket_for(plays)
    cells = heatmap(plays)
    concentration = {kind: diversity.concentration(plays, kind) for kind in TopKind}

    told = blocks(ada, span)

    statistics = told.pop("statistics")
    most_repeated = statistics.pop("most_repeated")
    for name in ("mood_score", "first_play_ever_at", "firsts"):
        del statistics[name]
    assert (most_repeated is None) is (memory.repeat_rate(plays).longest_run is None)
    del statistics["top_albums"], told["top_artists"], told["top_tracks"]
    assert told == msgspec.to_builtins(
        {
            "totals": as_kept(totals(plays)),
            "total_tracks_analyzed": totals(plays).distinct_tracks,
            "artist_diversity_score": concentration[TopKind.ARTISTS].evenness,
            "listening_hours": {
                part: round(ms / 3_600_000, 3) for part, ms in parts_of_day(plays).items()
            },
        }
    )
    assert statistics == msgspec.to_builtins(
        {
            "podcasts": totals(podcasts),
            "audiobooks": totals(audiobooks),
            "timeline": {"bucket": bucket, "items": timeline(plays, bucket)},
            "heatmap": {
                "plays": [cell.plays for cell in cells],
                "ms_played": [cell.ms_played for cell in cells],
            },
            "sessions": sessions.sessions(plays, LONGEST_SESSIONS),
            "streaks": {"longest": calendar.streaks(plays, None).longest},
            "averages": calendar.averages(plays, None),
            "gaps": calendar.gaps(plays),
            "discovery": {
                kind: discovery(plays, kind, heard[kind], start_of(scope)) for kind in TopKind
            },
            "repeats": memory.repeat_rate(plays),
            "skips": skips,
            "shuffle": habits.shuffle(plays, known),
            "offline": habits.offline(plays, known),
            "platforms": habits.platforms(plays, known),
            "countries": habits.countries(plays, known),
            "concentration": concentration,
            "loyalty": diversity.loyalty(plays),
            "focus": focus(plays, known, skipped),
            "energy": energy(plays, {}),
        }
    )


@pytest.mark.parametrize("span", SPANS)
def test_each_top_list_has_the_lines_and_the_names_of_the_statistic(ada, span):
    told = blocks(ada, span)

    assert told["top_artists"] == [
        {"rank": item.rank, "name": name.name, "genres": None}
        | {"plays": item.plays, "ms_played": item.ms_played}
        for item, name in listed(ada, TopKind.ARTISTS, span)
    ]
    for kind, block in (
        (TopKind.TRACKS, told["top_tracks"]),
        (TopKind.ALBUMS, told["statistics"]["top_albums"]),
    ):
        assert block == [
            {"rank": item.rank, "name": name.name, "artist": name.artist}
            | {"plays": item.plays, "ms_played": item.ms_played}
            for item, name in listed(ada, kind, span)
        ]


def test_a_week_is_told_in_numbers_that_can_be_counted_by_hand(ada):
    # From Sunday, 24 March, at four to Sunday, 31 March, at four, which summer time makes shorter.
    told = blocks(ada, ("2024-03-24T03:00:00Z", "2024-03-31T02:00:00Z"))

    statistics = told["statistics"]
    assert (told["totals"]["plays"], told["totals"]["ms_played"]) == (3, 600_000)
    assert told["totals"]["days_active"] == 1
    assert told["top_artists"] == [
        {"rank": 1, "name": "The Greens", "genres": None, "plays": 3, "ms_played": 600_000}
    ]
    assert told["artist_diversity_score"] is None
    assert statistics["podcasts"]["plays"] == 1
    assert statistics["most_repeated"] == {"name": "Leaf", "artist": "The Greens"}
    assert statistics["repeats"]["longest_run"]["times"] == 3
    assert statistics["discovery"]["tracks"]["new"] == 0
    assert statistics["sessions"]["count"] == 1
    assert [part["name"] for part in statistics["countries"]["parts"]] == ["FR"]
    assert statistics["shuffle"]["share"] == 1
    assert statistics["skips"] == {"told": 3, "skipped": 0}


def test_a_period_knows_when_anything_and_when_its_leading_artist_was_first_heard(ada):
    april = blocks(ada, ("2024-04-01T02:00:00Z", "2024-05-01T02:00:00Z"))["statistics"]
    whole = blocks(ada)["statistics"]

    first_play_at = "2024-03-20T06:56:40Z"
    assert april["first_play_ever_at"] == whole["first_play_ever_at"] == first_play_at
    assert april["firsts"] == {"artist": "The Painters", "at": first_play_at}


def test_of_two_artists_with_as_many_plays_none_leads(listener):
    import_rows(
        listener.id, a_play("2024-03-20T07:00:00Z"), a_play("2024-03-21T07:00:00Z", **GREENS)
    )

    assert blocks(listener)["statistics"]["firsts"] is None


def test_where_nothing_is_known_nothing_was_ever_first(listener):
    told = blocks(listener)["statistics"]

    assert (told["first_play_ever_at"], told["firsts"]) == (None, None)


def test_what_has_no_artist_is_in_no_list_that_names_one(listener):
    nameless = {"artist": None, "master_metadata_album_album_name": None}
    import_rows(
        listener.id,
        *(a_play(f"2024-03-20T0{hour}:00:00Z", title="Hum", **nameless) for hour in range(3)),
        a_play("2024-03-20T07:00:00Z"),
    )

    told = blocks(listener)

    assert [(one["rank"], one["name"]) for one in told["top_tracks"]] == [(2, "Blue")]
    assert told["statistics"]["most_repeated"] == {"name": "Hum", "artist": None}


def test_a_top_list_ends_after_its_most_lines(listener):
    rows = [
        a_play(f"2024-03-20T{n // 60:02}:{n % 60:02}:00Z", title=f"No {n}", artist=f"By {n}")
        for n in range(TOP + 5)
    ]
    import_rows(listener.id, *rows)

    told = blocks(listener)

    assert [line["rank"] for line in told["top_tracks"]] == [*range(1, TOP + 1)]
    assert len(told["top_artists"]) == len(told["statistics"]["top_albums"]) == TOP


@pytest.mark.parametrize("span", SPANS)
def test_all_blocks_are_json_that_says_the_same_when_it_is_read_again(ada, span):
    told = blocks(ada, span)

    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_ledger_without_plays_has_all_blocks_and_nothing_in_them(listener):
    told = blocks(listener)

    assert told["totals"] == as_kept(Totals())
    assert (told["top_artists"], told["top_tracks"]) == ([], [])
    assert told["statistics"]["heatmap"] == {"plays": [], "ms_played": []}
    assert told["statistics"]["most_repeated"] is None
    assert told.keys() == blocks(listener, SPANS[1]).keys()


# What is left out


@pytest.mark.parametrize("span", SPANS)
def test_private_sessions_are_in_no_block(ada, a_listener, span):
    never_private = a_listener(**ON_BERLINS_CLOCK)
    import_rows(never_private.id, *ROWS)

    assert blocks(ada, span) == blocks(never_private, span)


def test_what_was_first_heard_in_private_is_new_when_it_is_heard_openly(ada):
    of_the_night = ("2024-03-23T00:00:00Z", "2024-03-24T03:00:00Z")

    told = blocks(ada, of_the_night)

    assert told["statistics"]["discovery"]["artists"]["new"] == 1


def test_what_a_rule_leaves_out_is_in_no_block(ada, a_listener):
    never_heard = a_listener(**ON_BERLINS_CLOCK)
    import_rows(never_heard.id, *(row for row in ROWS if "The Greens" not in row.values()))
    with transaction() as session:
        greens = session.scalars(select(Artist.id).where(Artist.name == "The Greens")).one()
        exclusions.add(session, ada.id, NewRule(kind=ExclusionKind.ARTIST, artist_id=greens))

    assert [blocks(ada, span) for span in SPANS] == [blocks(never_heard, span) for span in SPANS]


def test_of_what_was_given_alone_nothing_is_told_that_was_asked(ada, a_listener):
    never_asked = a_listener(**ON_BERLINS_CLOCK)
    import_rows(never_asked.id, *ROWS)
    poll(ada, "2024-03-21T12:00:00Z", "2024-04-02T12:00:00Z")
    poll(ada, "2024-03-01T12:00:00Z", title="Green")

    for span in SPANS:
        assert blocks(ada, span, export_only=True) == blocks(never_asked, span)
    assert blocks(ada) != blocks(never_asked)


# Slices


@pytest.mark.parametrize("changes", [{}, {"export_only": True}], ids=["all", "given"])
@pytest.mark.parametrize("span", SPANS[1:])
def test_a_slice_tells_what_a_fresh_look_at_its_span_tells(ada, span, changes):
    poll(ada, "2024-03-25T12:00:00Z", "2024-04-02T12:00:00Z")
    whole = gathered(ada, **changes)
    start, end = (datetime.fromisoformat(at).timestamp() for at in span)

    part = whole.between(start, end)

    fresh = gathered(ada, span, **changes)
    assert part.plays.started.tolist() == fresh.plays.started.tolist()
    assert part.sources == fresh.sources
    assert blocks(ada, span, part, **changes) == blocks(ada, span, **changes)


def test_a_slice_that_is_open_at_its_start_begins_with_the_first_play(ada):
    whole, end = gathered(ada), datetime(2024, 3, 31, tzinfo=UTC)

    part = whole.between(None, end.timestamp())

    assert part.plays.started[0] == whole.plays.started[0]
    assert len(part.plays) == len(part.is_skipped) == len(part.details.places) == 5


def test_slices_that_join_have_all_plays_between_them(ada):
    whole = gathered(ada)
    day = timedelta(days=1).total_seconds()
    first = datetime(2024, 3, 19, tzinfo=UTC).timestamp()

    parts = [whole.between(first + n * day, first + (n + 1) * day) for n in range(60)]

    assert sum(len(part.plays) for part in parts) == len(whole.plays) == 11
    assert sum(len(part.podcasts) for part in parts) == len(whole.podcasts) == 2
    assert sum(part.is_skipped.sum() for part in parts) == whole.is_skipped.sum() == 1


def test_sources_are_those_of_the_plays_in_the_part(ada):
    poll(ada, "2024-03-21T12:00:00Z")

    assert gathered(ada).sources == ["api", "export"]
    assert gathered(ada, ("2024-03-21T00:00:00Z", "2024-03-22T00:00:00Z")).sources == ["api"]
    assert gathered(ada, ("2024-03-20T00:00:00Z", "2024-03-21T00:00:00Z")).sources == ["export"]
    assert gathered(ada, SPANS[-1]).sources == []


def test_all_that_is_listed_in_some_parts_has_its_name(ada):
    whole = gathered(ada)
    parts = [
        whole.between(*(datetime.fromisoformat(at).timestamp() for at in span))
        for span in SPANS[1:]
    ]

    with transaction() as session:
        names = aggregates.names_in(session, parts)

    listed_in_parts = {
        kind: {item.id for part in parts for item in part.tops[kind].items} for kind in TopKind
    }
    assert {kind: {*found} for kind, found in names.items()} == listed_in_parts

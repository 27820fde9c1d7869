"""Numbers over the ledger: which plays belong to a range, and what is counted of them."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, an_episode, import_rows
from tests.listening.counting import (
    music,
    plays_of_listener,
    summary_of,
    top_of,
    totals_by_kind,
    totals_of,
)

from spotify_insights.errors import Invalid
from spotify_insights.listening import polled
from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.habits import Skips
from spotify_insights.listening.stats.plays import tally
from spotify_insights.listening.stats.scope import scope_of
from spotify_insights.listening.stats.timeline import parts_of_day
from spotify_insights.listening.stats.tops import TopKind, top
from spotify_insights.listening.stats.totals import Totals
from spotify_insights.models import User
from spotify_insights.models.listening import PlayKind, Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

MINUTE = timedelta(minutes=1)
FEBRUARY = datetime(2024, 2, 1, tzinfo=UTC)


def started(moment, ms_played=60_000, **changes):
    """A row for a play that began at an ISO instant or so many minutes into February."""
    start = (
        FEBRUARY + moment * MINUTE if isinstance(moment, int) else datetime.fromisoformat(moment)
    )
    end = start + timedelta(milliseconds=ms_played)
    return a_play(end.isoformat(timespec="seconds"), ms_played, **changes)


def poll(listener, played_at):
    """Store what Spotify would tell of a play that ended at an instant."""
    artists = {"artists": [{"name": "The Painters"}]}
    track = artists | {"uri": "spotify:track:Red", "name": "Red", "duration_ms": 60_000}
    told = PlayHistory.model_validate({"track": track, "played_at": played_at})
    with transaction() as session:
        polled.save(session, listener.id, [told], Provenance.API)


# Which plays belong to a range


CLOCKS = [
    *("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "America/New_York"),
    *("Australia/Lord_Howe", "America/Havana", "Pacific/Kiritimati"),
]
CLOCK_CHANGES = [
    ("2024-03-31", 0, "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
    ("2024-03-31", 2, "2024-03-31T01:00:00Z", "2024-04-01T00:00:00Z"),
    ("2024-03-31", 5, "2024-03-31T03:00:00Z", "2024-04-01T03:00:00Z"),
    ("2024-10-27", 0, "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
    ("2024-10-27", 2, "2024-10-27T00:00:00Z", "2024-10-28T01:00:00Z"),
    ("2024-10-27", 5, "2024-10-27T04:00:00Z", "2024-10-28T04:00:00Z"),
]


@pytest.mark.parametrize(("day", "day_starts_at", "begins", "ends"), CLOCK_CHANGES)
def test_a_day_in_berlin_has_23_or_25_hours_when_clocks_change(
    a_listener, day, day_starts_at, begins, ends
):
    listener = a_listener(timezone="Europe/Berlin", day_starts_at=day_starts_at)
    second = timedelta(seconds=1)
    edges = [datetime.fromisoformat(edge) for edge in (begins, ends)]
    moments = [edge - step for edge in edges for step in (second, 0 * second)]
    rows = [started(at.isoformat(), title=title) for at, title in zip(moments, "ABCD", strict=True)]
    import_rows(listener.id, *rows)
    on_day = date.fromisoformat(day)

    seen = music(listener, first=on_day, last=on_day)

    assert (seen.plays, seen.days_active) == (2, 1)
    assert (seen.first_play_at, seen.last_play_at) == (edges[0], edges[1] - second)
    assert music(listener).days_active == 3


@given(
    st.sampled_from(CLOCKS),
    st.integers(0, 6),
    st.integers(1_100_000_000, 2_100_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
)
def test_every_instant_lies_on_exactly_the_day_its_clock_shows(zone, day_starts_at, moment):
    user = User(id=uuid4(), timezone=zone, day_starts_at=day_starts_at)
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    day = (shown - timedelta(hours=day_starts_at)).date()

    today, until, since = (
        scope_of(user, **given)
        for given in ({"first": day, "last": day}, {"last": day}, {"first": day})
    )

    assert today.start <= moment < today.end
    assert (until.start, until.end, since.start, since.end) == (None, today.end, today.start, None)


def test_a_range_may_be_open_on_either_side(listener):
    days = [started(f"2024-02-0{day}T12:00:00Z") for day in (1, 2, 3, 4)]
    import_rows(listener.id, *days)
    second, third = date(2024, 2, 2), date(2024, 2, 3)

    assert music(listener).plays == 4
    assert music(listener, first=second).plays == 3
    assert music(listener, last=third).plays == 3
    assert music(listener, first=second, last=third).plays == 2
    assert music(listener, first=third, last=third).plays == 1


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Midway"])
@pytest.mark.parametrize("day_starts_at", [0, 6])
def test_the_calendar_may_be_asked_from_end_to_end(a_listener, zone, day_starts_at):
    listener = a_listener(timezone=zone, day_starts_at=day_starts_at)
    import_rows(listener.id, started(0))

    everything = music(listener, first=date.min, last=date.max)

    assert everything == music(listener)
    assert music(listener, first=date.max).plays == 0
    assert music(listener, last=date.min).plays == 0


def test_a_range_that_ends_before_it_starts_is_refused(listener):
    with pytest.raises(Invalid) as refused:
        scope_of(listener, first=date(2024, 2, 2), last=date(2024, 2, 1))

    assert (refused.value.code, refused.value.field) == ("range_reversed", "to")


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "localtime", "../../etc/passwd", "europe/berlin"]
)
def test_an_unknown_zone_is_refused(listener, zone):
    with pytest.raises(Invalid) as refused:
        scope_of(listener, zone=zone)

    assert (refused.value.code, refused.value.field) == ("unknown_zone", "tz")


def test_every_zone_that_is_accepted_is_one_that_postgresql_knows(clean_database):
    query = text("select count(now() at time zone zone) from unnest(cast(:zones as text[])) zone")

    with transaction() as session:
        known = session.execute(query, {"zones": [*clock.zones()]}).scalar_one()

    assert known == len(clock.zones()) > 400


def test_the_listeners_own_zone_counts_unless_another_is_asked_for(a_listener):
    listener = a_listener(timezone="Asia/Tokyo")
    import_rows(listener.id, started("2024-01-31T20:00:00Z"))
    first_of_february = {"first": date(2024, 2, 1), "last": date(2024, 2, 1)}

    assert music(listener, **first_of_february).plays == 1
    assert music(listener, **first_of_february, zone="UTC").plays == 0


# What is counted


def test_a_listener_without_plays_has_zeros_and_no_moments(listener):
    nothing = totals_by_kind(listener)

    assert nothing == dict.fromkeys(PlayKind, Totals())
    assert nothing[PlayKind.TRACK].first_play_at is None
    assert summary_of(listener).is_empty
    assert summary_of(listener).skips == Skips(told=0, skipped=0)
    plays = plays_of_listener(listener)
    assert parts_of_day(plays) == {"morning": 0, "afternoon": 0, "evening": 0, "night": 0}
    assert top_of(listener, TopKind.ARTISTS, 5) == []
    assert top_of(listener, TopKind.TRACKS, 5) == []
    assert len(tally(plays, plays.artists)) == 0
    assert plays.provenances.tolist() == []


def test_one_play_is_first_and_last_and_one_of_everything(listener):
    import_rows(listener.id, started(0))

    assert music(listener) == Totals(
        plays=1,
        counted_plays=1,
        ms_played=60_000,
        distinct_tracks=1,
        distinct_artists=1,
        distinct_albums=1,
        days_active=1,
        first_play_at=FEBRUARY,
        last_play_at=FEBRUARY,
    )


def test_thirty_seconds_make_a_play_count(listener):
    import_rows(listener.id, started(0, 30_000), started(1, 29_999, title="Red", artist="Other"))

    seen = music(listener)

    assert (seen.plays, seen.counted_plays, seen.ms_played) == (2, 1, 59_999)
    assert (seen.distinct_tracks, seen.distinct_artists, seen.distinct_albums) == (1, 1, 1)


def test_no_one_else_is_counted(a_listener):
    one, other = a_listener(), a_listener()
    import_rows(other.id, started(0))

    assert music(one) == Totals()


def test_a_track_without_artist_is_never_taken_for_another_track(listener):
    import_rows(listener.id, started(0), started(9, title="Nameless", artist=None))
    with transaction() as session:
        # As happens when the two numbers, from two counters, are by chance the same.
        nameless = "(select content_id from plays where track_id is null)"
        session.execute(text(f"update plays set track_id = {nameless} where track_id is not null"))

    assert music(listener).distinct_tracks == 2


def test_private_plays_count_for_the_listener_and_may_be_left_out(listener):
    import_rows(listener.id, started(0), started(9, incognito_mode=True))

    assert music(listener).plays == 2
    assert music(listener, private=False).plays == 1


def test_what_was_asked_from_spotify_may_be_left_out(listener):
    import_rows(listener.id, started(0))
    poll(listener, FEBRUARY + timedelta(days=1))

    assert music(listener).plays == 2
    assert music(listener, export_only=True).plays == 1
    assert set(plays_of_listener(listener).provenances.tolist()) == {0, 1}


def test_each_kind_of_play_is_counted_apart(listener):
    import_rows(
        listener.id,
        started(0),
        an_episode("2024-02-01T09:00:00Z", title="One"),
        an_episode("2024-02-01T10:00:00Z", title="Two"),
        an_episode("2024-02-01T11:00:00Z", title="Three", show="Another Show"),
    )

    seen = summary_of(listener)

    podcasts = totals_of(listener, PlayKind.EPISODE)
    assert (seen.music, seen.podcasts) == (music(listener), podcasts)
    assert (seen.music.plays, seen.audiobooks.plays) == (1, 0)
    assert (podcasts.plays, podcasts.distinct_tracks) == (3, 3)
    assert (podcasts.distinct_artists, podcasts.distinct_albums) == (2, 2)


def test_hours_belong_to_the_part_of_the_local_day_a_play_began_in(a_listener):
    listener = a_listener(timezone="Asia/Kolkata")
    hour = 3_600_000
    # 05:59, 06:00, 11:59, 12:00, 17:59, 18:00, 23:59 and 00:00 in Kolkata, half an hour off.
    utc = ["00:29", "00:30", "06:29", "06:30", "12:29", "12:30", "18:29", "18:30"]
    rows = [started(f"2024-02-01T{time}:00Z", hour + 1_000 * n) for n, time in enumerate(utc)]
    import_rows(listener.id, *rows, an_episode("2024-02-01T09:00:00Z"))

    assert parts_of_day(plays_of_listener(listener)) == {
        "morning": 2 * hour + 3_000,
        "afternoon": 2 * hour + 7_000,
        "evening": 2 * hour + 11_000,
        "night": 2 * hour + 7_000,
    }


def test_artists_are_ranked_by_counted_plays_then_time_then_by_who_was_heard_first(listener):
    import_rows(
        listener.id,
        *(started(n, artist="Often") for n in (0, 10, 20)),
        *(started(n, 90_000, artist="Long") for n in (30, 40)),
        *(started(n, artist=artist) for n, artist in enumerate(["beta", "Alpha"] * 2, 50)),
        *(started(n, 29_000, artist="Skipped") for n in range(60, 70)),
    )

    best = top_of(listener, TopKind.ARTISTS, 4)

    assert [(line.rank, line.name, line.plays) for line in best] == [
        (1, "Often", 3),
        (2, "Long", 2),
        (3, "beta", 2),
        (4, "Alpha", 2),
    ]
    assert best[1] == (2, "Long", None, 2, 180_000)
    assert top_of(listener, TopKind.ARTISTS, 1) == best[:1]
    counted = plays_of_listener(listener).counted
    assert sorted(tally(counted, counted.artists).plays.tolist()) == [2, 2, 2, 3]


def test_a_top_list_has_the_time_of_short_plays_too(listener):
    import_rows(listener.id, started(0, 10_000), started(1, 60_000), started(2, 20_000))

    (line,) = top(plays_of_listener(listener), TopKind.TRACKS, limit=9).items

    assert (line.plays, line.ms_played) == (1, 90_000)
    assert (line.first_play_at, line.last_play_at) == (FEBRUARY, FEBRUARY + 2 * MINUTE)


def test_tracks_are_ranked_under_artist_and_title(listener):
    import_rows(
        listener.id,
        *(started(n, title="Blue", artist="One") for n in (0, 10)),
        started(20, title="BLUE", artist="one"),
        *(started(n, title="Blue", artist="Two") for n in (30, 40)),
        started(50, title="Amber", artist="Two"),
    )

    best = top_of(listener, TopKind.TRACKS, 10)

    assert [(line.artist, line.name, line.plays) for line in best] == [
        ("One", "Blue", 3),
        ("Two", "Blue", 2),
        ("Two", "Amber", 1),
    ]


def test_a_track_without_artist_is_listed_under_its_title_alone(listener):
    import_rows(
        listener.id, started(0), *(started(n, title="Nameless", artist=None) for n in (9, 19))
    )

    best = top_of(listener, TopKind.TRACKS, 10)

    assert [(line.artist, line.name, line.plays) for line in best] == [
        (None, "Nameless", 2),
        ("The Painters", "Blue", 1),
    ]


def test_a_show_is_known_again_in_another_range(listener):
    import_rows(
        listener.id,
        an_episode("2024-02-01T09:00:00Z", title="One"),
        an_episode("2024-02-02T09:00:00Z", title="Two"),
    )
    first, second = (
        plays_of_listener(listener, PlayKind.EPISODE, first=day, last=day)
        for day in (date(2024, 2, 1), date(2024, 2, 2))
    )

    (show,) = top(second, TopKind.ARTISTS, limit=9, before=first).items

    assert show.previous_rank == 1


# Skips


def skips(listener):
    return summary_of(listener).skips


def test_a_skip_is_short_and_ended_by_a_button_or_marked(listener):
    import_rows(
        listener.id,
        started(0, 10_000, reason_end="fwdbtn"),
        started(1, 10_000, reason_end="backbtn"),
        started(2, 10_000, reason_end="endplay", skipped=True),
        started(3, 10_000, reason_end="trackdone"),
        started(4, 30_000, reason_end="fwdbtn", skipped=True),
    )

    assert skips(listener) == Skips(told=5, skipped=3)


def test_a_mark_from_the_years_without_marks_says_nothing(listener):
    unmarked = {"skipped": True, "reason_end": None}
    import_rows(listener.id, a_play("2020-02-01T10:00:00Z", 10_000, **unmarked))

    assert skips(listener) == Skips(told=0, skipped=0)


def test_of_a_track_whose_length_is_known_half_has_to_be_heard(listener):
    import_rows(
        listener.id,
        started(0, 100_000, reason_end="fwdbtn"),
        started(9, 130_000, reason_end="fwdbtn"),
    )
    with transaction() as session:
        session.execute(text("update contents set duration_ms = 240000"))

    assert skips(listener) == Skips(told=2, skipped=1)

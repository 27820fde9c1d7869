"""Snapshots, every block worked out again from what went in."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest
from tests.listening.builders import a_play, an_episode, import_rows

from spotify_insights import jobs
from spotify_insights.listening import moods, snapshots
from spotify_insights.listening.snapshots import Tops
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Artist, Track
from spotify_insights.worker import FLOWS

BERLIN = ZoneInfo("Europe/Berlin")
ROLLING = {TimeRange.SHORT: 28, TimeRange.MEDIUM: 182, TimeRange.LONG: 365}
NOON = datetime(2026, 5, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NO_HOURS = {"morning": 0, "afternoon": 0, "evening": 0, "night": 0}


def ingest(user, time_range):
    with transaction() as session:
        job = jobs.submit(session, JobKind.INGEST, user.id, subject=time_range)
    jobs.run(job.id, FLOWS[JobKind.INGEST])
    return newest(user)


def newest(user, time_range=None):
    with transaction() as session:
        return snapshots.find_snapshots(session, user.id, 1, time_range)[0]


def take(user, time_range=TimeRange.LIFETIME, **options):
    with transaction() as session:
        return snapshots.take(session, user, time_range, **options)


def ask(spotify, path, **params):
    login = {"authorization": "Bearer BQD..."}
    answer = httpx2.get(f"{spotify.url}/v1/me/{path}", params={"limit": 50} | params, headers=login)
    return answer.json()["items"]


# What Spotify says, worked out a second time


def same(name):
    return " ".join(name.casefold().split())


def artist_of(track):
    return (track["album"]["artists"] or track["artists"])[0]["name"]


def key_of(track):
    return same(artist_of(track)), same(track["name"])


def heard(items):
    """Start and length of each play, oldest first: as long as its track, where there was time."""
    before, plays = None, []
    for item in sorted(items, key=lambda item: item["played_at"]):
        end, ms = datetime.fromisoformat(item["played_at"]), item["track"]["duration_ms"]
        if before is not None:
            ms = min(ms, (end - before) // timedelta(milliseconds=1))
        start = (end - timedelta(milliseconds=ms)).replace(microsecond=0)
        plays.append((start, ms, item["track"]))
        before = end
    return plays


def evenness_of(counts):
    total = sum(counts)
    return -sum(n / total * math.log(n / total) for n in counts) / math.log(len(counts))


def hours_of(plays, zone):
    spans = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
    return {
        part: sum(ms for at, ms, _ in plays if first <= at.astimezone(zone).hour < end) / 3_600_000
        for part, (first, end) in spans.items()
    }


def genre_shares(artists):
    known = [artist["genres"] for artist in artists if artist["genres"]]
    weights = Counter()
    for genres in known:
        for genre in genres:
            weights[genre] += 1 / len(genres)
    return {genre: weight / len(known) for genre, weight in weights.items()}


def moods_of(artists, tracks):
    mood = {same(artist["name"]): moods.mood_of(artist["genres"]) for artist in artists}
    return [mood.get(same(artist_of(track))) for track in tracks]


@pytest.fixture(params=[*ROLLING])
def ingested(request, spotify, connected):
    """A snapshot with what it was made from: plays, top artists, top tracks."""
    time_range = request.param
    snapshot = ingest(connected, time_range)
    plays = heard(ask(spotify, "player/recently-played"))
    artists = ask(spotify, "top/artists", time_range=time_range)
    tracks = ask(spotify, "top/tracks", time_range=time_range)
    return snapshot, plays, artists, tracks


def test_every_block_of_a_snapshot_follows_from_what_spotify_said(ingested):
    snapshot, plays, artists, tracks = ingested
    counted = [track for _, ms, track in plays if ms >= 30_000]
    per_artist = Counter(same(artist_of(track)) for track in counted)
    found_moods = moods_of(artists, tracks)
    per_mood = Counter(mood for mood in found_moods if mood)

    assert snapshot.totals == {
        "plays": 50,
        "counted_plays": len(counted),
        "ms_played": sum(ms for _, ms, _ in plays),
        "distinct_tracks": len({key_of(track) for track in counted}),
        "distinct_artists": len(per_artist),
        "distinct_albums": len({(same(artist_of(t)), same(t["album"]["name"])) for t in counted}),
        "days_active": len({at.astimezone(BERLIN).date() for at, _, _ in plays}),
        "first_play_at": plays[0][0].isoformat(),
        "last_play_at": plays[-1][0].isoformat(),
        "is_estimated": True,
    }
    assert snapshot.total_tracks_analyzed == len({key_of(t) for t in [*tracks, *counted]})
    assert snapshot.listening_hours == pytest.approx(hours_of(plays, BERLIN), abs=0.0006)
    assert snapshot.artist_diversity_score == pytest.approx(
        evenness_of(per_artist.values()), abs=0.0001
    )
    assert snapshot.genre_distribution == pytest.approx(genre_shares(artists), abs=0.0001)
    assert {mood: one["track_count"] for mood, one in snapshot.mood_patterns.items()} == per_mood
    assert {mood: one["percentage"] for mood, one in snapshot.mood_patterns.items()} == (
        pytest.approx({mood: n / per_mood.total() for mood, n in per_mood.items()}, abs=0.0001)
    )
    assert snapshot.mood_diversity_score == pytest.approx(
        evenness_of(per_mood.values()), abs=0.0001
    )
    with_genres = sum(bool(artist["genres"]) for artist in artists)
    assert snapshot.coverage["genres"] == round(with_genres / len(artists), 4)
    assert snapshot.coverage["moods"] == round(per_mood.total() / len(tracks), 4)
    assert snapshot.coverage["tops"] == "spotify"
    assert (snapshot.audio_features, snapshot.sources) == ({}, ["demo"])


def test_top_lists_are_spotifys_own_ranking_without_invented_numbers(ingested):
    snapshot, _, artists, tracks = ingested
    not_said = {"plays": None, "ms_played": None}

    assert snapshot.top_artists == [
        {"rank": rank, "name": one["name"], "genres": one["genres"], **not_said}
        for rank, one in enumerate(artists, start=1)
    ]
    assert snapshot.top_tracks == [
        {"rank": rank, "name": one["name"], "artist": artist_of(one), **not_said}
        for rank, one in enumerate(tracks, start=1)
    ]


def test_a_rolling_range_ends_now_and_is_dated_by_the_listeners_calendar(ingested):
    snapshot, *_ = ingested

    assert snapshot.period_end - snapshot.period_start == ROLLING[snapshot.time_range] * DAY
    assert timedelta(0) <= datetime.now(UTC) - snapshot.period_end < timedelta(minutes=5)
    assert snapshot.snapshot_date == snapshot.period_end.astimezone(BERLIN).date()


@pytest.mark.parametrize(("genres", "kept"), [("empty", []), ("absent", None)])
def test_without_genres_there_are_no_shares_and_no_moods(spotify, connected, genres, kept):
    spotify.switch(genres=genres)

    snapshot = ingest(connected, TimeRange.SHORT)

    assert (snapshot.genre_distribution, snapshot.mood_patterns) == ({}, {})
    assert snapshot.mood_diversity_score is None
    assert (snapshot.coverage["genres"], snapshot.coverage["moods"]) == (0, 0)
    assert snapshot.top_artists[0]["genres"] == kept


# One per listener, range and day


def test_a_rebuild_on_the_same_day_replaces_the_snapshot(listener):
    import_rows(listener.id, a_play("2026-05-01T12:00:00Z"))
    first = newest(listener)

    import_rows(listener.id, a_play("2026-05-01T13:00:00Z"))

    second = newest(listener)
    assert second.id == first.id
    assert (first.totals["plays"], second.totals["plays"]) == (1, 2)
    assert (second.created_at, second.updated_at > first.updated_at) == (first.created_at, True)


def test_another_day_range_or_listener_has_its_own(a_listener):
    one, other = a_listener(), a_listener()

    taken = [
        take(one, TimeRange.WEEK, period=(NOON - 7 * DAY, NOON)),
        take(one, TimeRange.WEEK, period=(NOON - 6 * DAY, NOON + DAY)),
        take(one, TimeRange.MONTH, period=(NOON - 7 * DAY, NOON)),
        take(other, TimeRange.WEEK, period=(NOON - 7 * DAY, NOON)),
    ]

    assert len({snapshot.id for snapshot in taken}) == 4


def test_snapshots_are_found_newest_first_weeks_only_when_asked_for(listener):
    weeks = [
        take(listener, TimeRange.WEEK, period=(NOON - 7 * DAY, NOON - days * DAY))
        for days in (2, 0, 1)
    ]
    lifetime, short = take(listener), take(listener, TimeRange.SHORT)

    def found(limit=10, time_range=None):
        with transaction() as session:
            listed = snapshots.find_snapshots(session, listener.id, limit, time_range)
        return [snapshot.id for snapshot in listed]

    assert found() == [short.id, lifetime.id]
    assert found(1) == [short.id]
    assert found(time_range=TimeRange.LIFETIME) == [lifetime.id]
    assert found(time_range=TimeRange.WEEK) == [weeks[1].id, weeks[2].id, weeks[0].id]


# From the ledger alone


def test_a_lifetime_is_told_from_the_ledger_after_an_import(a_listener):
    listener = a_listener(timezone="Europe/Berlin")
    rows = [
        *(a_play(f"2020-01-0{day}T05:30:00Z", title="Blue", artist="One") for day in range(1, 4)),
        a_play("2021-01-01T12:00:00Z", title="Red", artist="Two"),
        a_play("2022-01-01T12:00:00Z", 10_000, title="Skipped", artist="Three"),
        an_episode("2019-01-01T12:00:00Z"),
    ]
    import_rows(listener.id, *rows)

    snapshot = newest(listener)

    assert snapshot.time_range is TimeRange.LIFETIME
    assert (snapshot.totals["plays"], snapshot.totals["counted_plays"]) == (5, 4)
    assert snapshot.totals["ms_played"] == 810_000
    assert snapshot.totals["is_estimated"] is False
    assert snapshot.period_start == datetime(2020, 1, 1, 5, 26, 40, tzinfo=UTC)
    assert snapshot.total_tracks_analyzed == 2
    assert snapshot.top_artists == [
        {"rank": 1, "name": "One", "genres": None, "plays": 3, "ms_played": 600_000},
        {"rank": 2, "name": "Two", "genres": None, "plays": 1, "ms_played": 200_000},
    ]
    assert [(one["artist"], one["name"]) for one in snapshot.top_tracks] == [
        ("One", "Blue"),
        ("Two", "Red"),
    ]
    assert snapshot.artist_diversity_score == pytest.approx(evenness_of([3, 1]), abs=0.0001)
    assert snapshot.listening_hours == {
        "morning": 0.167,
        "afternoon": 0.058,
        "evening": 0.0,
        "night": 0.0,
    }
    assert (snapshot.genre_distribution, snapshot.mood_patterns) == ({}, {})
    assert (snapshot.coverage["tops"], snapshot.sources) == ("ledger", ["export"])


def test_private_plays_are_in_no_snapshot(listener):
    secret = {"title": "Secret", "artist": "Nobody", "incognito_mode": True}
    import_rows(
        listener.id,
        a_play("2026-05-01T12:00:00Z"),
        *(a_play(f"2026-05-01T13:0{n}:00Z", **secret) for n in range(9)),
    )

    snapshot = newest(listener)

    assert (snapshot.totals["plays"], snapshot.total_tracks_analyzed) == (1, 1)
    assert [one["name"] for one in snapshot.top_artists] == ["The Painters"]
    assert [one["name"] for one in snapshot.top_tracks] == ["Blue"]
    assert sum(snapshot.listening_hours.values()) == pytest.approx(0.056)
    assert snapshot.artist_diversity_score is None


@pytest.mark.parametrize("tops", [None, Tops([], [], Provenance.API)], ids=["import", "ingest"])
def test_an_empty_ledger_gives_nothing_and_divides_by_nothing(listener, tops):
    snapshot = take(listener, tops=tops)

    assert snapshot.totals["plays"] == snapshot.total_tracks_analyzed == 0
    assert snapshot.totals["first_play_at"] is None
    assert snapshot.period_start == snapshot.period_end
    assert (snapshot.top_artists, snapshot.top_tracks) == ([], [])
    assert (snapshot.genre_distribution, snapshot.mood_patterns) == ({}, {})
    assert (snapshot.artist_diversity_score, snapshot.mood_diversity_score) == (None, None)
    assert snapshot.listening_hours == NO_HOURS
    assert (snapshot.coverage["genres"], snapshot.coverage["moods"]) == (0, 0)
    assert snapshot.sources == ([] if tops is None else ["api"])


def test_only_plays_that_began_within_the_period_belong_to_it(listener):
    start, end = NOON - DAY, NOON
    length = timedelta(milliseconds=200_000)
    second = timedelta(seconds=1)
    ends = [begin + length for begin in (start - second, start, end - second, end)]
    rows = [
        a_play(f"{end:%Y-%m-%dT%H:%M:%SZ}", title=title)
        for end, title in zip(ends, "ABCD", strict=True)
    ]
    import_rows(listener.id, *rows)

    snapshot = take(listener, TimeRange.WEEK, period=(start, end))

    assert snapshot.totals["first_play_at"] == start.isoformat()
    assert snapshot.totals["last_play_at"] == (end - second).isoformat()
    assert snapshot.totals["plays"] == 2


def test_the_day_of_a_snapshot_is_the_listeners(a_listener):
    listener = a_listener(timezone="Pacific/Kiritimati")

    snapshot = take(listener, TimeRange.WEEK, period=(NOON - DAY, NOON))

    assert snapshot.snapshot_date == NOON.date() + DAY


# Spotify's ranking and its gaps


def a_track(title, artist, album_artist=None):
    album = {"name": "Colours", "artists": [{"name": album_artist}]} if album_artist else None
    names = {"uri": f"spotify:track:{title}", "name": title, "artists": [{"name": artist}]}
    return Track.model_validate(names | {"album": album})


def test_a_track_has_the_mood_of_the_artist_it_is_counted_under(listener):
    artists = [Artist(name="Painters", genres=["folk"]), Artist(name="Guest", genres=["techno"])]
    tracks = [a_track("A", "Guest", "PAINTERS "), a_track("B", "Guest"), a_track("C", "Unknown")]

    snapshot = take(listener, TimeRange.SHORT, tops=Tops(artists, tracks, Provenance.API))

    assert {mood: one["track_count"] for mood, one in snapshot.mood_patterns.items()} == {
        "calm": 1,
        "energetic": 1,
    }
    assert (snapshot.coverage["moods"], snapshot.coverage["genres"]) == (0.6667, 1)
    assert snapshot.genre_distribution == {"folk": 0.5, "techno": 0.5}


def test_tracks_of_the_list_and_of_the_ledger_are_counted_once(listener):
    ended = datetime.now(UTC) - DAY
    import_rows(listener.id, a_play(f"{ended:%Y-%m-%dT%H:%M:%SZ}"))
    tracks = [a_track("BLUE", "Guest", "the  painters"), a_track("Red", "Guest")]

    snapshot = take(listener, TimeRange.SHORT, tops=Tops([], tracks, Provenance.API))

    assert snapshot.total_tracks_analyzed == 2
    assert snapshot.sources == ["api", "export"]


def test_a_track_without_artist_is_counted_beside_those_of_the_list(listener):
    ended = datetime.now(UTC) - DAY
    at = f"{ended:%Y-%m-%dT%H:%M:%SZ}", f"{ended + timedelta(minutes=9):%Y-%m-%dT%H:%M:%SZ}"
    import_rows(listener.id, a_play(at[0]), a_play(at[1], title="Nameless", artist=None))
    titles = ("Blue", "Red", "Red")
    tracks = [a_track(title, "Guest", "The Painters") for title in titles]

    snapshot = take(listener, TimeRange.SHORT, tops=Tops([], tracks, Provenance.API))

    assert snapshot.total_tracks_analyzed == 3


def test_sources_are_those_of_the_music_in_the_period(listener):
    import_rows(listener.id, a_play("2026-05-01T12:00:00Z"), an_episode("2020-01-01T12:00:00Z"))
    in_2020 = datetime(2019, 12, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)

    with_music, without = (
        take(listener, TimeRange.MONTH, period=period)
        for period in ((NOON - 7 * DAY, NOON), in_2020)
    )

    assert (with_music.sources, without.sources) == (["export"], [])

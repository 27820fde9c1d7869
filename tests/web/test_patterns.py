"""Each pattern over a history so small that its numbers can be counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.listening.builders import an_episode
from tests.web.asking import imported, wrong_fields
from tests.web.figures import LISTS, ask, every_day, ids_of, starting, told

from spotify_insights.listening import recordings
from spotify_insights.models import Artist, Content
from spotify_insights.resources import transaction

TEN_DAYS = {"from": "2024-05-01", "to": "2024-05-10"}
HOUR_MS = 3_600_000


@pytest.fixture
def history(client, listener):
    """Import plays; the listener who heard them."""

    def build(*rows):
        imported(client, listener.id, *rows)
        return listener

    return build


def learn(table, name, **learned):
    """Let it be known of an artist or a content what a job would ask for."""
    with transaction() as session:
        session.execute(update(table).where(table.name == name).values(**learned))
        recordings.changed(session)


def ids_in(body):
    """Every id that an answer tells of, wherever it stands."""
    if isinstance(body, dict):
        own = {body["id"]} if "id" in body else set()
        return own.union(*(ids_in(value) for value in body.values()))
    if isinstance(body, list):
        return set().union(*(ids_in(value) for value in body))
    return set()


def named(found):
    """The items of an answer with names in the place of ids; every id has one, and no other."""
    names = {int(number): name["name"] for number, name in found["names"].items()}
    assert set(names) == ids_in({**found, "names": None})
    return [{**item, "id": names[item["id"]]} for item in found["items"]]


def test_a_calendar_tells_each_day_from_the_first_play_to_the_last(client, history):
    listener = history(
        starting("2024-05-01T10:00:00Z"),
        starting("2024-05-02T10:00:00Z", seconds=20),
        starting("2024-05-05T10:00:00Z"),
        starting("2024-05-05T11:00:00Z"),
    )

    found = told(client, listener, "calendar", TEN_DAYS)

    assert [tuple(day.values()) for day in found["days"]] == [
        ("2024-05-01", 1, 1, 200_000),
        ("2024-05-02", 1, 0, 20_000),
        ("2024-05-03", 0, 0, 0),
        ("2024-05-04", 0, 0, 0),
        ("2024-05-05", 2, 2, 400_000),
    ]
    assert found["averages"] == {
        "days_active": 3,
        "active_weekdays": [0, 0, 1, 1, 0, 0, 1],
        "ms_per_active_day": 206_667,
        "ms_per_calendar_day": 62_000,
    }


def test_streaks_need_a_counted_play_a_day_and_gaps_have_none_at_all(client, history):
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 2),
        starting("2024-05-03T10:00:00Z", seconds=20),
        *every_day("2024-05-06T10:00:00+00:00", 1),
    )

    found = told(client, listener, "calendar", TEN_DAYS)
    long_gaps = told(client, listener, "calendar", TEN_DAYS | {"gap_days": 3})["gaps"]

    first = {"first_on": "2024-05-01", "last_on": "2024-05-02", "days": 2}
    second = {"first_on": "2024-05-06", "last_on": "2024-05-06", "days": 1}
    assert found["streaks"] == {"longest": first, "current": None, "all": [first, second]}
    until_the_end = {"first_on": "2024-05-07", "last_on": "2024-05-10", "days": 4}
    between = {"first_on": "2024-05-04", "last_on": "2024-05-05", "days": 2}
    assert found["gaps"] == [until_the_end, between]
    assert long_gaps == [until_the_end]


def test_a_streak_that_reaches_to_now_goes_on(client, history):
    now = datetime.now(UTC) - timedelta(minutes=10)
    listener = history(*every_day((now - timedelta(days=2)).isoformat(), 3))

    found = told(client, listener, "calendar")

    assert found["streaks"]["current"] == found["streaks"]["longest"]
    assert found["streaks"]["current"]["days"] == 3
    assert found["gaps"] == []


def test_no_data_is_told_of_up_to_yesterday(client, history):
    listener = history(starting("2024-05-01T10:00:00Z"))

    before = datetime.now(UTC).date()
    (gap,) = told(client, listener, "calendar")["gaps"]
    after = datetime.now(UTC).date()

    assert gap["first_on"] == "2024-05-02"
    yesterdays = {(day - timedelta(days=1)).isoformat() for day in (before, after)}
    assert gap["last_on"] in yesterdays


def test_sessions_end_with_a_pause_of_more_than_half_an_hour(client, history):
    listener = history(
        starting("2024-05-01T10:00:00Z", title="Blue"),
        starting("2024-05-01T10:20:00Z", title="Red"),
        starting("2024-05-01T10:53:20Z", seconds=20),
        starting("2024-05-01T11:30:00Z"),
    )

    found = told(client, listener, "sessions")["sessions"]
    shortened = told(client, listener, "sessions", {"limit": 1})["sessions"]

    longest = {
        "started_at": "2024-05-01T10:00:00Z",
        "ended_at": "2024-05-01T10:53:40Z",
        "plays": 3,
        "counted_plays": 2,
        "ms_played": 420_000,
        "tracks": 2,
    }
    assert found["longest"][0] == longest
    assert [session["ms_played"] for session in found["longest"]] == [420_000, 200_000]
    assert (found["count"], found["per_day"]) == (2, 2.0)
    assert (found["mean_ms"], found["median_ms"]) == (310_000, 310_000)
    assert shortened == found | {"longest": [longest]}


@pytest.fixture
def with_new_artists(history):
    """In May one artist that is known from April, and two that are new."""
    return history(
        starting("2024-04-01T10:00:00Z", title="Known", artist="Old"),
        starting("2024-05-01T10:00:00Z", title="Known", artist="Old"),
        starting("2024-05-02T10:00:00Z", title="A", artist="New"),
        starting("2024-05-03T10:00:00Z", title="A", artist="New"),
        starting("2024-05-04T10:00:00Z", title="B", artist="Newer"),
    )


def test_discovery_tells_how_much_was_new(client, with_new_artists):
    found = told(client, with_new_artists, "discovery", TEN_DAYS)

    assert found["discovery"] == {
        "heard": 3,
        "new": 2,
        "plays": 4,
        "plays_of_new": 3,
        "share_new": 0.6667,
        "share_of_plays": 0.75,
    }
    assert found["bucket"] == "month"
    assert found["over_time"] == [
        {"start": "2024-05-01", "heard": 3, "new": 2, "share_new": 0.6667}
    ]


@pytest.mark.parametrize("bucket", ["hour", "day"])
def test_discovery_is_told_by_the_day_at_most(client, with_new_artists, bucket):
    found = told(client, with_new_artists, "discovery", TEN_DAYS | {"bucket": bucket})

    assert found["bucket"] == "day"
    assert [(day["start"][-2:], day["heard"], day["new"]) for day in found["over_time"]] == [
        ("01", 1, 0),
        ("02", 1, 1),
        ("03", 1, 0),
        ("04", 1, 1),
    ]


def test_what_was_discovered_is_listed_with_when_it_was_first_heard(client, with_new_artists):
    assert named(told(client, with_new_artists, "discovered", TEN_DAYS)) == [
        {
            "id": "New",
            "first_heard_at": "2024-05-02T10:00:00Z",
            "plays": 2,
            "ms_played": 400_000,
        },
        {
            "id": "Newer",
            "first_heard_at": "2024-05-04T10:00:00Z",
            "plays": 1,
            "ms_played": 200_000,
        },
    ]


@pytest.mark.parametrize("address", ["discovered", "top"])
def test_lists_are_read_page_by_page_to_their_end(client, history, address):
    titles = [f"Track {n}" for n in range(7)]
    rows = [starting(f"2024-05-0{n + 1}T10:00:00Z", title=title) for n, title in enumerate(titles)]
    listener = history(*rows)

    pages = [
        told(client, listener, address, {"kind": "tracks", "limit": 3, "offset": offset})
        for offset in (0, 3, 6, 9)
    ]

    whole = told(client, listener, address, {"kind": "tracks", "limit": 500})
    assert [len(page["items"]) for page in pages] == [3, 3, 1, 0]
    assert [item for page in pages for item in page["items"]] == whole["items"]
    assert len({item["id"] for item in whole["items"]}) == 7


def test_every_page_says_how_long_the_top_list_is(client, with_new_artists):
    for offset in (0, 1, 100):
        query = {"kind": "artists", "limit": 1, "offset": offset}
        assert told(client, with_new_artists, "top", query)["total"] == 3


def test_what_came_back_after_a_long_pause_is_rediscovered(client, history):
    listener = history(
        *every_day("2023-01-01T10:00:00+00:00", 3),
        *every_day("2024-01-01T10:00:00+00:00", 4),
        starting("2024-01-10T10:00:00Z", title="Red"),
    )

    found = told(client, listener, "rediscovered")

    assert named(found) == [
        {
            "id": "Blue",
            "away_from": "2023-01-03T10:00:00Z",
            "back_at": "2024-01-01T10:00:00Z",
            "days": 363,
            "plays_before": 3,
            "plays_since": 4,
        }
    ]
    assert told(client, listener, "rediscovered", {"away_days": 363})["items"] == found["items"]
    assert told(client, listener, "rediscovered", {"away_days": 364})["items"] == []


def test_what_was_left_behind_by_the_end_of_the_range_is_forgotten(client, history):
    listener = history(
        *every_day("2020-01-01T12:00:00+00:00", 10),
        *every_day("2020-12-01T12:00:00+00:00", 12, title="Red"),
    )
    in_2020 = {"to": "2020-12-31"}

    found = told(client, listener, "forgotten", in_2020)

    assert named(found) == [
        {
            "id": "Blue",
            "plays": 10,
            "ms_played": 2_000_000,
            "last_play_at": "2020-01-10T12:00:00Z",
            "days_quiet": 356,
        }
    ]
    for stricter in ({"at_least": 11}, {"quiet_days": 357}):
        assert told(client, listener, "forgotten", in_2020 | stricter)["items"] == []
    by_now = named(told(client, listener, "forgotten"))
    assert [item["id"] for item in by_now] == ["Red", "Blue"]


def test_what_was_played_over_and_over_is_an_obsession(client, history):
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 2, times=5),
        *every_day("2024-08-01T10:00:00+00:00", 2),
        *every_day("2024-09-01T10:00:00+00:00", 1, title="Red", times=9),
    )

    found = told(client, listener, "obsessions")
    in_a_day = told(client, listener, "obsessions", {"window_days": 1, "at_least": 5})

    assert named(found) == [
        {
            "id": "Blue",
            "first_on": "2024-05-01",
            "last_on": "2024-05-07",
            "plays": 10,
            "share_of_all": 0.8333,
        }
    ]
    assert [(item["id"], item["plays"]) for item in named(in_a_day)] == [("Red", 9), ("Blue", 5)]
    assert all(item["first_on"] == item["last_on"] for item in in_a_day["items"])


def test_repeats_are_counted_and_the_longest_run_has_a_name(client, history):
    titles = ("Blue", "Blue", "Red", "Blue")
    rows = [starting(f"2024-05-01T10:{5 * n:02}:00Z", title=one) for n, one in enumerate(titles)]
    listener = history(*rows)

    found = told(client, listener, "repeats")

    blue = ids_of(client, listener, "tracks")["Blue"]
    assert found["repeats"] == {
        "plays": 4,
        "repeats": 2,
        "repeat_rate": 0.5,
        "immediate_repeats": 1,
        "immediate_rate": 0.25,
        "longest_run": {"id": blue, "times": 2, "started_at": "2024-05-01T10:00:00Z"},
    }
    assert found["names"] == {str(blue): {"name": "Blue", "artist": "The Painters"}}


def test_habits_are_told_as_far_as_the_source_tells(client, history):
    skipped = {"reason_end": "fwdbtn", "skipped": True}
    listener = history(
        starting("2024-05-01T10:00:00Z", seconds=10, **skipped, reason_start="clickrow"),
        starting("2024-05-01T11:00:00Z", seconds=100, shuffle=True, platform="iOS 17.0"),
        starting("2024-05-01T12:00:00Z", seconds=90, offline=True, conn_country="ZZ"),
        starting("2024-05-01T13:00:00Z", seconds=200, incognito_mode=True),
    )

    found = told(client, listener, "habits")

    assert found["skips"] == {"told": 4, "skipped": 1}
    assert found["completion"] == {
        "told": 4,
        "finished": 3,
        "rate": 0.75,
        "known": 0,
        "mean_share_heard": None,
    }
    assert found["shuffle"] == {"told": 4, "plays": 1, "ms_played": 100_000, "share": 0.25}
    assert found["offline"] == {"told": 4, "plays": 1, "ms_played": 90_000, "share": 0.25}
    private = {"told": 4, "plays": 1, "ms_played": 200_000, "share": 0.25}
    assert found["private_sessions"] == private
    assert found["video"] == {"told": 4, "plays": 0, "ms_played": 0, "share": 0.0}
    assert found["starts"] == {
        "told": 4,
        "items": [
            {"reason": "trackdone", "plays": 3, "share": 0.75},
            {"reason": "clickrow", "plays": 1, "share": 0.25},
        ],
    }
    assert [item["reason"] for item in found["endings"]["items"]] == ["trackdone", "fwdbtn"]
    assert found["platforms"] == {
        "told": 4,
        "unknown": 0,
        "parts": [
            {"name": "Android", "plays": 3, "ms_played": 300_000, "share": 0.75},
            {"name": "iOS", "plays": 1, "ms_played": 100_000, "share": 0.25},
        ],
    }
    assert found["countries"] == {
        "told": 3,
        "unknown": 1,
        "parts": [{"name": "DE", "plays": 3, "ms_played": 310_000, "share": 1.0}],
    }


def test_what_was_skipped_most_often_comes_first(client, history):
    def skips(title, day, skipped, heard):
        by_button = {"reason_end": "fwdbtn", "skipped": True}
        times = [(10, by_button)] * skipped + [(200, {})] * heard
        return [
            starting(f"2024-05-{day:02}T{n:02}:00:00Z", seconds, title, **how)
            for n, (seconds, how) in enumerate(times)
        ]

    listener = history(*skips("Blue", 1, 2, 4), *skips("Red", 2, 2, 3), *skips("Green", 3, 1, 0))

    found = named(told(client, listener, "most-skipped"))
    all_of_them = named(told(client, listener, "most-skipped", {"at_least": 1}))
    first = named(told(client, listener, "most-skipped", {"limit": 1}))

    red = {"id": "Red", "told": 5, "skipped": 2, "rate": 0.4}
    blue = {"id": "Blue", "told": 6, "skipped": 2, "rate": 0.3333}
    assert found == [red, blue]
    assert all_of_them == [red, blue, {"id": "Green", "told": 1, "skipped": 1, "rate": 1.0}]
    assert first == [red]


def test_diversity_tells_how_plays_are_spread(client, history):
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 3, title="Blue"),
        starting("2024-05-04T10:00:00Z", title="Red"),
    )

    found = told(client, listener, "diversity", {"kind": "tracks"})

    assert found["concentration"] == {
        "things": 2,
        "plays": 4,
        "top_1": 0.75,
        "top_10": 1.0,
        "top_50": 1.0,
        "gini": 0.25,
        "evenness": 0.8113,
        "effective_number": 1.7548,
        "singles": 0.5,
    }
    assert found["loyalty"] == {"artists": 1, "ms_played": 800_000, "share": 1.0}


def test_eras_are_those_of_the_releases_that_are_known(client, history):
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 2, title="Blue"),
        starting("2024-05-04T10:00:00Z", title="Red"),
        starting("2024-05-05T10:00:00Z", title="Green"),
    )
    learn(Content, "Blue", released_in=1987)
    learn(Content, "Red", released_in=1991)

    found = told(client, listener, "eras")["eras"]

    eighties, nineties = found.pop("decades")
    assert found == {"told": 3, "coverage": 0.75, "mean_year": 1988.3, "method": "spotify"}
    assert eighties == {
        "start": 1980,
        "name": "1980s",
        "plays": 2,
        "ms_played": 400_000,
        "share": 0.6667,
    }
    assert (nineties["name"], nineties["plays"], nineties["share"]) == ("1990s", 1, 0.3333)


def test_without_years_there_are_no_eras(client, history):
    listener = history(starting("2024-05-01T10:00:00Z"))

    assert told(client, listener, "eras")["eras"] == {
        "told": 0,
        "coverage": 0.0,
        "mean_year": None,
        "method": None,
        "decades": [],
    }


@pytest.fixture
def with_genres(history):
    """Three plays of an artist whose genres are known, and one of another."""
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 2, title="Blue"),
        starting("2024-05-03T10:00:00Z", title="Red"),
        starting("2024-05-04T10:00:00Z", title="Other", artist="Others"),
    )
    learn(Artist, "The Painters", genres=["Indie Rock", "dream pop"])
    return listener


def test_genres_are_those_of_the_artists_with_how_much_they_cover(client, with_genres):
    found = told(client, with_genres, "genres")["genres"]
    second = told(client, with_genres, "genres", {"limit": 1, "offset": 1})["genres"]

    dream_pop, indie_rock = found.pop("items")
    assert dream_pop == {"name": "dream pop", "plays": 1.5, "share": 0.5}
    assert indie_rock == dream_pop | {"name": "indie rock"}
    assert found == {
        "total": 2,
        "plays": 4,
        "known": 3,
        "coverage": 0.75,
        "sources": ["spotify"],
        "method": "leading tags of the artists, from Spotify",
        "is_finding": True,
    }
    assert second == found | {"items": [indie_rock]}


def test_moods_are_estimated_from_genres_and_say_so(client, with_genres):
    found = told(client, with_genres, "moods")

    assert found["moods"] == {
        "items": [{"name": "energetic", "plays": 3, "share": 1.0, "track_count": 2}],
        "plays": 4,
        "known": 3,
        "coverage": 0.75,
        "score": 10.0,
        "method": "estimated from the genre families of the artists (Spotify)",
        "is_finding": True,
    }
    assert found["sound"] == {}


def test_the_sound_is_told_where_spotify_measured_it(client, with_genres):
    learn(Content, "Blue", audio_features={"energy": 0.25})
    learn(Content, "Red", audio_features={"energy": 1.0})

    found = told(client, with_genres, "moods")["sound"]

    assert found == {"avg_energy": 0.5, "std_energy": 0.3536, "coverage": 0.75}


def test_what_is_known_of_little_is_no_finding(client, history):
    listener = history(
        *every_day("2024-05-01T10:00:00+00:00", 8, artist="Others"),
        *every_day("2024-06-01T10:00:00+00:00", 2),
    )
    learn(Artist, "The Painters", genres=["dream pop"])

    genres = told(client, listener, "genres")["genres"]
    moods = told(client, listener, "moods")["moods"]

    assert (genres["coverage"], genres["is_finding"]) == (0.2, False)
    assert (moods["coverage"], moods["is_finding"], moods["score"]) == (0.2, False, None)


def test_milestones_count_from_the_first_play_on(client, history):
    listener = history(
        starting("2024-05-01T10:00:00Z", seconds=20, title="Green"),
        starting("2024-05-02T10:00:00Z", seconds=1800, title="Blue"),
        starting("2024-05-03T10:00:00Z", seconds=1800, title="Red"),
    )

    found = told(client, listener, "milestones")
    from_the_last_day = told(client, listener, "milestones", {"from": "2024-05-03"})
    before_it = told(client, listener, "milestones", {"to": "2024-05-02"})["milestones"]

    tracks = ids_of(client, listener, "tracks")
    assert found["milestones"] == {
        "plays": [{"number": 1, "reached_at": "2024-05-02T10:00:00Z", "id": tracks["Blue"]}],
        "hours": [{"hours": 1, "reached_at": "2024-05-03T10:00:00Z", "id": tracks["Red"]}],
        "next_plays": {"number": 100, "to_go": 98},
        "next_hours": {"hours": 10, "ms_to_go": 10 * HOUR_MS - 3_620_000},
    }
    assert {name["name"] for name in found["names"].values()} == {"Blue", "Red"}
    assert from_the_last_day["milestones"] == found["milestones"]
    assert before_it["next_hours"] == {"hours": 1, "ms_to_go": HOUR_MS - 1_820_000}


def test_records_name_what_stands_out(client, history):
    listener = history(
        starting("2024-05-01T10:00:00Z", seconds=600, title="Long"),
        starting("2024-06-03T10:00:00Z", title="Blue"),
        starting("2024-06-03T11:00:00Z", title="Blue"),
        starting("2024-06-04T10:00:00Z", title="Red", artist="Other"),
        starting("2024-06-04T10:05:00Z", seconds=20, title="Blue"),
        starting("2024-06-04T10:06:00Z", seconds=40, title="Green"),
    )

    found = told(client, listener, "records")

    records, tracks = found["records"], ids_of(client, listener, "tracks")

    def best(name):
        return tuple(records[name].values())

    assert best("day") == ("2024-05-01", 1, 1, 600_000)
    assert best("busiest_day") == ("2024-06-03", 2, 2, 400_000)
    assert best("week") == ("2024-06-03", 5, 4, 660_000)
    assert best("month") == ("2024-06-01", 5, 4, 660_000)
    assert best("year") == ("2024-01-01", 6, 5, 1_260_000)
    assert best("longest_play") == (tracks["Long"], "2024-05-01T10:00:00Z", 600_000)
    assert records["longest_session"]["started_at"] == "2024-05-01T10:00:00Z"
    assert best("most_artists") == ("2024-06-04", 2)
    assert best("most_of_one_track") == (tracks["Blue"], "2024-06-03", 2)
    assert {name["name"] for name in found["names"].values()} == {"Long", "Blue"}


def test_a_name_is_told_of_every_id(client, with_new_artists):
    for address in LISTS:
        found = told(client, with_new_artists, address, {"at_least": 1, "quiet_days": 1})
        if "names" in found:
            assert {str(one) for one in ids_in({**found, "names": None})} == set(found["names"])
            assert all(name["name"] for name in found["names"].values())


def test_what_is_spoken_is_told_in_the_summary_alone(client, history):
    listener = history(an_episode("2024-05-01T12:00:00Z"))

    assert told(client, listener, "summary")["podcasts"]["plays"] == 1
    assert told(client, listener, "calendar")["days"] == []
    assert told(client, listener, "sessions")["sessions"]["count"] == 0
    assert told(client, listener, "top", {"kind": "artists"})["items"] == []


KINDS = ["tracks", "artists", "albums"]
WITH_KIND = ["discovery", "discovered", "rediscovered", "forgotten", "obsessions", "most-skipped"]


@pytest.mark.parametrize("kind", KINDS)
def test_lists_are_told_of_tracks_artists_and_albums(client, history, kind):
    listener = history(*every_day("2020-05-01T10:00:00+00:00", 2, times=6))
    names = {"tracks": "Blue", "artists": "The Painters", "albums": "Colours"}

    for address in ("discovered", "forgotten", "obsessions"):
        (item,) = named(told(client, listener, address, {"kind": kind}))
        assert (item["id"], item["plays"]) == (names[kind], 12)


@pytest.mark.parametrize(
    ("address", "query"),
    [
        *((address, {"kind": "shows"}) for address in [*WITH_KIND, "top", "diversity"]),
        ("top", {"by": "skips"}),
        ("timeline", {"bucket": "decade"}),
        ("discovery", {"bucket": ""}),
        *(
            (address, {"limit": limit})
            for address in ("top", "sessions", "discovered", "obsessions", "most-skipped", "genres")
            for limit in (0, -1, 501, "many")
        ),
        *(
            (address, {"offset": offset})
            for address in ("top", "discovered", "genres")
            for offset in (-1, 1_000_001, "last")
        ),
        *(("calendar", {"gap_days": days}) for days in (0, 36_501)),
        *(("rediscovered", {"away_days": days}) for days in (0, 36_501)),
        *(("forgotten", {"quiet_days": days}) for days in (0, 36_501)),
        *(("obsessions", {"window_days": days}) for days in (0, 36_501)),
        *((one, {"at_least": n}) for one in ("forgotten", "most-skipped") for n in (0, 1_000_001)),
    ],
)
def test_what_no_list_can_be_is_refused_and_named(client, listener, address, query):
    (field,) = query

    assert set(wrong_fields(ask(client, listener, address, query))) == {f"query.{field}"}


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("top", {"limit": 500, "offset": 1_000_000}),
        ("discovered", {"limit": 500, "offset": 1_000_000}),
        ("calendar", {"gap_days": 36_500}),
        ("rediscovered", {"away_days": 36_500, "limit": 500}),
        ("forgotten", {"quiet_days": 36_500, "at_least": 1_000_000, "limit": 500}),
        ("obsessions", {"window_days": 36_500, "at_least": 1_000_000, "limit": 500}),
        ("most-skipped", {"at_least": 1_000_000, "limit": 500}),
        ("sessions", {"limit": 500}),
    ],
)
def test_the_largest_of_everything_may_be_asked(client, with_new_artists, address, query):
    told(client, with_new_artists, address, query)

"""One artist, album or track, told from a history that can be counted by hand."""

import pytest
from sqlalchemy import select
from tests.web.asking import imported, problem, wrong_fields
from tests.web.figures import ask, every_day, ids_of, starting, told

from spotify_insights.listening import recordings
from spotify_insights.models import Track, TrackMerge
from spotify_insights.resources import transaction

ALBUM = "master_metadata_album_album_name"
KINDS = {"tracks": "unknown_track", "artists": "unknown_artist", "albums": "unknown_album"}


@pytest.fixture
def history(client, listener):
    """The Painters with two albums in April and May, and one track of others in between."""
    imported(
        client,
        listener.id,
        starting("2024-04-30T10:00:00Z", title="Blue"),
        starting("2024-05-01T10:00:00Z", title="Red"),
        starting("2024-05-01T10:05:00Z", title="Other", artist="Others", **{ALBUM: "Theirs"}),
        starting("2024-05-01T10:10:00Z", title="Blue"),
        starting("2024-05-01T10:15:00Z", title="Green", **{ALBUM: "Shades"}),
        starting("2024-05-01T23:00:00Z", title="Blue", seconds=10, reason_end="fwdbtn"),
    )
    return listener


def entity(client, listener, kind, name, query=None):
    number = ids_of(client, listener, kind)[name]
    return told(client, listener, f"{kind}/{number}", query)


def heard(amounts, first="number"):
    """Slots or buckets with plays or time, by their number or start."""
    return {
        one[first]: (one["plays"], one["ms_played"])
        for one in amounts
        if one["plays"] or one["ms_played"]
    }


def test_an_artist_has_totals_a_rank_and_a_share_of_all_plays(client, history):
    found = entity(client, history, "artists", "The Painters")

    profile = found["profile"]
    assert (found["name"], found["artist"]) == ("The Painters", None)
    assert profile["totals"] == {
        "plays": 5,
        "counted_plays": 4,
        "ms_played": 810_000,
        "distinct_tracks": 3,
        "distinct_artists": 1,
        "distinct_albums": 2,
        "days_active": 2,
        "first_play_at": "2024-04-30T10:00:00Z",
        "last_play_at": "2024-05-01T23:00:00Z",
        "is_estimated": False,
    }
    assert (profile["rank"], profile["share_of_plays"]) == (1, 0.8)
    assert (profile["sessions"], found["skips"]) == (3, {"told": 5, "skipped": 1})


def test_an_artist_has_best_periods_a_streak_and_months(client, history):
    profile = entity(client, history, "artists", "The Painters")["profile"]

    assert profile["best_day"] == {"start": "2024-05-01", "plays": 3, "ms_played": 610_000}
    assert profile["best_week"] == {"start": "2024-04-29", "plays": 4, "ms_played": 810_000}
    assert profile["best_month"] == {"start": "2024-05-01", "plays": 3, "ms_played": 610_000}
    streak = {"first_on": "2024-04-30", "last_on": "2024-05-01", "days": 2}
    assert profile["longest_streak"] == streak
    by_month = {"2024-04-01": (1, 200_000), "2024-05-01": (3, 610_000)}
    assert heard(profile["months"], "start") == by_month
    assert [one["rank"] for one in profile["rank_over_time"]] == [1, 1]


def test_an_artist_has_hours_and_weekdays(client, history):
    profile = entity(client, history, "artists", "The Painters")["profile"]

    assert [slot["number"] for slot in profile["hours"]] == list(range(24))
    assert [slot["number"] for slot in profile["weekdays"]] == list(range(1, 8))
    assert heard(profile["hours"]) == {10: (4, 800_000), 23: (0, 10_000)}
    assert heard(profile["weekdays"]) == {2: (1, 200_000), 3: (3, 610_000)}


def test_an_artist_has_tracks_albums_and_neighbours_with_their_names(client, history):
    found = entity(client, history, "artists", "The Painters")

    profile, names = found["profile"], found["names"]
    tracks = {int(number): name["name"] for number, name in names["tracks"].items()}
    albums = {int(number): name["name"] for number, name in names["albums"].items()}
    assert [(tracks[one["id"]], one["plays"]) for one in profile["top_tracks"]] == [
        ("Blue", 2),
        ("Red", 1),
        ("Green", 1),
    ]
    assert [(albums[one["id"]], one["plays"]) for one in profile["albums"]] == [
        ("Colours", 3),
        ("Shades", 1),
    ]
    nearby = profile["neighbours"]
    for side in ("before", "after"):
        assert [(tracks[one["id"]], one["times"]) for one in nearby[side]] == [("Other", 1)]
    assert set(tracks.values()) == {"Blue", "Red", "Green", "Other"}
    assert {name["artist"] for name in names["tracks"].values()} == {"The Painters", "Others"}


def test_an_album_has_tracks_and_no_albums(client, history):
    found = entity(client, history, "albums", "Shades")

    assert (found["name"], found["artist"]) == ("Shades", "The Painters")
    assert found["profile"]["totals"]["plays"] == 1
    assert [one["plays"] for one in found["profile"]["top_tracks"]] == [1]
    assert found["profile"]["albums"] == []
    assert {name["name"] for name in found["names"]["tracks"].values()} == {"Green", "Blue"}


def test_a_track_has_neighbours_and_lists_nothing(client, history):
    found = entity(client, history, "tracks", "Other")

    profile = found["profile"]
    tracks = {int(number): name["name"] for number, name in found["names"]["tracks"].items()}
    assert (found["name"], found["artist"]) == ("Other", "Others")
    assert (profile["top_tracks"], profile["albums"]) == ([], [])
    assert [tracks[one["id"]] for one in profile["neighbours"]["before"]] == ["Red"]
    assert [tracks[one["id"]] for one in profile["neighbours"]["after"]] == ["Blue"]
    ranks = [(one["start"], one["rank"]) for one in profile["rank_over_time"]]
    assert ranks == [("2024-04-01", None), ("2024-05-01", 3)]


def test_a_range_tells_of_its_own_plays_alone(client, history):
    in_april = {"to": "2024-04-30"}

    found = entity(client, history, "artists", "The Painters", in_april)

    assert found["period"]["last"] == "2024-04-30"
    assert found["profile"]["totals"]["plays"] == 1
    assert found["profile"]["share_of_plays"] == 1.0


def test_what_was_never_heard_long_enough_has_no_rank(client, listener):
    imported(client, listener.id, starting("2024-05-01T10:00:00Z", seconds=10))
    with transaction() as session:
        number = session.scalars(select(Track.id)).one()

    profile = told(client, listener, f"tracks/{number}")["profile"]

    assert (profile["totals"]["plays"], profile["totals"]["counted_plays"]) == (1, 0)
    assert (profile["rank"], profile["share_of_plays"], profile["best_day"]) == (None, None, None)
    assert profile["longest_streak"] is None


def test_the_clock_is_that_of_the_zone(client, history):
    zone = {"tz": "Asia/Tokyo"}

    profile = entity(client, history, "artists", "The Painters", zone)["profile"]

    assert heard(profile["hours"]) == {19: (4, 800_000), 8: (0, 10_000)}
    assert profile["totals"]["days_active"] == 3


def test_a_merged_track_is_told_as_the_one_it_is_merged_into(client, history):
    ids = ids_of(client, history, "tracks")
    with transaction() as session:
        merge = TrackMerge(track_id=ids["Red"], into_track_id=ids["Blue"], isrc="GBAYE0601498")
        session.add(merge)
        recordings.changed(session)

    red, blue = (
        told(client, history, f"tracks/{ids[name]}", {"tz": "UTC"}) for name in ("Red", "Blue")
    )

    assert red == blue
    assert (red["profile"]["id"], red["profile"]["totals"]["counted_plays"]) == (ids["Blue"], 3)


def test_years_of_one_artist_are_told_at_once(client, listener):
    imported(client, listener.id, *every_day("2023-12-30T10:00:00+00:00", 400))

    profile = entity(client, listener, "artists", "The Painters")["profile"]

    assert len(profile["months"]) == len(profile["rank_over_time"]) == 15
    assert profile["longest_streak"]["days"] == profile["totals"]["days_active"] == 400


@pytest.mark.parametrize(("kind", "code"), KINDS.items())
def test_what_the_listener_did_not_play_is_not_found(client, a_listener, history, kind, code):
    number = next(iter(ids_of(client, history, kind).values()))

    problem(ask(client, history, f"{kind}/2147483647"), 404, code)
    problem(ask(client, history, f"{kind}/{number}", {"to": "2000-01-01"}), 404, code)
    problem(ask(client, a_listener(), f"{kind}/{number}"), 404, code)


@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_track_may_have_a_negative_id_but_must_have_been_played(client, history, number):
    problem(ask(client, history, f"tracks/{number}"), 404, "unknown_track")


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        *((kind, number) for kind in KINDS for number in ("one", "1.5", "2147483648")),
        *((kind, number) for kind in ("artists", "albums") for number in ("0", "-1")),
        ("tracks", "-2147483648"),
    ],
)
def test_what_is_no_id_is_named(client, history, kind, number):
    wrong = wrong_fields(ask(client, history, f"{kind}/{number}"))

    assert set(wrong) == {f"path.{kind.removesuffix('s')}_id"}

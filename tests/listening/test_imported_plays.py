"""What an import makes of its rows: the same plays in whatever form and order they come."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, date, datetime
from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import a_row, as_json, without_track
from tests.listening.builders import (
    a_play,
    an_episode,
    import_rows,
    import_uploads,
    ledger,
    zipped,
)
from tests.listening.counting import music, totals_of
from tests.reference import amounts, clocks
from tests.reference import exports as reference

from spotify_insights.models.listening import PlayKind
from spotify_insights.models.sources import ImportStatus

ZONES = ("UTC", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia")


def at(minute, **changes):
    return a_play(f"2024-05-01T12:{minute % 60:02}:00Z", **changes)


def loose(name, rows):
    return name, BytesIO(as_json(*rows))


def many_rows(number, artists=7):
    return [
        at(n, ms_played=60_000 + n, title=f"T{n % 31}", artist=f"A{n % artists}")
        for n in range(number)
    ]


# Again, differently


def test_a_second_import_adds_nothing(listener):
    first = import_rows(listener.id, at(0), at(1), at(1), without_track())
    second = import_rows(listener.id, at(0), at(1), at(1), without_track())

    assert first.counts["imported"] == 2
    assert second.counts == first.counts | {"imported": 0, "already_known": 2}
    assert len(ledger(listener.id)) == 2


def test_the_form_of_an_export_makes_no_difference(listener):
    rows = many_rows(100)
    import_rows(listener.id, *rows)
    shuffled = random.Random(1).sample(rows, len(rows))
    in_pieces = {f"{n:02}.json": shuffled[n : n + 9] for n in range(0, len(rows), 9)}

    again = [
        import_uploads(listener.id, zipped(in_pieces)),
        import_uploads(
            listener.id, *[(name, BytesIO(as_json(*in_pieces[name]))) for name in in_pieces]
        ),
        import_uploads(listener.id, loose("all.json", shuffled)),
    ]

    assert {record.counts["already_known"] for record in again} == {100}
    assert {record.counts["imported"] for record in again} == {0}


def test_one_row_more_is_one_play_more(listener):
    rows = many_rows(20)
    import_rows(listener.id, *rows)

    record = import_rows(listener.id, *rows, at(59, title="New"))

    assert (record.counts["imported"], record.counts["already_known"]) == (1, 20)
    assert len(ledger(listener.id)) == 21


# What a play is


def test_rows_that_differ_in_names_only_are_one_play_under_the_first_names(listener):
    again = at(0, master_metadata_track_name="Blue - Remastered", incognito_mode=True)

    record = import_rows(listener.id, at(0), again)

    (play,) = ledger(listener.id)
    assert (play.track, play.is_private, record.counts["duplicate_exact"]) == ("Blue", False, 1)


def test_plays_that_were_uploaded_together_keep_their_own_starts(listener):
    day_before = 1_714_470_000
    offline = [at(0, offline=True, offline_timestamp=day_before + 300 * n) for n in range(67)]

    record = import_rows(listener.id, *offline)

    assert record.counts["imported"] == 67
    assert len({play.started_at for play in ledger(listener.id)}) == 67
    assert len({play.ended_at for play in ledger(listener.id)}) == 1


def test_podcasts_are_counted_apart(listener):
    import_rows(listener.id, at(0), an_episode(at(1)["ts"]), an_episode(at(2)["ts"], title="Two"))

    songs, podcasts = music(listener), totals_of(listener, PlayKind.EPISODE)

    assert (songs.plays, songs.ms_played) == (1, 200_000)
    assert (podcasts.plays, podcasts.ms_played) == (2, 3_600_000)
    assert (podcasts.distinct_tracks, podcasts.distinct_artists) == (2, 1)


def test_a_song_under_two_addresses_is_one_track_and_shouting_makes_no_other_artist(listener):
    import_rows(
        listener.id,
        at(0),
        at(1, spotify_track_uri="spotify:track:again"),
        at(2, artist="THE  painters", master_metadata_track_name="blue "),
    )

    counted = music(listener)

    assert (counted.plays, counted.distinct_tracks, counted.distinct_artists) == (3, 1, 1)


def test_a_play_belongs_to_the_local_day_it_started_on(a_listener):
    listener = a_listener(timezone="Europe/Berlin")
    # From 23:59 on the first of May to 00:02 on the second, on a clock in Berlin.
    import_rows(listener.id, a_play("2024-05-01T22:02:00Z", 180_000))

    first = music(listener, first=date(2024, 5, 1), last=date(2024, 5, 1))
    second = music(listener, first=date(2024, 5, 2), last=date(2024, 5, 2))
    in_tokyo = music(listener, first=date(2024, 5, 2), zone="Asia/Tokyo")

    assert (first.plays, second.plays, in_tokyo.plays) == (1, 0, 1)


# At once


def test_two_imports_of_one_listener_at_once_make_the_same_plays_as_one(listener, a_listener):
    rows, alone = many_rows(400), a_listener()
    import_rows(alone.id, *rows)

    with ThreadPoolExecutor() as pool:
        records = [
            *pool.map(lambda part: import_rows(listener.id, *part), (rows[:300], rows[100:]))
        ]

    assert [record.status for record in records] == [ImportStatus.SUCCEEDED] * 2
    assert sum(record.counts["imported"] for record in records) == 400
    assert sum(record.counts["already_known"] for record in records) == 200
    assert [play[:4] for play in ledger(listener.id)] == [play[:4] for play in ledger(alone.id)]


def test_imports_of_two_listeners_at_once_share_new_names_without_a_deadlock(a_listener):
    rows = many_rows(2_000, artists=500)
    one, other = a_listener().id, a_listener().id
    uploads = [(one, *rows), (other, *rows[::-1])] * 2

    with ThreadPoolExecutor() as pool:
        records = [*pool.map(lambda given: import_rows(*given), uploads)]

    assert [record.status for record in records] == [ImportStatus.SUCCEEDED] * 4
    assert sum(record.counts["imported"] for record in records) == 4_000
    assert ledger(one) == ledger(other)


# Whatever is in it

AROUND_CLOCK_CHANGES = [
    *("2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"),  # Apia leaves out a day
    *("2018-11-04T02:59:00Z", "2018-11-04T03:00:00Z"),  # São Paulo leaves out midnight
    *("2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z"),  # and has an hour twice
]
MOMENTS = st.sampled_from([*AROUND_CLOCK_CHANGES, "2024-01-01T00:00:00Z"]) | st.integers(
    1_322_700_000, 1_732_900_000
).map(lambda second: f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}")
TITLES = st.sampled_from(["Blue", "BLUE", " blue", "Red", "Straße", "STRASSE", "", None])
TRACKS = st.builds(
    a_play,
    MOMENTS,
    st.sampled_from([0, 1, 29_999, 30_000, 200_000]),
    st.sampled_from(["Blue", "Red"]),
    st.sampled_from(["The Painters", "the  painters", "The Plumbers", None, ""]),
    master_metadata_track_name=TITLES,
    master_metadata_album_album_name=TITLES,
    offline_timestamp=st.sampled_from([None, 0, 1_704_067_000, 1_704_067_000_123, 99]),
    incognito_mode=st.sampled_from([True, False, None]),
)
EPISODES = st.builds(an_episode, MOMENTS, title=st.sampled_from(["One", "Two"]))
VALID = st.lists(TRACKS | EPISODES | st.just(without_track()), max_size=25)
BROKEN_ROWS = [a_row(ts="yesterday"), a_row(ms_played=-1), 1, []]
BROKEN = st.lists(st.sampled_from(BROKEN_ROWS), max_size=3)
# A file is known by its first rows, so a good one stands first.
ALWAYS = at(0, title="Always")


@settings(max_examples=30, deadline=None, suppress_health_check=[*HealthCheck])
@given(VALID, BROKEN, st.sampled_from(ZONES), st.randoms(use_true_random=False))
def test_whatever_the_rows_they_add_up_and_make_their_plays_once(
    a_listener, valid, broken, zone, rng
):
    listener = a_listener(timezone=zone, day_starts_at=5)
    some_twice = [ALWAYS, *valid, *valid[:3]]
    rows = [*some_twice, *broken]
    rng.shuffle(rows)

    first = import_rows(listener.id, ALWAYS, *rows)
    second = import_rows(listener.id, ALWAYS, *rows)

    in_order = [ALWAYS, *(row for row in rows if row not in BROKEN_ROWS)]
    plays = reference.plays_of(in_order)
    assert first.rows == second.rows == len(rows) + 1
    assert sum(first.counts.values()) == sum(second.counts.values()) == first.rows
    heard = reference.listens_of(plays)
    assert first.counts["imported"] + first.counts["duplicate_near"] == len(plays)
    assert second.counts["already_known"] == len(plays)
    assert first.counts["imported"] == len(heard)
    assert first.counts["no_identity"] == reference.rows_without_identity(in_order)
    assert (first.counts["invalid"], second.counts["imported"]) == (len(broken), 0)
    assert [play[:4] for play in ledger(listener.id)] == sorted(play.key for play in heard)
    for kind in PlayKind:
        expected = amounts.totals(clocks.heard_on(heard, clocks.Clock(zone, 5), kind))
        assert asdict(totals_of(listener, kind)) == expected._asdict() | {"is_estimated": False}

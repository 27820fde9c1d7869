"""From rows to ledger: what is stored, what is counted, what vanishes."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.listening.builders import ledger

from spotify_insights.listening import ledger as plays
from spotify_insights.listening import sources
from spotify_insights.listening.archives.rows import Circumstances, Content, Row
from spotify_insights.listening.staging import Packer
from spotify_insights.models.listening import Origin, PlayKind, Provenance
from spotify_insights.resources import transaction

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


WHAT = {
    "kind": PlayKind.TRACK,
    "uri": "spotify:track:blue",
    "name": "Blue",
    "artist": "The Painters",
    "album": "Colours",
    "collection": None,
}
WHEN = {"started_at": NOON, "ended_at": NOON + 3 * MINUTE, "ms_played": 180_000}
HOW = {
    "origin": Origin.SPOTIFY_EXTENDED,
    "platform": "android",
    "country": "DE",
    "reason_start": "clickrow",
    "reason_end": "trackdone",
    "shuffle": True,
    "skipped": None,
    "offline": False,
}


def a_row(**changes):
    """A row; each change goes to the content, the circumstances or the times it belongs to."""
    what = {name: changes.pop(name, value) for name, value in WHAT.items()}
    when = {name: changes.pop(name, value) for name, value in WHEN.items()}
    return Row(content=Content(**what), circumstances=Circumstances(**HOW | changes), **when)


def pack(*files):
    packer = Packer()
    for file_no, rows in enumerate(files):
        packer.add(rows, file_no=file_no)
    return packer.take()


def store(user_id, *files, provenance=Provenance.EXPORT):
    """Store the rows of each file, a new source of its own, in one pack; return the tally."""
    return store_packs(user_id, len(files), pack(*files), provenance=provenance)


def store_packs(user_id, files, *packs, provenance=Provenance.EXPORT):
    """Store packs one after another that have rows of so many files; return their tally."""
    with transaction() as session:
        plays.begin(session)
        new = [sources.add(session, user_id, "spotify_extended") for _ in range(files)]
        for file_no, source_id in enumerate(new):
            plays.add_source(session, file_no, source_id)
        tallies = [plays.store(session, user_id, one, provenance, new) for one in packs]
    return +sum(tallies, Counter())


def count(table):
    with transaction() as session:
        return session.scalar(text(f"select count(*) from {table}"))


def test_a_row_arrives_with_everything_it_says(listener):
    store(listener.id, [a_row(is_private=True, is_video=True)])

    (play,) = ledger(listener.id)
    assert (play.started_at, play.ended_at, play.ms_played) == (NOON, NOON + 3 * MINUTE, 180_000)
    assert (play.uri, play.kind) == ("spotify:track:blue", "track")
    assert (play.track, play.artist, play.album) == ("Blue", "The Painters", "Colours")
    assert (play.platform, play.country) == ("android", "DE")
    assert (play.reason_start, play.reason_end) == ("clickrow", "trackdone")
    assert (play.shuffle, play.skipped, play.offline) == (True, None, False)
    assert (play.is_private, play.is_video) == (True, True)


def test_a_play_says_where_it_came_from_and_whether_its_length_is_a_guess(listener):
    store(listener.id, [a_row(is_estimated=True)], provenance=Provenance.API)

    (play,) = ledger(listener.id)
    assert (play.provenance, play.is_estimated) == ("api", True)


def test_nothing_staged_is_nothing_stored(listener):
    assert store(listener.id) == Counter()
    assert store(listener.id, [], []) == Counter()


def test_rows_are_told_apart_by_file_and_by_fate(listener):
    store(listener.id, [a_row()])

    later = a_row(started_at=NOON + MINUTE)
    tally = store(listener.id, [a_row(), later], [later, a_row(ms_played=1), a_row(ms_played=2)])

    assert tally == {
        (0, "already_known"): 1,
        (0, "imported"): 1,
        (1, "duplicate_exact"): 1,
        (1, "imported"): 2,
    }


def test_a_repeated_row_the_ledger_has_already_is_known_once_and_a_duplicate_once(listener):
    store(listener.id, [a_row()])

    tally = store(listener.id, [a_row(), a_row()])

    assert tally == {(0, "already_known"): 1, (0, "duplicate_exact"): 1}


@pytest.mark.parametrize(
    "change",
    [
        {"started_at": NOON - MINUTE},
        {"ended_at": NOON + 4 * MINUTE},
        {"ms_played": 180_001},
        {"uri": "spotify:track:blue-remastered"},
        {"origin": Origin.SPOTIFY_ACCOUNT},
    ],
)
def test_each_part_of_the_natural_key_makes_another_play(listener, change):
    store(listener.id, [a_row(), a_row(**change)])

    assert len(ledger(listener.id)) == 2


def test_what_is_no_part_of_the_key_makes_no_other_play(listener):
    other = a_row(name="Bleu", reason_end="endplay", skipped=True, is_private=True, country="FR")

    store(listener.id, [a_row(), other])

    (play,) = ledger(listener.id)
    assert (play.track, play.reason_end, play.country) == ("Blue", "trackdone", "DE")


def test_the_first_row_wins_across_stretches_packs_and_files(listener):
    packer = Packer()
    packer.add([a_row(ms_played=1), a_row(platform="first")])
    packer.add([a_row(platform="second")])
    packs = [packer.take()]
    packer.add([a_row(platform="third")])
    packer.add([a_row(platform="fourth"), a_row(ms_played=2)], file_no=1)
    packs.append(packer.take())

    tally = store_packs(listener.id, 2, *packs)

    assert {play.platform for play in ledger(listener.id) if play.ms_played > 2} == {"first"}
    assert tally == {
        (0, "imported"): 2,
        (0, "duplicate_exact"): 2,
        (1, "imported"): 1,
        (1, "duplicate_exact"): 1,
    }


def test_names_that_differ_in_case_and_spaces_are_one(listener):
    shouted = {"name": "BLUE", "artist": "THE  PAINTERS ", "album": "colours"}
    store(listener.id, [a_row(), a_row(started_at=NOON - MINUTE, **shouted)])

    assert (count("artists"), count("albums"), count("tracks")) == (1, 1, 1)
    assert {play.artist for play in ledger(listener.id)} == {"The Painters"}


def test_the_same_title_of_another_artist_is_another_track_and_album(listener):
    store(listener.id, [a_row(), a_row(uri="spotify:track:other", artist="The Plumbers")])

    assert (count("artists"), count("albums"), count("tracks")) == (2, 2, 2)


def test_an_address_keeps_its_first_name_and_each_play_its_own(listener):
    store(listener.id, [a_row()])

    store(listener.id, [a_row(started_at=NOON + MINUTE, name="Blue - Remastered")])

    assert [play.track for play in ledger(listener.id)] == ["Blue", "Blue - Remastered"]
    assert count("contents") == 1


def test_several_addresses_of_one_song_are_one_track(listener):
    store(listener.id, [a_row(), a_row(uri="spotify:track:blue-on-a-compilation", album="Hits")])

    assert (count("contents"), count("tracks"), count("albums")) == (2, 1, 2)


def test_a_track_without_artist_is_kept_by_its_address(listener):
    store(listener.id, [a_row(artist=None, album="Colours")])

    (play,) = ledger(listener.id)
    assert (play.uri, play.track, play.artist, play.album) == ("spotify:track:blue", *[None] * 3)


@pytest.mark.parametrize("kind", [PlayKind.EPISODE, PlayKind.CHAPTER])
def test_what_is_spoken_has_a_collection_and_no_artist(listener, kind):
    spoken = a_row(kind=kind, uri="spotify:x:1", artist=None, album=None, collection="The Show")

    store(listener.id, [spoken])

    (play,) = ledger(listener.id)
    assert (play.kind, play.collection, play.artist) == (kind, "The Show", None)


@pytest.mark.parametrize(
    "name", [r"\N", "a\tb\nc\rd", r"back\slash", '"quoted"', "🎹 Łódź 東京", "'"]
)
def test_odd_names_arrive_as_they_are(listener, name):
    store(listener.id, [a_row(name=name, artist=name, album=name, reason_end=name)])

    (play,) = ledger(listener.id)
    assert (play.track, play.artist, play.album, play.reason_end) == (name, name, name, name)


def test_listeners_share_the_catalogue_and_nothing_else(a_listener):
    first, second = a_listener(), a_listener()

    tallies = [store(one.id, [a_row()]) for one in (first, second)]

    assert tallies == [{(0, "imported"): 1}] * 2
    assert len(ledger(first.id)) == len(ledger(second.id)) == 1
    assert (count("contents"), count("tracks"), count("plays")) == (1, 1, 2)


def test_an_error_takes_plays_and_names_with_it(listener):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        plays.begin(session)
        plays.add_source(session, 0, sources.add(session, listener.id, "spotify_extended"))
        plays.store(session, listener.id, pack([a_row()]), Provenance.EXPORT, [])
        raise ZeroDivisionError

    tables = ("plays", "sources", "tracks", "artists", "contents", "circumstances")
    assert [count(table) for table in tables] == [0] * len(tables)


def test_a_pack_has_only_what_the_packs_before_it_did_not_name(clean_database):
    packer = Packer()
    packer.add([a_row(), a_row(name="Red", platform="ios")])
    first = packer.take()
    packer.add([a_row(ms_played=1), a_row(name="Green", started_at=NOON - MINUTE)])

    second = packer.take()

    assert [content[3] for content in first.contents + second.contents] == ["Blue", "Red", "Green"]
    assert [len(one.circumstances) for one in (first, second)] == [2, 0]
    assert (second.earliest, second.latest) == (NOON - MINUTE, NOON)
    assert (packer.take().earliest, packer.take().contents) == (None, [])

"""Plays one by one: found again, deleted with every account of them, and brought back."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.listening.archives.builders import an_account_row
from tests.listening.archives.test_insights_export import a_line, as_jsonl
from tests.listening.builders import (
    a_play,
    an_episode,
    import_rows,
    import_uploads,
    undo,
    zipped,
)

from spotify_insights.errors import Invalid, NotFound
from spotify_insights.listening import exclusions, exporting, firsts, history, polled, recordings
from spotify_insights.listening.exclusions import NewRule
from spotify_insights.listening.exporting import Format
from spotify_insights.listening.history import Wanted
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.summary import summary
from spotify_insights.listening.stats.timeline import Bucket, heatmap, timeline
from spotify_insights.listening.stats.tops import TopKind, top
from spotify_insights.models import Album, Artist, Content, Play, Track, TrackMerge, User
from spotify_insights.models.listening import Origin, PlayKind, Provenance
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
BLUE = a_play("2024-05-01T10:00:00Z")
RED = a_play("2024-05-02T10:00:00Z", title="Red", master_metadata_album_album_name="Warm")
LEAF = a_play("2024-05-03T10:00:00Z", title="Leaf", artist="The Greens")
TALK = an_episode("2024-05-04T10:00:00Z", title="On Green", show="The Show")


def page_of(user, limit=50, after=None, **wanted):
    with transaction() as session:
        return history.page(session, user.id, Wanted(**wanted), limit=limit, after=after)


def titles(user, **wanted):
    return [entry.title for entry in page_of(user, **wanted).entries]


def find(user, title, **wanted):
    (found,) = (entry for entry in page_of(user, **wanted).entries if entry.title == title)
    return found


def delete(user, play_id):
    with transaction() as session:
        return history.delete(session, user.id, play_id)


def restore(user, play_id):
    with transaction() as session:
        return history.restore(session, user.id, play_id)


def poll(user, *minutes, title="Blue"):
    """Store what Spotify would tell of plays that ended so many minutes after noon."""
    track = {
        "uri": f"spotify:track:{title}",
        "name": title,
        "artists": [{"name": "The Painters"}],
        "duration_ms": 200_000,
    }
    told = [
        PlayHistory.model_validate({"track": track, "played_at": NOON + timedelta(minutes=minute)})
        for minute in minutes
    ]
    with transaction() as session:
        polled.save(session, user.id, told, Provenance.API)


def at(minute, **changes):
    """A row of the extended history for a play that ended so many minutes after noon."""
    return a_play(f"{NOON + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}", **changes)


def accounts_of(user):
    """Every account in the ledger: what told of it, and which marks it carries."""
    query = select(Play.origin, Play.is_superseded, Play.is_deleted).where(Play.user_id == user.id)
    with transaction() as session:
        return sorted(tuple(row) for row in session.execute(query))


def id_of(table, name):
    with transaction() as session:
        return session.scalars(select(table.id).where(table.name == name)).one()


def version_of(user):
    with transaction() as session:
        return session.get_one(User, user.id).data_version


def numbers(user):
    with transaction() as session:
        scope = scopes.scope_of(user)
        plays = scopes.fetch(session, scope)
        known = firsts.known_to(session, scope)
        return {
            "summary": summary(session, scope),
            "tops": [top(plays, kind, limit=50) for kind in TopKind],
            "timeline": timeline(plays, Bucket.DAY),
            "heatmap": heatmap(plays),
            "firsts": {
                kind: (first.ids.tolist(), first.heard.tolist()) for kind, first in known.items()
            },
        }


def test_a_listener_without_plays_has_an_empty_page(listener):
    page = page_of(listener)

    assert (page.entries, page.last) == ([], None)


def test_plays_come_newest_first_with_names_and_all_that_is_known_of_them(listener):
    import_rows(listener.id, BLUE, RED, TALK)
    newest, _, oldest = page_of(listener).entries

    assert (newest.title, newest.show, newest.artist, newest.album) == (
        *("On Green", "The Show"),
        *(None, None),
    )
    assert (newest.kind, newest.track_id, newest.artist_id) == (
        *(PlayKind.EPISODE, -id_of(Content, "On Green")),
        None,
    )
    assert (oldest.title, oldest.artist, oldest.album) == ("Blue", "The Painters", "Colours")
    assert oldest.started_at == datetime(2024, 5, 1, 9, 56, 40, tzinfo=UTC)
    assert (oldest.ms_played, oldest.uri) == (200_000, "spotify:track:Blue")
    assert (oldest.track_id, oldest.artist_id) == (
        id_of(Track, "Blue"),
        id_of(Artist, "The Painters"),
    )
    assert (oldest.reason_start, oldest.reason_end) == ("trackdone", "trackdone")
    assert (oldest.origin, oldest.provenance) == (Origin.SPOTIFY_EXTENDED, Provenance.EXPORT)
    assert (oldest.shuffle, oldest.skipped, oldest.offline) == (False, False, False)
    flags = ("is_estimated", "is_private", "is_video", "is_deleted", "is_left_out")
    assert not any(getattr(oldest, flag) for flag in flags)


def test_a_polled_play_says_that_its_length_is_estimated_and_nothing_of_how_it_ended(listener):
    poll(listener, 0)

    (entry,) = page_of(listener).entries

    assert (entry.origin, entry.provenance) == (Origin.SPOTIFY_POLLED, Provenance.API)
    assert entry.is_estimated
    assert (entry.reason_end, entry.skipped) == (None, None)


def test_each_listen_is_there_once_by_its_fullest_account(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0))

    (entry,) = page_of(listener).entries

    assert entry.origin is Origin.SPOTIFY_EXTENDED


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    minutes=st.lists(st.integers(0, 4), min_size=1, max_size=9),
    limit=st.integers(1, 4),
)
def test_pages_meet_without_a_gap_and_without_a_repetition(a_listener, minutes, limit):
    user = a_listener()
    import_rows(user.id, *(at(minute, title=f"{n}") for n, minute in enumerate(minutes)))
    whole = page_of(user).entries

    pages, after = [], None
    while not pages or after:
        page = page_of(user, limit, after)
        pages.append(page.entries)
        after = page.last

    assert [entry for entries in pages for entry in entries] == whole
    assert len(whole) == len(minutes)
    assert [len(entries) for entries in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["On Green", "Leaf", "Red", "Blue"]),
        ({"text": "blue"}, ["Blue"]),
        ({"text": " THE  greens "}, ["Leaf"]),
        ({"text": "green"}, ["On Green", "Leaf"]),
        ({"text": "show"}, ["On Green"]),
        ({"text": "%"}, []),
        ({"text": "e_d"}, []),
        ({"text": ""}, ["On Green", "Leaf", "Red", "Blue"]),
        ({"kind": PlayKind.TRACK}, ["Leaf", "Red", "Blue"]),
        ({"kind": PlayKind.EPISODE}, ["On Green"]),
        ({"kind": PlayKind.CHAPTER}, []),
        ({"first": date(2024, 5, 2), "last": date(2024, 5, 3)}, ["Leaf", "Red"]),
        ({"first": date(2024, 5, 3)}, ["On Green", "Leaf"]),
        ({"last": date(2024, 5, 1)}, ["Blue"]),
        ({"first": date.min, "last": date.max}, ["On Green", "Leaf", "Red", "Blue"]),
        ({"text": "painters", "first": date(2024, 5, 2)}, ["Red"]),
        ({"is_deleted": True}, []),
    ],
    ids=repr,
)
def test_plays_are_found_by_words_kind_and_days(listener, wanted, found):
    import_rows(listener.id, BLUE, RED, LEAF, TALK)

    assert titles(listener, **wanted) == found


def test_plays_are_found_by_artist_album_and_track(listener):
    import_rows(listener.id, BLUE, RED, LEAF, TALK)

    assert titles(listener, artist_id=id_of(Artist, "The Painters")) == ["Red", "Blue"]
    assert titles(listener, album_id=id_of(Album, "Warm")) == ["Red"]
    assert titles(listener, track_id=id_of(Track, "Leaf")) == ["Leaf"]
    assert titles(listener, track_id=-id_of(Content, "On Green")) == ["On Green"]
    assert titles(listener, track_id=0) == titles(listener, artist_id=999_999) == []


def test_a_recording_is_found_under_all_its_titles(listener):
    import_rows(listener.id, BLUE, a_play("2024-05-05T10:00:00Z", title="Blue - Live"))
    one, other = id_of(Track, "Blue"), id_of(Track, "Blue - Live")
    with transaction() as session:
        session.add(TrackMerge(track_id=other, into_track_id=one, isrc="GBAYE0601498"))
        recordings.changed(session)

    entries = page_of(listener, track_id=one).entries

    assert [(entry.title, entry.track_id) for entry in entries] == [
        ("Blue - Live", one),
        ("Blue", one),
    ]


def test_days_are_those_of_the_listener(a_listener):
    user = a_listener(timezone="Asia/Tokyo", day_starts_at=4)
    import_rows(user.id, a_play("2024-05-01T18:30:00Z"), a_play("2024-05-01T19:30:00Z"))

    assert len(titles(user, first=date(2024, 5, 2))) == 1
    assert len(titles(user, last=date(2024, 5, 1))) == 1


def test_days_that_end_before_they_start_are_refused(listener):
    with pytest.raises(Invalid) as refused:
        page_of(listener, first=date(2024, 5, 2), last=date(2024, 5, 1))

    assert refused.value.code == "range_reversed"


def test_nobody_s_plays_and_those_of_others_are_not_shown(a_listener):
    ada, bob = a_listener(), a_listener()
    import_rows(bob.id, BLUE)

    assert titles(ada) == []
    with transaction() as session, pytest.raises(NotFound, match="no listener"):
        history.page(session, uuid4(), Wanted(), limit=1)


def test_a_play_says_whether_a_rule_leaves_it_out(listener):
    import_rows(listener.id, BLUE, RED, LEAF, TALK)
    with transaction() as session:
        for rule in (
            NewRule(kind=ExclusionKind.ARTIST, artist_id=id_of(Artist, "The Greens")),
            NewRule(kind=ExclusionKind.SHOW, show="The Show"),
            NewRule(kind=ExclusionKind.DATES, first_on=date(2024, 5, 1), last_on=date(2024, 5, 1)),
        ):
            exclusions.add(session, listener.id, rule)

    left_out = {entry.title: entry.is_left_out for entry in page_of(listener).entries}

    assert left_out == {"Blue": True, "Red": False, "Leaf": True, "On Green": True}


def test_a_deleted_play_counts_nowhere_and_is_in_the_bin(listener):
    import_rows(listener.id, BLUE, RED, LEAF, TALK)

    marked = [delete(listener, find(listener, title).id) for title in ("Red", "On Green")]

    assert marked == [1, 1]
    assert titles(listener) == ["Leaf", "Blue"]
    found = numbers(listener)["summary"]
    assert (found.music.plays, found.podcasts.plays) == (2, 0)
    binned = page_of(listener, is_deleted=True).entries
    assert [(entry.title, entry.is_deleted) for entry in binned] == [
        ("On Green", True),
        ("Red", True),
    ]


def test_every_number_is_that_of_a_history_without_the_deleted_plays(a_listener):
    ada, bob = a_listener(), a_listener()
    repeats = [at(10 * n) for n in range(6)]
    import_rows(ada.id, *repeats, RED, LEAF, TALK)
    import_rows(bob.id, *repeats[1:4], LEAF, TALK)

    for entry in page_of(ada, track_id=id_of(Track, "Blue")).entries:
        if entry.started_at.minute not in (6, 16, 26) or entry.started_at.hour != 12:
            delete(ada, entry.id)
    delete(ada, find(ada, "Red").id)

    assert numbers(ada) == numbers(bob)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=8),
    order=st.permutations(range(5)),
)
def test_whatever_was_deleted_restoring_brings_the_same_numbers_back(a_listener, steps, order):
    user = a_listener()
    import_rows(user.id, BLUE, RED, LEAF, TALK, a_play("2024-06-20T10:00:00Z"))
    before, listed = numbers(user), page_of(user).entries

    for place, is_deletion in steps:
        (delete if is_deletion else restore)(user, listed[place].id)
    last = dict(steps)
    left = [entry for place, entry in enumerate(listed) if not last.get(place, False)]
    during = page_of(user).entries
    for place in order:
        restore(user, listed[place].id)

    assert during == left
    assert numbers(user) == before
    assert page_of(user).entries == listed


def test_deleting_and_restoring_can_be_repeated(listener):
    import_rows(listener.id, BLUE)
    play_id = find(listener, "Blue").id

    assert [delete(listener, play_id), delete(listener, play_id)] == [1, 0]
    assert [restore(listener, play_id), restore(listener, play_id)] == [1, 0]


def test_the_version_of_the_data_rises_with_each_change_and_only_then(listener):
    import_rows(listener.id, BLUE)
    play_id = find(listener, "Blue").id
    versions = [version_of(listener)]

    for change in (delete, delete, restore, restore):
        change(listener, play_id)
        versions.append(version_of(listener))

    first, deleted, again, restored, last = versions
    assert first < deleted == again < restored == last


def test_what_is_not_the_listener_s_can_be_neither_deleted_nor_restored(a_listener):
    ada, bob = a_listener(), a_listener()
    import_rows(bob.id, BLUE)
    theirs = find(bob, "Blue").id

    for play_id in (theirs, 1, (1 << 63) - 1):
        for change in (delete, restore):
            with pytest.raises(NotFound, match="no play") as refused:
                change(ada, play_id)
            assert refused.value.code == "unknown_play"
    assert titles(bob) == ["Blue"]


def test_all_accounts_of_a_listen_are_deleted_and_restored_together(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0), at(0.05), at(60))
    standing, poor = Origin.SPOTIFY_EXTENDED, Origin.SPOTIFY_POLLED
    play_id = page_of(listener).entries[-1].id

    assert delete(listener, play_id) == 3
    deleted = accounts_of(listener)
    assert restore(listener, play_id) == 3

    assert deleted == [
        *((standing, False, False), (standing, False, True), (standing, True, True)),
        (poor, True, True),
    ]
    assert accounts_of(listener) == [
        *((standing, False, False), (standing, False, False), (standing, True, False)),
        (poor, True, False),
    ]


def test_a_listen_is_deleted_by_any_of_its_accounts(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0))
    query = select(Play.id).where(Play.origin == Origin.SPOTIFY_POLLED)
    with transaction() as session:
        poor = session.scalars(query).one()

    assert delete(listener, poor) == 2
    assert titles(listener) == []


def test_the_same_file_again_and_a_file_that_overlaps_bring_nothing_back(listener):
    import_rows(listener.id, BLUE, RED)
    delete(listener, find(listener, "Blue").id)

    import_rows(listener.id, BLUE, RED)
    record = import_rows(listener.id, BLUE, LEAF)

    assert record.counts["already_known"] == 1
    assert titles(listener) == ["Leaf", "Red"]


def test_what_is_polled_again_stays_deleted(listener):
    poll(listener, 0, 10)
    delete(listener, page_of(listener).entries[0].id)

    poll(listener, 0, 10, 20)

    assert len(titles(listener)) == 2
    assert len(titles(listener, is_deleted=True)) == 1


def test_a_listen_stays_deleted_when_a_richer_account_of_it_comes(listener):
    poll(listener, 0, 60)
    delete(listener, page_of(listener).entries[-1].id)

    import_rows(listener.id, at(0), at(60))

    (entry,) = page_of(listener).entries
    assert (entry.started_at.hour, entry.origin) == (12, Origin.SPOTIFY_EXTENDED)
    (binned,) = page_of(listener, is_deleted=True).entries
    assert binned.origin is Origin.SPOTIFY_EXTENDED
    assert restore(listener, binned.id) == 2
    assert len(titles(listener)) == 2


def test_a_listen_stays_deleted_through_account_data_and_extended_history(listener):
    poll(listener, 0)
    delete(listener, find(listener, "Blue").id)

    account = [an_account_row("2024-05-01 12:00")]
    import_uploads(listener.id, zipped({"StreamingHistory_music_0.json": account}))
    import_rows(listener.id, at(0))

    assert titles(listener) == []
    assert len(titles(listener, is_deleted=True)) == 1


def test_undoing_the_account_that_stood_brings_no_deleted_listen_back(listener):
    poll(listener, 0)
    record = import_rows(listener.id, at(0))
    delete(listener, find(listener, "Blue").id)

    undo(record)

    assert titles(listener) == []
    assert accounts_of(listener) == [(Origin.SPOTIFY_POLLED, False, True)]


def test_an_import_that_is_undone_takes_the_mark_along(listener):
    record = import_rows(listener.id, BLUE, RED)
    delete(listener, find(listener, "Blue").id)
    undo(record)
    nothing_left = accounts_of(listener)

    import_rows(listener.id, BLUE, RED)

    assert nothing_left == []
    assert titles(listener) == ["Red", "Blue"]


def test_what_is_packed_is_what_is_neither_superseded_nor_deleted(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0), RED, TALK)
    delete(listener, find(listener, "Red").id)
    query = "select sum(plays), bool_or(is_stale) from packed_weeks where user_id = :id"

    with transaction() as session:
        packed = session.execute(text(query), {"id": listener.id}).one()

    assert tuple(packed) == (2, False)


@pytest.mark.parametrize("form", Format)
def test_an_export_has_no_deleted_play_and_is_that_of_a_history_without_it(a_listener, form):
    ada, bob = a_listener(), a_listener()
    import_rows(ada.id, BLUE, RED, LEAF)
    import_rows(bob.id, BLUE, LEAF)

    delete(ada, find(ada, "Red").id)

    assert exported(ada, form) == exported(bob, form)


def test_an_export_has_no_account_of_a_deleted_listen(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0), RED)
    delete(listener, find(listener, "Blue").id)

    assert {line["title"] for line in lines(listener)} == {"Red"}


def test_deleted_plays_are_exported_with_their_mark_when_they_are_asked_for(listener):
    import_rows(listener.id, BLUE, RED)
    before = exported(listener, Format.JSONL)
    delete(listener, find(listener, "Blue").id)

    told = lines(listener, with_deleted=True)
    table = csv.DictReader(StringIO(exported(listener, Format.CSV, with_deleted=True).decode()))

    assert [line.get("is_deleted") for line in told] == [True, None]
    assert [row["is_deleted"] for row in table] == ["true", "false"]
    assert len(json.loads(exported(listener, Format.SPOTIFY, with_deleted=True))) == 1
    restore(listener, find(listener, "Blue", is_deleted=True).id)
    assert exported(listener, Format.JSONL) == before


def test_an_export_without_what_was_deleted_is_read_back_as_such(a_listener):
    ada, bob = a_listener(), a_listener()
    import_rows(ada.id, BLUE, RED, LEAF)
    delete(ada, find(ada, "Red").id)

    import_uploads(bob.id, ("history.jsonl", BytesIO(exported(ada, Format.JSONL))))

    assert titles(bob) == titles(ada) == ["Leaf", "Blue"]


def test_pages_of_an_export_meet_where_deleted_plays_lie_between(listener):
    many = [a_line(uri=f"spotify:track:{number:05}") for number in range(5_100)]
    import_uploads(listener.id, ("history.jsonl", BytesIO(as_jsonl(*many))))
    with transaction() as session:
        session.execute(text("update plays set is_deleted = true where id % 2 = 0"))

    told = [line["uri"] for line in lines(listener)]
    everything = [line["uri"] for line in lines(listener, with_deleted=True)]

    assert len(told) == 2_550
    assert everything == [line["uri"] for line in many]
    assert told == [uri for uri in everything if uri in set(told)]


def exported(user, form, **which):
    return b"".join(page.content for page in exporting.pages(user.id, form, **which))


def lines(user, **which):
    return [json.loads(line) for line in exported(user, Format.JSONL, **which).splitlines()[1:]]


def test_a_deleted_play_stays_so_when_a_poorer_account_of_it_comes(listener):
    record = import_rows(listener.id, at(0), RED)
    delete(listener, find(listener, "Blue").id)
    poll(listener, 0)

    undo(record)

    assert titles(listener) == []


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV])
def test_the_mark_of_deleted_plays_goes_out_and_in_again(a_listener, form):
    ada, other = a_listener(), a_listener()
    poll(ada, 0)
    import_rows(ada.id, at(0), RED, LEAF)
    delete(ada, find(ada, "Blue").id)

    import_uploads(other.id, ("history", BytesIO(exported(ada, form, with_deleted=True))))

    assert titles(other) == ["Leaf", "Red"]
    whole = [exported(user, Format.JSONL, with_deleted=True) for user in (ada, other)]
    assert whole[0] == whole[1]
    assert numbers(other)["summary"] == numbers(ada)["summary"]

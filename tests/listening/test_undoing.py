"""Taking plays back: the ledger is as it was before they came, whatever else tells of them."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import (
    a_play,
    files_of,
    import_rows,
    import_uploads,
    ledger,
    look_at,
    run_to_its_end,
    undo,
    zipped,
)
from tests.listening.counting import totals_by_kind

from spotify_insights import jobs
from spotify_insights.errors import Conflict, NotFound
from spotify_insights.listening import polled, snapshots, sources, undoing
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import Provenance
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
OF_A_LISTENER = ("plays", "claims", "matches", "sources", "imports")


def at(minute, **changes):
    return a_play(f"{NOON + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}", **changes)


def poll(listener, *minutes, title="Blue"):
    """Store what Spotify would tell of plays that ended so many minutes after noon."""
    painters = {"artists": [{"name": "The Painters"}]}
    track = painters | {
        "uri": f"spotify:track:{title}",
        "name": title,
        "album": painters | {"name": "Colours"},
        "duration_ms": 200_000,
    }
    told = [
        PlayHistory.model_validate({"track": track, "played_at": NOON + timedelta(minutes=minute)})
        for minute in minutes
    ]
    with transaction() as session:
        polled.save(session, listener.id, told, Provenance.API)


def forget(source):
    with transaction() as session:
        job = undoing.submit_forget(session, source.id)
    return run_to_its_end(job)


def sources_of(listener):
    with transaction() as session:
        return sources.list_sources(session, listener.id)


def state(listener):
    """All that the ledger says of a listener: plays, who claims them, which are one, the totals."""
    plays = "select * from plays where user_id = :id order by id"
    claims = "select * from claims where user_id = :id order by source_id, play_id"
    matches = "select * from matches where user_id = :id order by play_id"
    with transaction() as session:
        tables = [
            session.execute(text(query), {"id": listener.id}).all()
            for query in (plays, claims, matches)
        ]
    return tables, {kind: asdict(total) for kind, total in totals_by_kind(listener).items()}


def lifetimes(listener):
    with transaction() as session:
        found = snapshots.find_snapshots(session, listener.id, 9, None)
        return [snapshot.totals["plays"] for snapshot in found]


# The undo of an import


def test_an_undo_leaves_the_ledger_as_it_was_before_the_import(listener):
    import_rows(listener.id, at(0), at(10), at(20))
    poll(listener, 30, 40)
    before = state(listener)
    record = import_rows(listener.id, at(10), at(20), at(30), at(50), at(60, title="Red"))

    job = undo(record)

    assert state(listener) == before
    assert job.result == {"import_id": str(record.id), "plays_removed": 3}
    assert look_at(record).status is ImportStatus.UNDONE
    assert lifetimes(listener) == [5]


def test_an_undo_brings_back_the_polled_plays_that_the_export_stood_for(listener):
    poll(listener, 0, 10)
    before = ledger(listener.id)
    record = import_rows(listener.id, at(0), at(10))
    between = ledger(listener.id)

    undo(record)

    assert {(play.provenance, play.is_estimated) for play in between} == {("export", False)}
    assert len(between) == len(before) == 2
    assert ledger(listener.id) == before


def test_of_two_imports_that_overlap_each_keeps_what_it_claims(listener):
    first = import_rows(listener.id, at(0), at(10), at(20))
    second = import_rows(listener.id, at(10), at(20), at(30))

    undo(first)
    left = [play.ended_at for play in ledger(listener.id)]
    job = undo(second)

    assert left == [NOON + timedelta(minutes=minute) for minute in (10, 20, 30)]
    assert job.result["plays_removed"] == 3
    assert ledger(listener.id) == []


def test_a_file_that_came_twice_goes_with_the_second_undo(listener):
    upload = [at(0), at(10)]
    first, second = import_rows(listener.id, *upload), import_rows(listener.id, *upload)
    before = state(listener)

    one = undo(first)
    between = state(listener)
    other = undo(second)

    assert (one.result["plays_removed"], other.result["plays_removed"]) == (0, 2)
    assert between == before
    assert (ledger(listener.id), sources_of(listener), lifetimes(listener)) == ([], [], [])


def test_what_was_undone_can_be_imported_again(listener):
    record = import_rows(listener.id, at(0), at(10))
    before = ledger(listener.id)
    undo(record)

    again = import_rows(listener.id, at(0), at(10))

    assert again.counts == record.counts
    assert ledger(listener.id) == before


def test_an_undone_import_still_says_what_it_was(listener):
    record = import_rows(listener.id, at(0))

    undo(record)

    (file,) = files_of(record)
    assert (file.name, file.rows, file.source_id) == ("history.json", 1, None)
    assert look_at(record).counts == record.counts


def test_only_a_finished_import_can_be_undone_and_only_once(listener):
    failed = import_uploads(listener.id, zipped({"history.json": b"[{"}))
    undone = import_rows(listener.id, at(0))
    undo(undone)

    for record in (failed, undone):
        with pytest.raises(Conflict) as refused:
            undo(record)
        assert refused.value.code == "not_undoable"


def test_to_ask_twice_is_one_undo(listener):
    record = import_rows(listener.id, at(0))

    with transaction() as session:
        one, other = (undoing.submit(session, record.id) for _ in range(2))

    assert one.id == other.id
    assert (one.kind, one.subject, one.user_id) == (JobKind.UNDO, str(record.id), listener.id)


def test_an_undo_that_is_cancelled_changes_nothing(listener):
    record = import_rows(listener.id, at(0))
    before = state(listener)
    with transaction() as session:
        job = undoing.submit(session, record.id)
        jobs.cancel(session, job.id)

    ended = run_to_its_end(job)

    assert ended.state is JobState.CANCELLED
    assert (state(listener), look_at(record).status) == (before, ImportStatus.SUCCEEDED)


def test_the_plays_of_another_listener_stay(a_listener):
    one, other = a_listener(), a_listener()
    record = import_rows(one.id, at(0))
    import_rows(other.id, at(0))
    before = state(other)

    undo(record)

    assert (ledger(one.id), state(other)) == ([], before)


# The end of a source


def test_to_forget_a_source_undoes_the_imports_that_held_nothing_else(listener):
    alone = import_rows(listener.id, at(0))
    both = import_uploads(
        listener.id, zipped({"history.json": [at(0)]}), zipped({"more.json": [at(10)]})
    )
    source, more = sources_of(listener)

    job = forget(source)

    assert job.result == {"source_id": source.id, "plays_removed": 1}
    assert look_at(alone).status is ImportStatus.UNDONE
    assert look_at(both).status is ImportStatus.SUCCEEDED
    assert [one.id for one in sources_of(listener)] == [more.id]
    assert [play.ended_at for play in ledger(listener.id)] == [NOON + timedelta(minutes=10)]


def test_to_forget_what_was_polled_leaves_what_was_uploaded(listener):
    import_rows(listener.id, at(0))
    before = state(listener)
    poll(listener, 0, 30)
    (polling,) = (one for one in sources_of(listener) if one.format == sources.POLLED)

    forget(polling)

    assert state(listener) == before


def test_an_unknown_source_cannot_be_forgotten(listener):
    with transaction() as session, pytest.raises(NotFound):
        undoing.submit_forget(session, 1)


def test_a_deleted_listener_takes_the_whole_ledger_along(listener):
    poll(listener, 0)
    import_rows(listener.id, at(0), at(10))
    import_rows(listener.id, at(10), at(20))

    with transaction() as session:
        before = [session.scalar(text(f"select count(*) from {name}")) for name in OF_A_LISTENER]
        session.execute(text("delete from users"))
        after = [session.scalar(text(f"select count(*) from {name}")) for name in OF_A_LISTENER]

    assert before == [4, 1, 1, 3, 2]
    assert after == [0] * len(OF_A_LISTENER)


# Whatever was there before

TITLES = st.sampled_from(["Blue", "Red"])
PLAYS = st.lists(
    st.builds(
        at,
        st.integers(0, 40),
        ms_played=st.sampled_from([10_000, 200_000]),
        title=TITLES,
        offline_timestamp=st.sampled_from([None, 1_714_560_000]),
    ),
    min_size=1,
    max_size=12,
)
POLLS = st.lists(st.tuples(st.integers(0, 40), TITLES), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
@given(PLAYS, POLLS, PLAYS)
def test_an_undo_of_any_import_into_any_ledger_restores_it(a_listener, rows, told, new):
    listener = a_listener()
    import_rows(listener.id, *rows)
    for minute, title in told:
        poll(listener, minute, title=title)
    before = state(listener)

    undo(import_rows(listener.id, *new))

    assert state(listener) == before

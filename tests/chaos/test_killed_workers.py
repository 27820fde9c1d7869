"""A worker that is killed leaves nothing half done, and the next one ends its job."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import httpx2
from sqlalchemy import select, text
from tests.chaos.workers import IN_TIME, ended_well, is_in, look_at, notice_the_death, turn_back
from tests.eventually import eventually
from tests.insights.builders import a_snapshot
from tests.listening.archives.builders import a_row
from tests.listening.builders import files_of, import_uploads, zipped

from spotify_insights import accounts, jobs, queue
from spotify_insights.insights import rows
from spotify_insights.listening import importing, ingest, uploads
from spotify_insights.models import Content, GeneratedInsight, Import, Play, Snapshot
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Token
from spotify_insights.worker import FLOWS

ROWS = 60_000
REPEATED, BROKEN = 500, 20
EXPECTED = dict.fromkeys(importing.REASONS, 0) | {
    "imported": ROWS - REPEATED - BROKEN,
    "duplicate_exact": REPEATED,
    "invalid": BROKEN,
}
LAST_ASKED = "/v1/me/top/tracks"
FIRST = datetime(2019, 1, 1, tzinfo=UTC)


def an_export():
    """Eight years of plays, some of them twice, some unreadable, over five files."""
    random = Random(1)
    rows = [_play(number, random) for number in range(ROWS - REPEATED - BROKEN)]
    rows += random.sample(rows, REPEATED)
    rows += [a_row(ms_played="long")] * BROKEN
    size = ROWS // 5
    return zipped({f"history_{n}.json": rows[n * size : (n + 1) * size] for n in range(5)})


def _play(number, random):
    track = int(4_000 * random.random() ** 2)
    return a_row(
        ts=f"{FIRST + number * timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        ms_played=random.randrange(240_000),
        master_metadata_track_name=f"Track {track}",
        master_metadata_album_artist_name=f"Artist {track % 700}",
        master_metadata_album_album_name=f"Album {track % 1500}",
        spotify_track_uri=f"spotify:track:{track:022}",
    )


@contextmanager
def stopped_at(table):
    """Let no other transaction write to a table, and yield whether one tries to."""
    with transaction() as session:
        session.execute(text(f"lock table {table} in exclusive mode"))
        yield _somebody_waits


def _somebody_waits():
    here = "database = (select oid from pg_database where datname = current_database())"
    with transaction() as session:
        return session.scalar(
            text(f"select exists (select from pg_locks where not granted and {here})")
        )


def count_plays(user_id, *, other_than=None):
    """How many plays a listener has, or has in another way than the other listener."""
    told = {column.name for column in Play.__table__.columns} - {"user_id", "id", "source_id"}
    columns = ", ".join(sorted(told))
    plays = f"select {columns} from plays where user_id = :user_id"
    others = f"select {columns} from plays where user_id = :other_than"
    statement = f"select count(*) from ({plays} except all {others}) as different"
    with transaction() as session:
        return session.scalar(text(statement), {"user_id": user_id, "other_than": other_than})


_OF_ITS_OWN = {
    *("id", "user_id", "created_at", "updated_at"),
    *("snapshot_date", "period_start", "period_end"),
}


def told_of(user_id):
    """What the snapshots of a listener say, at least one of them."""
    with transaction() as session:
        query = select(Snapshot).where(Snapshot.user_id == user_id)
        snapshots = session.scalars(
            query.order_by(Snapshot.time_range, Snapshot.snapshot_date)
        ).all()
    assert snapshots
    names = {column.name for column in Snapshot.__table__.columns} - _OF_ITS_OWN
    return [{name: getattr(one, name) for name in names} for one in snapshots]


def look_at_all_tables():
    """What autovacuum does before a lease runs out; after a kill it sees nothing but dead rows."""
    with transaction() as session:
        session.execute(text("analyze"))


def row_of(model, row_id):
    with transaction() as session:
        return session.get(model, row_id)


def count_of(model):
    with transaction() as session:
        return session.scalar(text(f"select count(*) from {model.__tablename__}"))


def test_an_import_killed_while_it_reads_and_before_it_commits_ends_as_if_nothing_had_happened(
    a_listener, start_worker
):
    killed = start_worker()
    user, other = a_listener(), a_listener()
    export = an_export()
    record, job = uploads.receive(user.id, [export])

    queue.send(job)
    eventually(lambda: row_of(Import, record.id).status is ImportStatus.RUNNING, IN_TIME)
    killed.kill()
    assert is_in(job, JobState.RUNNING)
    with stopped_at("import_files") as is_reached:
        killed = start_worker()
        notice_the_death()
        eventually(is_reached, IN_TIME)
        killed.kill()
    assert is_in(job, JobState.RUNNING)
    assert count_plays(user.id) == 0
    look_at_all_tables()
    start_worker()
    notice_the_death()
    (ended,) = ended_well(job)

    export[1].seek(0)
    undisturbed = import_uploads(other.id, export)
    imported = row_of(Import, record.id)
    assert ended.attempt == 3
    assert imported.counts == undisturbed.counts
    assert fates(imported) == fates(undisturbed)
    assert imported.counts == EXPECTED
    assert count_plays(user.id) == count_plays(other.id) == EXPECTED["imported"]
    assert count_plays(user.id, other_than=other.id) == 0
    assert told_of(user.id) == told_of(other.id)


def fates(record):
    """What an import says of each of its files."""
    return [(file.name, file.sha256, file.rows, file.counts) for file in files_of(record)]


def test_an_import_killed_after_its_commit_goes_on_with_the_snapshot(listener, start_worker):
    record, job = uploads.receive(listener.id, [an_export()])

    with stopped_at("listening_snapshots") as is_reached:
        killed = start_worker()
        queue.send(job)
        eventually(is_reached, IN_TIME)
        killed.kill()
    assert row_of(Import, record.id).status is ImportStatus.SUCCEEDED
    plays = count_plays(listener.id)
    look_at_all_tables()
    start_worker()
    notice_the_death()
    (ended,) = ended_well(job)

    assert ended.attempt == 2
    assert count_plays(listener.id) == plays == EXPECTED["imported"]
    (lifetime,) = (one for one in told_of(listener.id) if one["time_range"] == "lifetime")
    assert lifetime["totals"]["plays"] == plays


def test_a_connection_lost_while_an_import_reads_is_a_reason_to_try_again(listener):
    record, job = uploads.receive(listener.id, [an_export()])

    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(jobs.run, job.id, FLOWS[JobKind.IMPORT])
        eventually(lambda: cut_connections("judged as materialized"), IN_TIME)
        running.result(timeout=IN_TIME)
    cut_off = look_at(job)
    turn_back("run_after", timedelta(minutes=1))
    jobs.run(job.id, FLOWS[JobKind.IMPORT])

    assert (cut_off.state, cut_off.error_code) == (JobState.QUEUED, "database_unavailable")
    assert look_at(job).state is JobState.SUCCEEDED
    assert row_of(Import, record.id).counts == EXPECTED


def cut_connections(statement):
    """End the connections in which this is being executed; return whether there were any."""
    query = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'active'
            and position(:statement in query) > 0 and pid <> pg_backend_pid()
    """
    with transaction() as session:
        return session.scalars(text(query), {"statement": statement}).all()


def recently_played(demo):
    """The demo's own answer, as the ledger should have it."""
    access, _ = accounts.DEMO_TOKENS
    answer = httpx2.get(
        f"{demo.url}/v1/me/player/recently-played",
        params={"limit": 50},
        headers={"authorization": f"Bearer {access}"},
    )
    return sorted((play["played_at"][:19], play["track"]["uri"]) for play in answer.json()["items"])


def times_asked(demo):
    return demo.calls().get(LAST_ASKED, 0)


def since_half_past():
    """Seconds since half past an hour that is over: the demo's plays appear at the full hour."""
    now = datetime.now(UTC)
    return now.minute * 60 + now.second + 1800


def ledger_of(user_id):
    query = select(Play.ended_at, Content.uri).join(Content, Content.id == Play.content_id)
    with transaction() as session:
        plays = session.execute(query.where(Play.user_id == user_id)).all()
    return sorted((f"{ended_at:%Y-%m-%dT%H:%M:%S}", uri) for ended_at, uri in plays)


def connect(user_id):
    access, refresh = accounts.DEMO_TOKENS
    with transaction() as session:
        accounts.save_token(session, user_id, Token(access_token=access, refresh_token=refresh))


def submit_ingest(user_id):
    with transaction() as session:
        return ingest.submit(session, user_id, TimeRange.MEDIUM)


def test_an_ingest_killed_while_spotify_answers_ends_as_if_nothing_had_happened(
    demo, a_listener, start_worker
):
    user, other = a_listener(), a_listener()
    for one in (user, other):
        connect(one.id)
    slow = {"kind": "slow", "times": 1, "path": LAST_ASKED, "seconds": 15}
    demo.switch(faults=[slow], clock_offset_s=-since_half_past())
    asked_before = times_asked(demo)
    job = submit_ingest(user.id)

    killed = start_worker()
    queue.send(job)
    eventually(lambda: times_asked(demo) > asked_before, IN_TIME)
    killed.kill()
    assert is_in(job, JobState.RUNNING)
    start_worker()
    notice_the_death()
    (ended,) = ended_well(job)

    jobs.run(submit_ingest(other.id).id, FLOWS[JobKind.INGEST])
    assert (ended.attempt, ended.result["plays_added"]) == (2, 50)
    assert ledger_of(user.id) == recently_played(demo)
    assert told_of(user.id) == told_of(other.id)


def test_an_insight_killed_before_it_is_stored_ends_as_if_nothing_had_happened(
    listener, start_worker
):
    snapshot = a_snapshot(id=uuid4(), user_id=listener.id)
    with transaction() as session:
        session.add(snapshot)
    insight, job = request(snapshot)

    with stopped_at("generated_insights") as is_reached:
        killed = start_worker()
        queue.send(job)
        eventually(is_reached, IN_TIME)
        killed.kill()
    assert is_in(job, JobState.RUNNING)
    start_worker()
    notice_the_death()
    (ended,) = ended_well(job)

    undisturbed, its_job = request(snapshot)
    jobs.run(its_job.id, FLOWS[JobKind.INSIGHT])
    written, expected = (row_of(GeneratedInsight, one.id) for one in (insight, undisturbed))
    assert ended.attempt == 2
    assert count_of(GeneratedInsight) == 2
    assert (written.status, written.content) == (expected.status, expected.content)
    assert written.structured_output == expected.structured_output


def request(snapshot):
    with transaction() as session:
        return rows.request(session, snapshot.id, InsightType.WELLNESS, Tone.NEUTRAL)

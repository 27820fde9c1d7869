"""Taking snapshots anew: whose turn it is, what is taken, and what Spotify said stays said."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests.eventually import eventually
from tests.listening.builders import a_play, import_rows, ledger, run_to_its_end, zipped

from spotify_insights import accounts, jobs
from spotify_insights.listening import (
    exclusions,
    history,
    rebuilding,
    recordings,
    snapshots,
    sources,
    uploads,
)
from spotify_insights.listening.exclusions import NewRule
from spotify_insights.listening.rankings import Tops
from spotify_insights.models import Artist, Play, Snapshot
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Artist as ToldArtist
from spotify_insights.spotify.payloads import Track as ToldTrack
from spotify_insights.worker import FLOWS

DAY = timedelta(days=1)
NOON = datetime(2024, 5, 2, 12, tzinfo=UTC)
MONTH_BEFORE = (NOON - 28 * DAY, NOON)
NOISE = {"title": "Rain", "artist": "White Noise"}
ROWS = (
    a_play("2024-04-20T12:00:00Z"),
    a_play("2024-05-01T10:00:00Z"),
    a_play("2024-05-01T11:00:00Z", title="Red"),
    a_play("2024-06-20T12:00:00Z"),
)
NOISES = (a_play("2024-05-01T22:00:00Z", **NOISE), a_play("2024-07-17T22:00:00Z", **NOISE))
SAID = Tops(
    [ToldArtist(name="The Painters", genres=["folk"])],
    [
        ToldTrack.model_validate(
            {"uri": "spotify:track:Blue", "name": "Blue", "artists": [{"name": "The Painters"}]}
        )
    ],
    Provenance.API,
)
# Weeks and months of the plays above.
PERIODS_OF_ROWS = {
    *((TimeRange.WEEK, date(2024, 4, 21)), (TimeRange.WEEK, date(2024, 5, 5))),
    *((TimeRange.WEEK, date(2024, 6, 23)), (TimeRange.MONTH, date(2024, 5, 1))),
    *((TimeRange.MONTH, date(2024, 6, 1)), (TimeRange.MONTH, date(2024, 7, 1))),
}
STORED_AS = {"id", "user_id", "created_at", "updated_at"}


def submit(user):
    with transaction() as session:
        return rebuilding.submit(session, user.id)


def rebuild(user):
    job = run_to_its_end(submit(user))
    assert job.state is JobState.SUCCEEDED, job.error_message
    return job


def look_at(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def under_way(user):
    with transaction() as session:
        return jobs.find_unfinished(session, JobKind.REBUILD, user.id, "snapshots")


def take(user, time_range, **options):
    with transaction() as session:
        return snapshots.take(session, user, time_range, **options)


def all_of(user):
    """A listener's snapshots by range and day."""
    with transaction() as session:
        found = session.scalars(select(Snapshot).where(Snapshot.user_id == user.id)).all()
    return {(one.time_range, one.snapshot_date): one for one in found}


def told(user):
    """What they say, all but when and under which numbers; a lifetime ends whenever it is taken."""
    names = {column.key for column in Snapshot.__table__.columns} - STORED_AS
    return {
        key: {name: getattr(one, name) for name in names}
        for key, one in all_of(user).items()
        if one.time_range is not TimeRange.LIFETIME
    }


def lifetimes(user):
    return [one for (kind, _), one in all_of(user).items() if kind is TimeRange.LIFETIME]


def leave_out(user, name):
    with transaction() as session:
        artist_id = session.scalars(select(Artist.id).where(Artist.name == name)).one()
        rule = NewRule(kind=ExclusionKind.ARTIST, artist_id=artist_id)
        return exclusions.add(session, user.id, rule)[0]


def merge_something(user):
    """Let two titles that a listener played be one recording, which is so for all listeners."""
    with transaction() as session:
        session.execute(text("update contents set isrc = 'GBAYE0601498' where name in ('A', 'B')"))
        recordings.merge(session, user.id)


# The job


def test_a_listener_has_one_rebuild_under_way(a_listener):
    one, other = a_listener(), a_listener()
    for user in (one, other):
        import_rows(user.id, *ROWS)

    first, again, of_the_other = submit(one), submit(one), submit(other)

    assert (again.id, again.kind) == (first.id, JobKind.REBUILD)
    assert of_the_other.id != first.id


def test_a_rebuild_and_an_import_of_one_listener_take_turns(a_listener):
    one, other = a_listener(), a_listener()
    for user in (one, other):
        import_rows(user.id, *ROWS)
    _, importing = uploads.receive(one.id, [zipped({"history.json": []})])
    its, the_others = submit(one), submit(other)

    with transaction() as session:
        claimed = [jobs.claim(session, job.id) for job in (importing, its, the_others)]

    assert [job and job.id for job in claimed] == [importing.id, None, the_others.id]
    assert look_at(its).state is JobState.QUEUED


def test_the_end_of_a_rebuild_says_how_many_snapshots_were_taken(listener):
    import_rows(listener.id, *ROWS)
    take(listener, TimeRange.SHORT, period=MONTH_BEFORE)
    take(listener, TimeRange.LONG, period=MONTH_BEFORE)

    job = rebuild(listener)

    assert job.result == {"snapshots_taken": len(PERIODS_OF_ROWS) + 1 + 2}


def test_where_there_is_no_snapshot_there_is_nothing_to_take_anew(listener):
    assert submit(listener) is None
    assert under_way(listener) is None


def test_when_nothing_changed_meanwhile_one_rebuild_is_enough(listener):
    import_rows(listener.id, *ROWS)

    rebuild(listener)

    assert under_way(listener) is None


def test_what_changed_meanwhile_is_left_to_another_rebuild(a_listener):
    listener, other = a_listener(), a_listener()
    import_rows(listener.id, *ROWS)
    import_rows(other.id, a_play(NOON.isoformat(), title="A"), a_play(NOON.isoformat(), title="B"))
    job = submit(listener)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            session.execute(text("lock table listening_snapshots in share mode"))
            running = pool.submit(jobs.run, job.id, FLOWS[JobKind.REBUILD])
            eventually(somebody_waits)
            meanwhile = submit(listener)
            merge_something(other)
        running.result()

    again = under_way(listener)
    assert (meanwhile.id, look_at(job).state) == (job.id, JobState.SUCCEEDED)
    assert again.id != job.id
    assert run_to_its_end(again).state is JobState.SUCCEEDED
    assert under_way(listener) is None


def somebody_waits():
    with transaction() as session:
        return session.scalar(text("select count(*) from pg_locks where not granted"))


def test_a_change_of_the_listener_waits_for_the_rebuild_and_asks_for_another(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    job = submit(listener)
    with transaction() as session:
        claimed = jobs.claim(session, job.id)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            accounts.lock_ledger(session, listener.id)
            rebuilding.take_all(session, listener.id)
            leaving_out = pool.submit(leave_out, listener, "White Noise")
            eventually(somebody_waits)
            jobs.finish(session, claimed, {})
        leaving_out.result()
    again = submit(listener)

    assert again.id != job.id


def test_a_worker_that_lost_its_lease_takes_nothing(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    before = told(listener)
    leave_out(listener, "White Noise")
    job = submit(listener)
    with transaction() as session:
        claimed = jobs.claim(session, job.id)
        jobs.cancel(session, job.id)

    with pytest.raises(jobs.LeaseLost):
        rebuilding.run(claimed)

    assert told(listener) == before


# What is taken


def test_a_second_rebuild_leaves_the_same_snapshots(listener):
    import_rows(listener.id, *ROWS)
    take(listener, TimeRange.SHORT, period=MONTH_BEFORE, tops=SAID)
    rebuild(listener)
    before, ids = told(listener), {one.id for one in all_of(listener).values()}

    rebuild(listener)

    assert told(listener) == before
    assert {one.id for one in all_of(listener).values()} == ids


def test_a_rule_and_a_rebuild_are_as_if_it_had_never_been_heard(a_listener):
    listener, never_heard = a_listener(), a_listener()
    import_rows(listener.id, *ROWS, *NOISES)
    import_rows(never_heard.id, *ROWS)
    for user in (listener, never_heard):
        take(user, TimeRange.SHORT, period=MONTH_BEFORE)
    leave_out(listener, "White Noise")

    rebuild(listener)

    assert told(listener) == told(never_heard)
    (ours,), (theirs,) = lifetimes(listener), lifetimes(never_heard)
    assert (ours.totals, ours.statistics) == (theirs.totals, theirs.statistics)


def test_a_rule_that_is_taken_back_brings_the_same_snapshots_back(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    before = told(listener)
    rule = leave_out(listener, "White Noise")
    rebuild(listener)
    without = told(listener)
    with transaction() as session:
        exclusions.remove(session, rule.id)

    rebuild(listener)

    assert set(without) == PERIODS_OF_ROWS
    assert told(listener) == before


def test_a_deleted_play_is_gone_from_what_is_told_and_comes_back_with_it(listener):
    import_rows(listener.id, *ROWS)
    before = told(listener)
    with transaction() as session:
        day = Play.started_at >= datetime(2024, 6, 20, tzinfo=UTC)
        play = session.scalars(select(Play).where(Play.user_id == listener.id, day)).one()
        history.delete(session, listener.id, play.id)
    rebuild(listener)
    without = told(listener)
    with transaction() as session:
        history.restore(session, listener.id, play.id)

    rebuild(listener)

    gone = {(TimeRange.WEEK, date(2024, 6, 23)), (TimeRange.MONTH, date(2024, 7, 1))}
    assert set(without) == PERIODS_OF_ROWS - gone
    assert told(listener) == before


def test_a_merge_counts_in_snapshots_after_a_rebuild(listener):
    import_rows(
        listener.id,
        *(a_play(f"2024-05-01T1{n}:00:00Z", title=title) for n, title in enumerate("AAB")),
    )
    week = TimeRange.WEEK, date(2024, 5, 5)
    before = all_of(listener)[week].totals["distinct_tracks"]
    merge_something(listener)

    rebuild(listener)

    after = all_of(listener)[week]
    assert (before, after.totals["distinct_tracks"]) == (2, 1)
    assert [(line["name"], line["plays"]) for line in after.top_tracks] == [("A", 3)]


# Rolling ranges


def test_of_a_rolling_range_the_ledgers_numbers_change_and_what_spotify_said_stays(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    before = take(listener, TimeRange.SHORT, period=MONTH_BEFORE, tops=SAID)
    leave_out(listener, "White Noise")

    rebuild(listener)

    after = all_of(listener)[TimeRange.SHORT, before.snapshot_date]
    assert after.id == before.id
    assert (before.totals["plays"], after.totals["plays"]) == (4, 3)
    assert (after.period_start, after.period_end) == MONTH_BEFORE
    assert after.top_artists == before.top_artists
    assert after.top_artists[0]["genres"] == ["folk"]
    assert after.top_tracks == before.top_tracks
    assert after.genre_distribution == before.genre_distribution == {"folk": 1.0}
    assert after.mood_patterns == before.mood_patterns
    assert after.coverage == before.coverage
    assert after.sources == before.sources == ["api", "export"]


def test_a_rolling_range_that_spotify_did_not_rank_is_ranked_anew(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    before = take(listener, TimeRange.SHORT, period=MONTH_BEFORE)
    leave_out(listener, "White Noise")

    rebuild(listener)

    after = all_of(listener)[TimeRange.SHORT, before.snapshot_date]
    assert "White Noise" in [line["name"] for line in before.top_artists]
    assert [line["name"] for line in after.top_artists] == ["The Painters"]


def test_only_the_newest_of_each_rolling_range_is_taken_again(listener):
    import_rows(listener.id, *ROWS)
    older = take(listener, TimeRange.SHORT, period=(NOON - 29 * DAY, NOON - DAY))
    newer = [
        take(listener, time_range, period=MONTH_BEFORE)
        for time_range in (TimeRange.SHORT, TimeRange.MEDIUM)
    ]

    rebuild(listener)

    after = {one.id: one.updated_at for one in all_of(listener).values()}
    assert after[older.id] == older.updated_at
    assert all(after[one.id] > one.updated_at for one in newer)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Midway"])
def test_a_rolling_snapshot_stays_that_of_its_day_in_another_zone(a_listener, zone):
    listener = a_listener(timezone="UTC")
    import_rows(listener.id, *ROWS)
    at_noon, at_night = NOON, NOON.replace(hour=1)
    day_before = take(listener, TimeRange.SHORT, period=(NOON - 29 * DAY, at_night - DAY))
    newest = take(listener, TimeRange.SHORT, period=(NOON - 28 * DAY, at_noon), tops=SAID)
    medium = take(listener, TimeRange.MEDIUM, period=(NOON - 28 * DAY, at_night), tops=SAID)
    medium_before = take(listener, TimeRange.MEDIUM, period=(NOON - 29 * DAY, NOON - DAY))
    with transaction() as session:
        accounts.change(session, listener.id, {"timezone": zone})

    rebuild(listener)

    rolling = {
        one.id: (one.snapshot_date, one.period_end)
        for one in all_of(listener).values()
        if one.time_range in snapshots.LENGTH
    }
    assert rolling == {
        one.id: (one.snapshot_date, one.period_end)
        for one in (day_before, newest, medium, medium_before)
    }


# A lifetime


def test_a_rebuild_takes_the_lifetime_of_today(listener):
    import_rows(listener.id, *ROWS, *NOISES)
    leave_out(listener, "White Noise")

    rebuild(listener)

    (lifetime,) = lifetimes(listener)
    assert lifetime.totals["plays"] == len(ROWS)


def test_where_no_play_is_left_there_is_no_lifetime_nor_any_week_or_month(listener):
    import_rows(listener.id, *ROWS)
    with transaction() as session:
        known = [one.id for one in sources.list_sources(session, listener.id)]
        sources.drop(session, listener.id, known)

    job = rebuild(listener)

    assert ledger(listener.id) == []
    assert job.result == {"snapshots_taken": 0}
    assert all_of(listener) == {}

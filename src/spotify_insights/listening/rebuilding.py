"""Taking snapshots anew, because what belongs to them is another than when they were taken.

A rule that leaves plays out, another zone, a deleted play: pages show it at once, since they count
plays. What was aggregated before follows in the background.
"""

from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs, queue
from spotify_insights.listening import firsts, snapshots, versions
from spotify_insights.models import Job, Play, Snapshot
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction


def submit(session: Session, user_id: UUID) -> Job | None:
    """Queue a rebuild of a listener's snapshots, or return the one under way; None without any."""
    if not session.scalar(select(exists().where(Snapshot.user_id == user_id))):
        return None
    return jobs.submit(session, JobKind.REBUILD, user_id, subject="snapshots")


def run(job: Job) -> None:
    """Take the lifetime snapshot, the newest rolling ones and all weeks and months again."""
    assert job.user_id is not None, "a rebuild is always a listener's"
    with transaction() as session:
        accounts.lock_ledger(session, job.user_id)
        firsts.settle(session, job.user_id)
        before = versions.of(session, job.user_id)
        taken = take_all(session, job.user_id)
        jobs.finish(session, job, {"snapshots_taken": taken})
        # Whoever changed something meanwhile was given this very job.
        is_outdated = versions.of(session, job.user_id) != before
        again = submit(session, job.user_id) if is_outdated else None
    if again:
        queue.send(again)


def take_all(session: Session, user_id: UUID) -> int:
    """Take all snapshots anew; return how many. The lifetime one goes where no play is left."""
    user = accounts.get_user(session, user_id)
    taken = snapshots.take_series(session, user)
    if session.scalar(select(exists().where(Play.user_id == user_id))):
        snapshots.take(session, user, TimeRange.LIFETIME)
        return taken + 1 + snapshots.retake_rolling(session, user)
    lifetime = Snapshot.user_id == user_id, Snapshot.time_range == TimeRange.LIFETIME
    session.execute(delete(Snapshot).where(*lifetime))
    return taken

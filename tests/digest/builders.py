"""Summaries made up for a test, told and delivered as workers do it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.listening.builders import a_play, import_rows

from spotify_insights import jobs
from spotify_insights.digest import targets
from spotify_insights.listening import periods
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.models import Delivery, Job, SummaryTarget, WeeklySummary
from spotify_insights.models.job import UNFINISHED, JobKind
from spotify_insights.models.summary import Channel
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS

DAY = timedelta(days=1)
LAST_WEEK = periods.last_week(Clock().day_of(datetime.now(UTC)))


def hear(user, *days, title="Blue", artist="The Painters", weeks_ago=0):
    """Import a play on some days (0 = Sunday) of the last week that is over, or one before it."""
    start, _ = LAST_WEEK.bounds(Clock())
    moments = [start + (day - 7 * weeks_ago) * DAY + DAY / 2 for day in days]
    plays = (a_play(f"{one:%Y-%m-%dT%H:%M:%SZ}", title=title, artist=artist) for one in moments)
    import_rows(user.id, *plays)


def run(job):
    """Do a job's work here and now, and look at it."""
    jobs.run(job.id, FLOWS[job.kind])
    return look_at(job)


def look_at(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def summarise(user, sunday=""):
    with transaction() as session:
        job = jobs.submit(session, JobKind.WEEKLY_SUMMARY, user.id, subject=sunday)
    return run(job)


def jobs_of(user, kind, states=UNFINISHED):
    with transaction() as session:
        query = select(Job).where(Job.user_id == user.id, Job.kind == kind, Job.state.in_(states))
        return session.scalars(query.order_by(Job.created_at)).all()


def due(job):
    """As if the wait of a job were over."""
    with transaction() as session:
        found = jobs.get_job(session, job.id)
        found.state, found.run_after = "queued", found.created_at
    return job


def tell(user):
    """A week with a play is told and its insight written; the deliveries wait."""
    hear(user, 1)
    summarise(user)
    for job in jobs_of(user, JobKind.INSIGHT):
        run(job)
    return [due(job) for job in jobs_of(user, JobKind.DELIVER)]


def a_target(user, channel=Channel.FEED, address=None, *, is_confirmed=True):
    with transaction() as session:
        added = targets.add(session, user.id, channel, address)
        if channel is Channel.EMAIL and is_confirmed:
            jobs.cancel(session, added.confirmation.id)
            targets.confirm(session, targets.secret_of(added.target))
        return added.target


def the_target(target):
    with transaction() as session:
        return session.get_one(SummaryTarget, target.id)


def summaries_of(user):
    with transaction() as session:
        query = select(WeeklySummary).where(WeeklySummary.user_id == user.id)
        return session.scalars(query.order_by(WeeklySummary.first_on)).all()


def deliveries():
    with transaction() as session:
        return session.scalars(select(Delivery)).all()

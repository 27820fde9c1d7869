"""What is not kept: old months, each told of before it goes, and the data of ended connections."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from tests.listening.builders import a_play, import_rows, ledger, run_to_its_end, zipped
from tests.listening.counting import music

from spotify_insights import accounts, jobs
from spotify_insights.insights import rows
from spotify_insights.listening import polled, retention, snapshots, uploads
from spotify_insights.listening import sources as known_sources
from spotify_insights.listening.snapshots import Tops
from spotify_insights.models import GeneratedInsight, Snapshot, User
from spotify_insights.models.account import Connection
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify.payloads import PlayHistory, Token

DAY = timedelta(days=1)
BERLIN = "Europe/Berlin"
NOTHING_TO_DO = {
    "listeners_disconnected": 0,
    "asked_plays_deleted": 0,
    "snapshots_taken": 0,
    "old_plays_deleted": 0,
    "uploads_discarded": 0,
}
# So many days before this, all of 2024 up to the end of April is over.
NOW, KEPT_DAYS = datetime(2024, 7, 1, tzinfo=UTC), 60


@pytest.fixture
def keep_days(clean_database):
    def keep_days(days):
        clean_database.setenv("HISTORY_RETENTION_DAYS", str(days))
        get_settings.cache_clear()

    return keep_days


@pytest.fixture
def a_job(clean_database):
    """The daily job, claimed as by a worker."""
    with transaction() as session:
        job = jobs.submit(session, JobKind.RETENTION, None)
        return jobs.claim(session, job.id)


def started(moment, ms_played=60_000, **changes):
    """A row for a play that began at an ISO instant."""
    end = datetime.fromisoformat(moment) + timedelta(milliseconds=ms_played)
    return a_play(end.isoformat(timespec="seconds"), ms_played, **changes)


def poll(listener, *moments, title="Blue"):
    """Store what Spotify would tell of plays of three minutes that ended at ISO instants."""
    painters = {"artists": [{"name": "The Painters"}]}
    track = painters | {
        "uri": f"spotify:track:{title}",
        "name": title,
        "album": painters | {"name": "Colours"},
        "duration_ms": 180_000,
    }
    told = [PlayHistory.model_validate({"track": track, "played_at": moment}) for moment in moments]
    with transaction() as session:
        polled.save(session, listener.id, told, Provenance.API)
        accounts.mark_polled(session, [listener.id])


def run():
    """Run the daily job as a worker does; return it as it ended."""
    with transaction() as session:
        job = jobs.submit(session, JobKind.RETENTION, None)
    return run_to_its_end(job)


def starts(listener):
    return [f"{play.started_at:%Y-%m-%dT%H:%M:%SZ}" for play in ledger(listener.id)]


def months(listener):
    """The month snapshots of a listener: the last day's date after it, and its plays."""
    query = select(Snapshot).where(
        Snapshot.user_id == listener.id, Snapshot.time_range == TimeRange.MONTH
    )
    with transaction() as session:
        found = session.scalars(query.order_by(Snapshot.snapshot_date)).all()
        return {snapshot.snapshot_date: snapshot.totals["plays"] for snapshot in found}


def count(table):
    with transaction() as session:
        return session.scalar(text(f"select count(*) from {table}"))


def look_at(listener):
    with transaction() as session:
        return accounts.get_user(session, listener.id)


# Old months


def test_everything_is_kept_unless_the_operator_says_otherwise(listener):
    import_rows(listener.id, started("2010-01-01T12:00:00Z"))

    job = run()

    assert (job.state, job.result) == (JobState.SUCCEEDED, NOTHING_TO_DO)
    assert len(ledger(listener.id)) == 1


def test_old_months_go_as_a_whole_and_leave_a_snapshot_each(a_listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    listener = a_listener(timezone=BERLIN)
    # The fifth month begins at ten in the evening on this clock.
    rows = ["2023-12-24T12:00:00Z", "2024-04-02T12:00:00Z", "2024-04-30T21:59:59Z"]
    kept = ["2024-04-30T22:00:00Z", "2024-05-02T12:00:00Z"]
    import_rows(listener.id, *(started(at, title=f"Of {at}") for at in rows + kept))

    result = retention.forget_old(a_job, NOW)

    assert result == {"snapshots_taken": 2, "old_plays_deleted": 3}
    assert starts(listener) == kept
    assert months(listener) == {date(2024, 1, 1): 1, date(2024, 5, 1): 2}


def test_the_month_that_holds_the_oldest_day_to_keep_stays_whole(listener, a_job, keep_days):
    keep_days(30)
    before, first = started("2024-05-31T23:59:59Z"), started("2024-06-01T00:00:00Z", title="Red")
    import_rows(listener.id, before, first)

    retention.forget_old(a_job, datetime(2024, 7, 30, 23, 59, tzinfo=UTC))

    assert starts(listener) == ["2024-06-01T00:00:00Z"]


def test_a_month_that_has_its_snapshot_keeps_it(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    import_rows(listener.id, started("2024-04-02T12:00:00Z"))
    retention.forget_old(a_job, NOW)
    import_rows(listener.id, started("2024-04-03T12:00:00Z"))

    result = retention.forget_old(a_job, NOW)

    assert result == {"snapshots_taken": 0, "old_plays_deleted": 1}
    assert months(listener) == {date(2024, 5, 1): 1}


def test_a_second_run_finds_nothing_to_do(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    import_rows(listener.id, started("2024-04-02T12:00:00Z"), started("2024-05-02T12:00:00Z"))
    retention.forget_old(a_job, NOW)

    result = retention.forget_old(a_job, NOW)

    assert result == {"snapshots_taken": 0, "old_plays_deleted": 0}


def test_private_sessions_go_untold(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    import_rows(listener.id, started("2024-04-02T12:00:00Z", incognito_mode=True))

    result = retention.forget_old(a_job, NOW)

    assert result == {"snapshots_taken": 0, "old_plays_deleted": 1}
    assert months(listener) == {}


def test_claims_and_matches_go_with_their_plays(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    old, new = started("2024-04-02T12:00:00Z", 180_000), started("2024-05-02T12:00:00Z", 180_000)
    import_rows(listener.id, old, new)
    import_rows(listener.id, new, old)
    poll(listener, "2024-04-02T12:03:00Z", "2024-05-02T12:03:00Z")
    before = [count(table) for table in ("plays", "claims", "matches")]

    retention.forget_old(a_job, NOW)

    assert before == [4, 2, 2]
    assert [count(table) for table in ("plays", "claims", "matches")] == [2, 1, 1]


def test_a_listen_across_the_end_of_a_month_goes_with_all_its_accounts(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    # A minute was skipped, so that the poll's guess of its start lies in the next month.
    import_rows(listener.id, started("2024-04-30T23:59:30Z", 60_000))
    poll(listener, "2024-05-01T00:00:30Z", "2024-05-01T00:01:30Z")
    superseded = count("matches")

    retention.forget_old(a_job, NOW)

    assert superseded == 1
    assert starts(listener) == ["2024-05-01T00:00:30Z"]
    assert (count("plays"), count("matches")) == (1, 0)


def test_a_file_of_which_plays_went_is_read_again_when_it_comes_again(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    rows = [started("2024-04-02T12:00:00Z"), started("2024-05-02T12:00:00Z")]
    import_rows(listener.id, *rows)
    retention.forget_old(a_job, NOW)

    again = import_rows(listener.id, *rows)

    assert (again.counts["imported"], again.counts["already_known"]) == (1, 1)


def test_each_listener_has_months_of_their_own(a_listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    zones = ("Pacific/Kiritimati", "Pacific/Midway")
    east, west = (a_listener(timezone=zone) for zone in zones)
    for listener in (east, west):
        import_rows(listener.id, started("2024-04-30T12:00:00Z"))

    retention.forget_old(a_job, NOW)

    assert (len(starts(east)), len(starts(west))) == (1, 0)


def test_a_worker_that_lost_its_lease_deletes_nothing(listener, a_job, keep_days):
    keep_days(KEPT_DAYS)
    import_rows(listener.id, started("2024-04-02T12:00:00Z"))
    with transaction() as session:
        jobs.cancel(session, a_job.id)

    with pytest.raises(jobs.LeaseLost):
        retention.forget_old(a_job, NOW)

    assert (len(starts(listener)), months(listener)) == (1, {})


ZONES = st.sampled_from(["UTC", BERLIN, "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata"])
MOMENTS = st.integers(1_322_700_000, 1_719_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(ZONES, st.integers(0, 6), MOMENTS)
def test_a_month_is_the_one_that_the_listeners_clock_shows(zone, day_starts_at, moment):
    user = User(timezone=zone, day_starts_at=day_starts_at)
    clock = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=day_starts_at)

    month = retention.month_of(user, moment)

    assert (month.year, month.month, month.day) == (clock.year, clock.month, 1)


@settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(MOMENTS, min_size=1, max_size=12), ZONES, st.integers(0, 6), MOMENTS)
def test_what_goes_and_what_stays_are_together_what_there_was(
    a_listener, a_job, keep_days, moments, zone, day_starts_at, now
):
    keep_days(30)
    listener = a_listener(timezone=zone, day_starts_at=day_starts_at)
    import_rows(listener.id, *(started(moment.isoformat(), 10_000) for moment in moments))
    everything = {play.started_at for play in ledger(listener.id)}

    retention.forget_old(a_job, now)

    kept = {play.started_at for play in ledger(listener.id)}
    oldest = retention.month_of(listener, now - 30 * DAY)
    assert kept == {one for one in everything if retention.month_of(listener, one) >= oldest}
    assert sum(months(listener).values()) + len(kept) == len(everything)


# Connections that ended


def connect(listener):
    token = Token(access_token="BQD...", refresh_token="AQC...")
    with transaction() as session:
        accounts.save_token(session, listener.id, token)


def disconnect(listener, ago=retention.FORGET_AFTER):
    """End a listener's connection so long ago."""
    connect(listener)
    with transaction() as session:
        accounts.disconnect(session, listener.id)
        at = datetime.now(UTC) - ago
        session.execute(update(User).where(User.id == listener.id).values(disconnected_at=at))


def take(listener, tops=None):
    with transaction() as session:
        return snapshots.take(session, listener, TimeRange.SHORT, tops=tops)


def sources_told(listener):
    """What each snapshot of a listener was made of."""
    query = select(Snapshot.sources).where(Snapshot.user_id == listener.id)
    with transaction() as session:
        return sorted(session.scalars(query))


def test_what_was_polled_goes_three_days_after_the_end_of_the_connection(listener):
    poll(listener, "2024-05-02T12:00:00Z", "2024-05-02T13:00:00Z")
    take(listener, Tops([], [], Provenance.API))
    disconnect(listener)

    job = run()

    assert job.result == NOTHING_TO_DO | {"listeners_disconnected": 1, "asked_plays_deleted": 2}
    assert (ledger(listener.id), sources_told(listener)) == ([], [])
    assert [count(name) for name in ("plays", "matches", "sources")] == [0, 0, 0]
    assert look_at(listener).polled_at is None


def test_insights_on_what_was_asked_go_with_it(listener):
    snapshot = take(listener, Tops([], [], Provenance.API))
    with transaction() as session:
        accounts.mark_polled(session, [listener.id])
        rows.request(session, snapshot.id, InsightType.WELLNESS, Tone.NEUTRAL)
    disconnect(listener)

    run()

    with transaction() as session:
        assert session.scalars(select(GeneratedInsight)).all() == []


def test_what_was_uploaded_stays_and_is_told_anew(listener):
    import_rows(listener.id, started("2024-05-02T12:00:00Z", 180_000))
    before = ledger(listener.id)
    poll(listener, "2024-05-02T12:03:00Z", "2024-05-03T12:00:00Z")
    with transaction() as session:
        snapshots.take(session, listener, TimeRange.LIFETIME)
    both = sources_told(listener)
    disconnect(listener)

    run()

    # Its week and its month were told when the file came in.
    assert both == [["api", "export"], ["export"], ["export"]]
    assert sources_told(listener) == [["export"]] * 3
    assert ledger(listener.id) == before
    left = music(listener)
    assert (left.plays, left.is_estimated) == (1, False)


def test_a_play_that_an_upload_and_a_poll_both_tell_of_stays(listener):
    poll(listener, "2024-05-02T12:00:00Z")
    import_rows(listener.id, started("2024-05-03T12:00:00Z"))
    with transaction() as session:
        # As when our own export of a polled play is imported again.
        session.execute(
            text("""
                insert into claims (user_id, source_id, play_id)
                select p.user_id, s.id, p.id from plays p, sources s
                where p.origin = 'spotify_polled' and s.format <> :polled
            """),
            {"polled": known_sources.POLLED},
        )
    disconnect(listener)

    run()

    assert [play.provenance for play in ledger(listener.id)] == ["api", "export"]
    assert [one.format for one in sources_of(listener)] == ["spotify_extended"]


def sources_of(listener):
    with transaction() as session:
        return known_sources.list_sources(session, listener.id)


def test_before_that_everything_is_there_for_who_connects_again(a_listener):
    early, back = a_listener(), a_listener()
    for listener in (early, back):
        poll(listener, "2024-05-02T12:00:00Z")
    disconnect(early, retention.FORGET_AFTER - timedelta(minutes=1))
    disconnect(back)
    connect(back)

    job = run()

    assert job.result == NOTHING_TO_DO
    assert [len(ledger(listener.id)) for listener in (early, back)] == [1, 1]
    assert look_at(back).connection is Connection.CONNECTED


def test_who_connects_again_while_the_job_runs_keeps_everything(listener, a_job):
    poll(listener, "2024-05-02T12:00:00Z")
    disconnect(listener)
    connect(listener)

    gone = retention._forget_asked(a_job, listener.id, datetime.now(UTC))

    assert (gone, len(ledger(listener.id))) == (0, 1)


def test_each_listener_is_forgotten_once(listener):
    poll(listener, "2024-05-02T12:00:00Z")
    import_rows(listener.id, started("2024-05-02T12:00:00Z"))
    disconnect(listener)
    run()

    assert run().result == NOTHING_TO_DO


def test_all_is_gone_within_the_days_that_are_promised():
    every_day, spread = DAY, timedelta(hours=1)

    assert retention.FORGET_AFTER + every_day + spread < accounts.API_DATA_KEPT


TOLD = st.lists(st.integers(0, 40).map(lambda n: f"2024-05-02T12:{n:02}:00Z"), max_size=8)
UPLOADED = st.lists(
    st.integers(0, 40).map(lambda n: started(f"2024-05-02T12:{n:02}:00Z", 180_000)), max_size=6
)


@settings(max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(TOLD, UPLOADED, TOLD)
def test_after_a_disconnect_the_ledger_is_as_if_nothing_had_ever_been_polled(
    a_listener, first, rows, then
):
    listener, never_polled = a_listener(), a_listener()
    if first:
        poll(listener, *first)
    import_rows(listener.id, a_play("2024-01-01T00:00:00Z"), *rows)
    if then:
        poll(listener, *then)
    import_rows(never_polled.id, a_play("2024-01-01T00:00:00Z"), *rows)
    disconnect(listener)

    run()

    assert {play.provenance for play in ledger(listener.id)} == {"export"}
    assert ledger(listener.id) == ledger(never_polled.id)
    with transaction() as session:
        left = "select count(*) from plays where user_id = :id and provenance = 'api'"
        assert session.scalar(text(left), {"id": listener.id}) == 0


# Uploads


def test_files_of_an_import_that_is_over_go_and_those_on_their_way_stay(listener):
    over = import_rows(listener.id, started("2024-05-02T12:00:00Z"))
    waiting, _ = uploads.receive(listener.id, [zipped({"history.json": []})])
    coming_in = uuid4()
    for left in (over.id, coming_in):
        (get_settings().data_dir / "uploads" / str(left)).mkdir()

    job = run()

    assert job.result == NOTHING_TO_DO | {"uploads_discarded": 1}
    assert {*uploads.kept()} == {waiting.id, coming_in}

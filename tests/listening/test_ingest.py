"""Ingest against the demo Spotify, over the wire: the good days and the bad ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import httpx2
import pytest
from sqlalchemy import text
from tests.eventually import eventually
from tests.listening.builders import ledger

from spotify_insights import accounts, jobs, resources
from spotify_insights.errors import Conflict, ReconnectRequired
from spotify_insights.listening import ingest, snapshots
from spotify_insights.models.account import Connection
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.worker import FLOWS

RECENT = "/v1/me/player/recently-played"
TOP_ARTISTS, TOP_TRACKS = "/v1/me/top/artists", "/v1/me/top/tracks"
TOKEN = "/api/token"
RANGES = [TimeRange.SHORT, TimeRange.MEDIUM, TimeRange.LONG]


def submit(user, kind=JobKind.INGEST, subject=TimeRange.MEDIUM):
    with transaction() as session:
        return jobs.submit(session, kind, user.id, subject=subject)


def run(job):
    """Run a job as a worker does; return it as it is then."""
    jobs.run(job.id, FLOWS[job.kind])
    return look_at(job)


def run_new(user, *what):
    return run(submit(user, *what))


def look_at(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def listener(user):
    with transaction() as session:
        return accounts.get_user(session, user.id)


def make_due(job):
    """Let the time of a pause or a retry be over."""
    with transaction() as session:
        due = text("update background_jobs set run_after = now() where id = :id")
        session.execute(due, {"id": job.id})
        jobs.sweep(session)


def told_by(spotify, path=RECENT, **params):
    """What the demo Spotify says when a test asks it."""
    login = {"authorization": "Bearer BQD..."}
    return httpx2.get(spotify.url + path, params={"limit": 50} | params, headers=login).json()


def seconds_of(items):
    """The plays of an answer as the ledger knows them: when they ended, and what they were."""
    return sorted(
        (datetime.fromisoformat(item["played_at"]).replace(microsecond=0), item["track"]["uri"])
        for item in items
    )


def ends(user):
    return sorted((play.ended_at, play.uri) for play in ledger(user.id))


# Good days


@pytest.mark.parametrize("time_range", RANGES)
def test_an_ingest_stores_recent_plays_and_takes_a_snapshot_of_its_range(
    spotify, connected, time_range
):
    job = submit(connected, JobKind.INGEST, time_range)

    calls = spotify.calls_during(partial(run, job))

    ended = look_at(job)
    with transaction() as session:
        (snapshot,) = snapshots.find_snapshots(session, connected.id, 10, None)
    assert (ended.state, ended.error_code) == (JobState.SUCCEEDED, None)
    assert ended.result == {"snapshot_id": str(snapshot.id), "plays_added": 50}
    assert snapshot.time_range is time_range
    assert calls == {RECENT: 1, TOP_ARTISTS: 1, TOP_TRACKS: 1}


def test_the_plays_are_those_that_spotify_told(spotify, connected):
    run_new(connected)

    assert ends(connected) == seconds_of(told_by(spotify)["items"])
    assert {(play.provenance, play.is_estimated) for play in ledger(connected.id)} == {
        ("demo", True)
    }
    assert listener(connected).polled_at is not None


def test_plays_of_a_registered_app_come_from_the_api(spotify, connected, clean_database):
    for name, value in {
        "SPOTIFY_CLIENT_ID": "our-app",
        "SPOTIFY_API_URL": f"{spotify.url}/v1",
        "SPOTIFY_ACCOUNTS_URL": spotify.url,
    }.items():
        clean_database.setenv(name, value)
    get_settings.cache_clear()

    run_new(connected, JobKind.POLL, "")

    assert {play.provenance for play in ledger(connected.id)} == {"api"}


def test_a_second_ingest_adds_no_play_twice(spotify, connected):
    first, second = run_new(connected), run_new(connected)

    assert (first.result["plays_added"], second.result["plays_added"]) == (50, 0)
    assert second.result["snapshot_id"] == first.result["snapshot_id"]
    assert len(ledger(connected.id)) == 50


def test_a_poll_asks_for_recent_plays_only_and_adds_the_new_ones(spotify, connected):
    spotify.set_clock(hours_ago=24)
    run_new(connected)
    before = seconds_of(told_by(spotify)["items"])
    spotify.set_clock(hours_ago=0)
    after = seconds_of(told_by(spotify)["items"])
    job = submit(connected, JobKind.POLL, "")

    calls = spotify.calls_during(partial(run, job))

    assert calls == {RECENT: 1}
    assert look_at(job).result == {"plays_added": len({*after} - {*before})}
    assert ends(connected) == sorted({*before, *after})


def test_a_poll_reads_on_from_the_newest_play_and_looks_back_two_hours(spotify, connected):
    run_new(connected)
    newest = max(play.ended_at for play in ledger(connected.id))
    with transaction() as session:
        # As if these plays had not been listed yet when the last poll asked.
        late = text("delete from plays where ended_at > :from and ended_at < :newest")
        session.execute(late, {"from": newest - ingest.OVERLAP, "newest": newest})

    run_new(connected, JobKind.POLL, "")

    assert ends(connected) == seconds_of(told_by(spotify)["items"])


def test_odd_plays_are_stored_as_well(spotify, connected):
    spotify.switch(oddities=["local_file", "twin_plays", "no_images"], genres="absent")

    ended = run_new(connected)

    assert ended.result["plays_added"] == 50
    assert any(play.uri.startswith("spotify:local:") for play in ledger(connected.id))


def test_an_ingest_under_way_is_the_answer_to_a_second_click(connected):
    with transaction() as session:
        first, second, other = (
            ingest.submit(session, connected.id, time_range)
            for time_range in (TimeRange.SHORT, TimeRange.SHORT, TimeRange.LONG)
        )

    assert first.id == second.id != other.id


def test_no_transaction_is_open_while_spotify_is_asked(spotify, connect, connected):
    connect(connected, expires_in=1)
    paths = (RECENT, TOP_ARTISTS, TOP_TRACKS)
    # The last answer takes longest, as what follows it is the transaction that stores everything.
    slow = zip(paths, (0.2, 0.2, 1), strict=True)
    spotify.switch(
        faults=[{"kind": "slow", "path": path, "seconds": seconds} for path, seconds in slow]
    )
    job = submit(connected)
    open_ones = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid() and backend_type = 'client backend'"
        " and xact_start is not null"
    )

    def seen_while_asked(path, before):
        eventually(lambda: spotify.calls().get(path, 0) > before.get(path, 0))
        with transaction() as session:
            return session.scalar(open_ones)

    with ThreadPoolExecutor() as pool:
        before = spotify.calls()
        ingest_runs = pool.submit(run, job)
        seen = [seen_while_asked(path, before) for path in paths]

    assert seen == [0, 0, 0]
    assert ingest_runs.result().state is JobState.SUCCEEDED


# Tokens


def test_a_token_that_ends_is_refreshed_once_for_all_calls(spotify, connect, connected):
    connect(connected, expires_in=1)

    calls = spotify.calls_during(lambda: [run_new(connected), run_new(connected)])

    assert calls == {TOKEN: 1, RECENT: 2, TOP_ARTISTS: 2, TOP_TRACKS: 2}


def test_jobs_at_once_refresh_a_token_once(spotify, connect, connected):
    connect(connected, expires_in=1)
    kinds = [
        (JobKind.INGEST, TimeRange.SHORT),
        (JobKind.INGEST, TimeRange.LONG),
        (JobKind.POLL, ""),
    ]
    submitted = [submit(connected, *kind) for kind in kinds]

    with ThreadPoolExecutor() as pool:
        calls = spotify.calls_during(lambda: [*pool.map(run, submitted)])

    assert {look_at(job).state for job in submitted} == {JobState.SUCCEEDED}
    assert (calls[TOKEN], calls[RECENT]) == (1, 3)
    assert len(ledger(connected.id)) == 50


def test_a_token_refused_before_its_time_is_refreshed_and_the_call_repeated(spotify, connected):
    spotify.fail("token_expired", times=1)
    job = submit(connected, JobKind.POLL, "")

    calls = spotify.calls_during(partial(run, job))

    assert look_at(job).state is JobState.SUCCEEDED
    assert calls == {TOKEN: 1, RECENT: 2}


@pytest.mark.parametrize("kind", [JobKind.INGEST, JobKind.POLL, JobKind.REFRESH_TOKEN])
def test_a_withdrawn_consent_fails_the_job_and_the_listener_says_so(
    spotify, connect, connected, kind
):
    connect(connected, expires_in=1)
    spotify.switch(revoked=True)

    ended = run_new(connected, kind)

    told = listener(connected)
    assert (ended.state, ended.error_code) == (JobState.FAILED, "reconnect_required")
    assert told.connection is Connection.RECONNECT_REQUIRED
    assert told.connection_reason == ended.error_message
    with transaction() as session, pytest.raises(ReconnectRequired):
        ingest.submit(session, connected.id, TimeRange.MEDIUM)


@pytest.mark.parametrize("kind", [JobKind.INGEST, JobKind.POLL])
@pytest.mark.parametrize(
    ("fault", "code"),
    [("token_expired", "reconnect_required"), ("insufficient_scope", "scope_missing")],
)
def test_a_consent_that_no_longer_serves_is_noted(spotify, connected, kind, fault, code):
    spotify.fail(fault)

    ended = run_new(connected, kind)

    assert (ended.state, ended.error_code) == (JobState.FAILED, code)
    assert listener(connected).connection is Connection.RECONNECT_REQUIRED
    assert ledger(connected.id) == []


def test_after_connecting_again_it_goes_on(spotify, connect, connected):
    spotify.fail("insufficient_scope")
    run_new(connected)
    spotify.switch(faults=[])

    connect(connected)

    assert run_new(connected).state is JobState.SUCCEEDED
    assert listener(connected).connection is Connection.CONNECTED


def test_a_token_is_renewed_ahead_of_its_end(spotify, connected):
    job = submit(connected, JobKind.REFRESH_TOKEN, "")

    calls = spotify.calls_during(partial(run, job))

    assert (look_at(job).state, calls) == (JobState.SUCCEEDED, {TOKEN: 1})


def test_who_has_not_connected_is_not_asked_for(spotify, a_listener):
    user = a_listener()
    with transaction() as session, pytest.raises(Conflict) as refused:
        ingest.submit(session, user.id, TimeRange.MEDIUM)

    ended = run_new(user)

    assert refused.value.code == ended.error_code == "not_connected"
    assert ended.state is JobState.FAILED


# Bad days


@pytest.mark.parametrize(
    ("fault", "code", "seconds"),
    [("rate_limit", "rate_limited", 74_214), ("quota_exceeded", "quota_exceeded", 3_600)],
)
def test_a_busy_spotify_pauses_the_job_and_nobody_asks_meanwhile(
    spotify, connected, a_listener, connect, fault, code, seconds
):
    spotify.fail(fault, retry_after=74_214)
    other = a_listener()
    connect(other)

    paused = run_new(connected)
    calls = spotify.calls_during(lambda: run_new(other))

    second = look_at(submit(other))
    assert (paused.state, paused.error_code) == (JobState.PAUSED, code)
    assert timedelta(seconds=seconds - 5) < paused.resumes_at - paused.updated_at
    assert paused.resumes_at - paused.updated_at <= timedelta(seconds=seconds)
    assert calls == {}
    assert (second.state, second.error_code) == (JobState.PAUSED, code)
    assert abs(second.resumes_at - paused.resumes_at) < timedelta(seconds=5)
    assert f"{paused.resumes_at:%Y-%m-%d}" in second.error_message
    assert paused.attempt == second.attempt == 0


def test_when_the_pause_is_over_the_job_goes_on(spotify, connected):
    spotify.fail("rate_limit", retry_after=74_214, times=1, path=TOP_TRACKS)
    paused = run_new(connected)
    resources.redis().flushdb()
    make_due(paused)

    ended = run(paused)

    assert ledger(connected.id) != []
    assert (ended.state, ended.result["plays_added"]) == (JobState.SUCCEEDED, 50)
    assert (ended.error_code, ended.error_message) == (None, None)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("bad_gateway_html", "spotify_unavailable"),
        ("truncated_json", "spotify_protocol"),
    ],
)
def test_a_broken_spotify_is_tried_again_later_and_nothing_is_half_done(
    spotify, connected, fault, code
):
    spotify.fail(fault, path=TOP_TRACKS)
    job = submit(connected)
    calls = spotify.calls_during(partial(run, job))
    waiting = look_at(job)
    stored = ledger(connected.id)
    spotify.switch(faults=[])
    make_due(job)

    ended = run(job)

    assert (waiting.state, waiting.error_code) == (JobState.QUEUED, code)
    assert waiting.run_after > waiting.updated_at
    assert calls == {RECENT: 1, TOP_ARTISTS: 1, TOP_TRACKS: 3}
    assert stored == []
    assert (ended.state, ended.result["plays_added"]) == (JobState.SUCCEEDED, 50)


def test_one_bad_answer_is_not_worth_a_mention(spotify, connected):
    spotify.fail("bad_gateway_json", times=1)

    assert run_new(connected).state is JobState.SUCCEEDED


def test_a_spotify_that_is_away_is_tried_again_later(spotify, connected, clean_database):
    clean_database.setenv("SPOTIFY_API_URL", "http://127.0.0.1:9/v1")
    get_settings.cache_clear()

    ended = run_new(connected)

    assert (ended.state, ended.error_code) == (JobState.QUEUED, "spotify_unavailable")


def test_an_accounts_service_that_is_down_ends_no_consent(spotify, connect, connected):
    connect(connected, expires_in=1)
    spotify.switch(accounts_down=True)

    ended = run_new(connected)

    assert (ended.state, ended.error_code) == (JobState.QUEUED, "spotify_unavailable")
    assert listener(connected).connection is Connection.CONNECTED


@pytest.mark.parametrize(
    ("fault", "code"),
    [("not_registered", "not_allow_listed"), ("premium_required", "owner_premium")],
)
def test_what_only_the_owner_of_the_app_can_mend_fails_and_ends_no_consent(
    spotify, connected, fault, code
):
    spotify.fail(fault)

    ended = run_new(connected)

    assert (ended.state, ended.error_code) == (JobState.FAILED, code)
    assert listener(connected).connection is Connection.CONNECTED


def test_a_job_cancelled_while_spotify_answers_stores_nothing(spotify, connected):
    spotify.fail("slow", path=TOP_TRACKS, seconds=0.5)
    job = submit(connected)
    before = spotify.calls().get(TOP_TRACKS, 0)

    with ThreadPoolExecutor() as pool:
        pool.submit(run, job)
        eventually(lambda: spotify.calls().get(TOP_TRACKS, 0) > before)
        with transaction() as session:
            jobs.cancel(session, job.id)

    assert look_at(job).state is JobState.CANCELLED
    assert ledger(connected.id) == []

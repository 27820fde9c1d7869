"""Whose tags are asked for, of whom, how often, and what is kept."""

import pytest
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows
from tests.tags.services import running_services

from spotify_insights import accounts, jobs, resources
from spotify_insights.listening import recordings, tagging
from spotify_insights.listening.tagging import Learned
from spotify_insights.models.account import Connection
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.tags import Source, pace
from spotify_insights.worker import FLOWS


@pytest.fixture
def services(clean_database):
    """MusicBrainz alone may be asked."""
    clean_database.setenv("MUSICBRAINZ_CONTACT", "ada@example.org")
    with running_services(clean_database) as services:
        yield services


def hear(user, *artists, **changes):
    """Import a play of each of these artists."""
    import_rows(
        user.id,
        *(
            a_play(f"2024-01-{n:02}T10:00:00Z", artist=artist, title=f"{artist} {n}", **changes)
            for n, artist in enumerate(artists, 1)
        ),
    )


def enrich(user):
    with transaction() as session:
        job = jobs.submit(session, JobKind.ENRICH, user.id)
    jobs.run(job.id, FLOWS[JobKind.ENRICH])
    with transaction() as session:
        return jobs.get_job(session, job.id)


def run(statement, **given):
    with transaction() as session:
        return session.execute(text(statement), given).all()


def stored():
    rows = run("select name, tags, tags_from from artists where tags_at is not null order by name")
    return {name: (tags, tags_from) for name, tags, tags_from in rows}


def version():
    with transaction() as session:
        return recordings.version(session)


def test_tags_come_for_whom_never_connected_spotify(services, listener):
    services.musicbrainz = {"The Painters": {"art rock": 3, "rock": 9}}
    hear(listener, "The Painters")

    job = enrich(listener)

    assert job.state is JobState.SUCCEEDED
    assert (job.result["artists_tagged"], job.result["tags_stopped"]) == (1, None)
    assert stored() == {"The Painters": (["rock", "art rock"], "musicbrainz")}


def test_the_most_played_artists_come_first_and_only_so_many_a_run(services, listener):
    often = [f"Artist {n:02}" for n in range(tagging.ARTISTS_A_RUN)]
    hear(listener, "Seldom", *often, *often)

    first, second = tagging.learn(listener.id), tagging.learn(listener.id)

    assert (first.artists, second.artists) == (tagging.ARTISTS_A_RUN, 1)
    assert [name for _, name in services.asked] == [*often, "Seldom"]


def test_what_is_known_is_not_asked_for_again(services, listener):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    hear(listener, "The Painters", "Nobody Knows")

    tagging.learn(listener.id)
    run("update artists set tags_at = now() - interval '89 days' returning 1")
    again = tagging.learn(listener.id)

    assert again == Learned(0, None)
    assert len(services.asked) == 2


def test_whom_nobody_knew_is_asked_for_again_after_90_days_and_behind_all_new(services, listener):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    hear(listener, "The Painters", "Nobody Knows", "Nobody Knows")
    tagging.learn(listener.id)
    run("update artists set tags_at = now() - interval '91 days' returning 1")
    hear(listener, "New")
    services.asked.clear()

    tagging.learn(listener.id)

    assert [name for _, name in services.asked] == ["New", "Nobody Knows"]


@pytest.mark.parametrize(
    "known",
    ["genres = '[\"rock\"]'", "tags = '[\"rock\"]', tags_from = 'import'"],
    ids=["by Spotify", "by an import"],
)
def test_an_artist_whose_genres_are_known_is_not_asked_for(services, listener, known):
    hear(listener, "The Painters")
    run(f"update artists set {known} returning 1")

    assert tagging.learn(listener.id) == Learned(0, None)
    assert services.asked == []


def test_an_artist_of_whom_spotify_knows_no_genre_is_asked_for(services, listener):
    hear(listener, "Empty", "Null")
    run("update artists set genres = '[]' where name = 'Empty' returning 1")
    run("update artists set genres = 'null' where name = 'Null' returning 1")

    assert tagging.learn(listener.id).artists == 2


def test_private_sessions_short_plays_and_nobody_are_not_told_to_anyone(services, listener):
    hear(listener, "Secret", incognito_mode=True)
    hear(listener, "Skipped", ms_played=29_999)
    hear(listener, "Various Artists", "Unknown Artist")

    assert tagging.learn(listener.id) == Learned(0, None)
    assert services.asked == []


def test_what_the_demo_invented_is_not_asked_for(services, listener):
    hear(listener, "The Painters")
    run("update plays set provenance = 'demo' returning 1")

    assert tagging.learn(listener.id) == Learned(0, None)


def test_another_listeners_artists_are_not_asked_for_here(services, listener, a_listener):
    hear(a_listener(), "The Painters")

    assert tagging.learn(listener.id) == Learned(0, None)


def test_without_a_service_nothing_is_asked_and_nothing_marked(clean_database, listener):
    hear(listener, "The Painters")

    assert tagging.learn(listener.id) == Learned(0, None)
    assert stored() == {}


def test_a_busy_service_ends_the_run_and_not_the_job(services, listener):
    services.musicbrainz = {"First": {"rock": 1}}
    hear(listener, "First", "First", "First", "Second", "Second", "Third")
    services.refusals = [(200, {}, b"{}"), (503, {"retry-after": "600"}, b"")]

    job = enrich(listener)
    after = enrich(listener)

    assert job.state is after.state is JobState.SUCCEEDED
    assert (job.result["artists_tagged"], job.result["tags_stopped"]) == (1, "tags_busy")
    assert (after.result["artists_tagged"], after.result["tags_stopped"]) == (0, "tags_busy")
    assert [name for _, name in services.asked] == ["First", "Second"]


def test_one_odd_answer_holds_up_the_others_once(services, listener):
    hear(listener, "Odd", "Odd", "Even")
    services.refuse_next(200, b"<html>")

    first, second = tagging.learn(listener.id), tagging.learn(listener.id)

    assert (first, second) == (Learned(0, "tags_protocol"), Learned(1, None))
    assert stored() == {"Odd": ([], None), "Even": ([], None)}


def test_a_service_that_is_away_is_asked_the_same_again(services, listener):
    hear(listener, "The Painters")
    services.refuse_next(500)

    first, second = tagging.learn(listener.id), tagging.learn(listener.id)

    assert (first.stopped, second.artists) == ("tags_unavailable", 1)


def test_the_days_calls_are_those_of_all_listeners(services, listener, a_listener, clean_database):
    clean_database.setenv("TAGS_CALLS_PER_DAY", "2")
    get_settings.cache_clear()
    other = a_listener()
    hear(listener, "First", "Second", "Third")
    hear(other, "Fourth")

    first, second = tagging.learn(listener.id), tagging.learn(other.id)

    assert (first, second) == (Learned(2, "tags_used_up"), Learned(0, "tags_used_up"))
    assert resources.redis().get(pace.CALLS_KEY) == "2"


def test_last_fm_is_asked_where_musicbrainz_knows_nothing(services, listener, clean_database):
    clean_database.setenv("LASTFM_API_KEY", "a-secret-key")
    get_settings.cache_clear()
    services.lastfm = {"The Painters": {"rock": 100, "rare": 3}}
    hear(listener, "The Painters")

    tagging.learn(listener.id)

    assert stored() == {"The Painters": (["rock"], "lastfm")}


def test_new_tags_change_what_all_listeners_share_and_their_absence_does_not(services, listener):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    hear(listener, "Nobody Knows")
    tagging.learn(listener.id)
    unchanged = version()

    hear(listener, "The Painters")
    tagging.learn(listener.id)

    assert unchanged is None
    assert version() is not None


def test_an_import_that_told_meanwhile_is_believed(services, listener):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    hear(listener, "The Painters")
    (due,) = tagging._due(listener.id)
    run("update artists set tags = '[\"jazz\"]', tags_from = 'import' returning 1")

    tagging._save(due, tagging.Found(["rock"], Source.MUSICBRAINZ))

    assert run("select tags, tags_from from artists") == [(["jazz"], "import")]


@pytest.mark.parametrize("code", ["rate_limited", "quota_exceeded"])
def test_tags_come_even_while_spotify_wants_a_pause(services, listener, connect, spotify, code):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    uri = "spotify:track:" + 22 * "x"
    import_rows(listener.id, a_play("2024-01-01T10:00:00Z", spotify_track_uri=uri))
    connect(listener)
    kind = {"rate_limited": "rate_limit"}.get(code, code)
    spotify.fail(kind, path="/v1/tracks", retry_after=600)

    job = enrich(listener)

    assert (job.state, job.error_code) == (JobState.PAUSED, code)
    assert stored() == {"The Painters": (["rock"], "musicbrainz")}


def test_tags_come_while_the_consent_has_ended(services, listener, connect, spotify):
    services.musicbrainz = {"The Painters": {"rock": 9}}
    hear(listener, "The Painters")
    connect(listener)
    with transaction() as session:
        accounts.mark_reconnect_required(session, listener.id, "It has ended.")

    calls = spotify.calls_during(lambda: enrich(listener))

    with transaction() as session:
        assert accounts.get_user(session, listener.id).connection is Connection.RECONNECT_REQUIRED
    assert calls == {}
    assert stored() == {"The Painters": (["rock"], "musicbrainz")}

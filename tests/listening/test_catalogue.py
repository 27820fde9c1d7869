"""What is asked of Spotify about tracks and artists: which, how many, and what is made of it."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.eventually import eventually
from tests.listening.builders import a_play, import_rows
from tests.listening.counting import music, top_of
from tests.loopback import serving

from spotify_insights import jobs, resources
from spotify_insights.errors import NotFound
from spotify_insights.listening import catalogue, recordings
from spotify_insights.listening.features import REFUSED_KEY
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.worker import FLOWS


@pytest.fixture
def heard(spotify, connected):
    """A listener with the plays that the demo Spotify tells of."""
    with transaction() as session:
        job = jobs.submit(session, JobKind.INGEST, connected.id, subject=TimeRange.SHORT)
    jobs.run(job.id, FLOWS[JobKind.INGEST])
    return connected


def enrich(user):
    """Run an enrichment as a worker does, a new one or what waits; return the job as it is then."""
    with transaction() as session:
        job = jobs.submit(session, JobKind.ENRICH, user.id)
    jobs.run(job.id, FLOWS[JobKind.ENRICH])
    with transaction() as session:
        return jobs.get_job(session, job.id)


def make_due():
    """Let the time of every pause and retry be over."""
    rows("update background_jobs set run_after = now() returning 1")
    with transaction() as session:
        jobs.sweep(session)


def rows(statement, **given):
    with transaction() as session:
        return session.execute(text(statement), given).all()


def known_contents():
    return rows(
        "select uri, isrc, duration_ms, artwork_url from contents where enriched_at is not null"
    )


def most_played(user):
    """The addresses of a listener's tracks, those with the most counted plays first."""
    query = (
        "select c.uri from plays p join contents c on c.id = p.content_id"
        " where p.user_id = :user_id and p.ms_played >= 30000"
        " group by c.id order by count(*) desc, c.id"
    )
    return [row.uri for row in rows(query, user_id=user.id)]


def path_of(uri):
    return "/v1/tracks/" + uri.rpartition(":")[2]


def test_the_most_played_tracks_are_asked_for_first(heard):
    expected = most_played(heard)[:15]

    job = enrich(heard)

    assert job.state is JobState.SUCCEEDED
    assert {row.uri for row in known_contents()} == {*expected}
    assert all(row.isrc and row.duration_ms and row.artwork_url for row in known_contents())


def test_artists_follow_once_a_track_told_their_address(heard):
    first, second = enrich(heard), enrich(heard)

    assert (first.result["artists"], second.result["artists"]) == (0, 5)
    assert len(rows("select 1 from artists where enriched_at is not null")) == 5


def test_a_day_has_so_many_calls_for_all_listeners(heard, clean_database):
    clean_database.setenv("ENRICH_CALLS_PER_DAY", "4")
    get_settings.cache_clear()

    first, second = enrich(heard), enrich(heard)

    assert (first.result["tracks"], second.result["tracks"]) == (4, 0)
    with transaction() as session:
        assert catalogue.calls_left(session) == 0


def test_a_day_without_calls_asks_nothing_and_says_so(heard, spotify, clean_database):
    clean_database.setenv("ENRICH_CALLS_PER_DAY", "0")
    get_settings.cache_clear()

    calls = spotify.calls_during(lambda: enrich(heard))

    assert calls == {}
    assert enrich(heard).result["calls_left_today"] == 0


def test_a_quota_that_is_used_up_pauses_the_job_and_keeps_what_was_learned(heard, spotify):
    *first, refused = most_played(heard)[:6]
    spotify.fail("quota_exceeded", path=path_of(refused), retry_after=74_214)

    job = enrich(heard)

    assert (job.state, job.error_code) == (JobState.PAUSED, "quota_exceeded")
    assert {row.uri for row in known_contents()} == {*first}


def test_after_a_pause_it_goes_on_where_it_stopped(heard, spotify):
    wanted = most_played(heard)[:15]
    spotify.fail("bad_gateway_html", path=path_of(wanted[5]), times=3)

    calls = Counter(spotify.calls_during(lambda: enrich(heard)))
    make_due()
    calls.update(spotify.calls_during(lambda: enrich(heard)))

    asked = {uri: calls[path_of(uri)] for uri in wanted}
    assert asked == dict.fromkeys(wanted, 1) | {wanted[5]: 4}


def test_an_answer_that_cannot_be_read_holds_up_the_others_once(heard, spotify):
    odd, *others = most_played(heard)[:15]
    spotify.fail("truncated_json", path=path_of(odd))

    waiting = enrich(heard)
    make_due()
    ended = enrich(heard)

    assert (waiting.id, waiting.error_code) == (ended.id, "spotify_protocol")
    assert ended.state is JobState.SUCCEEDED
    assert {row.uri for row in known_contents()} >= {odd, *others}


def test_what_an_upload_calls_an_address_is_not_always_asked_for(heard, spotify):
    made_up = [a_play(f"2024-01-0{day}T10:00:00Z", title="../me") for day in range(1, 10)]
    import_rows(heard.id, *made_up)

    calls = spotify.calls_during(lambda: enrich(heard))

    assert len(calls) == 15
    assert all(path.startswith("/v1/tracks/") for path in calls)


def test_no_transaction_is_open_while_spotify_is_asked(heard, spotify):
    last = path_of(most_played(heard)[14])
    spotify.fail("slow", path=last, seconds=1)
    before = spotify.calls().get(last, 0)
    open_ones = (
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid() and backend_type = 'client backend'"
        " and xact_start is not null"
    )

    with ThreadPoolExecutor() as pool:
        running = pool.submit(enrich, heard)
        eventually(lambda: spotify.calls().get(last, 0) > before)
        ((seen,),) = rows(open_ones)

    assert seen == 0
    assert running.result().state is JobState.SUCCEEDED


def test_what_spotify_does_not_know_is_not_asked_for_again(heard):
    nowhere = "'spotify:track:' || repeat('x', 22 - length(id::text)) || id"
    rows(f"update contents set uri = {nowhere} returning 1")

    enrich(heard)

    asked_for = {row.uri for row in known_contents()}
    assert [row.isrc for row in known_contents()] == [None] * 15
    enrich(heard)
    assert asked_for < {row.uri for row in known_contents()}


def test_what_was_learned_a_month_ago_is_asked_for_after_everything_new(heard):
    enrich(heard)
    rows(
        "update contents set enriched_at = now() - interval '31 days'"
        " where enriched_at is not null returning 1"
    )
    old = {row.uri for row in known_contents()}
    new = {row.uri for row in rows("select uri from contents where enriched_at is null")}

    enrich(heard)

    renewed = {
        row.uri
        for row in rows("select uri from contents where enriched_at > now() - interval '1 day'")
    }
    assert 0 < len(new) < 15 == len(renewed)
    assert new < renewed <= new | old


def test_a_listener_without_plays_needs_no_call(spotify, connected):
    calls = spotify.calls_during(lambda: enrich(connected))

    assert not any("/tracks" in path or "/artists" in path for path in calls)
    assert enrich(connected).result == {
        "tracks": 0,
        "artists": 0,
        "tracks_merged": 0,
        "calls_left_today": 300,
        "artists_tagged": 0,
        "tags_stopped": None,
    }


def test_who_never_connected_goes_without_and_the_job_ends_well(listener):
    import_rows(listener.id, a_play("2024-01-01T10:00:00Z", spotify_track_uri=ADDRESS))

    job = enrich(listener)

    assert job.state is JobState.SUCCEEDED
    assert (job.result["tracks"], job.result["calls_left_today"]) == (0, 300)


def test_the_year_of_a_release_is_kept(heard):
    enrich(heard)

    years = [year for (year,) in rows("select released_in from contents where isrc is not null")]
    assert len(years) == 15
    assert all(1860 <= year <= 2100 for year in years)


def shared_version():
    with transaction() as session:
        return recordings.version(session)


# A Spotify that answers as it did before


ADDRESS = "spotify:track:" + 22 * "x"


class OldSpotify:
    """Knows all tracks; answers about how they sound with `statuses`, the last one for ever."""

    def __init__(self):
        self.features = {"energy": 0.5, "valence": 0.25, "tempo": 120.0, "key": 3}
        self.statuses = [200]
        self.release_date = "1981-12-15"
        self.asked = []

    def answer(self, address):
        kind = address.split("/")[2]
        self.asked.append(kind)
        if kind == "audio-features":
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            refused = {"error": {"status": status, "message": "Forbidden"}}
            return self.say(status, self.features if status == 200 else refused)
        if kind == "artists":
            return self.say(200, {"id": "a", "name": "The Painters", "genres": []})
        album = {"name": "Blue", "release_date": self.release_date}
        return self.say(200, {"uri": ADDRESS, "name": "Blue", "id": "x", "album": album})

    def say(self, status, body):
        return status, {"content-type": "application/json"}, json.dumps(body).encode()

    def asked_for_features(self):
        return self.asked.count("audio-features")


@pytest.fixture
def old_spotify(clean_database):
    clean_database.setenv("SPOTIFY_AUDIO_FEATURES", "auto")
    old = OldSpotify()
    with serving(old.answer) as url:
        clean_database.setenv("SPOTIFY_API_URL", f"{url}/v1")
        get_settings.cache_clear()
        yield old


@pytest.fixture
def a_fan(old_spotify, listener, connect):
    """A connected listener who played five tracks."""
    connect(listener)
    import_rows(
        listener.id,
        *(
            a_play(
                f"2024-01-0{n}T10:00:00Z", title=f"Blue {n}", spotify_track_uri=f"{ADDRESS[:-1]}{n}"
            )
            for n in range(1, 6)
        ),
    )
    return listener


def features():
    return [found for (found,) in rows("select audio_features from contents order by id")]


@pytest.mark.parametrize(
    ("told", "year"),
    [
        ("1981", 1981),
        ("1981-12", 1981),
        ("1981-12-15", 1981),
        ("0000", None),
        ("1859", None),
        ("81", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_release_is_known_by_a_year_that_can_be(a_fan, old_spotify, told, year):
    old_spotify.release_date = told

    enrich(a_fan)

    assert {found for (found,) in rows("select released_in from contents")} == {year}


def test_an_app_that_still_has_audio_features_keeps_them(a_fan):
    job = enrich(a_fan)

    assert features() == [{"energy": 0.5, "valence": 0.25, "tempo": 120.0}] * 5
    assert job.result["calls_left_today"] == 300 - 2 * 5


def test_audio_features_are_not_asked_for_unless_the_operator_wants_them(
    a_fan, old_spotify, clean_database
):
    clean_database.setenv("SPOTIFY_AUDIO_FEATURES", "off")
    get_settings.cache_clear()

    enrich(a_fan)

    assert old_spotify.asked_for_features() == 0
    assert features() == [None] * 5


@pytest.mark.parametrize(("status", "calls"), [(403, 1), (404, 3)])
def test_an_app_that_has_none_is_not_asked_again_for_a_week(a_fan, old_spotify, status, calls):
    old_spotify.statuses = [status]

    first = enrich(a_fan)
    rows("update contents set enriched_at = null returning 1")
    enrich(a_fan)

    left = resources.redis().ttl(REFUSED_KEY)
    assert first.state is JobState.SUCCEEDED
    assert len(known_contents()) == 5
    assert old_spotify.asked_for_features() == calls
    assert 7 * 86_400 - 60 < left <= 7 * 86_400


def test_a_single_track_without_features_is_no_refusal(a_fan, old_spotify):
    old_spotify.statuses = [200, 404, 200, 404, 200]

    enrich(a_fan)

    assert [bool(found) for found in features()] == [True, False, True, False, True]


def test_features_that_cannot_be_read_keep_no_track_waiting(a_fan, old_spotify):
    old_spotify.statuses = [400, 200]

    job = enrich(a_fan)

    assert job.state is JobState.SUCCEEDED
    assert [bool(found) for found in features()] == [False, True, True, True, True]


def test_only_news_change_what_all_listeners_share(a_fan, old_spotify):
    before, learned = shared_version(), learn_again(a_fan)

    same = learn_again(a_fan)
    old_spotify.release_date = "1999"
    other = learn_again(a_fan)

    assert before is None
    assert learned == same is not None
    assert other != same


def learn_again(user):
    """Let a month pass and enrich; return the version of what is shared then."""
    rows("update contents set enriched_at = now() - interval '31 days' returning 1")
    enrich(user)
    return shared_version()


def test_two_calls_a_track_never_exceed_those_of_the_day(a_fan, old_spotify, clean_database):
    clean_database.setenv("ENRICH_CALLS_PER_DAY", "5")
    get_settings.cache_clear()

    first, second = enrich(a_fan), enrich(a_fan)

    assert (first.result["tracks"], second.result["tracks"]) == (2, 0)
    assert len(old_spotify.asked) == 4


# One recording under several titles


def two_titles(user, *isrcs, artists=("The Painters", "The Painters")):
    """Two plays of "Blue" and one of "Blue - Live", whose addresses have these ISRCs."""
    import_rows(
        user.id,
        a_play("2024-01-01T10:00:00Z", title="Blue", artist=artists[0]),
        a_play("2024-01-02T10:00:00Z", title="Blue", artist=artists[0]),
        a_play("2024-01-03T10:00:00Z", title="Blue - Live", artist=artists[1]),
    )
    for title, isrc in zip(("Blue", "Blue - Live"), isrcs, strict=True):
        named = "update contents set isrc = :isrc where name = :name returning 1"
        rows(named, isrc=isrc, name=title)


def merge(user):
    with transaction() as session:
        return recordings.merge(session, user.id)


def tracks(user):
    top = top_of(user, TopKind.TRACKS, 9)
    return music(user).distinct_tracks, [(line.name, line.plays) for line in top]


def test_titles_with_one_isrc_are_one_track_under_the_more_played_title(listener):
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")

    merged = merge(listener)

    assert merged == 1
    assert tracks(listener) == (1, [("Blue", 3)])


@pytest.mark.parametrize(
    ("isrcs", "artists"),
    [
        (("GBAYE0601498", "GBAYE0601499"), ("The Painters", "The Painters")),
        (("GBAYE0601498", None), ("The Painters", "The Painters")),
        (("GBAYE0601498", "GBAYE0601498"), ("The Painters", "The Sculptors")),
    ],
)
def test_other_recordings_and_other_artists_stay_apart(listener, isrcs, artists):
    two_titles(listener, *isrcs, artists=artists)

    assert merge(listener) == 0
    assert tracks(listener)[0] == 2


def test_a_merge_that_was_taken_back_is_not_made_again(listener):
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")
    merge(listener)
    with transaction() as session:
        (made,) = recordings.list_merges(session, listener.id, 10, 0)

    with transaction() as session:
        recordings.unmerge(session, made.track_id)

    assert merge(listener) == 0
    assert tracks(listener) == (2, [("Blue", 2), ("Blue - Live", 1)])


def test_a_merge_that_was_taken_back_is_not_made_the_other_way_round_either(listener):
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")
    merge(listener)
    with transaction() as session:
        (made,) = recordings.list_merges(session, listener.id, 10, 0)
        recordings.unmerge(session, made.track_id)

    lately = [a_play(f"2024-02-0{day}T10:00:00Z", title="Blue - Live") for day in range(1, 9)]
    import_rows(listener.id, *lately)

    assert merge(listener) == 0


def test_who_prefers_the_other_title_leaves_a_merge_as_it_is(listener, a_listener):
    other = a_listener()
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")
    lately = [a_play(f"2024-02-0{day}T10:00:00Z", title="Blue - Live") for day in range(1, 9)]
    import_rows(other.id, a_play("2024-01-01T10:00:00Z"), *lately)
    merge(listener)

    assert merge(other) == 0
    assert tracks(other) == (1, [("Blue", 9)])


def test_plays_under_an_address_without_an_isrc_speak_for_their_title_too(listener):
    other_address = "spotify:track:other"
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")
    lately = [
        a_play(f"2024-02-0{day}T10:00:00Z", title="Blue - Live", spotify_track_uri=other_address)
        for day in range(1, 9)
    ]
    import_rows(listener.id, *lately)

    merge(listener)

    assert tracks(listener) == (1, [("Blue - Live", 11)])


TITLES, ISRCS = "ABCDEF", "12345"
PLAYED = st.dictionaries(
    st.tuples(st.sampled_from(TITLES), st.sampled_from(ISRCS)), st.integers(1, 4), max_size=9
)


def components(pairs):
    """How many groups of titles the shared ISRCs of (title, isrc) make, each pair linking two."""
    groups = []
    for title, isrc in pairs:
        touched = [group for group in groups if group & {title, isrc}]
        groups = [group for group in groups if group not in touched]
        groups.append({title, isrc}.union(*touched))
    return len(groups)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(PLAYED, PLAYED)
def test_whatever_titles_share_each_recording_counts_once(a_listener, first, then):
    user = a_listener()

    for year, played in ((2023, first), (2024, then)):
        hear(user, year, played)
        merge(user)

    assert merge(user) == 0
    assert tracks(user)[0] == components([*first, *then])
    chained = "into_track_id in (select track_id from track_merges)"
    assert rows(f"select 1 from track_merges where {chained}") == []
    rows("delete from track_merges returning 1")


def hear(user, year, played):
    """Import so many plays of each (title, isrc), whose address tells the ISRC."""
    named = ((title, f"{user.id}{title}:{isrc}", n) for (title, isrc), n in played.items())
    plays = [
        a_play(
            f"{year}-01-{at // 24 + 1:02}T{at % 24:02}:00:00Z", title=title, spotify_track_uri=uri
        )
        for at, (title, uri) in enumerate((t, u) for t, u, n in named for _ in range(n))
    ]
    import_rows(user.id, *plays)
    rows("update contents set isrc = right(uri, 1) returning 1")


def test_a_track_that_is_not_merged_cannot_be_taken_apart(listener):
    with transaction() as session, pytest.raises(NotFound):
        recordings.unmerge(session, 1)


def test_merges_are_listed_and_taken_back_over_the_api(client, listener):
    two_titles(listener, "GBAYE0601498", "GBAYE0601498")
    merge(listener)

    listed = client.get("/api/merges", params={"user_id": str(listener.id)}).json()
    gone = client.delete(f"/api/merges/{listed[0]['track_id']}")

    assert [(one["artist"], one["title"], one["into_title"]) for one in listed] == [
        ("The Painters", "Blue - Live", "Blue")
    ]
    assert gone.status_code == 204
    assert client.get("/api/merges", params={"user_id": str(listener.id)}).json() == []
    assert client.delete("/api/merges/2147483647").json()["type"].endswith("unknown_merge")

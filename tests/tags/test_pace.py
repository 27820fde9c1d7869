"""One pace and one day's number of calls over all processes, by the clock of Redis."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from spotify_insights import resources
from spotify_insights.errors import Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.tags import Source, pace

BOTH = pytest.mark.parametrize("source", Source)


@pytest.fixture
def redis(allowed):
    return resources.redis()


def take_at_once(source=Source.LASTFM):
    """Take a call if that needs no wait."""
    try:
        pace.take(source, sleep=_no_patience)
    except TimeoutError:
        return False
    return True


def _no_patience(_seconds):
    raise TimeoutError


def allow(allowed, calls):
    allowed.setenv("TAGS_CALLS_PER_DAY", str(calls))
    get_settings.cache_clear()


def test_callers_side_by_side_get_one_call_a_second_together(redis):
    with ThreadPoolExecutor(8) as callers:
        taken = list(callers.map(lambda _: take_at_once(Source.MUSICBRAINZ), range(8)))

    assert sum(taken) == 1


@BOTH
def test_the_next_call_waits_for_as_long_as_the_service_wants(redis, source):
    waits = []

    def time_passes(seconds):
        waits.append(seconds)
        redis.delete(pace.due_key(source))

    pace.take(source)
    pace.take(source, sleep=time_passes)

    assert len(waits) == 1
    assert 0 < waits[0] <= 1 / pace.CALLS_PER_SECOND[source]


def test_one_service_does_not_wait_for_the_other(redis):
    assert take_at_once(Source.MUSICBRAINZ)
    assert take_at_once(Source.LASTFM)


def test_a_crowd_is_told_to_come_back_later(redis):
    pace.take(Source.MUSICBRAINZ)
    waits = []

    with pytest.raises(Unavailable) as raised:
        pace.take(Source.MUSICBRAINZ, sleep=waits.append)

    assert raised.value.code == "tags_busy"
    assert sum(waits) <= pace.PATIENCE_SECONDS


def test_the_calls_of_a_day_are_those_to_all_services_until_midnight(redis, allowed):
    allow(allowed, 2)
    pace.take(Source.MUSICBRAINZ)
    pace.take(Source.LASTFM)
    redis.delete(pace.due_key(Source.LASTFM))

    with pytest.raises(Unavailable) as raised:
        pace.take(Source.LASTFM, sleep=pytest.fail)

    until_midnight = 86_400 - redis.time()[0] % 86_400
    assert raised.value.code == "tags_used_up"
    assert raised.value.retry_after == pytest.approx(until_midnight, abs=5)
    assert redis.ttl(pace.CALLS_KEY) == pytest.approx(until_midnight, abs=5)


def test_a_call_that_had_to_wait_counts_once(redis):
    pace.take(Source.LASTFM)
    pace.take(Source.LASTFM, sleep=time.sleep)

    assert redis.get(pace.CALLS_KEY) == "2"


def test_a_longer_pause_takes_the_place_of_a_shorter_one_and_not_the_other_way_round(redis):
    pace.pause(Source.LASTFM, 30, "tags_busy")
    pace.pause(Source.LASTFM, 3_600, "tags_refused")
    pace.pause(Source.LASTFM, 60, "tags_busy")

    with pytest.raises(Unavailable) as raised:
        pace.take(Source.LASTFM, sleep=pytest.fail)

    assert raised.value.code == "tags_refused"
    assert raised.value.retry_after == pytest.approx(3_600, abs=30)


def test_a_pause_of_one_service_is_not_one_of_the_other(redis):
    pace.pause(Source.LASTFM, 600, "tags_busy")

    assert take_at_once(Source.MUSICBRAINZ)


@pytest.mark.parametrize(
    "use", [pace.take, lambda source: pace.pause(source, 5, "tags_busy")], ids=["take", "pause"]
)
def test_without_redis_no_call_is_made(allowed, tmp_path, use):
    allowed.setenv("REDIS_URL", f"unix://{tmp_path}/nobody.sock")
    get_settings.cache_clear()
    resources.redis.cache_clear()

    with pytest.raises(Unavailable) as raised:
        use(Source.LASTFM)

    assert raised.value.code == "redis_unavailable"

from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from spotify_insights import resources
from spotify_insights.errors import Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.spotify import budget


def take_at_once() -> bool:
    """Take a slot if that needs no wait."""
    try:
        budget.take(sleep=_no_patience)
    except TimeoutError:
        return False
    return True


def all_slots_taken(redis: Redis, *, seconds: float) -> None:
    """Let the next slot become free in so many seconds."""
    now, microseconds = redis.time()
    ahead = (budget.BURST - 1) / budget.CALLS_PER_SECOND + seconds
    redis.set(budget.DUE_KEY, int((now + ahead) * 1_000_000) + microseconds)


def _no_patience(_seconds: float) -> None:
    raise TimeoutError


def test_without_a_pause_calls_are_free(private_redis):
    budget.check()
    budget.take(sleep=pytest.fail)


def test_a_pause_stops_all_callers_and_says_until_when(private_redis):
    budget.pause(600, "rate_limited")

    with pytest.raises(Unavailable) as checked:
        budget.check()
    with pytest.raises(Unavailable) as taken:
        budget.take(sleep=pytest.fail)

    for raised in (checked, taken):
        assert raised.value.code == "rate_limited"
        assert raised.value.retry_after == pytest.approx(600, abs=30)
        assert "UTC" in raised.value.detail


def test_a_pause_ends_by_itself(private_redis):
    budget.pause(600, "quota_exceeded")

    assert 570_000 < private_redis.pttl(budget.PAUSE_KEY) <= 600_000


def test_a_shorter_pause_does_not_cut_a_longer_one(private_redis):
    budget.pause(3600, "quota_exceeded")
    budget.pause(30, "rate_limited")

    with pytest.raises(Unavailable) as raised:
        budget.check()

    assert raised.value.code == "quota_exceeded"
    assert raised.value.retry_after == pytest.approx(3600, abs=30)


def test_a_longer_pause_takes_the_place_of_a_shorter_one(private_redis):
    budget.pause(30, "rate_limited")
    budget.pause(3600, "quota_exceeded")

    with pytest.raises(Unavailable) as raised:
        budget.check()

    assert raised.value.code == "quota_exceeded"
    assert raised.value.retry_after == pytest.approx(3600, abs=30)


def test_a_burst_is_free(private_redis):
    taken = [take_at_once() for _ in range(budget.BURST)]

    assert all(taken)


def test_callers_side_by_side_share_one_burst(private_redis):
    with ThreadPoolExecutor(8) as callers:
        taken = list(callers.map(lambda _: take_at_once(), range(4 * budget.BURST)))

    assert budget.BURST <= sum(taken) < 2 * budget.BURST


def test_a_short_wait_is_waited_in_place(private_redis):
    all_slots_taken(private_redis, seconds=1.5)
    waits = []

    def time_passes(seconds: float) -> None:
        waits.append(seconds)
        private_redis.delete(budget.DUE_KEY)

    budget.take(sleep=time_passes)

    assert len(waits) == 1
    assert 0 < waits[0] <= 1.5


def test_short_waits_do_not_add_up_to_a_long_one(private_redis):
    all_slots_taken(private_redis, seconds=1.5)
    waits = []

    with pytest.raises(Unavailable):
        budget.take(sleep=waits.append)

    assert sum(waits) <= budget.PATIENCE_SECONDS


def test_a_crowd_is_told_to_come_back_later(private_redis):
    all_slots_taken(private_redis, seconds=60)

    with pytest.raises(Unavailable) as raised:
        budget.take(sleep=pytest.fail)

    assert raised.value.code == "rate_limited"
    assert raised.value.retry_after == pytest.approx(60, abs=30)


def test_the_demo_may_be_asked_faster(private_redis, settings):
    settings.delenv("SPOTIFY_CLIENT_ID")
    get_settings.cache_clear()

    for _ in range(budget.BURST):
        budget.take()

    ahead_ms = private_redis.pttl(budget.DUE_KEY)
    assert ahead_ms <= 1000 * budget.BURST / budget.DEMO_CALLS_PER_SECOND


@pytest.mark.parametrize(
    "use", [budget.check, budget.take, lambda: budget.pause(5, "rate_limited")]
)
def test_without_redis_no_call_is_made(settings, tmp_path, use):
    settings.setenv("REDIS_URL", f"unix://{tmp_path}/nobody.sock")
    resources.redis.cache_clear()

    with pytest.raises(Unavailable) as raised:
        use()

    resources.redis.cache_clear()
    assert raised.value.code == "redis_unavailable"
    assert raised.value.retry_after == 10

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from spotify_insights.demo import habits, listener
from spotify_insights.demo.catalogue import LocalFile, Track

UNTIL = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
SEEDS = [1, 2, 3, 4]


def forget():
    listener._history.cache_clear()
    listener.plays_of.cache_clear()


def music_since(seed, *, days, until=UNTIL):
    plays = listener.history(seed, until)
    since = until - timedelta(days=days)
    return [p for p in plays if p.ended_at > since and isinstance(p.track, Track)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=9), timedelta(days=200)])
def test_the_past_does_not_change_as_time_goes_on(seed, later):
    before = listener.history(seed, UNTIL)
    forget()

    after = listener.history(seed, UNTIL + later)

    shared = {play.ended_at: play for play in after if play.ended_at <= before[-1].ended_at}
    start = min(shared)
    assert list(shared.values()) == [play for play in before if play.ended_at >= start]


def test_the_history_stands_still_within_an_hour():
    full_hour = UNTIL.replace(minute=0)

    assert listener.history(1, UNTIL) == listener.history(1, full_hour)
    assert listener.history(1, UNTIL)[-1].ended_at <= full_hour


def test_seeds_differ_in_numbers_and_habits():
    plays = [len(listener.history(seed, UNTIL)) for seed in SEEDS]
    mornings = [habits.habits(seed).morning_minute for seed in SEEDS]

    assert len(set(plays)) == len(SEEDS)
    assert len(set(mornings)) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_plays_follow_each_other_and_never_overlap(seed):
    plays = listener.history(seed, UNTIL)

    assert all(earlier.ended_at <= later.started_at for earlier, later in pairwise(plays))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_play_lasts_between_half_a_minute_and_its_track_to_the_millisecond(seed):
    plays = listener.history(seed, UNTIL)

    assert all(30_000 < play.ms_played <= play.track.duration_ms for play in plays)
    assert all(play.ended_at.microsecond % 1000 == 0 for play in plays)
    assert any(play.ms_played < play.track.duration_ms for play in plays)


@pytest.mark.parametrize("seed", SEEDS)
def test_thirteen_months_hold_a_believable_amount_of_music(seed):
    plays = listener.history(seed, UNTIL)
    hours = sum(play.ms_played for play in plays) / 3_600_000

    assert UNTIL - plays[0].started_at > timedelta(days=390)
    assert 300 < hours < 700
    assert max(Counter(play.started_at.date() for play in plays).values()) <= 50


@pytest.mark.parametrize("seed", SEEDS)
def test_workdays_have_mornings_and_weekends_have_afternoons(seed):
    hours = {True: Counter(), False: Counter()}
    for play in listener.history(seed, UNTIL):
        hours[play.started_at.weekday() >= 5][play.started_at.hour] += 1

    workday, weekend = hours[False], hours[True]
    assert sum(workday[hour] for hour in range(6, 10)) > 500
    assert sum(weekend[hour] for hour in range(6, 10)) == 0
    assert sum(weekend[hour] for hour in range(11, 17)) > 500
    assert 0 < sum(workday[hour] + weekend[hour] for hour in (23, 0, 1, 2)) < 1000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_holiday_of_nearly_two_weeks_is_almost_silent(seed):
    plays = Counter(play.started_at.date() for play in listener.history(seed, UNTIL))
    summer = [UNTIL.date() - timedelta(days=number) for number in range(200)]
    holiday = [day for day in summer if habits.is_holiday(seed, day)]

    assert len(holiday) == 12
    assert sum(plays[day] for day in holiday) <= 12


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weeks", [0, 2, 4, 7, 11])
def test_the_last_weeks_hold_an_obsession_that_is_new(seed, weeks):
    until = UNTIL + timedelta(weeks=weeks)
    recent = Counter(play.track.id for play in music_since(seed, days=28, until=until))
    (obsession, plays), _, (_, third) = recent.most_common(3)

    older = [p for p in listener.history(seed, until) if p.ended_at < until - timedelta(days=70)]

    assert plays > 40
    assert plays > 1.4 * third
    assert obsession not in {p.track.id for p in older if isinstance(p.track, Track)}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_artist_rises(seed):
    recent = Counter(p.track.album.artist.id for p in music_since(seed, days=91))
    whole = Counter(p.track.album.artist.id for p in music_since(seed, days=365))

    shares = [recent[key] / recent.total() / (whole[key] / whole.total()) for key in recent]

    assert max(shares) > 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_some_genres_have_their_time_of_day(seed):
    styles = {"morning": Counter(), "night": Counter()}
    for play in music_since(seed, days=365):
        hour = play.started_at.hour
        part = "morning" if 6 <= hour < 10 else "night" if hour in (23, 0, 1) else None
        if part:
            styles[part][play.track.album.artist.style] += 1

    def share(part, style):
        return styles[part][style] / styles[part].total()

    assert share("morning", "ambient") > share("morning", "techno")
    assert share("night", "techno") + share("night", "synthwave") > share("night", "folk")


@pytest.mark.parametrize("seed", SEEDS)
def test_files_of_ones_own_and_plays_without_context_occur(seed):
    plays = listener.history(seed, UNTIL)
    local = [play for play in plays if isinstance(play.track, LocalFile)]

    assert 0 < len(local) < len(plays) / 100
    assert {play.context[0] for play in plays if play.context} == {
        *("playlist", "album", "artist", "collection"),
    }
    assert 0 < sum(play.context is None for play in plays) < len(plays) / 2


def test_top_tracks_are_ranked_by_plays_then_by_time():
    counts, times = Counter(), Counter()
    for play in music_since(1, days=28, until=UNTIL.replace(minute=0)):
        counts[play.track.id] += 1
        times[play.track.id] += play.ms_played

    ranking = listener.top_tracks(1, UNTIL, "short_term")

    keys = [(counts[track.id], times[track.id]) for track in ranking]
    assert keys == sorted(keys, reverse=True)
    assert {track.id for track in ranking} == counts.keys()


def test_top_artists_differ_between_ranges():
    rankings = [listener.top_artists(1, UNTIL, name) for name in listener.RANGE_DAYS]

    assert len({tuple(artist.id for artist in ranking) for ranking in rankings}) == 3

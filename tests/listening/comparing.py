"""Every statistic beside the same number as the reference works it out.

A check takes a view and fails where the two differ.
"""

from datetime import timedelta

from tests.listening.alike import assert_same, near
from tests.reference import amounts, days, diversity, memory, novelty, records, sessions
from tests.reference import energy as tempers
from tests.reference import entities as pages
from tests.reference import focus as stretches
from tests.reference import habits as ways
from tests.reference.clocks import THING

from spotify_insights.listening.stats import (
    calendar,
    discovery,
    energy,
    eras,
    focus,
    habits,
    milestones,
    neighbours,
    standings,
    timeline,
    tops,
    totals,
)
from spotify_insights.listening.stats import diversity as spread
from spotify_insights.listening.stats import memory as remembered
from spotify_insights.listening.stats import records as best
from spotify_insights.listening.stats import sessions as sittings
from spotify_insights.listening.stats.genres import Tagged
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import By, TopKind

ALL = 1_000_000
PAGE = 200
ONE_DAY = timedelta(days=1)
# A genre of each mood and one of none, dealt out to artists by their number.
GENRES = [
    ("ambient", "calm"),
    ("disco", "bright"),
    ("blues", "melancholic"),
    ("polka", None),
    ("rock", "energetic"),
]


def check_totals(view):
    assert_same(totals.totals(view.plays), amounts.totals(view.heard))
    for kind, plays in view.spoken.items():
        assert_same(totals.totals(plays), amounts.totals(view.heard_spoken[kind]))


def check_tops(view):
    for kind in TopKind:
        for by in By:
            expected = amounts.top(view.heard, kind, by, view.heard_before)
            for offset, limit in _pages(expected):
                given = {"limit": limit, "offset": offset, "before": view.before}
                seen = tops.top(view.plays, kind, by, **given)
                assert_same(seen.items, expected[offset : offset + limit])
                assert seen.total == len(expected)


def check_timelines(view):
    for bucket in Bucket:
        expected = amounts.timeline(view.heard, bucket, view.clock)
        assert_same(timeline.timeline(view.plays, bucket), expected)


def check_heatmap_and_parts_of_day(view):
    assert_same(timeline.heatmap(view.plays), amounts.heatmap(view.heard))
    assert_same(timeline.parts_of_day(view.plays), amounts.parts_of_day(view.heard))


def check_calendar(view):
    assert_same(calendar.calendar(view.plays), days.calendar(view.heard))
    length = view.span.days
    assert_same(calendar.averages(view.plays, length), days.averages(view.heard, length))


def check_streaks(view):
    last = max(view.days, default=None)
    expected = days.streaks(view.heard)
    for today in (None, *((last + n * ONE_DAY for n in (-1, 0, 1, 2)) if last else ())):
        seen = calendar.streaks(view.plays, today, limit=ALL)
        assert_same(seen.all, expected)
        assert_same(seen.longest, next(iter(expected), None))
        assert_same(seen.current, today and days.current_streak(view.heard, today))


def check_gaps(view):
    last = max(view.days, default=None)
    for until in (None, *((last - ONE_DAY, last + 9 * ONE_DAY) if last else ())):
        for at_least in (1, 2, 5):
            seen = calendar.gaps(view.plays, at_least, until)
            assert_same(seen, days.gaps(view.heard, at_least, until))


def check_sessions(view):
    expected = sessions.sessions(view.heard)
    expected = expected._replace(longest=expected.longest[:PAGE])
    assert_same(sittings.sessions(view.plays, PAGE), expected)


def check_discovery(view):
    for kind in TopKind:
        seen = discovery.discovery(view.plays, kind, view.firsts[kind], view.start_s)
        assert_same(seen, novelty.discovery(view.heard, kind, view.known[kind]))


def check_discovered(view):
    for kind in TopKind:
        given = view.plays, kind, view.firsts[kind], view.start_s
        expected = novelty.discovered(view.heard, kind, view.known[kind])
        for offset, limit in _pages(expected):
            seen = discovery.discovered(*given, limit=limit, offset=offset)
            assert_same(seen, expected[offset : offset + limit])


def check_discovery_over_time(view):
    kinds = [*TopKind, *TopKind]
    for kind, bucket in zip(kinds, set(Bucket) - {Bucket.HOUR}, strict=False):
        seen = discovery.discovery_over_time(view.plays, kind, view.firsts[kind], bucket)
        given = view.heard, kind, view.known[kind], bucket, view.clock
        assert_same(seen, novelty.discovery_over_time(*given))


def check_rediscovered(view):
    for kind in TopKind:
        for away_days in (180, 1):
            seen = remembered.rediscovered(view.plays, kind, away_days)
            assert_same(seen, memory.rediscovered(view.heard, kind, away_days))


def check_forgotten(view):
    last = max((play.started_at for play in view.heard), default=None)
    for kind in TopKind if last else ():
        for quiet_days, at_least in ((180, 10), (1, 2)):
            today = last + timedelta(seconds=12_345)
            given = kind, today.timestamp(), quiet_days, at_least
            seen = remembered.forgotten(view.plays, *given)
            assert_same(seen, memory.forgotten(view.heard, kind, today, quiet_days, at_least))


def check_obsessions(view):
    for kind, window_days, at_least in (("tracks", 7, 10), ("artists", 7, 10), ("albums", 2, 3)):
        seen = remembered.obsessions(view.plays, TopKind(kind), window_days, at_least)
        assert_same(seen, memory.obsessions(view.heard, kind, window_days, at_least))


def check_repeats(view):
    assert_same(remembered.repeat_rate(view.plays), memory.repeats(view.heard))


def check_skips(view):
    expected = ways.skips(view.heard, view.known_lengths)
    seen = view.skips
    assert (seen.told, seen.skipped, seen.rate) == (
        expected.told,
        expected.plays or 0,
        expected.share,
    )
    assert view.skipped.tolist() == [
        ways.is_skipped(play, view.known_lengths) for play in view.heard
    ]


def check_focus(view):
    seen = focus.focus(view.plays, view.details, view.skipped)
    assert_same(seen, stretches.focus(view.heard, view.known_lengths))


def check_energy(view):
    artists = {play.artist for play in view.heard} - {None}
    dealt = {artist: GENRES[artist % len(GENRES)] for artist in artists}
    tags = {artist: Tagged((genre,), "lastfm") for artist, (genre, _) in dealt.items()}
    moods = {artist: mood for artist, (_, mood) in dealt.items()}
    assert_same(energy.energy(view.plays, tags), tempers.energy(view.heard, moods))


def check_most_skipped(view):
    for kind in TopKind:
        for at_least in (5, 1):
            given = view.plays, view.details, view.skipped, kind
            seen = habits.most_skipped(*given, limit=ALL, at_least=at_least)
            given = view.heard, kind, view.known_lengths, at_least
            assert_same(seen, ways.most_skipped(*given))


def check_completion(view):
    seen = habits.completion(view.plays, view.details, view.lengths)
    finished = ways.finished(view.heard)
    part = ways.part_heard(view.heard, view.known_lengths)
    expected = (finished.told, finished.plays, finished.share, part.known, near(part.mean))
    assert_same(seen, expected)


def check_modes(view):
    modes = [
        (habits.shuffle, ways.shuffled),
        (habits.offline, ways.offline),
        (habits.private_sessions, ways.private),
        (habits.video, ways.video),
    ]
    for seen, expected in modes:
        assert_same(seen(view.plays, view.details), expected(view.heard))


def check_reasons(view):
    assert_same(habits.starts(view.plays, view.details), ways.starts(view.heard))
    assert_same(habits.endings(view.plays, view.details), ways.endings(view.heard))


def check_platforms_and_countries(view):
    assert_same(habits.platforms(view.plays, view.details), ways.platforms(view.heard))
    assert_same(habits.countries(view.plays, view.details), ways.countries(view.heard))


def check_concentration(view):
    for kind in TopKind:
        expected = diversity.concentration(view.heard, kind)
        rounded = {name: near(getattr(expected, name)) for name in ("gini", "evenness")}
        effective = near(expected.effective_number)
        expected = expected._replace(**rounded, effective_number=effective)
        assert_same(spread.concentration(view.plays, kind), expected)
    assert_same(spread.loyalty(view.plays), diversity.loyalty(view.heard))


def check_decades(view):
    seen = eras.decades(view.plays, view.years)
    expected = diversity.decades(view.heard, view.known_years)
    assert_same(
        (seen.told, seen.coverage, seen.mean_year, seen.decades),
        expected._replace(mean_year=near(expected.mean_year, 0.051)),
    )
    assert (seen.method is None) == (expected.told == 0)


def check_records(view):
    assert_same(best.records(view.plays), records.records(view.heard, view.clock))


def check_milestones(view):
    for before in (0, 99):
        seen = milestones.milestones(view.plays, before)
        assert_same(seen, records.milestones(view.heard, before))


def check_entities(view):
    scenes = {kind: pages.scene(view.heard, kind, view.clock) for kind in TopKind}
    for (kind, thing), seen in view.entities.items():
        assert_same(seen.profile, pages.profile(scenes[kind], thing))
        for among in TopKind:
            around = neighbours.neighbours(view.plays, TopKind(kind), thing, among)
            assert_same(around, pages.around(scenes[kind], thing, among))
        own = [play for play in view.heard if getattr(play, THING[kind]) == thing]
        told, skipped, _, _ = ways.skips(own, view.known_lengths)
        assert (seen.skips.told, seen.skips.skipped) == (told, skipped or 0)


def check_ranks_over_time(view):
    buckets = {"tracks": Bucket.QUARTER, "artists": Bucket.WEEK, "albums": Bucket.YEAR}
    for kind, bucket in buckets.items():
        things = [thing for of, thing in view.entities if of == kind]
        ranks = pages.ranks_over_time(view.heard, kind, bucket, view.clock)
        for thing in things:
            seen = standings.rank_over_time(view.plays, TopKind(kind), thing, bucket)
            assert_same(seen, pages.standing(ranks, thing))


CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]
# Those that look at days and hours; all others look at a clock to know which plays are meant.
OF_A_CLOCK = [
    check_totals,
    check_timelines,
    check_heatmap_and_parts_of_day,
    check_calendar,
    check_streaks,
    check_gaps,
    check_sessions,
    check_focus,
    check_energy,
    check_discovery_over_time,
    check_obsessions,
    check_records,
    check_entities,
    check_ranks_over_time,
]


def _pages(lines):
    """The beginning of a list, some of its middle and its end, as offset and limit."""
    return [(0, PAGE), (len(lines) // 2, 20), (max(0, len(lines) - 20), 30)]

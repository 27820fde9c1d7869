"""What an insight may say, counted a second time from what the demo Spotify answers over HTTP.

Nothing here comes from the product: the definitions are stated again, in plain Python.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median

from tests.e2e import tastes
from tests.e2e.answers import Answers, Play, plays_of
from tests.e2e.values import AN_HOUR, Facts, Value, fact, percent, time, whole

PARTS = {"night": 0, "morning": 6, "afternoon": 12, "evening": 18}
A_DAY = timedelta(days=1)
MEDIUM_TERM = 182 * A_DAY
LONGEST_PAUSE = timedelta(minutes=30)
LEAST_LONGEST_SESSION = timedelta(minutes=20)
SATURDAY = 5


def facts_of(answers: Answers, until: datetime) -> Facts:
    """Every value that an insight on these answers may tell; a fact too thin to be told is missing.

    `until` is when they were asked for, which is the end of the range.
    """
    plays = plays_of(answers.recent)
    last = until - timedelta(microseconds=1)
    return {
        **_of_days(_played(plays), plays[0].day, last.date()),
        **_of_days(tastes.ranked(answers), (until - MEDIUM_TERM).date(), last.date()),
    }


def _of_days(facts: Facts, first, last) -> Facts:
    """With the days that all of these facts tell of."""
    period = Value(f"{first}/{last}", "period")
    return facts | {(key, "period"): period for key, _ in facts}


def _played(plays: list[Play]) -> Facts:
    """What follows from the plays alone."""
    times = _summed(plays, lambda play: play.day)
    return {
        **_amounts(plays, len(times)),
        **_days(times),
        **_weekend(times),
        **_rhythm(plays),
        **_sessions(plays),
        **_streak({play.day for play in plays if play.is_counted}),
        **_gap(sorted(times)),
        **_repeats([play for play in plays if play.is_counted]),
        **tastes.played(plays),
    }


def _amounts(plays, days_active):
    length, count = _total(plays), Value(len(plays), "plays")
    counted = Value(sum(play.is_counted for play in plays), "plays")
    facts = {
        **fact("listening.time", time(length), plays=count),
        **fact("listening.plays", count, counted=counted),
    }
    if days_active > 1:
        days = Value(days_active, "days")
        facts |= fact("listening.daily", time(length / days_active), days=days)
    return facts


def _days(times):
    """Days with music among those from the first to the last one, and the one with the most."""
    active, span = len(times), _span(times)
    if span < 2:
        return {}
    share = percent(active / span)
    facts = fact("listening.days", Value(active, "days"), span=Value(span, "days"), share=share)
    (day, most), second = _two_largest(times)
    if active >= 3 and most > second:
        share = percent(most / _whole_of(times))
        facts |= fact("calendar.peak", Value(day.isoformat(), "date"), time=time(most), share=share)
    return facts


def _weekend(times):
    """Told of a week or more, where it is ten points off the share of its days or further."""
    span, first = _span(times), min(times)
    is_free = [(first + n * A_DAY).weekday() >= SATURDAY for n in range(span)]
    free = sum((time for day, time in times.items() if day.weekday() >= SATURDAY), timedelta())
    share, expected = free / _whole_of(times), sum(is_free) / span
    if span < 7 or abs(share - expected) < 0.1:
        return {}
    return fact("rhythm.weekend", percent(share), expected=percent(expected))


def _rhythm(plays):
    """By the hour in which a play started."""
    by_hour = _summed(plays, lambda play: play.started_at.hour)
    facts = _parts_of_day(by_hour)
    (hour, most), second = _two_largest(by_hour)
    if most > second:
        begin, end = (Value(f"{one % 24:02}:00", "clock") for one in (hour, hour + 1))
        facts |= fact("rhythm.hour", begin, end=end, share=percent(most / _whole_of(by_hour)))
    return facts


def _parts_of_day(by_hour):
    """Hours are kept with three decimals, and shares are taken of those."""
    times = dict.fromkeys(PARTS, timedelta())
    for hour, length in by_hour.items():
        times[max((start, part) for part, start in PARTS.items() if start <= hour)[1]] += length
    hours = {part: round(length / AN_HOUR, 3) * AN_HOUR for part, length in times.items()}
    at_night, whole_day, facts = hours["night"], _whole_of(hours), {}
    share = percent(at_night / whole_day)
    if share.value or not at_night:
        facts |= fact("rhythm.night", share, time=time(at_night))
    (part, most), second = _two_largest(hours)
    if most > second:
        share = percent(most / whole_day)
        facts |= fact("rhythm.part", Value(part, "part of day"), share=share, time=time(most))
    return facts


def _sessions(plays):
    """A start more than half an hour after all that was playing before begins another session."""
    sessions, until = [], plays[0].ended_at
    for play in plays:
        if not sessions or play.started_at - until > LONGEST_PAUSE:
            sessions.append([])
        sessions[-1].append(play)
        until = max(until, play.ended_at)
    lengths = sorted(map(_total, sessions), reverse=True)
    facts, typical = {}, whole(median(lengths) / timedelta(minutes=1))
    if len(sessions) >= 5 and typical:
        count = Value(len(sessions), "sessions")
        facts |= fact("sessions.count", count, typical=Value(typical, "minutes"))
    longest = max(sessions, key=_total)
    if len(sessions) >= 3 and lengths[0] >= LEAST_LONGEST_SESSION and lengths[0] > lengths[1]:
        began = Value(longest[0].day.isoformat(), "date")
        count = Value(len(longest), "plays")
        facts |= fact("sessions.longest", time(lengths[0]), date=began, plays=count)
    return facts


def _streak(days):
    """The first of the longest runs of days with a counted play, from three days on."""
    runs = [[day] for day in sorted(days) if day - A_DAY not in days]
    for run in runs:
        while run[-1] + A_DAY in days:
            run.append(run[-1] + A_DAY)
    longest = max(runs, key=len)
    return _run("streaks.longest", longest[0], longest[-1])


def _gap(days):
    """The longest run of days without a play, if no other is as long."""
    gaps = sorted(pairwise(days), key=lambda gap: gap[1] - gap[0], reverse=True)
    lengths = [end - begin for begin, end in gaps]
    if not gaps or lengths[:1] == lengths[1:2]:
        return {}
    begin, end = gaps[0]
    return _run("gaps.longest", begin + A_DAY, end - A_DAY)


def _run(key, first, last):
    days = (last - first).days + 1
    ends = {"first": Value(first.isoformat(), "date"), "last": Value(last.isoformat(), "date")}
    return fact(key, Value(days, "days"), **ends) if days >= 3 else {}


def _repeats(counted):
    """A play repeats what was heard before it, at once if it follows it within the session."""
    repeats = len(counted) - len({play.title for play in counted})
    immediate = sum(
        play.title == before.title and play.started_at - before.ended_at <= LONGEST_PAUSE
        for before, play in pairwise(counted)
    )
    share = percent(immediate / len(counted))
    facts = fact("repeats.rate", percent(repeats / len(counted)), immediate=share)
    runs = [list(run) for _, run in groupby(counted, key=lambda play: play.title)]
    longest = max(runs, key=len)
    if len(longest) >= 3:
        facts |= fact(
            "repeats.run",
            Value(len(longest), "times"),
            track=Value(longest[0].track["name"], "track"),
            artist=Value(longest[0].artist, "artist"),
            date=Value(longest[0].day.isoformat(), "date"),
        )
    return facts


def _span(times):
    return (max(times) - min(times)).days + 1


def _total(plays: Iterable[Play]) -> timedelta:
    return sum((play.length for play in plays), timedelta())


def _summed(plays: Iterable[Play], key: Callable[[Play], Hashable]):
    times = defaultdict(timedelta)
    for play in plays:
        times[key(play)] += play.length
    return times


def _whole_of(times):
    return sum(times.values(), timedelta())


def _two_largest(times):
    """The key with most of the time and that time, and the time of the one after it."""
    (key, most), *others = sorted(times.items(), key=lambda item: -item[1])
    return (key, most), others[0][1] if others else timedelta()

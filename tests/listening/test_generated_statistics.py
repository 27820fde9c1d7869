"""Small histories made up by hypothesis: every statistic against the reference's number."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, an_episode, import_rows
from tests.listening.comparing import CHECKS
from tests.listening.looking import history_of, look
from tests.reference import exports as reference
from tests.reference import ranges as reference_ranges
from tests.reference.clocks import Clock
from tests.reference.exclusions import Rule

from spotify_insights.listening import recordings
from spotify_insights.listening.stats import clock, ranges
from spotify_insights.listening.stats.ranges import Comparison, RangeName
from spotify_insights.models import Exclusion
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction

ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia")
# The hours in which one of these clocks goes forward or back, or leaves out a whole day.
CLOCK_CHANGES = [
    datetime(2017, 10, 15, 3, tzinfo=UTC),
    datetime(2018, 2, 18, 2, tzinfo=UTC),
    datetime(2018, 3, 25, 1, tzinfo=UTC),
    datetime(2018, 4, 7, 15, tzinfo=UTC),
    datetime(2018, 10, 28, 1, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
]
LENGTHS_MS = [0, 999, 29_999, 30_000, 61_500, 200_000, 4_000_000]
# A session ends with a pause of more than 1,800 seconds.
STEPS_S = [1, 90, 400, 1_800, 1_801, 2_000, 5_000, 30_000]
COUNTRIES, PLATFORMS = ["DE", "ZZ", None], ["android", "Partner webos_tv lg", "ios", None]
BUTTONS = ["trackdone", "fwdbtn", "backbtn", "endplay", "", None]
MODES = [True, False, None]


@st.composite
def histories(draw):
    """Rows of an export: plays within days of each other around clock changes, some twice."""
    starts = draw(st.lists(st.sampled_from(CLOCK_CHANGES), min_size=1, max_size=2, unique=True))
    rows = []
    for start in starts:
        at = start - timedelta(hours=draw(st.integers(0, 40)))
        for _ in range(draw(st.integers(1, 14))):
            at += timedelta(seconds=draw(st.sampled_from(STEPS_S)))
            rows.append(_row(draw, at))
    return rows + rows[: draw(st.integers(0, 3))]


# Over midnight where the second is smaller, but never the same.
HOURS = st.tuples(st.integers(0, 23), st.integers(1, 22)).map(
    lambda told: (told[0], (told[0] + told[1]) % 24)
)
RULES = st.lists(
    st.one_of(
        st.tuples(st.just("artist"), st.sampled_from(["a0", "a1"])),
        st.tuples(st.just("album"), st.sampled_from([("a0", "b0"), ("a1", "b1")])),
        st.tuples(st.just("track"), st.sampled_from([("a0", "t1"), ("a1", "t2")])),
        st.tuples(st.just("show"), st.just("the show")),
        st.tuples(st.just("hours"), HOURS),
        st.tuples(st.just("dates"), st.integers(0, 3)),
        st.tuples(st.just("session"), st.integers(0, 6)),
    ),
    max_size=3,
)
CLOCKS = st.builds(Clock, st.sampled_from(ZONES), st.sampled_from([0, 2, 4]), st.integers(1, 7))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(histories(), RULES, CLOCKS, CLOCKS, st.booleans(), st.integers(0, 5))
def test_whatever_was_heard_every_statistic_is_the_reference_s_number(
    a_listener, rows, told, own, asked, private, skipped_days
):
    user = a_listener(
        timezone=own.zone, day_starts_at=own.day_starts_at, week_starts_on=own.week_starts_on
    )
    assert import_rows(user.id, *rows).status is ImportStatus.SUCCEEDED
    history = known_of(user, reference.listens_of(reference.plays_of(rows)), told)
    days = sorted({play.day for play in history.heard(asked, "track", private=True)})

    whole = look(history, asked, private=private)
    some = look(history, asked, *_part(days, skipped_days), private=private)

    for check in CHECKS:
        check(whole)
        check(some)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.sampled_from([name for name in RangeName if name is not RangeName.LIFETIME]),
    st.dates(date(1996, 1, 1), date(2032, 12, 31)),
    st.integers(1, 7),
    st.integers(0, 14),
)
def test_a_named_range_and_what_it_is_compared_with_are_found_by_walking_the_calendar(
    name, today, week_starts_on, back
):
    span = ranges.resolve(name, today, clock.Clock(week_starts_on=week_starts_on), back)
    before = ranges.compared_with(span, Comparison.PREVIOUS)
    year_ago = ranges.compared_with(span, Comparison.YEAR_AGO)

    expected = reference_ranges.resolve(name, today, week_starts_on, back)
    assert (span.first, span.last) == expected
    assert (before.first, before.last) == reference_ranges.previous(name, expected, week_starts_on)
    assert (year_ago.first, year_ago.last) == reference_ranges.year_ago(expected)


def known_of(user, plays, told):
    """The history with its rules, and with lengths and years for every second content."""
    history = history_of(user, plays)
    numbers = history.numbers
    for n, content in enumerate(sorted(numbers.contents.values())):
        if n % 2:
            history.lengths[content] = 60_001 + 100_000 * (n % 3)
            history.years[content] = 1978 + 7 * n
    with transaction() as session:
        # All examples share one catalogue.
        session.execute(text("update contents set duration_ms = null, released_in = null"))
        for content, length in history.lengths.items():
            given = {"id": content, "length": length, "year": history.years[content]}
            query = "update contents set duration_ms = :length, released_in = :year where id = :id"
            session.execute(text(query), given)
        recordings.changed(session)
        for kind, about in told:
            rule = _rule(kind, about, sorted(play.started_at for play in plays))
            if rule.kind in ("artist", "album", "track"):
                known = getattr(numbers, f"{kind}s")
                if about not in known:
                    continue
                rule = rule._replace(about=known[about])
            session.add(Exclusion(user_id=user.id, kind=rule.kind, **_columns(rule)))
            history.rules.append(rule)
    return history


def _row(draw, at):
    ms = draw(st.sampled_from(LENGTHS_MS))
    if draw(st.integers(0, 9)) == 0:
        return an_episode(f"{at:%Y-%m-%dT%H:%M:%SZ}", ms, draw(st.sampled_from(["One", "Two"])))
    n = draw(st.integers(0, 3))
    artist = draw(st.sampled_from([f"A{n % 2}", f"a{n % 2}", None if n == 3 else "A0"]))
    album = draw(st.sampled_from([f"B{n % 2}", None]))
    modes = {name: draw(st.sampled_from(MODES)) for name in ("shuffle", "skipped", "offline")}
    return a_play(
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
        ms,
        f"T{n}",
        artist,
        **modes,
        master_metadata_album_album_name=album,
        incognito_mode=draw(st.integers(0, 4)) == 0,
        conn_country=draw(st.sampled_from(COUNTRIES)),
        platform=draw(st.sampled_from(PLATFORMS)),
        reason_start=draw(st.sampled_from(BUTTONS)),
        reason_end=draw(st.sampled_from(BUTTONS)),
    )


def _rule(kind, about, starts):
    """A rule in the reference's words; days and sessions lie among the plays."""
    if kind == "hours":
        return Rule(kind, None, *about)
    if kind == "dates":
        first = starts[0].date() + timedelta(days=about)
        return Rule(kind, None, first, first + timedelta(days=1))
    if kind == "session":
        first = starts[about % len(starts)]
        return Rule(kind, None, first, first + timedelta(minutes=20))
    return Rule(kind, about)


def _columns(rule):
    if rule.kind in ("hours", "dates", "session"):
        name = {"hours": "hour", "dates": "on", "session": "at"}[rule.kind]
        return {f"first_{name}": rule.first, f"last_{name}": rule.last}
    return {"show": "The Show"} if rule.kind == "show" else {f"{rule.kind}_id": rule.about}


def _part(days, skipped):
    """From one of the days with a play to two days later; of any day where there is none."""
    first = days[skipped % len(days)] if days else date(2018, 3, 25)
    return first, first + timedelta(days=2)

"""The series of weeks and months: which there are, and what happens when plays come and go."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests.listening.builders import a_play, an_episode, import_rows, run_to_its_end, undo

from spotify_insights import accounts, jobs
from spotify_insights.insights import rows
from spotify_insights.listening import firsts, packed, periods, polled, retention, snapshots
from spotify_insights.listening.rankings import Tops
from spotify_insights.listening.stats.scope import clock_of
from spotify_insights.models import Snapshot
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify.payloads import PlayHistory

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK, MONTH = TimeRange.WEEK, TimeRange.MONTH
BERLIN = "Europe/Berlin"
# Of all that is told, what does not say when or under which number it was stored.
STORED_AS = {"id", "user_id", "created_at", "updated_at"}
# What follows from plays alone, and so is told of what was given apart from what was asked.
BLOCKS = (
    *("totals", "top_artists", "top_tracks", "total_tracks_analyzed", "artist_diversity_score"),
    *("listening_hours", "statistics", "genre_distribution", "mood_patterns"),
    *("mood_diversity_score", "audio_features", "coverage"),
)

# Some years with weeks and months in between in which nothing was heard, by the end of each play.
YEARS = [
    *("2020-12-31T23:30:00Z", "2021-01-01T00:30:00Z", "2021-01-02T21:59:00Z"),
    *("2021-03-28T00:59:00Z", "2021-03-28T01:30:00Z", "2021-10-31T01:30:00Z"),
    *("2021-11-01T03:30:00Z", "2022-02-28T23:59:00Z", "2022-07-10T12:00:00Z"),
    *("2022-07-10T12:30:00Z", "2023-12-31T12:00:00Z", "2024-02-29T22:00:00Z"),
]


def heard(moments, **changes):
    """A row for each play of thirty seconds that ended at an ISO instant or a datetime."""
    return [a_play(str(moment), 30_000, **changes) for moment in moments]


def poll(user, *moments, title="Blue"):
    """Store what Spotify would tell of plays that ended then, and take what is due, as a poll does.

    Return how many snapshots were taken.
    """
    store(user, *moments, title=title)
    return settle(user)


def store(user, *moments, title="Blue"):
    track = {
        "uri": f"spotify:track:{title}",
        "name": title,
        "artists": [{"name": "The Painters"}],
        "album": {"name": "Colours", "artists": [{"name": "The Painters"}]},
        "duration_ms": 30_000,
    }
    told = [PlayHistory.model_validate({"track": track, "played_at": at}) for at in moments]
    with transaction() as session:
        polled.save(session, user.id, told, Provenance.API)


def settle(user):
    with transaction() as session:
        weeks = firsts.settle(session, user.id)
        return snapshots.take_series(session, accounts.get_user(session, user.id), weeks)


def take_all_again(user):
    with transaction() as session:
        return snapshots.take_series(session, accounts.get_user(session, user.id))


def change(user, **settings):
    with transaction() as session:
        return accounts.change(session, user.id, settings)


def series(user):
    """A listener's weeks and months by the day after their last."""
    query = select(Snapshot).where(
        Snapshot.user_id == user.id, Snapshot.time_range.in_([WEEK, MONTH])
    )
    with transaction() as session:
        found = session.scalars(query).all()
    return {(one.time_range, one.snapshot_date): one for one in found}


def told(user):
    """The same without what differs between two listeners who heard the same."""
    return {key: content(snapshot) for key, snapshot in series(user).items()}


def content(snapshot):
    names = {column.key for column in Snapshot.__table__.columns} - STORED_AS
    return {name: getattr(snapshot, name) for name in names}


def blocks_of(snapshot):
    return {name: getattr(snapshot, name) for name in BLOCKS}


def stored_as(user):
    return {key: (one.id, one.updated_at) for key, one in series(user).items()}


def lifetime(user):
    with transaction() as session:
        return snapshots.find_snapshots(session, user.id, 1, TimeRange.LIFETIME)[0]


def periods_of(user, *ends):
    """The week and the month of each play of thirty seconds, worked out by hand."""
    found = set()
    for end in ends:
        start = datetime.fromisoformat(str(end)) - timedelta(seconds=30)
        on_the_wall = start.astimezone(ZoneInfo(user.timezone)).replace(tzinfo=None)
        day = (on_the_wall - user.day_starts_at * HOUR).date()
        found.add((WEEK, day + (7 - day.isoweekday() % 7) * DAY))
        found.add((MONTH, (day.replace(day=1) + 31 * DAY).replace(day=1)))
    return found


def today(user):
    return clock_of(user).day_of(datetime.now(UTC))


def ago(days):
    """An instant in whole seconds, so many days before now."""
    return datetime.now(UTC).replace(microsecond=0) - days * DAY


# What an import takes


@pytest.mark.parametrize(
    "clock",
    [
        {},
        {"timezone": BERLIN, "day_starts_at": 4},
        {"timezone": "America/Sao_Paulo", "week_starts_on": 3},
        {"timezone": "Pacific/Kiritimati"},
    ],
    ids=lambda clock: clock.get("timezone", "UTC"),
)
def test_an_import_of_years_takes_each_week_and_month_with_plays_and_no_other(a_listener, clock):
    user = a_listener(**clock)

    import_rows(user.id, *heard(YEARS))

    found = series(user)
    assert set(found) == periods_of(user, *YEARS)
    for kind in (WEEK, MONTH):
        assert sum(
            s.totals["plays"] for (time_range, _), s in found.items() if time_range is kind
        ) == (len(YEARS))
    for (_, end), snapshot in found.items():
        assert snapshot.period_end == clock_of(user).start_of(end)
        assert snapshot.totals["first_play_at"] >= snapshot.period_start.isoformat()
        assert snapshot.totals["last_play_at"] < snapshot.period_end.isoformat()


def test_a_snapshot_of_the_series_says_what_one_taken_alone_says(a_listener):
    user = a_listener(timezone=BERLIN, day_starts_at=4)
    import_rows(user.id, *heard(YEARS), *heard(YEARS[3:5], title="Red"), an_episode(YEARS[4]))
    before = series(user)

    with transaction() as session:
        for (time_range, _), old in before.items():
            period = old.period_start, old.period_end
            snapshots.take(session, user, time_range, period=period)

    after = series(user)
    assert {key: one.id for key, one in after.items()} == {k: one.id for k, one in before.items()}
    assert [content(one) for one in after.values()] == [content(before[key]) for key in after]


def test_a_week_of_private_sessions_has_no_snapshot(listener):
    open_, private = "2024-05-01T12:00:00Z", "2024-06-20T12:00:00Z"

    import_rows(listener.id, *heard([open_]), *heard([private], incognito_mode=True))

    assert set(series(listener)) == periods_of(listener, open_)


def test_what_is_not_over_has_no_snapshot_yet(listener):
    last_days = [ago(days) for days in range(10)]

    import_rows(listener.id, *heard([at.isoformat() for at in last_days]))

    over = {key for key in periods_of(listener, *last_days) if key[1] <= today(listener)}
    assert set(series(listener)) == over


def test_each_listener_has_a_series_of_their_own(a_listener):
    one, other = a_listener(), a_listener()
    import_rows(one.id, *heard(YEARS[:3]))
    before = stored_as(one)

    import_rows(other.id, *heard(YEARS[2:]))

    assert stored_as(one) == before
    assert set(series(other)) == periods_of(other, *YEARS[2:])


# Plays that come late


def test_a_late_play_retakes_the_periods_it_lies_in_and_none_far_away(listener):
    import_rows(listener.id, *heard(YEARS))
    before = series(listener)
    late = "2022-07-10T18:00:00Z"

    import_rows(listener.id, *heard([late], title="Red"))

    after = series(listener)
    changed = {key for key in after if after[key].updated_at != before[key].updated_at}
    its_own = periods_of(listener, late)
    assert set(after) == set(before)
    assert its_own <= changed
    for key in its_own:
        assert after[key].id == before[key].id
        assert after[key].totals["plays"] == before[key].totals["plays"] + 1
    # The plays are kept by weeks of UTC, so what shares such a week with the play is looked at too.
    week = packed.week_of(datetime.fromisoformat(late))
    for key in changed:
        assert (
            packed.week_of(after[key].period_start) <= week <= packed.week_of(after[key].period_end)
        )


def test_a_late_play_changes_nothing_that_is_told_of_other_periods(listener):
    import_rows(listener.id, *heard(YEARS))
    before = told(listener)
    late = "2022-07-10T18:00:00Z"

    import_rows(listener.id, *heard([late]))

    after = told(listener)
    its_own = periods_of(listener, late)
    assert {key for key in after if after[key] != before[key]} == its_own


def test_a_late_play_gives_an_empty_week_its_snapshot(listener):
    import_rows(listener.id, *heard(YEARS))
    late = "2023-04-12T12:00:00Z"
    before = set(series(listener))

    import_rows(listener.id, *heard([late]))

    assert set(series(listener)) - before == periods_of(listener, late)


def test_a_late_podcast_is_told_of_in_the_week_and_the_month_it_lies_in(listener):
    music, spoken = "2024-04-29T12:00:00Z", "2024-05-03T12:00:00Z"
    import_rows(listener.id, *heard([music, "2024-05-20T12:00:00Z"]))

    import_rows(listener.id, an_episode(spoken))

    found = series(listener)
    assert found[WEEK, date(2024, 5, 5)].statistics["podcasts"]["plays"] == 1
    assert found[MONTH, date(2024, 6, 1)].statistics["podcasts"]["plays"] == 1


def test_what_was_new_in_a_week_stays_told_until_all_is_taken_again(listener):
    import_rows(listener.id, *heard(["2024-05-01T12:00:00Z"]))
    week = WEEK, date(2024, 5, 5)

    import_rows(listener.id, *heard(["2020-05-01T12:00:00Z"]))
    kept = series(listener)[week].statistics["discovery"]["tracks"]["new"]
    take_all_again(listener)

    assert kept == 1
    assert series(listener)[week].statistics["discovery"]["tracks"]["new"] == 0


# Polls


def test_a_play_after_the_end_of_a_week_takes_the_snapshot_of_the_week(listener):
    import_rows(listener.id, *heard(["2024-04-20T12:00:00Z"]))
    weeks_ago = ago(days=15)
    store(listener, weeks_ago)
    with transaction() as session:
        # Settled while the week of it was not over yet: nothing was due.
        firsts.settle(session, listener.id)

    poll(listener, ago(days=0))

    over = {key for key in periods_of(listener, weeks_ago) if key[1] <= today(listener)}
    assert len(over) >= 1
    assert over <= set(series(listener))


def test_the_first_weeks_of_a_listener_are_taken_once_they_are_over(listener):
    weeks_ago = ago(days=15)
    store(listener, weeks_ago)
    with transaction() as session:
        firsts.settle(session, listener.id)

    poll(listener, ago(days=0))

    over = {key for key in periods_of(listener, weeks_ago) if key[1] <= today(listener)}
    assert over <= set(series(listener))


def test_a_week_that_was_taken_alone_hides_no_month_that_ended_before_it(listener):
    import_rows(listener.id, *heard(["2020-04-20T12:00:00Z"]))
    months_ago = ago(days=100)
    store(listener, months_ago)
    with transaction() as session:
        firsts.settle(session, listener.id)
        # As the weekly summary does, whether or not anything was heard.
        period = periods.last_week(today(listener)).bounds(clock_of(listener))
        snapshots.take(session, listener, WEEK, period=period)

    poll(listener, ago(days=0))

    assert periods_of(listener, months_ago) <= set(series(listener))


def test_a_poll_that_brings_nothing_takes_nothing_again(listener):
    poll(listener, "2024-05-01T12:00:00Z", "2024-05-08T12:00:00Z")
    before = stored_as(listener)

    assert poll(listener, "2024-05-01T12:00:00Z", "2024-05-08T12:00:00Z") == 0
    assert stored_as(listener) == before


# The same again


def test_the_same_file_again_takes_nothing_again(listener):
    import_rows(listener.id, *heard(YEARS))
    before = stored_as(listener)

    import_rows(listener.id, *heard(YEARS))

    assert stored_as(listener) == before


def test_the_same_plays_in_another_file_leave_the_same_snapshots(listener):
    import_rows(listener.id, *heard(YEARS))
    before, ids = told(listener), {key: one.id for key, one in series(listener).items()}

    import_rows(listener.id, *reversed(heard(YEARS)))

    assert told(listener) == before
    assert {key: one.id for key, one in series(listener).items()} == ids


def test_taking_all_again_leaves_the_same_snapshots(a_listener):
    user = a_listener(timezone=BERLIN, day_starts_at=4)
    import_rows(user.id, *heard(YEARS), *heard(YEARS[5:7], title="Red"))
    before, ids = told(user), {key: one.id for key, one in series(user).items()}

    taken = take_all_again(user)

    assert taken == len(before)
    assert told(user) == before
    assert {key: one.id for key, one in series(user).items()} == ids


def test_several_imports_in_any_order_leave_what_one_of_all_leaves(a_listener):
    at_once, in_turns = a_listener(timezone=BERLIN), a_listener(timezone=BERLIN)
    import_rows(at_once.id, *heard(YEARS))

    for some in (YEARS[6:], YEARS[3:8], YEARS[:4]):
        import_rows(in_turns.id, *heard(some))
    take_all_again(in_turns)

    assert told(in_turns) == told(at_once)


# Plays that go


def test_an_undo_drops_what_is_empty_now_and_takes_again_what_is_not(listener):
    stays, goes = ["2022-07-10T12:00:00Z"], ["2022-07-12T12:00:00Z", "2021-02-03T12:00:00Z"]
    import_rows(listener.id, *heard(stays))
    before = told(listener)
    record = import_rows(listener.id, *heard(goes, title="Red"))
    between = set(series(listener))

    undo(record)

    assert between == periods_of(listener, *stays, *goes)
    assert told(listener) == before


def test_an_undo_of_everything_drops_all(listener):
    record = import_rows(listener.id, *heard(YEARS))

    undo(record)

    assert series(listener) == {}


def test_what_an_insight_was_written_about_stays_when_its_plays_go(listener):
    record = import_rows(listener.id, *heard(YEARS))
    key = WEEK, date(2022, 7, 17)
    with transaction() as session:
        kept = session.get_one(Snapshot, series(listener)[key].id)
        rows.request(session, kept.id, InsightType.WELLNESS, Tone.NEUTRAL)

    undo(record)

    assert {one: snapshot.id for one, snapshot in series(listener).items()} == {key: kept.id}
    assert content(series(listener)[key]) == content(kept)


# Retention


@pytest.fixture
def keep_days(clean_database):
    def keep_days(days):
        clean_database.setenv("HISTORY_RETENTION_DAYS", str(days))
        get_settings.cache_clear()

    return keep_days


def kept_from(user, days):
    return (today(user) - days * DAY).replace(day=1)


def begins(key):
    time_range, end = key
    return end - 7 * DAY if time_range is WEEK else (end - DAY).replace(day=1)


def test_what_retention_lets_go_of_is_not_taken(listener, keep_days):
    keep_days(60)
    moments = [ago(days) for days in range(20, 200, 9)]

    import_rows(listener.id, *heard([at.isoformat() for at in moments]))

    limit = kept_from(listener, 60)
    over = {key for key in periods_of(listener, *moments) if key[1] <= today(listener)}
    assert set(series(listener)) == {key for key in over if begins(key) >= limit}


def test_what_was_told_of_plays_that_retention_let_go_of_stays_as_it_is(listener, keep_days):
    moments = [ago(days) for days in range(20, 200, 9)]
    import_rows(listener.id, *heard([at.isoformat() for at in moments]))
    before = stored_as(listener)
    keep_days(60)
    with transaction() as session:
        job = jobs.submit(session, JobKind.RETENTION, None)
    gone = run_to_its_end(job).result["old_plays_deleted"]

    import_rows(listener.id, *heard([ago(days=150).isoformat()], title="Red"))
    take_all_again(listener)

    limit, after = kept_from(listener, 60), stored_as(listener)
    assert gone >= 12
    assert {key: after.get(key) for key in before if begins(key) < limit} == (
        {key: stored for key, stored in before.items() if begins(key) < limit}
    )


def test_a_month_that_retention_told_of_is_not_taken_twice(listener, keep_days):
    keep_days(60)
    moment = ago(days=150)
    import_rows(listener.id, *heard([moment.isoformat()]))
    with transaction() as session:
        job = jobs.submit(session, JobKind.RETENTION, None)
    result = run_to_its_end(job).result

    take_all_again(listener)

    (month,) = [key for key in periods_of(listener, moment) if key[0] is MONTH]
    assert (result["snapshots_taken"], result["old_plays_deleted"]) == (1, 1)
    assert {key: one.totals["plays"] for key, one in series(listener).items()} == {month: 1}
    assert retention.month_of(listener, moment) == begins(month)


# What was given, and what was asked


def test_where_everything_was_given_there_is_no_second_basis(listener):
    import_rows(listener.id, *heard(YEARS))

    assert {one.export_basis for one in series(listener).values()} == {None}
    assert lifetime(listener).export_basis is None


def test_where_nothing_was_given_there_is_no_second_basis(listener):
    poll(listener, "2024-05-01T12:00:00Z", "2024-05-20T12:00:00Z")
    with transaction() as session:
        whole = snapshots.take(session, listener, TimeRange.LIFETIME)

    assert {(str(one.sources), one.export_basis) for one in series(listener).values()} == {
        ("['api']", None)
    }
    assert (whole.sources, whole.export_basis) == (["api"], None)


def test_where_spotify_ranked_the_lists_what_was_given_has_a_basis_of_its_own(a_listener):
    user, never_asked = a_listener(), a_listener()
    for listener in (user, never_asked):
        import_rows(listener.id, *heard(["2024-05-02T12:00:00Z", "2024-05-03T12:00:00Z"]))
    with transaction() as session:
        ranked = snapshots.take(
            session, user, TimeRange.LIFETIME, tops=Tops([], [], Provenance.API)
        )

    assert ranked.sources == ["api", "export"]
    assert ranked.export_basis == blocks_of(lifetime(never_asked))


def test_a_second_basis_is_what_is_told_of_who_was_never_asked(a_listener):
    user, never_asked = a_listener(timezone=BERLIN), a_listener(timezone=BERLIN)
    given = [
        *heard(["2024-04-30T12:00:00Z", "2024-05-02T12:00:00Z", "2024-05-21T12:00:00Z"]),
        *heard(["2024-05-02T13:00:00Z"], title="Red", artist="Others"),
        *heard(["2024-05-02T14:00:00Z"], title="Secret", incognito_mode=True),
        an_episode("2024-05-03T12:00:00Z"),
    ]
    poll(user, "2024-04-01T12:00:00Z", "2024-05-02T20:00:00Z", "2024-05-14T12:00:00Z")
    poll(user, "2024-05-02T21:00:00Z", title="Polled")
    import_rows(user.id, *given)
    import_rows(never_asked.id, *given)

    ours, theirs = series(user), series(never_asked)
    mixed = {key: one for key, one in ours.items() if one.sources == ["api", "export"]}
    assert set(mixed) == {
        *((WEEK, date(2024, 5, 5)), (MONTH, date(2024, 5, 1)), (MONTH, date(2024, 6, 1)))
    }
    for key, one in ours.items():
        assert one.export_basis == (blocks_of(theirs[key]) if key in mixed else None)
    assert lifetime(user).export_basis == blocks_of(lifetime(never_asked))


def test_the_second_basis_goes_when_what_was_given_goes(listener):
    poll(listener, "2024-05-02T20:00:00Z")
    record = import_rows(listener.id, *heard(["2024-05-02T12:00:00Z"]))
    both = [one.export_basis["totals"]["plays"] for one in series(listener).values()]

    undo(record)

    assert both == [1, 1]
    assert {one.export_basis for one in series(listener).values()} == {None}


# Another clock


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"timezone": BERLIN}),
        ({"timezone": BERLIN}, {"day_starts_at": 5}),
        ({"timezone": "Pacific/Kiritimati"}, {"timezone": "Pacific/Midway"}),
        ({"timezone": "Pacific/Midway"}, {"timezone": "Pacific/Kiritimati", "day_starts_at": 6}),
    ],
)
def test_another_clock_and_all_taken_again_is_as_if_it_had_been_so(a_listener, before, after):
    user, from_the_start = a_listener(**before), a_listener(**before | after)
    for one in (user, from_the_start):
        import_rows(one.id, *heard(YEARS), *heard(YEARS[4:9], title="Red"))

    user = change(user, **after)
    take_all_again(user)

    assert told(user) == told(from_the_start)


def test_a_first_week_that_another_zone_moved_away_from_is_gone(a_listener):
    # The evening of a Saturday that ends a month is a Sunday that begins one further east.
    moments = ["2024-08-31T20:00:00Z", "2024-09-10T12:00:00Z"]
    user, from_the_start = a_listener(), a_listener(timezone="Asia/Tokyo")
    for one in (user, from_the_start):
        import_rows(one.id, *heard(moments))

    user = change(user, timezone="Asia/Tokyo")
    take_all_again(user)

    assert set(series(user)) == periods_of(user, *moments)
    assert told(user) == told(from_the_start)

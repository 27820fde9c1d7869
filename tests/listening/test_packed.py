"""Plays in columns say what the rows of the ledger say, whatever happened to them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from tests.listening.builders import a_play, an_episode, import_rows, undo
from tests.listening.happenings import DAY, SECOND, WEEK_BEGINS, Happenings, rows_of, steps

from spotify_insights.listening import firsts, packed
from spotify_insights.models.listening import PlayKind
from spotify_insights.resources import transaction

WEEK = packed.week_of(WEEK_BEGINS)


def started(at, title="Blue", **changes):
    """A play of a minute that started at an instant."""
    return a_play(f"{at + 60 * SECOND:%Y-%m-%dT%H:%M:%SZ}", 60_000, title, **changes)


def columns(user_id, kind=PlayKind.TRACK, **bounds):
    """What is packed, as one tuple for each play."""
    with transaction() as session:
        found = packed.fetch(session, user_id, kind, **bounds)
    assert len({len(column) for column in found}) == 1
    return list(zip(*(column.tolist() for column in found), strict=True))


def is_as_in_the_ledger(user_id):
    return all(columns(user_id, kind) == rows_of(user_id, kind) for kind in PlayKind)


def weeks_of(user_id):
    """For each kind and week whether it is marked, how many plays it has and who wrote it last."""
    query = """
        select kind, week, is_stale, plays, xmin::text as written_by from packed_weeks
        where user_id = :user_id order by kind, week
    """
    with transaction() as session:
        return session.execute(text(query), {"user_id": user_id}).all()


def change(user_id, statement, **given):
    """Change plays behind the back of what is packed."""
    with transaction() as session:
        session.execute(text(statement), {"user_id": user_id} | given)


def mark(user_id, earliest, latest=None):
    with transaction() as session:
        packed.mark(session, user_id, earliest, latest or earliest)


def refresh(user_id):
    with transaction() as session:
        return packed.refresh(session, user_id)


def version_of(listener):
    with transaction() as session:
        query = text("select data_version from users where id = :id")
        return session.execute(query, {"id": listener.id}).scalar_one()


MAKE_PRIVATE = "update plays set is_private = true where user_id = :user_id"


# The same as the rows


@settings(derandomize=True, max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(steps)
def test_whatever_happens_what_is_packed_is_what_the_rows_say(a_listener, steps):
    listener = a_listener()
    story = Happenings(listener.id)

    for step in steps:
        story.happen(step)

        assert is_as_in_the_ledger(listener.id)

    refresh(listener.id)
    assert is_as_in_the_ledger(listener.id)
    assert not any(week.is_stale for week in weeks_of(listener.id))
    packed_plays = dict.fromkeys(PlayKind, 0)
    for week in weeks_of(listener.id):
        assert week.plays > 0
        packed_plays[PlayKind(week.kind)] += week.plays
    assert packed_plays == {kind: len(rows_of(listener.id, kind)) for kind in PlayKind}


def test_every_number_of_a_play_is_packed(listener):
    import_rows(
        listener.id,
        started(WEEK_BEGINS, incognito_mode=True),
        started(WEEK_BEGINS + DAY, "Nameless", artist=None),
    )
    change(listener.id, "update plays set ms_played = 2147483647 where track_id is null")
    change(
        listener.id,
        "update plays set is_estimated = true, provenance = 'demo' where track_id is null",
    )
    mark(listener.id, WEEK_BEGINS, WEEK_BEGINS + DAY)

    live = columns(listener.id)
    refresh(listener.id)

    assert columns(listener.id) == live == rows_of(listener.id, PlayKind.TRACK)
    (_, _, _, track, artist, album, _, flags), nameless = live
    assert (min(track, artist, album) > 0, flags) == (True, packed.IS_PRIVATE)
    assert nameless[0] == int((WEEK_BEGINS + DAY).timestamp())
    assert nameless[1] == 2**31 - 1
    assert nameless[3:6] == (0, 0, 0)
    assert nameless[7] == packed.IS_ESTIMATED + (2 << packed.PROVENANCE_SHIFT)


@pytest.mark.parametrize("year", [1950, 1969, 1999, 2000, 2067])
def test_years_far_off_can_be_packed(listener, year):
    moment = datetime(year, 1, 1, 0, 0, 1, tzinfo=UTC)
    import_rows(listener.id, started(WEEK_BEGINS))
    change(listener.id, "update plays set started_at = :moment", moment=moment)
    mark(listener.id, *sorted([moment, WEEK_BEGINS]))

    live = columns(listener.id)
    refresh(listener.id)

    assert columns(listener.id) == live == rows_of(listener.id, PlayKind.TRACK)
    assert live[0][0] == int(moment.timestamp())


def test_plays_of_one_second_stand_in_the_order_of_their_key(listener):
    import_rows(listener.id, *(started(WEEK_BEGINS, title) for title in "CAB"))

    assert columns(listener.id) == rows_of(listener.id, PlayKind.TRACK)
    assert len(columns(listener.id)) == 3


def test_each_kind_and_each_listener_has_its_own_weeks(a_listener):
    one, other = a_listener(), a_listener()
    episode = an_episode(f"{WEEK_BEGINS + DAY:%Y-%m-%dT%H:%M:%SZ}")
    import_rows(one.id, started(WEEK_BEGINS), episode)
    import_rows(other.id, started(WEEK_BEGINS + 7 * DAY))

    assert [(week.kind, week.week) for week in weeks_of(one.id)] == [
        ("track", WEEK),
        ("episode", WEEK),
    ]
    assert [week.week for week in weeks_of(other.id)] == [WEEK + 1]
    assert [len(columns(one.id, kind)) for kind in PlayKind] == [1, 1, 0]


def test_a_listener_without_plays_has_empty_columns(listener):
    assert columns(listener.id) == []
    assert refresh(listener.id) == []


def test_a_week_is_seven_days_of_utc():
    assert packed.week_of(WEEK_BEGINS - SECOND) == WEEK - 1
    assert packed.week_of(WEEK_BEGINS + 7 * DAY - SECOND) == WEEK
    assert packed.week_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert packed.week_of(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1


def test_a_play_that_takes_the_place_of_a_deleted_one_in_another_week_goes_too(listener):
    story = Happenings(listener.id)
    by_the_painters = (200_000, "Blue", "The Painters", False)
    story.poll([(-10, "Blue")])
    story.bring_in([("song", 60, *by_the_painters)])
    story.bring_in([("song", -210, *by_the_painters)])
    story.delete(-1)

    story.undo(-1)

    assert rows_of(listener.id, PlayKind.TRACK) == []
    assert columns(listener.id) == []


# From when to when


@pytest.mark.parametrize("is_marked", [False, True])
def test_the_first_instant_belongs_to_what_is_fetched_and_the_last_does_not(listener, is_marked):
    moments = [WEEK_BEGINS + day * DAY for day in (-8, 0, 0.5, 7, 15)]
    import_rows(listener.id, *map(started, moments))
    if is_marked:
        mark(listener.id, moments[0], moments[-1])

    def fetched(start=None, end=None):
        found = columns(listener.id, start=start, end=end)
        return [datetime.fromtimestamp(play[0], UTC) for play in found]

    assert fetched() == moments
    assert fetched(moments[1], moments[3]) == moments[1:3]
    assert fetched(moments[1] + SECOND, moments[3] + SECOND) == moments[2:4]
    assert fetched(start=moments[3]) == moments[3:]
    assert fetched(end=moments[1]) == moments[:1]
    assert fetched(end=moments[1] + timedelta(milliseconds=1)) == moments[:2]
    assert fetched(moments[2], moments[2]) == []
    assert fetched(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)) == moments


# Marked and packed again


def test_a_marked_week_is_read_from_its_rows_until_it_is_packed_again(listener):
    import_rows(listener.id, started(WEEK_BEGINS))
    (before,) = columns(listener.id)
    change(listener.id, MAKE_PRIVATE)
    unmarked = columns(listener.id)

    mark(listener.id, WEEK_BEGINS)
    marked = columns(listener.id)

    assert unmarked == [before]
    assert marked == rows_of(listener.id, PlayKind.TRACK) == [(*before[:-1], packed.IS_PRIVATE)]
    assert weeks_of(listener.id)[0].is_stale
    assert refresh(listener.id) == [WEEK]
    assert not weeks_of(listener.id)[0].is_stale
    assert columns(listener.id) == marked


def test_a_mark_reaches_all_weeks_of_its_span_and_no_other(listener):
    import_rows(listener.id, *(started(WEEK_BEGINS + 7 * n * DAY) for n in range(5)))

    mark(listener.id, WEEK_BEGINS + 13.9 * DAY, WEEK_BEGINS + 21 * DAY)

    stale = [week.week for week in weeks_of(listener.id) if week.is_stale]
    assert stale == [WEEK + 1, WEEK + 2, WEEK + 3]
    assert refresh(listener.id) == stale


def test_a_week_whose_plays_are_gone_is_gone_too(listener):
    import_rows(listener.id, started(WEEK_BEGINS))
    record = import_rows(listener.id, started(WEEK_BEGINS + 7 * DAY, "Red"))

    undo(record)

    assert [week.week for week in weeks_of(listener.id)] == [WEEK]
    assert is_as_in_the_ledger(listener.id)


def test_a_week_that_is_emptied_is_among_those_that_changed(listener):
    import_rows(listener.id, started(WEEK_BEGINS), started(WEEK_BEGINS + 7 * DAY, "Red"))
    change(listener.id, "update plays set is_deleted = true where user_id = :user_id")

    mark(listener.id, WEEK_BEGINS, WEEK_BEGINS + 7 * DAY)

    assert columns(listener.id) == []
    assert refresh(listener.id) == [WEEK, WEEK + 1]
    assert weeks_of(listener.id) == []


def test_weeks_of_podcasts_are_packed_and_told_of_too(listener):
    import_rows(listener.id, an_episode(f"{WEEK_BEGINS + DAY:%Y-%m-%dT%H:%M:%SZ}"))
    mark(listener.id, WEEK_BEGINS, WEEK_BEGINS + DAY)

    assert refresh(listener.id) == [WEEK]
    assert [(week.kind, week.is_stale) for week in weeks_of(listener.id)] == [("episode", False)]


def test_packing_again_changes_nothing(listener):
    import_rows(listener.id, started(WEEK_BEGINS), started(WEEK_BEGINS + 7 * DAY, "Red"))
    mark(listener.id, WEEK_BEGINS)
    first = refresh(listener.id)
    after_first = weeks_of(listener.id), columns(listener.id)

    second = refresh(listener.id)

    assert (first, second) == ([WEEK], [])
    assert (weeks_of(listener.id), columns(listener.id)) == after_first


def test_only_what_changed_is_packed_again(listener):
    import_rows(listener.id, *(started(WEEK_BEGINS + 7 * n * DAY) for n in range(4)))
    before = {week.week: week.written_by for week in weeks_of(listener.id)}

    import_rows(listener.id, started(WEEK_BEGINS + 8 * DAY, "Red"))

    after = {week.week: week.written_by for week in weeks_of(listener.id)}
    assert [week for week in after if after[week] != before[week]] == [WEEK + 1]


def test_an_import_again_packs_and_marks_nothing_that_others_have(a_listener):
    one, other = a_listener(), a_listener()
    import_rows(one.id, started(WEEK_BEGINS))
    import_rows(other.id, started(WEEK_BEGINS))
    before = weeks_of(one.id), version_of(one)

    import_rows(other.id, started(WEEK_BEGINS + DAY))

    assert (weeks_of(one.id), version_of(one)) == before


def test_a_mark_that_is_taken_back_with_its_transaction_marks_nothing(listener):
    import_rows(listener.id, started(WEEK_BEGINS))
    before = weeks_of(listener.id), version_of(listener)

    with pytest.raises(ZeroDivisionError), transaction() as session:
        packed.mark(session, listener.id, WEEK_BEGINS, WEEK_BEGINS)
        1 / 0  # noqa: B018

    assert (weeks_of(listener.id), version_of(listener)) == before


# The version of the data


def test_the_data_version_rises_with_each_change(listener):
    story = Happenings(listener.id)
    song = ("song", 0, 200_000, "Blue", "The Painters", False)
    happened = [
        ("bring_in", [song]),
        ("poll", [(86_400, "Red")]),
        ("delete", 0),
        ("restore", 0),
        ("toggle", 0),
        ("undo", 0),
    ]

    versions = [version_of(listener)]
    for step in happened:
        story.happen(step)
        versions.append(version_of(listener))

    assert versions == sorted(set(versions))


def test_packing_alone_changes_no_version(listener):
    import_rows(listener.id, started(WEEK_BEGINS))
    mark(listener.id, WEEK_BEGINS)
    before = version_of(listener)

    with transaction() as session:
        firsts.settle(session, listener.id)

    assert version_of(listener) == before


@pytest.fixture
def at_hand():
    packed.keep_at_hand(1 << 20)
    yield
    packed.keep_at_hand(0)


def test_a_history_at_hand_is_the_one_that_is_read_whatever_changes(listener, at_hand):
    import_rows(listener.id, started(WEEK_BEGINS), started(WEEK_BEGINS + 7 * DAY, "Red"))
    first = [columns(listener.id), columns(listener.id)]

    import_rows(listener.id, started(WEEK_BEGINS + DAY, "Green"))

    second = [columns(listener.id), columns(listener.id)]
    packed.keep_at_hand(0)
    assert first == [first[0], first[0]]
    assert second == [columns(listener.id)] * 2 != first


def test_what_was_read_of_a_change_that_was_taken_back_is_never_given_again(listener, at_hand):
    import_rows(listener.id, started(WEEK_BEGINS))
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.execute(text("delete from plays where user_id = :id"), {"id": listener.id})
        packed.mark(session, listener.id, WEEK_BEGINS, WEEK_BEGINS)
        assert not len(packed.fetch(session, listener.id, PlayKind.TRACK).started)
        1 / 0  # noqa: B018

    mark(listener.id, WEEK_BEGINS)

    assert columns(listener.id) == rows_of(listener.id, PlayKind.TRACK) != []


def test_a_history_at_hand_cannot_be_written_to(listener, at_hand):
    import_rows(listener.id, started(WEEK_BEGINS))
    with transaction() as session:
        found = packed.fetch(session, listener.id, PlayKind.TRACK)

    with pytest.raises(ValueError, match="read-only"):
        found.ms_played[0] = 0


def test_a_history_larger_than_what_may_be_kept_is_read_again(listener, at_hand):
    packed.keep_at_hand(10)
    import_rows(listener.id, started(WEEK_BEGINS))

    assert columns(listener.id) == columns(listener.id)
    assert len(packed._at_hand) == 0

"""When things were first heard, kept up to date through whatever happens to the plays."""

from collections.abc import Mapping
from uuid import UUID

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.listening.builders import a_play, import_rows, undo
from tests.listening.counting import scope_for
from tests.listening.happenings import DAY, SECOND, WEEK_BEGINS, Happenings, rows_of, steps
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening import firsts, packed, recordings
from spotify_insights.listening.firsts import NEVER, Firsts, firsts_of
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import Exclusion, FirstHeard
from spotify_insights.models.listening import PlayKind
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction

BEGIN = int(WEEK_BEGINS.timestamp())
DAY_S = 86_400


def started(days, title="Blue", ms=60_000, **changes):
    """A play that started so many days after the beginning of a week."""
    end = WEEK_BEGINS + days * DAY + ms // 1000 * SECOND
    return a_play(f"{end:%Y-%m-%dT%H:%M:%SZ}", ms, title, **changes)


def known(listener, kind=TopKind.TRACKS, **changes):
    """What is known of a scope, by id, without what was never heard in it."""
    with transaction() as session:
        found = firsts.known_to(session, scope_for(listener, **changes))[kind]
    assert found.ids.tolist() == sorted(set(found.ids.tolist()))
    pairs = zip(found.ids.tolist(), found.heard.tolist(), strict=True)
    return {one: at for one, at in pairs if at != NEVER}


def by_title(listener, **changes):
    """The same for tracks, by title, in days after the beginning of a week."""
    with transaction() as session:
        rows = session.execute(text("select id, name from tracks"))
        names = {row.id: row.name for row in rows}
    found = known(listener, **changes)
    return {names[one]: (at - BEGIN) / DAY_S for one, at in found.items()}


def settle(listener):
    with transaction() as session:
        return firsts.settle(session, listener.id)


def stored(user_id: UUID) -> Mapping[str, FirstHeard]:
    with transaction() as session:
        rows = session.scalars(select(FirstHeard).where(FirstHeard.user_id == user_id))
        return {row.subject: row for row in rows}


def merges():
    query = "select track_id, into_track_id from track_merges where not is_undone"
    with transaction() as session:
        return {row.track_id: row.into_track_id for row in session.execute(text(query))}


def earliest(pairs):
    """The smallest time for each id but 0."""
    found = {}
    for one, at in pairs:
        if one:
            found[one] = min(at, found.get(one, at))
    return found


def from_rows(user_id, kind, *, private=True, merged=()):
    """The firsts once more, from the rows of the ledger."""
    names = {TopKind.ARTISTS: "artist", TopKind.ALBUMS: "album"}
    pairs = []
    for play in rows_of(user_id, PlayKind.TRACK):
        track = dict(merged).get(play.track, play.track)
        subject = track or -play.content
        if play.ms_played >= 30_000 and (private or not play.is_private):
            one = subject if kind is TopKind.TRACKS else getattr(play, names[kind])
            pairs.append((one, play.started))
    return earliest(pairs)


# Through whatever happens


@settings(derandomize=True, max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(steps, st.booleans())
def test_whatever_happens_firsts_are_those_of_all_plays(a_listener, steps, settled):
    listener = a_listener()
    story = Happenings(listener.id)

    for step in steps:
        story.happen(step)
        if settled:
            settle(listener)

        merged = merges()
        for kind in TopKind:
            for private in (True, False):
                expected = from_rows(listener.id, kind, private=private, merged=merged)
                assert known(listener, kind, private=private) == expected

    settle(listener)
    for subject, row in stored(listener.id).items():
        ids = np.frombuffer(row.ids, "<i4").tolist()
        for column, private in ((row.heard_at, True), (row.heard_openly_at, False)):
            times = np.frombuffer(column, "<i8").tolist()
            heard_at = {one: at for one, at in zip(ids, times, strict=True) if at != NEVER}
            assert heard_at == from_rows(listener.id, TopKind(subject), private=private)


def test_an_earlier_play_moves_the_first_one_and_a_later_one_does_not(listener):
    import_rows(listener.id, started(10))

    import_rows(listener.id, started(20))
    assert by_title(listener) == {"Blue": 10}

    import_rows(listener.id, started(1))
    assert by_title(listener) == {"Blue": 1}


def test_what_was_first_heard_in_a_file_that_is_taken_back_was_first_heard_later(listener):
    import_rows(listener.id, started(30), started(31, "Red"))
    record = import_rows(listener.id, started(1), started(2, "Green"))
    before = by_title(listener)

    undo(record)

    assert before == {"Blue": 1, "Red": 31, "Green": 2}
    assert by_title(listener) == {"Blue": 30, "Red": 31}


def test_when_all_plays_go_nothing_was_ever_heard(listener):
    record = import_rows(listener.id, started(1), started(9, "Red"))

    undo(record)

    assert by_title(listener) == {}
    assert {len(row.ids) for row in stored(listener.id).values()} == {0}


def test_a_play_under_thirty_seconds_is_no_first_one(listener):
    import_rows(listener.id, started(1, ms=29_000), started(2, ms=30_000), started(3, "Red", 9_000))

    assert by_title(listener) == {"Blue": 2}


def test_private_plays_are_known_to_the_listener_alone(listener):
    secret = {"incognito_mode": True}
    import_rows(listener.id, started(1, **secret), started(2), started(3, "Red", **secret))

    assert by_title(listener) == {"Blue": 1, "Red": 3}
    assert by_title(listener, private=False) == {"Blue": 2}


def test_an_open_play_that_becomes_private_leaves_the_one_after_it(listener):
    import_rows(listener.id, started(1), started(20))
    with transaction() as session:
        first = "update plays set is_private = true where started_at < :later"
        session.execute(text(first), {"later": WEEK_BEGINS + 9 * DAY})
        packed.mark(session, listener.id, WEEK_BEGINS, WEEK_BEGINS + DAY)

    before_settling = by_title(listener, private=False)
    settle(listener)

    assert by_title(listener, private=False) == before_settling == {"Blue": 20}
    assert by_title(listener) == {"Blue": 1}


def test_titles_of_one_recording_were_first_heard_together_until_they_are_parted(listener):
    import_rows(
        listener.id,
        *(started(day) for day in (5, 6)),
        started(1, "Blue - Live"),
        started(3, "Red"),
    )
    with transaction() as session:
        same = "update contents set isrc = 'GBAYE0601498' where name like 'Blue%'"
        session.execute(text(same))
        recordings.merge(session, listener.id)
        (made,) = recordings.list_merges(session, listener.id, 9, 0)
    together = by_title(listener)

    with transaction() as session:
        recordings.unmerge(session, made.track_id)

    assert together == {"Blue": 1, "Red": 3}
    assert by_title(listener) == {"Blue": 5, "Blue - Live": 1, "Red": 3}


def test_a_rule_or_the_export_alone_leaves_other_first_plays(listener):
    import_rows(listener.id, started(1), started(2, "Red"), started(9))
    Happenings(listener.id).poll([(-DAY_S, "Blue")])
    with transaction() as session:
        rule = {"kind": ExclusionKind.DATES, "first_on": WEEK_BEGINS.date()}
        session.add(Exclusion(user_id=listener.id, last_on=WEEK_BEGINS.date() + DAY, **rule))
    minutes = 200 / DAY_S

    assert by_title(listener) == {"Blue": -1 - minutes, "Red": 2}
    assert by_title(listener, export_only=True) == {"Blue": 9, "Red": 2}


def test_the_range_of_a_scope_does_not_bound_what_was_heard_before_it(listener):
    import_rows(listener.id, started(1), started(20))
    lately = (WEEK_BEGINS + 19 * DAY).date()

    assert by_title(listener, first=lately, last=lately + DAY) == {"Blue": 1}


def test_who_heard_nothing_knows_nothing(listener):
    assert [known(listener, kind) for kind in TopKind] == [{}, {}, {}]


def test_of_two_listeners_each_has_their_own(a_listener):
    one, other = a_listener(), a_listener()
    import_rows(one.id, started(9))
    import_rows(other.id, started(1))

    assert (by_title(one), by_title(other)) == ({"Blue": 9}, {"Blue": 1})


# Settling


def test_settling_says_which_weeks_of_music_changed_and_then_has_nothing_to_do(listener):
    import_rows(listener.id, started(0), started(8), started(15))
    week = packed.week_of(WEEK_BEGINS)
    with transaction() as session:
        packed.mark(session, listener.id, WEEK_BEGINS + 8 * DAY, WEEK_BEGINS + 15 * DAY)

    assert settle(listener) == [week + 1, week + 2]
    assert settle(listener) == []


# Over plays alone


def test_the_first_counted_play_of_each_thing_is_its_first():
    plays = plays_of(
        heard(0, 10_000, track=1, artist=7),
        heard(1, track=1, artist=7, album=0),
        heard(2, track=1, artist=8),
        heard(3, track=0, content=5, artist=0),
    )
    minute = plays.started - plays.started[0]

    tracks, artists, albums = (firsts_of(plays, kind) for kind in TopKind)

    assert tracks.ids.tolist() == [-5, 1]
    assert (tracks.heard - plays.started[0]).tolist() == [minute[3], minute[1]]
    assert artists.ids.tolist() == [7, 8]
    assert albums.ids.tolist() == [1]
    assert albums.heard.tolist() == [plays.started[2]]


def test_what_was_not_heard_was_heard_never():
    some = Firsts(np.array([-3, 2, 9], np.int32), np.array([30, 20, 90]))
    nothing = firsts_of(plays_of(), TopKind.TRACKS)

    asked = np.array([9, 1, 10, -3, -4], np.int32)

    assert some.of(asked).tolist() == [90, NEVER, NEVER, 30, NEVER]
    assert nothing.of(asked).tolist() == [NEVER] * 5
    assert len(some.of(np.zeros(0, np.int32))) == 0

"""Rules leave plays out of every number, and taking them back brings the same numbers back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.listening.builders import a_play, an_episode, import_rows, undo

from spotify_insights import accounts
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.listening import exclusions, firsts, recordings, snapshots
from spotify_insights.listening.exclusions import FIELDS, MOST_RULES, NewRule
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.discovery import discovery
from spotify_insights.listening.stats.names import names_of
from spotify_insights.listening.stats.summary import summary
from spotify_insights.listening.stats.timeline import Bucket, heatmap, parts_of_day, timeline
from spotify_insights.listening.stats.tops import By, TopKind, top
from spotify_insights.models import Album, Artist, Exclusion, Track, TrackMerge, User
from spotify_insights.models.listening import PlayKind, TimeRange
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction

BERLIN = "Europe/Berlin"
NOISE = {"title": "Rain", "artist": "White Noise"}
GREENS = {"title": "Leaf", "artist": "The Greens", "master_metadata_album_album_name": "Trees"}

# Two days of music by three artists, a night of noise, and a podcast between.
ROWS = (
    a_play("2024-05-01T10:00:00Z"),
    a_play("2024-05-01T10:05:00Z", title="Red"),
    a_play("2024-05-01T10:10:00Z", **GREENS),
    an_episode("2024-05-01T18:30:00Z"),
    an_episode("2024-05-01T19:30:00Z", title="Two"),
    a_play("2024-05-01T22:30:00Z", 1_200_000, **NOISE),
    a_play("2024-05-01T23:10:00Z", 1_200_000, **NOISE),
    a_play("2024-05-02T01:30:00Z", 1_200_000, **NOISE),
    a_play("2024-05-02T09:00:00Z", 20_000, title="Red"),
    a_play("2024-05-02T09:30:00Z", **GREENS),
    an_episode("2024-05-02T12:00:00Z", title="A", show="Other Show"),
)


@pytest.fixture
def ada(a_listener):
    user = a_listener(timezone=BERLIN)
    import_rows(user.id, *ROWS)
    return user


def add(user, kind, **fields):
    with transaction() as session:
        return exclusions.add(session, user.id, NewRule(kind=ExclusionKind(kind), **fields))[0]


def remove(rule):
    with transaction() as session:
        exclusions.remove(session, rule.id)


def told(user):
    with transaction() as session:
        return exclusions.tell(session, user.id, exclusions.rules_of(session, user.id))


def id_of(table, name):
    with transaction() as session:
        return session.scalars(select(table.id).where(table.name == name)).one()


def change(user, **settings):
    with transaction() as session:
        return accounts.change(session, user.id, settings)


def version_of(user):
    with transaction() as session:
        return session.get_one(User, user.id).data_version


def started(user, kind=PlayKind.TRACK):
    """When what counts started, as the listener's clock shows it."""
    with transaction() as session:
        plays = scopes.fetch(session, scopes.scope_of(user), kind)
    zone = ZoneInfo(user.timezone)
    return [f"{datetime.fromtimestamp(second, zone):%d %H:%M}" for second in plays.started.tolist()]


def numbers(user, zone=None):
    """Every statistic of a listener that reads plays by itself."""
    with transaction() as session:
        scope = scopes.scope_of(user, zone=zone)
        plays = scopes.fetch(session, scope)
        day = datetime(2024, 5, 2, tzinfo=UTC)
        late = scopes.fetch(session, replace(scope, start=day))
        return {
            "summary": summary(session, scope),
            "tops": [top(plays, kind, by, limit=50) for kind in TopKind for by in By],
            "timeline": {bucket: timeline(plays, bucket) for bucket in Bucket},
            "heatmap": heatmap(plays),
            "parts": parts_of_day(plays),
            "new": [
                discovery(late, kind, known, day.timestamp())
                for kind, known in firsts.known_to(session, scope).items()
            ],
        }


def snapshot_of(user):
    """The blocks of a lifetime snapshot that is taken now."""
    with transaction() as session:
        taken = snapshots.take(session, accounts.get_user(session, user.id), TimeRange.LIFETIME)
        blocks = ("totals", "top_artists", "top_tracks", "total_tracks_analyzed", "listening_hours")
        return {block: getattr(taken, block) for block in blocks}


def names_in_top(user, kind):
    with transaction() as session:
        items = top(scopes.fetch(session, scopes.scope_of(user)), kind, limit=50).items
        names = names_of(session, kind, [item.id for item in items])
    return {names[item.id].name for item in items}


def test_an_artist_s_plays_are_left_out(ada):
    add(ada, "artist", artist_id=id_of(Artist, "White Noise"))

    assert names_in_top(ada, TopKind.ARTISTS) == {"The Painters", "The Greens"}
    assert len(started(ada)) == 5


def test_an_album_s_plays_are_left_out(ada):
    add(ada, "album", album_id=id_of(Album, "Trees"))

    assert names_in_top(ada, TopKind.ALBUMS) == {"Colours"}
    assert len(started(ada)) == 6


def test_a_track_s_plays_are_left_out(ada):
    add(ada, "track", track_id=id_of(Track, "Red"))

    assert names_in_top(ada, TopKind.TRACKS) == {"Blue", "Leaf", "Rain"}
    assert len(started(ada)) == 6


@pytest.mark.parametrize("named", ["Blue", "Blue - Remastered"])
def test_a_recording_is_left_out_under_all_its_titles(ada, named):
    import_rows(ada.id, a_play("2024-05-03T10:00:00Z", title="Blue - Remastered"))
    add(ada, "track", track_id=id_of(Track, named))
    with transaction() as session:
        other, one = (id_of(Track, title) for title in ("Blue - Remastered", "Blue"))
        session.add(TrackMerge(track_id=other, into_track_id=one, isrc="GBAYE0601498"))
        recordings.changed(session)

    assert not {"Blue", "Blue - Remastered"} & names_in_top(ada, TopKind.TRACKS)
    assert [one.plays for one in told(ada)] == [2]


def test_a_recording_may_be_named_by_a_title_that_only_others_played(ada, a_listener):
    bob = a_listener()
    import_rows(bob.id, a_play("2024-05-03T10:00:00Z", title="Blue - Remastered"))
    head = id_of(Track, "Blue - Remastered")
    with transaction() as session:
        merge = TrackMerge(track_id=id_of(Track, "Blue"), into_track_id=head, isrc="GBAYE0601498")
        session.add(merge)
        recordings.changed(session)

    add(ada, "track", track_id=head)

    assert "01 11:56" not in started(ada)


def test_a_show_s_episodes_are_left_out(ada):
    add(ada, "show", show="The Show")

    assert started(ada, PlayKind.EPISODE) == ["02 13:30"]
    assert len(started(ada)) == 8


def test_hours_go_from_the_first_to_before_the_last(ada):
    add(ada, "hours", first_hour=11, last_hour=12)

    assert [one for one in started(ada) if one.startswith("01")] == ["01 12:01", "01 12:06"]
    assert "02 11:26" not in started(ada)


def test_hours_may_go_over_midnight_and_are_those_on_the_listener_s_wall(ada):
    add(ada, "hours", first_hour=22, last_hour=1)

    assert started(ada) == [
        *("01 11:56", "01 12:01", "01 12:06"),
        *("02 03:10", "02 10:59", "02 11:26"),
    ]


@pytest.mark.parametrize("last_hour", [0, 24])
def test_midnight_is_the_hour_0_as_well_as_24(ada, last_hour):
    first = add(ada, "hours", first_hour=12, last_hour=24)
    second = add(ada, "hours", first_hour=12, last_hour=last_hour)

    assert second.id == first.id
    assert "02 00:10" in started(ada)
    assert "01 12:01" not in started(ada)


def test_the_hour_that_comes_twice_is_left_out_twice_and_the_one_that_is_missing_never(a_listener):
    user = a_listener(timezone=BERLIN)
    import_rows(
        user.id,
        *(a_play(f"2024-10-27T{hour:02}:30:00Z", 60_000) for hour in range(4)),
        *(a_play(f"2024-03-31T{hour:02}:30:00Z", 60_000) for hour in range(3)),
    )

    add(user, "hours", first_hour=2, last_hour=3)

    assert started(user) == ["31 01:29", "31 03:29", "31 04:29", "27 03:29", "27 04:29"]


def test_hours_follow_the_listener_to_another_zone(ada):
    add(ada, "hours", first_hour=22, last_hour=1)

    moved = change(ada, timezone="UTC")

    assert "02 01:10" in started(moved)
    assert not [one for one in started(moved) if "01 22" <= one < "02 01"]


def test_hours_are_the_listener_s_own_whatever_zone_is_asked_for(ada):
    before = numbers(ada, "Asia/Tokyo")["summary"].music.plays

    add(ada, "hours", first_hour=22, last_hour=1)

    assert numbers(ada, "Asia/Tokyo")["summary"].music.plays == before - 2


def test_dates_are_local_days_and_both_inclusive(ada):
    day = date(2024, 5, 1)

    add(ada, "dates", first_on=day, last_on=day)

    assert started(ada)[0] == "02 00:10"
    assert started(ada, PlayKind.EPISODE) == ["02 13:30"]


def test_a_day_begins_when_the_listener_says(a_listener):
    user = a_listener(timezone=BERLIN, day_starts_at=4)
    import_rows(user.id, *ROWS)

    add(user, "dates", first_on=date(2024, 5, 1), last_on=date(2024, 5, 1))

    assert started(user) == ["02 10:59", "02 11:26"]


def test_dates_reach_to_both_ends_of_the_calendar(ada):
    add(ada, "dates", first_on=date.min, last_on=date.max)

    assert numbers(ada)["summary"].is_empty


@pytest.mark.parametrize(
    "at",
    ["2024-05-01T22:10:00Z", "2024-05-01T22:40:00Z", "2024-05-01T23:10:00.9Z"],
    ids=["its first moment", "a pause in it", "its last moment"],
)
def test_a_session_is_found_by_any_instant_within_it(ada, at):
    rule = add(ada, "session", at=datetime.fromisoformat(at))

    assert f"{rule.first_at:%d %H:%M} {rule.last_at:%d %H:%M}" == "01 22:10 01 23:10"
    assert [one for one in started(ada) if "02 00" <= one < "02 04"] == ["02 03:10"]


@pytest.mark.parametrize(
    "at", ["2024-05-01T22:09:59Z", "2024-05-01T23:10:01Z", "2001-01-01T00:00:00Z"]
)
def test_outside_of_every_session_there_is_none(ada, at):
    with pytest.raises(Invalid, match="Nothing was playing") as refused:
        add(ada, "session", at=datetime.fromisoformat(at))

    assert (refused.value.code, refused.value.field) == ("no_session", "at")


def test_what_is_spoken_has_sessions_too(ada):
    rule = add(ada, "session", at=datetime(2024, 5, 1, 18, 45, tzinfo=UTC))

    assert rule.last_at - rule.first_at == timedelta(minutes=90)
    assert started(ada, PlayKind.EPISODE) == ["02 13:30"]


def test_a_session_is_the_same_one_when_it_is_left_out_already(ada):
    at = datetime(2024, 5, 1, 22, 40, tzinfo=UTC)

    assert add(ada, "session", at=at).id == add(ada, "session", at=at).id


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "hours", "first_hour": 22, "last_hour": 6},
        {"kind": "dates", "first_on": date(2024, 5, 1), "last_on": date(2024, 5, 2)},
        {"kind": "show", "show": "The Show"},
    ],
    ids=lambda fields: fields["kind"],
)
def test_an_equal_rule_is_the_one_there_is(ada, fields):
    first = add(ada, **fields)
    before = version_of(ada)

    second = add(ada, **fields)

    assert second.id == first.id
    assert version_of(ada) == before
    assert len(told(ada)) == 1


def test_the_same_rule_of_another_listener_is_another_one(ada, a_listener):
    bob = a_listener()
    import_rows(bob.id, *ROWS)
    theirs = numbers(bob)

    add(ada, "show", show="The Show")

    assert told(bob) == []
    assert numbers(bob) == theirs
    assert add(bob, "show", show="The Show").user_id == bob.id


def test_every_change_raises_the_version_of_the_listener_s_data(ada):
    versions = [version_of(ada)]
    rule = add(ada, "show", show="The Show")
    versions.append(version_of(ada))

    remove(rule)

    assert versions[0] < versions[1] < version_of(ada)


@pytest.mark.parametrize(
    ("kind", "fields", "code", "field"),
    [
        ("artist", {}, "rule_incomplete", "artist_id"),
        ("hours", {"first_hour": 1}, "rule_incomplete", "last_hour"),
        ("dates", {"last_on": date(2024, 5, 1)}, "rule_incomplete", "first_on"),
        ("session", {}, "rule_incomplete", "at"),
        ("show", {"show": "The Show", "artist_id": 1}, "rule_mixed_up", "artist_id"),
        ("hours", {"first_hour": 4, "last_hour": 4}, "hours_equal", "last_hour"),
        ("hours", {"first_hour": 0, "last_hour": 24}, "hours_equal", "last_hour"),
        (
            "dates",
            {"first_on": date(2024, 5, 2), "last_on": date(2024, 5, 1)},
            "dates_reversed",
            "last_on",
        ),
        ("track", {"track_id": -3}, "without_artist", "track_id"),
        ("artist", {"artist_id": -3}, "without_artist", "artist_id"),
        ("album", {"album_id": 0}, "not_heard", "album_id"),
        ("artist", {"artist_id": (1 << 31) - 1}, "not_heard", "artist_id"),
        ("show", {"show": "the show"}, "not_heard", "show"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_field_to_change(ada, kind, fields, code, field):
    with pytest.raises(Invalid) as refused:
        add(ada, kind, **fields)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert told(ada) == []


def test_what_only_others_listen_to_is_refused_as_what_does_not_exist(ada, a_listener):
    bob = a_listener()
    import_rows(bob.id, a_play("2024-05-03T10:00:00Z", artist="The Secret"))

    with pytest.raises(Invalid) as refused:
        add(ada, "artist", artist_id=id_of(Artist, "The Secret"))

    assert refused.value.code == "not_heard"


def test_there_are_no_more_rules_than_a_listener_can_oversee(ada):
    day = date(2020, 1, 1)
    with transaction() as session:
        for n in range(MOST_RULES):
            on = day + timedelta(days=n)
            rule = NewRule(kind=ExclusionKind.DATES, first_on=on, last_on=on)
            exclusions.add(session, ada.id, rule)

    again = add(ada, "dates", first_on=day, last_on=day)
    with pytest.raises(Conflict, match="remove one first") as refused:
        add(ada, "show", show="The Show")

    assert again.first_on == day
    assert refused.value.code == "too_many_exclusions"


def test_a_rule_that_is_not_there_cannot_be_removed(ada):
    rule = add(ada, "show", show="The Show")
    remove(rule)

    for unknown in (rule.id, uuid4()):
        with transaction() as session, pytest.raises(NotFound, match="no rule"):
            exclusions.remove(session, unknown)


def test_nobody_s_plays_cannot_be_left_out(clean_database):
    rule = NewRule(kind=ExclusionKind.HOURS, first_hour=1, last_hour=2)

    with transaction() as session, pytest.raises(NotFound, match="no listener"):
        exclusions.add(session, uuid4(), rule)


def test_rules_say_what_they_are_about_and_what_each_leaves_out_by_itself(ada):
    add(ada, "artist", artist_id=id_of(Artist, "White Noise"))
    add(ada, "album", album_id=id_of(Album, "Trees"))
    add(ada, "track", track_id=id_of(Track, "Rain"))
    add(ada, "show", show="The Show")
    add(ada, "dates", first_on=date(2024, 5, 2), last_on=date(2024, 5, 9))
    add(ada, "dates", first_on=date(2030, 5, 2), last_on=date(2030, 5, 9))

    lines = [(one.rule.kind, one.about, one.plays, one.ms_played) for one in told(ada)]

    assert [(kind, about and (about.name, about.artist), *n) for kind, about, *n in lines] == [
        ("artist", ("White Noise", None), 3, 3_600_000),
        ("album", ("Trees", "The Greens"), 2, 400_000),
        ("track", ("Rain", "White Noise"), 3, 3_600_000),
        ("show", ("The Show", None), 2, 3_600_000),
        ("dates", None, 6, 5_620_000),
        ("dates", None, 0, 0),
    ]


def test_without_rules_nothing_is_told(ada):
    assert told(ada) == []


def test_a_rule_that_became_empty_is_still_told_with_its_name(a_listener):
    ada, bob = a_listener(), a_listener()
    record = import_rows(ada.id, a_play("2024-05-01T10:00:00Z"))
    import_rows(bob.id, a_play("2024-05-01T10:00:00Z"))
    add(ada, "artist", artist_id=id_of(Artist, "The Painters"))

    undo(record)

    assert [(one.about.name, one.plays) for one in told(ada)] == [("The Painters", 0)]


def test_every_number_is_that_of_a_history_without_the_plays_left_out(a_listener):
    ada, bob = a_listener(timezone=BERLIN), a_listener(timezone=BERLIN)
    import_rows(ada.id, *ROWS)
    noise = [row for row in ROWS if row["master_metadata_track_name"] == "Rain"]
    import_rows(bob.id, *(row for row in ROWS if row not in noise))

    add(ada, "track", track_id=id_of(Track, "Rain"))

    assert numbers(ada) == numbers(bob)
    assert snapshot_of(ada) == snapshot_of(bob)


def test_what_a_rule_hid_is_not_new_once_the_rule_has_ended(ada):
    rule = add(ada, "dates", first_on=date(2024, 5, 1), last_on=date(2024, 5, 1))
    tracks_new = numbers(ada)["new"][0].new

    remove(rule)

    assert (tracks_new, numbers(ada)["new"][0].new) == (1, 0)


RULES = (
    NewRule(kind=ExclusionKind.SHOW, show="The Show"),
    NewRule(kind=ExclusionKind.SHOW, show="Other Show"),
    NewRule(kind=ExclusionKind.HOURS, first_hour=23, last_hour=11),
    NewRule(kind=ExclusionKind.HOURS, first_hour=10, last_hour=14),
    NewRule(kind=ExclusionKind.DATES, first_on=date(2024, 5, 1), last_on=date(2024, 5, 1)),
    NewRule(kind=ExclusionKind.SESSION, at=datetime(2024, 5, 1, 22, 40, tzinfo=UTC)),
    NewRule(kind=ExclusionKind.SESSION, at=datetime(2024, 5, 1, 10, tzinfo=UTC)),
)
NAMED = (("artist", Artist, "White Noise"), ("album", Album, "Trees"), ("track", Track, "Red"))


def named_rules():
    for kind, table, name in NAMED:
        (field,) = FIELDS[ExclusionKind(kind)]
        yield NewRule(kind=ExclusionKind(kind), **{field: id_of(table, name)})


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    chosen=st.lists(st.integers(0, len(RULES) + len(NAMED) - 1), min_size=1, max_size=6),
    order=st.permutations(range(6)),
)
def test_whatever_rules_there_were_without_them_all_is_as_before(ada, chosen, order):
    before, taken_before, every = numbers(ada), snapshot_of(ada), (*RULES, *named_rules())
    with transaction() as session:
        added = [exclusions.add(session, ada.id, every[n])[0] for n in chosen]
    during = numbers(ada)
    rules = list({rule.id: rule for rule in added}.values())

    for place in order:
        if place < len(rules):
            remove(rules[place])

    assert during != before
    assert numbers(ada) == before
    assert snapshot_of(ada) == taken_before
    assert told(ada) == []


hours = st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(
    lambda pair: pair[0] != pair[1] % 24
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hours=hours, first=st.integers(-1, 2), days=st.integers(0, 2), starts_at=st.integers(0, 6))
def test_time_rules_leave_out_what_a_clock_on_the_wall_says(ada, hours, first, days, starts_at):
    change(ada, day_starts_at=starts_at)
    first_on = date(2024, 5, 1) + timedelta(days=first)
    last_on = first_on + timedelta(days=days)
    everything = local_starts(ada)
    first_hour, last_hour = hours
    span = range(first_hour, last_hour if first_hour < last_hour else last_hour + 24)

    rules = [
        add(ada, "hours", first_hour=first_hour, last_hour=last_hour),
        add(ada, "dates", first_on=first_on, last_on=last_on),
    ]

    left = local_starts(ada)
    for rule in rules:
        remove(rule)
    assert left == [
        local
        for local in everything
        if not {local.hour, local.hour + 24} & set(span)
        and not first_on <= (local - timedelta(hours=starts_at)).date() <= last_on
    ]


def local_starts(user):
    with transaction() as session:
        user = accounts.get_user(session, user.id)
        seconds = scopes.fetch(session, scopes.scope_of(user)).started.tolist()
    zone = ZoneInfo(user.timezone)
    return [datetime.fromtimestamp(second, zone).replace(tzinfo=None) for second in seconds]


def test_a_listener_who_is_deleted_takes_the_rules_along(ada):
    add(ada, "show", show="The Show")

    with transaction() as session:
        session.delete(session.get_one(User, ada.id))

    with transaction() as session:
        assert session.scalars(select(Exclusion)).all() == []

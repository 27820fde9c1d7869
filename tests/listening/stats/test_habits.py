"""Habits: how plays began and ended, where and on what, as far as sources tell."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.archives import platforms
from spotify_insights.listening.stats import details, habits
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.details import FAMILIES, Details, Family, details_of
from spotify_insights.listening.stats.habits import (
    Completion,
    Part,
    Portion,
    Reason,
    Reasons,
    Skipped,
    Skips,
    Spread,
)
from spotify_insights.listening.stats.plays import factorised
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import Circumstances
from spotify_insights.resources import transaction

NOTHING_TOLD = Circumstances(is_video=False)


def told(**changes):
    """Circumstances as Spotify's extended history tells them."""
    usual = {
        "platform": "android",
        "country": "DE",
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "is_video": False,
    }
    return Circumstances(**usual | changes)


def history(*given):
    """Plays and their details, from pairs of circumstances and what `heard` takes after the time.

    Each play begins ten minutes after the one before it.
    """
    plays = plays_of(
        *(heard(10 * n, circumstances=n + 1, **what) for n, (_, what) in enumerate(given))
    )
    return plays, Details([how for how, _ in given], factorised(plays.circumstances)[1])


def lasting(*lengths_ms):
    return np.array(lengths_ms, np.int32)


def flags(*values):
    return np.array(values, bool)


# Plays nobody tells of


@pytest.mark.parametrize("given", [[], [(NOTHING_TOLD, {"is_estimated": True})]])
def test_what_no_source_tells_is_none_and_never_zero(given):
    plays, known = history(*given)
    no_lengths, none_skipped = lasting(*(0 for _ in given)), flags(*(False for _ in given))

    answers = [
        ask(plays, known)
        for ask in (habits.shuffle, habits.offline, habits.private_sessions, habits.video)
    ]

    assert answers == [Portion(0, None, None, None)] * 4
    assert habits.completion(plays, known, no_lengths) == Completion(0, None, None, 0, None)
    assert habits.starts(plays, known) == habits.endings(plays, known) == Reasons(0, [])
    assert habits.platforms(plays, known) == Spread(0, len(given), [])
    assert habits.countries(plays, known) == Spread(0, len(given), [])
    assert habits.most_skipped(plays, known, none_skipped, TopKind.TRACKS, limit=9) == []
    assert Skips(0, 0).rate is None


def test_nothing_is_looked_up_for_no_plays(listener):
    plays = plays_of()

    with transaction() as session:
        known = details_of(session, plays)
        lengths = details.lengths_of(session, plays)
        skips = habits.skips(session, plays, known)

    assert (known.distinct, len(known.places), len(lengths)) == ([], 0, 0)
    assert skips == Skips(told=0, skipped=0)


# Modes


MODES = [
    (habits.shuffle, {"shuffle": True}, {}),
    (habits.offline, {"offline": True}, {}),
    (habits.video, {"is_video": True, "offline": None}, {}),
    (habits.private_sessions, {}, {"is_private": True}),
]


@pytest.mark.parametrize(("ask", "how", "what"), MODES)
def test_a_mode_has_its_plays_its_time_and_its_share_of_the_plays_told_of(ask, how, what):
    plays, known = history(
        (told(**how), {"ms": 1_000} | what),
        (told(), {"ms": 200_000}),
        (told(), {"ms": 0}),
        (NOTHING_TOLD, {"ms": 500_000}),
    )

    seen = ask(plays, known)

    assert seen == Portion(told=3, plays=1, ms_played=1_000, share=0.3333)


def test_a_mode_never_used_is_a_share_of_zero():
    plays, known = history((told(), {}))

    seen = habits.shuffle(plays, known)

    assert seen == Portion(told=1, plays=0, ms_played=0, share=0.0)


def test_a_private_play_tells_of_itself_whatever_else_is_known():
    plays, known = history((NOTHING_TOLD, {"is_private": True, "ms": 7_000}), (NOTHING_TOLD, {}))

    seen = habits.private_sessions(plays, known)

    assert seen == Portion(told=1, plays=1, ms_played=7_000, share=1.0)


def test_of_videos_nobody_tells_whether_there_was_a_connection():
    plays, known = history((told(is_video=True, offline=None), {}), (told(), {}))

    assert habits.offline(plays, known).told == 1
    assert habits.private_sessions(plays, known).told == 2


# Reasons


def test_reasons_are_listed_by_how_common_they_are_then_by_word():
    endings = ["fwdbtn", "trackdone", "logout", "trackdone", None]
    plays, known = history(*((told(reason_end=one), {}) for one in endings))

    seen = habits.endings(plays, known)

    assert seen == Reasons(
        told=4,
        items=[Reason("trackdone", 2, 0.5), Reason("fwdbtn", 1, 0.25), Reason("logout", 1, 0.25)],
    )


def test_an_empty_reason_is_one_that_spotify_does_not_know():
    plays, known = history(*((told(reason_start=one), {}) for one in ("", "unknown", "appload")))

    seen = habits.starts(plays, known)

    assert seen.items == [Reason("unknown", 2, 0.6667), Reason("appload", 1, 0.3333)]


# Platforms and countries


def test_families_share_the_time_told_of():
    plays, known = history(
        (told(platform="tv"), {"ms": 300_000}),
        (told(platform="console"), {"ms": 300_000}),
        (told(platform="ios"), {"ms": 200_000}),
        (told(platform="not seen before"), {"ms": 0}),
        (NOTHING_TOLD, {"ms": 900_000}),
    )

    seen = habits.platforms(plays, known)

    assert seen == Spread(
        told=4,
        unknown=1,
        parts=[
            Part(Family.TVS, 2, 600_000, 0.75),
            Part(Family.IOS, 1, 200_000, 0.25),
            Part(Family.OTHER, 1, 0, 0.0),
        ],
    )


NAMES = [
    *("Android OS 10 API 29 (Google, Pixel 4a)", "iOS 12.2 (iPhone6,1)", "OS X 10.13.6 [x86 8]"),
    *("Windows 10 (10.0.17134; x64; AppX)", "Linux [x86-64 0]", "WebPlayer (websocket RFC6455)"),
    *("Partner webos_tv lg", "playstation", "Partner google cast", "Partner sonos_ppc sonos"),
]


@pytest.mark.parametrize("name", NAMES)
def test_every_word_that_exports_leave_in_the_ledger_has_a_family(name):
    assert platforms.family(name) in FAMILIES


def test_a_country_nobody_knows_is_counted_and_not_listed():
    codes = ["DE", "ZZ", "FR", None, "", "DE"]
    plays, known = history(*((told(country=code), {"ms": 100_000}) for code in codes))

    seen = habits.countries(plays, known)

    assert (seen.told, seen.unknown) == (3, 3)
    assert seen.parts == [Part("DE", 2, 200_000, 0.6667), Part("FR", 1, 100_000, 0.3333)]


def test_places_of_the_same_time_are_listed_by_plays_then_by_name():
    played = [("FR", 60_000), ("AT", 60_000), ("DE", 30_000), ("DE", 30_000)]
    plays, known = history(*((told(country=code), {"ms": ms}) for code, ms in played))

    seen = habits.countries(plays, known)

    assert [part.name for part in seen.parts] == ["DE", "AT", "FR"]


def test_without_any_time_there_is_no_share_of_it():
    plays, known = history((told(), {"ms": 0}))

    seen = habits.platforms(plays, known)

    assert seen.parts == [Part(Family.ANDROID, 1, 0, None)]


# Completion


def test_completion_is_the_share_of_plays_that_ended_with_their_track():
    endings = ["trackdone", "trackdone", "fwdbtn", "endplay", None]
    plays, known = history(*((told(reason_end=one), {}) for one in endings))

    seen = habits.completion(plays, known, lasting(0, 0, 0, 0, 0))

    assert seen == Completion(told=4, finished=2, rate=0.5, known=0, mean_share_heard=None)


def test_no_play_is_more_than_the_whole_of_its_track():
    plays, known = history((told(), {"ms": 250_000}), (told(), {"ms": 50_000}), (told(), {}))

    seen = habits.completion(plays, known, lasting(200_000, 200_000, 0))

    assert (seen.known, seen.mean_share_heard) == (2, 0.625)


def test_a_guessed_time_says_nothing_of_how_much_was_heard():
    plays, known = history((NOTHING_TOLD, {"ms": 200_000, "is_estimated": True}))

    seen = habits.completion(plays, known, lasting(200_000))

    assert (seen.known, seen.mean_share_heard) == (0, None)


# Skips


def test_the_most_skipped_are_those_skipped_often_then_at_a_high_rate_then_by_id():
    tracks = [5, 5, 3, 3, 3, 4, 4, 8]
    skipped = flags(True, True, True, True, False, True, True, False)
    plays, known = history(*((told(), {"track": track}) for track in tracks))

    seen = habits.most_skipped(plays, known, skipped, TopKind.TRACKS, limit=3, at_least=1)

    assert seen == [Skipped(4, 2, 2, 1.0), Skipped(5, 2, 2, 1.0), Skipped(3, 3, 2, 0.6667)]


def test_a_thing_needs_five_plays_told_of_to_be_among_the_most_skipped():
    hows = [told()] * 5 + [NOTHING_TOLD] + [told()] * 4
    plays, known = history(*((how, {"artist": 1 + n // 5}) for n, how in enumerate(hows)))

    seen = habits.most_skipped(plays, known, flags(*10 * [True]), TopKind.ARTISTS, limit=9)

    assert seen == [Skipped(id=1, told=5, skipped=5, rate=1.0)]


def test_what_was_never_skipped_is_not_among_the_most_skipped():
    plays, known = history(*((told(), {"album": 7}) for _ in range(6)))

    seen = habits.most_skipped(plays, known, flags(*6 * [False]), TopKind.ALBUMS, limit=9)

    assert seen == []


def test_skips_and_lengths_are_those_of_the_imported_plays(listener):
    rows = [
        ("Short", 14_000, {"reason_end": "fwdbtn"}),
        ("Short", 15_000, {"reason_end": "fwdbtn"}),
        ("Long", 119_999, {"reason_end": "backbtn"}),
        ("Unknown", 29_999, {"reason_end": "endplay", "skipped": True}),
        ("Unknown", 30_000, {"reason_end": "endplay", "skipped": True}),
        ("Unknown", 1_000, {"reason_end": "endplay"}),
    ]
    import_rows(
        listener.id,
        *(
            a_play(f"2024-02-01T{hour:02}:00:00Z", ms, title, **changes)
            for hour, (title, ms, changes) in enumerate(rows)
        ),
    )
    with transaction() as session:
        set_length = text("update contents set duration_ms = :ms where name = :name")
        for name, ms in (("Short", 30_000), ("Long", 240_000)):
            session.execute(set_length, {"name": name, "ms": ms})

    with transaction() as session:
        plays = scopes.fetch(session, scopes.scope_of(listener))
        known = details_of(session, plays)
        skipped = habits.is_skipped(session, plays, known)
        skips = habits.skips(session, plays, known)
        lengths = details.lengths_of(session, plays)

    assert skipped.tolist() == [True, False, True, True, False, False]
    assert (skips, skips.rate) == (Skips(told=6, skipped=3), 0.5)
    assert lengths.tolist() == [30_000, 30_000, 240_000, 0, 0, 0]


# What an import leaves


def test_an_export_tells_how_on_what_and_where_its_plays_were_heard(listener):
    phone = {"platform": "iOS 12.2 (iPhone6,1)", "conn_country": "FR", "shuffle": True}
    rows = [
        a_play("2024-02-01T10:00:00Z", 100_000, **phone, incognito_mode=True),
        a_play("2024-02-01T11:00:00Z", 100_000, offline=True, reason_end="fwdbtn"),
        a_play("2024-02-01T12:00:00Z", 200_000, conn_country="ZZ", offline=None),
        a_play("2024-02-01T13:00:00Z", 100_000, platform=None, shuffle=None),
    ]
    import_rows(listener.id, *rows)

    with transaction() as session:
        plays = scopes.fetch(session, scopes.scope_of(listener))
        known = details_of(session, plays)
        seen = {
            ask.__name__: ask(plays, known)
            for ask in (habits.shuffle, habits.offline, habits.private_sessions, habits.video)
        }

        assert seen == {
            "shuffle": Portion(3, 1, 100_000, 0.3333),
            "offline": Portion(3, 1, 100_000, 0.3333),
            "private_sessions": Portion(4, 1, 100_000, 0.25),
            "video": Portion(4, 1, 200_000, 0.25),
        }
        assert habits.platforms(plays, known) == Spread(
            3, 1, [Part("Android", 2, 300_000, 0.75), Part("iOS", 1, 100_000, 0.25)]
        )
        assert habits.countries(plays, known) == Spread(
            3, 1, [Part("DE", 2, 200_000, 0.6667), Part("FR", 1, 100_000, 0.3333)]
        )
        assert habits.endings(plays, known).items == [
            Reason("trackdone", 3, 0.75),
            Reason("fwdbtn", 1, 0.25),
        ]


def test_more_contents_than_a_statement_takes_parameters_are_looked_up(listener):
    import_rows(listener.id, a_play("2024-02-01T10:00:00Z"))
    with transaction() as session:
        session.execute(text("update contents set duration_ms = 200000"))
        (known,) = session.scalars(text("select id from contents"))
    plays = plays_of(*(heard(0, track=1, content=known + n) for n in range(65_600)))

    with transaction() as session:
        lengths = details.lengths_of(session, plays)

    assert lengths.tolist() == [200_000] + 65_599 * [0]


# Against plain Python


some_plays = st.lists(
    st.tuples(
        st.builds(
            told,
            platform=st.sampled_from([None, "ios", "tv", "console", "cast", "other"]),
            country=st.sampled_from([None, "ZZ", "DE", "AT"]),
            reason_end=st.sampled_from([None, "", "unknown", "trackdone", "fwdbtn"]),
            shuffle=st.sampled_from([None, True, False]),
            skipped=st.sampled_from([None, True, False]),
        ),
        st.fixed_dictionaries(
            {
                "ms": st.integers(0, 600_000),
                "track": st.integers(1, 4),
                "is_estimated": st.booleans(),
            }
        ),
        st.booleans(),
        st.sampled_from([0, 120_000, 200_000]),
    ),
    max_size=30,
)


@given(some_plays)
def test_a_spread_is_what_counting_one_by_one_makes_of_it(given):
    plays, known = history(*(one[:2] for one in given))
    counts, times = Counter(), Counter()
    for how, what, *_ in given:
        if how.platform:
            name = FAMILIES.get(how.platform, Family.OTHER)
            counts[name] += 1
            times[name] += what["ms"]

    seen = habits.platforms(plays, known)

    assert {part.name: (part.plays, part.ms_played) for part in seen.parts} == {
        name: (counts[name], times[name]) for name in counts
    }
    assert seen.told + seen.unknown == len(given)
    for part in seen.parts:
        share = part.ms_played / times.total() if times.total() else None
        assert part.share == (share if share is None else round(share, 4))


@given(some_plays)
def test_endings_and_shuffle_are_what_counting_one_by_one_makes_of_them(given):
    plays, known = history(*(one[:2] for one in given))
    reasons = [how.reason_end or "unknown" for how, *_ in given if how.reason_end is not None]
    modes = [(how.shuffle, what["ms"]) for how, what, *_ in given if how.shuffle is not None]

    endings, shuffle = habits.endings(plays, known), habits.shuffle(plays, known)

    assert {item.reason: item.plays for item in endings.items} == Counter(reasons)
    assert endings.told == len(reasons)
    assert shuffle.told == len(modes)
    if modes:
        assert shuffle.plays == sum(is_shuffled for is_shuffled, _ in modes)
        assert shuffle.ms_played == sum(ms for is_shuffled, ms in modes if is_shuffled)


@given(some_plays, st.integers(0, 4), st.integers(1, 3))
def test_the_most_skipped_are_what_counting_one_by_one_makes_of_them(given, limit, at_least):
    plays, known = history(*(one[:2] for one in given))
    counts = defaultdict(lambda: [0, 0])
    hand_ended = []
    for how, what, is_short, _ in given:
        is_told = how.skipped is not None or how.reason_end is not None
        hand_ended.append(is_told and is_short)
        counts[what["track"]][0] += is_told
        counts[what["track"]][1] += hand_ended[-1]
    listed = [(n, *two) for n, two in counts.items() if two[0] >= at_least and two[1]]
    listed.sort(key=lambda one: (-one[2], -one[2] / one[1], one[0]))

    seen = habits.most_skipped(
        plays, known, flags(*hand_ended), TopKind.TRACKS, limit=limit, at_least=at_least
    )

    assert [(one.id, one.told, one.skipped) for one in seen] == listed[:limit]
    assert all(one.rate == round(one.skipped / one.told, 4) for one in seen)


@given(some_plays)
def test_completion_is_what_counting_one_by_one_makes_of_it(given):
    plays, known = history(*(one[:2] for one in given))
    ended = [how.reason_end for how, *_ in given if how.reason_end is not None]
    heard_of = [
        min(1, what["ms"] / length)
        for _, what, _, length in given
        if length and not what["is_estimated"]
    ]

    seen = habits.completion(plays, known, lasting(*(length for *_, length in given)))

    assert (seen.told, seen.known) == (len(ended), len(heard_of))
    assert seen.finished == (ended.count("trackdone") if ended else None)
    if heard_of:
        assert seen.mean_share_heard == pytest.approx(sum(heard_of) / len(heard_of), abs=6e-5)

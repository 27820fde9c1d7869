import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import NOW, TRACK, a_member, a_row, as_json

from spotify_insights.listening.archives import lastfm, lines, listenbrainz, spotify_extended
from spotify_insights.listening.archives.rows import ArchiveError, Batch, Reason
from spotify_insights.listening.archives.scrobbles import TYPICAL_MS
from spotify_insights.models.listening import Origin, PlayKind

START = datetime(2024, 5, 1, 10, tzinfo=UTC)
LISTENED_AT = 1_714_557_600
ADDRESS = f"https://open.spotify.com/track/{TRACK.removeprefix('spotify:track:')}"


def a_listen(listened_at=LISTENED_AT, info=None, **changes):
    """A listen as ListenBrainz exports it; a key of its names changed to `...` is left out."""
    metadata = {
        "artist_name": "The Painters",
        "track_name": "Blue",
        "release_name": "Colours",
        "recording_msid": "00000000-0000-0000-0000-000000000001",
        "additional_info": info,
        "mbid_mapping": None,
    } | changes
    metadata = {key: value for key, value in metadata.items() if value is not ...}
    return {"listened_at": listened_at, "inserted_at": 1, "track_metadata": metadata}


def as_lines(*listens):
    return "".join(json.dumps(listen) + "\n" for listen in listens).encode()


def parsed(content):
    batch = Batch([], [])
    for one in listenbrainz.read(a_member(content, "listens/2024/5.jsonl"), NOW):
        batch.rows.extend(one.rows)
        batch.rejected.extend(one.rejected)
    return batch


def only_row(listen):
    """The one play that `listen` is, as a line and in a list."""
    (row,) = parsed(as_lines(listen)).rows
    assert parsed(as_json(listen)).rows == [row]
    return row


def refusals(batch):
    return [(one.row, one.reason) for one in batch.rejected]


def test_a_listen_is_a_play_of_estimated_length():
    row = only_row(a_listen())

    assert (row.content.kind, row.content.name) == (PlayKind.TRACK, "Blue")
    assert (row.content.artist, row.content.album) == ("The Painters", "Colours")
    assert row.content.uri.startswith("named:")
    assert (row.started_at, row.ms_played) == (START, TYPICAL_MS)
    assert (row.circumstances.origin, row.circumstances.is_estimated) == (Origin.LISTENBRAINZ, True)


@pytest.mark.parametrize(
    "info",
    [
        {"spotify_id": ADDRESS},
        {"spotify_id": TRACK},
        {"origin_url": f"{ADDRESS}?si=x"},
        {"spotify_id": None, "origin_url": ADDRESS.replace("track/", "intl-de/track/")},
        {"spotify_id": ["x"], "origin_url": ADDRESS.replace("https", "http")},
    ],
)
def test_spotifys_address_is_found_where_the_client_told_it(info):
    row = only_row(a_listen(info=info))

    assert (row.content.uri, row.content.name) == (TRACK, "Blue")


@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESS}x",
        ADDRESS[:-1],
        ADDRESS.replace("spotify.com", "example.org"),
        ADDRESS.replace("track", "album"),
        f"https://example.org/?u={ADDRESS}",
        7,
    ],
)
def test_another_address_is_not_spotifys(address):
    row = only_row(a_listen(info={"spotify_id": address, "origin_url": address}))

    assert row.content.uri.startswith("named:")


def test_an_address_is_an_identity_without_names():
    row = only_row(a_listen(info={"spotify_id": ADDRESS}, artist_name=None, track_name=""))

    assert (row.content.uri, row.content.name, row.content.artist) == (TRACK, TRACK, None)


@pytest.mark.parametrize(
    ("info", "ms_played"),
    [
        ({"duration_ms": 180_000}, 180_000),
        ({"duration_ms": "180000"}, 180_000),
        ({"duration_ms": 180_000.7}, 180_000),
        ({"duration": 180}, 180_000),
        ({"duration": "180.5"}, 180_500),
        ({"duration_ms": None, "duration": 180}, 180_000),
        ({"duration_ms": 0, "duration": 180}, 180_000),
        ({"duration_ms": -1}, TYPICAL_MS),
        ({"duration_ms": 7 * 86_400_000 + 1}, TYPICAL_MS),
        ({"duration": "3:00"}, TYPICAL_MS),
        ({"duration": "nan"}, TYPICAL_MS),
        ({}, TYPICAL_MS),
    ],
)
def test_a_play_lasts_as_long_as_the_client_says_that_the_track_does(info, ms_played):
    row = only_row(a_listen(info=info))

    assert row.ms_played == ms_played
    assert row.circumstances.is_estimated


@pytest.mark.parametrize("ms_played", [1_234, "1234"])
def test_a_measured_length_is_believed(ms_played):
    row = only_row(a_listen(info={"ms_played": ms_played, "duration_ms": 180_000}))

    assert row.ms_played == 1_234
    assert not row.circumstances.is_estimated


def test_the_next_play_cuts_an_estimated_length_and_no_measured_one():
    measured = {"ms_played": 180_000}
    listens = [a_listen(LISTENED_AT + at, info) for at, info in ((60, {}), (30, measured), (0, {}))]

    rows = parsed(as_lines(*listens)).rows

    assert [row.ms_played for row in rows] == [TYPICAL_MS, 180_000, 30_000]


@pytest.mark.parametrize("listened_at", [LISTENED_AT + 0.9, str(LISTENED_AT)])
def test_a_time_may_have_fractions_or_be_text(listened_at):
    assert only_row(a_listen(listened_at)).started_at == START


@pytest.mark.parametrize(
    ("listen", "word"),
    [
        (None, "object"),
        ({}, "listened_at"),
        ({"listened_at": LISTENED_AT}, "track_metadata"),
        ({"listened_at": LISTENED_AT, "track_metadata": None}, "track_metadata"),
        (a_listen(None), "no time"),
        (a_listen(True), "listened_at"),
        (a_listen(0), "1970"),
        (a_listen("soon"), "number"),
        (a_listen(LISTENED_AT * 1_000), "range"),
        (a_listen(info=[]), "additional_info"),
        (a_listen(info={"duration": []}), "duration"),
        (a_listen(info={"ms_played": -1}), "ms_played"),
        (a_listen(info={"ms_played": "x"}), "ms_played"),
        (a_listen(info={"ms_played": 7 * 86_400_000 + 1}), "ms_played"),
        (a_listen(track_name=["x"]), "track_name"),
        (a_listen(track_name="x" * 401), "track_name"),
        (a_listen(track_name="a\0b"), "NUL"),
        (a_listen(track_name="\ud800"), "malformed"),
    ],
)
def test_a_listen_that_cannot_be_is_invalid_and_says_why(listen, word):
    listens = [a_listen(), listen, a_listen()]

    batches = [parsed(as_lines(*listens)), parsed(json.dumps(listens).encode())]

    for batch in batches:
        assert len(batch.rows) == 2
        assert refusals(batch) == [(2, Reason.INVALID)]
        assert word in batch.rejected[0].detail


@pytest.mark.parametrize(
    "changes", [{"artist_name": ""}, {"track_name": None}, {"track_name": ...}]
)
def test_a_listen_without_names_or_address_has_no_identity(changes):
    assert refusals(parsed(as_lines(a_listen(**changes)))) == [(1, Reason.NO_IDENTITY)]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"}{",
        b"text",
        b'{"track_metadata": {"track_name": "\xff"}, "listened_at": 1714557600}',
        b'{"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"x": "' + b"x" * (10 << 20) + b'"}',
        as_lines(a_listen()).strip() + b"," + as_lines(a_listen()).strip(),
    ],
)
def test_one_bad_line_costs_no_other(line):
    good = as_lines(a_listen())

    batch = parsed(good + line + b"\n" + good)

    assert len(batch.rows) == 2
    assert refusals(batch) == [(2, Reason.INVALID)]


def test_blank_lines_other_line_ends_and_a_byte_order_mark_change_nothing():
    content = as_lines(a_listen(), a_listen(track_name="Red"), None)

    changed = b"\xef\xbb\xbf\r\n" + content.replace(b"\n", b"\r\n \r\n")

    assert parsed(changed) == parsed(content)
    assert refusals(parsed(changed)) == [(3, Reason.INVALID)]
    assert listenbrainz.recognises(changed)


def test_an_unfinished_last_line_is_a_row_of_its_own():
    batch = parsed(as_lines(a_listen(), a_listen())[:-20])

    assert len(batch.rows) == 1
    assert refusals(batch) == [(2, Reason.INVALID)]


def test_an_unfinished_list_is_refused_as_a_whole():
    with pytest.raises(ArchiveError) as caught:
        parsed(as_json(a_listen(), a_listen())[:-3])

    assert caught.value.code == "broken_json"


def test_nothing_of_anything_else_is_kept():
    secret = {"submission_client": "secret", "user_name": "secret", "x": {"deep": ["secret"]}}

    row = only_row(a_listen(info=secret, recording_msid="secret") | {"user_name": "secret"})

    assert "secret" not in repr(row)


@pytest.mark.parametrize(
    "head",
    [
        as_lines(a_listen()),
        as_lines(None, a_listen())[:-1],
        as_lines(a_listen(), a_listen())[:-30],
        as_json(a_listen()),
        b"\xef\xbb\xbf" + as_lines(a_listen()),
    ],
)
def test_listens_are_known_by_their_keys(head):
    assert listenbrainz.recognises(head)
    assert not lastfm.recognises_csv(head)
    assert not lastfm.recognises_json(head)
    assert not spotify_extended.recognises(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"{}",
        b"x" * 100_000,
        b'{"user_id": 1, "username": "somebody"}',
        b'{"recording_msid": "x", "score": 1, "created": 1}\n',
        b'{"recording_mbid": "x", "track_metadata": {}, "pinned_until": 1, "created": 1}\n',
        b'{"payload": {"listens": [{"listened_at": 1, "track_metadata": {}}]}}',
        as_json(a_row()),
    ],
)
def test_what_else_is_in_the_export_is_no_history(head):
    assert not listenbrainz.recognises(head)


LISTENS = st.sampled_from([a_listen(), a_listen(0), a_listen(track_name=""), a_listen(None), {}, 7])


@settings(derandomize=True, max_examples=100, deadline=None)
@given(listens=st.lists(LISTENS, max_size=12))
def test_every_listen_is_in_exactly_one_list(listens):
    good = [number for number, listen in enumerate(listens, 1) if listen == a_listen()]

    found = [parsed(as_lines(*listens)), parsed(as_json(*listens))]

    for batch in found:
        assert len(batch.rows) == len(good)
        assert sorted(good + [one.row for one in batch.rejected]) == [*range(1, len(listens) + 1)]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(content=st.binary(max_size=200) | st.text('[]{}",:\n 1a', max_size=200).map(str.encode))
def test_every_line_of_anything_is_in_exactly_one_list(content):
    content = as_lines(a_listen()) + content

    batch = parsed(content)

    assert len(batch.rows) + len(batch.rejected) == sum(map(len, lines.batches([content])))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(starts=st.lists(st.integers(LISTENED_AT, LISTENED_AT + 2_000), max_size=20, unique=True))
def test_newest_first_and_oldest_first_are_the_same_plays(starts):
    listens = [a_listen(start, {"duration": 180}) for start in sorted(starts)]

    forth, back = parsed(as_lines(*listens)).rows, parsed(as_json(*listens[::-1])).rows

    assert forth == back[::-1]

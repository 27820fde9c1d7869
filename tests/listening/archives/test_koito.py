import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives import builders

from spotify_insights.listening.archives import formats, koito
from spotify_insights.listening.archives.rows import ArchiveError, Reason, named
from spotify_insights.listening.archives.scrobbles import TYPICAL_MS
from spotify_insights.models.listening import Origin, PlayKind

START = datetime(2024, 5, 1, 10, tzinfo=UTC)
HEADER = {"version": "1", "exported_at": "2024-05-02T00:00:00Z", "user": "ada"}


def called(*names, primary=0, **others):
    """What goes by several names, the one at `primary` before all others."""
    aliases = [
        {"alias": name, "source": "Canonical", "is_primary": number == primary}
        for number, name in enumerate(names)
    ]
    return {"mbid": None, "aliases": aliases} | others


def an_artist(*names, is_primary=True):
    return called(*names, image_url="", is_primary=is_primary)


def a_listen(listened_at="2024-05-01T10:00:00Z", **changes):
    """A listen as Koito exports it; a key changed to `...` is left out."""
    listen = {
        "listened_at": listened_at,
        "client": "phone",
        "track": called("Blue", duration=200),
        "album": called("Colours", image_url="", various_artists=False),
        "artists": [an_artist("The Painters"), an_artist("Ada", is_primary=False)],
    } | changes
    return {key: value for key, value in listen.items() if value is not ...}


def as_export(*listens, **after):
    return json.dumps(HEADER | {"listens": listens} | after).encode()


def parsed(content):
    return builders.parsed(content, parser=koito)


def only_row(listen):
    (row,) = parsed(as_export(listen)).rows
    return row


def refusal(listen):
    (rejected,) = parsed(as_export(listen)).rejected
    return rejected


def test_a_listen_is_a_play_known_by_its_names():
    row = only_row(a_listen())

    uri = named(PlayKind.TRACK, "The Painters", "Blue")
    assert row.content == (PlayKind.TRACK, uri, "Blue", "The Painters", "Colours", None)
    assert row.started_at == START
    assert (row.circumstances.origin, row.circumstances.is_estimated) == (Origin.KOITO, True)


@pytest.mark.parametrize(
    ("duration", "ms_played"),
    [
        *((200, 200_000), (200.5, 200_500), (0, TYPICAL_MS), (None, TYPICAL_MS)),
        *((-1, TYPICAL_MS), (604_801, TYPICAL_MS), (1e300, TYPICAL_MS)),
    ],
)
def test_a_play_is_as_long_as_its_track_where_that_is_known(duration, ms_played):
    assert only_row(a_listen(track=called("Blue", duration=duration))).ms_played == ms_played


def test_the_length_is_cut_where_the_next_play_starts():
    rows = parsed(as_export(a_listen(), a_listen("2024-05-01T10:01:00Z"))).rows

    assert [row.ms_played for row in rows] == [60_000, 200_000]


@pytest.mark.parametrize(
    ("aliases", "name"),
    [
        (called("Bleu", "Blue", primary=1), "Blue"),
        (called("Blue", "Bleu", primary=None), "Blue"),
        (called("Blue", "", primary=1), "Blue"),
        (called("Blue", None, primary=1), "Blue"),
    ],
)
def test_of_several_names_the_primary_one_counts_if_there_is_one(aliases, name):
    told = only_row(a_listen(track=aliases, album=aliases, artists=[aliases])).content

    assert (told.name, told.album, told.artist) == (name, name, name)


@pytest.mark.parametrize(
    ("artists", "artist"),
    [
        ([an_artist("Ada", is_primary=False), an_artist("The Painters")], "The Painters"),
        ([an_artist("Ada", is_primary=False), an_artist("Bo", is_primary=False)], "Ada"),
        ([an_artist(""), an_artist("Ada", is_primary=False)], "Ada"),
    ],
)
def test_the_artist_is_the_primary_one_else_the_first(artists, artist):
    assert only_row(a_listen(artists=artists)).content.artist == artist


@pytest.mark.parametrize("album", [None, ..., called(), {"aliases": None}, called(" ")])
def test_a_song_needs_no_album(album):
    assert only_row(a_listen(album=album)).content.album is None


@pytest.mark.parametrize(
    "listened_at",
    [
        *("2024-05-01T10:00:00.123456789Z", "2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00.5Z"),
        *("2024-05-01 10:00:00Z", "2024-05-01T04:30:00-05:30"),
    ],
)
def test_times_are_whole_seconds_in_utc(listened_at):
    started_at = only_row(a_listen(listened_at)).started_at

    assert (started_at, started_at.tzinfo) == (START, UTC)


@pytest.mark.parametrize(
    "changes",
    [
        *({"track": track} for track in (called(), called(""), called(" "), {"aliases": None}, {})),
        *({"artists": artists} for artists in ([], None, ..., [called()], [an_artist("")])),
    ],
)
def test_a_row_that_lacks_a_name_has_no_identity(changes):
    assert refusal(a_listen(**changes)).reason is Reason.NO_IDENTITY


@pytest.mark.parametrize(
    ("listen", "word"),
    [
        *((a_listen(at), "listened_at") for at in (..., None, 1_714_557_600, "yesterday")),
        *((a_listen(at), "listened_at") for at in ("2024-05-01T10:00:00", "2024-05-01")),
        *(
            (a_listen(at), "out of range")
            for at in ("1970-01-01T00:00:00Z", "2026-11-24T12:00:01Z")
        ),
        *(
            (a_listen(f"{at}T00:00:00+23:00"), "out of range")
            for at in ("0001-01-01", "2002-01-01")
        ),
        (a_listen("9999-12-31T23:59:59-23:00"), "out of range"),
        *((a_listen(track=track), "track") for track in (..., None, "Blue", [called("Blue")])),
        *((a_listen(track=called(name)), "alias") for name in (7, ["Blue"], "x" * 401)),
        *((a_listen(artists=artists), "artists") for artists in ("Ada", [7], {"aliases": []})),
        (a_listen(track=called("Blue", duration="200")), "duration"),
        (a_listen(track=called("a\0b")), "NUL"),
    ],
)
def test_a_row_that_cannot_be_is_invalid_and_says_why(listen, word):
    rejected = refusal(listen)

    assert rejected.reason is Reason.INVALID
    assert word in rejected.detail


@pytest.mark.parametrize("listened_at", ["2002-01-01T00:00:00Z", "2026-11-24T12:00:00Z"])
def test_the_ends_of_the_range_are_in_it(listened_at):
    assert only_row(a_listen(listened_at)).started_at == datetime.fromisoformat(listened_at)


def test_the_last_of_two_equal_keys_counts():
    content = as_export(a_listen()).replace(b'"alias": "Blue"', b'"alias": "Red", "alias": "Blue"')

    assert [row.content.name for row in parsed(content).rows] == ["Blue"]


def test_what_stands_around_the_list_does_no_harm():
    content = as_export(a_listen(), settings={"listens": [1]}, more=[{}, {}])

    batch = parsed(b"\xef\xbb\xbf" + content + b"\n")

    assert formats.recognise(content) == "koito"
    assert (len(batch.rows), batch.rejected) == (1, [])


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(HEADER).encode(),
        json.dumps(HEADER | {"listens": None}).encode(),
        json.dumps(HEADER | {"listens": {"1": a_listen()}}).encode(),
        json.dumps(HEADER | {"more": {"listens": [a_listen()]}}).encode(),
        json.dumps(HEADER | {"user": "x" * (2 << 20), "listens": [a_listen()]}).encode(),
        b"",
    ],
    ids=range(6),
)
def test_a_file_without_its_list_is_refused(content):
    with pytest.raises(ArchiveError) as caught:
        parsed(content)

    assert (caught.value.code, caught.value.file) == ("broken_json", "history.json")
    assert caught.value.detail == "It has no list of listens."


@settings(derandomize=True, max_examples=100, deadline=None)
@given(starts=st.lists(st.integers(0, 3_000), max_size=20, unique=True), newest_first=st.booleans())
def test_a_play_lasts_as_its_track_does_or_until_the_next(starts, newest_first):
    starts.sort(reverse=newest_first)
    moments = [START + timedelta(seconds=at) for at in starts]

    rows = parsed(as_export(*[a_listen(moment.isoformat()) for moment in moments])).rows

    assert [row.started_at for row in rows] == moments
    for row, at in zip(rows, starts, strict=True):
        gaps = [later - at for later in starts if later > at]
        assert row.ms_played == 1000 * min([200, *gaps])

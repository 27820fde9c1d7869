import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import NOW, a_member, a_row, as_json

from spotify_insights.listening.archives import lastfm, lines, listenbrainz, spotify_extended
from spotify_insights.listening.archives.files import HEAD_BYTES
from spotify_insights.listening.archives.rows import ArchiveError, Batch, Reason
from spotify_insights.listening.archives.scrobbles import TYPICAL_MS
from spotify_insights.models.listening import Origin, PlayKind

HEADER = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid"
LINE = '1714557600,"01 May 2024, 10:00",The Painters,,Colours,,Blue,'
DATED = "The Painters,Colours,Blue,01 May 2024 10:00"
START = datetime(2024, 5, 1, 10, tzinfo=UTC)
UTS = 1_714_557_600


def a_csv(*rows, header=HEADER):
    return "\r\n".join([header, *rows, ""]).encode()


def a_track(**changes):
    """A play as Last.fm's API tells it; a key changed to `...` is left out."""
    track = {
        "artist": {"mbid": "", "#text": "The Painters"},
        "streamable": "0",
        "image": [{"size": "small", "#text": "https://example.org/1.png"}],
        "mbid": "",
        "album": {"mbid": "", "#text": "Colours"},
        "name": "Blue",
        "url": "https://example.org/blue",
        "date": {"uts": str(UTS), "#text": "01 May 2024, 10:00"},
    }
    return {key: value for key, value in (track | changes).items() if value is not ...}


def now_playing(**changes):
    return a_track(date=..., **{"@attr": {"nowplaying": "true"}}, **changes)


def a_page(*tracks):
    return {"track": list(tracks), "@attr": {"user": "somebody", "page": "1", "perPage": "200"}}


def whole(batches):
    batch = Batch([], [])
    for one in batches:
        batch.rows.extend(one.rows)
        batch.rejected.extend(one.rejected)
    return batch


def from_csv(content):
    return whole(lastfm.read_csv(a_member(content), NOW))


def from_json(value):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return whole(lastfm.read_json(a_member(content), NOW))


def refusals(batch):
    return [(one.row, one.reason) for one in batch.rejected]


def test_a_line_with_a_header_is_a_play_exact_to_the_second():
    (row,) = from_csv(a_csv(LINE)).rows

    assert (row.content.kind, row.content.name) == (PlayKind.TRACK, "Blue")
    assert (row.content.artist, row.content.album) == ("The Painters", "Colours")
    assert row.content.uri.startswith("named:")
    assert (row.started_at, row.ms_played) == (START, TYPICAL_MS)
    assert row.ended_at == START + timedelta(seconds=210)
    assert (row.circumstances.origin, row.circumstances.is_estimated) == (Origin.LASTFM, True)


def test_columns_are_found_by_their_names():
    header = " Track ,loved,UTS,Artist"

    (row,) = from_csv(a_csv(f"Blue,1,{UTS},The Painters", header=header)).rows

    assert (row.content.name, row.content.artist, row.content.album) == (
        "Blue",
        "The Painters",
        None,
    )
    assert row.started_at == START


def test_a_line_without_a_header_is_a_play_exact_to_the_minute():
    (row,) = from_csv(DATED.encode()).rows

    assert (row.content.name, row.content.artist, row.content.album) == (
        "Blue",
        "The Painters",
        "Colours",
    )
    assert row.started_at == START
    assert row.circumstances.origin is Origin.LASTFM_MINUTE
    assert row.circumstances.is_estimated


@pytest.mark.parametrize(
    "line",
    [
        '"The Painters","Colours","Blue","01 May 2024 10:00"',
        'The Painters,Colours,Blue,"1 May 2024, 10:00"',
        "  The Painters , Colours,\tBlue , 01 May 2024 10:00  ",
    ],
)
def test_quotes_and_odd_spaces_change_nothing(line):
    assert from_csv(line.encode()) == from_csv(DATED.encode())


@pytest.mark.parametrize("content", [a_csv(LINE), f"{DATED}\r\n".encode()])
def test_a_byte_order_mark_blank_lines_and_other_line_ends_change_nothing(content):
    changed = b"\xef\xbb\xbf" + content.replace(b"\r\n", b"\n \n\n")

    assert from_csv(changed) == from_csv(content)
    assert lastfm.recognises_csv(changed)


def test_quoted_names_keep_commas_and_quotes():
    line = f'{UTS},,"Earth, Wind & Fire",,"12"" Mixes",,"Say ""Yes""",'

    (row,) = from_csv(a_csv(line)).rows

    assert (row.content.artist, row.content.album) == ("Earth, Wind & Fire", '12" Mixes')
    assert row.content.name == 'Say "Yes"'


def test_the_next_play_cuts_a_length_whichever_way_the_file_goes():
    rows = [LINE.replace("1714557600", str(UTS + at)) for at in (0, 60, 1_000)]

    forth, back = from_csv(a_csv(*rows)).rows, from_csv(a_csv(*rows[::-1])).rows

    assert [row.ms_played for row in forth] == [60_000, TYPICAL_MS, TYPICAL_MS]
    assert forth == back[::-1]


def test_two_plays_in_one_minute_share_the_time_until_the_next():
    minutes = [("One", "10:00"), ("Two", "10:00"), ("Three", "10:02")]
    content = "\n".join(f"A,,{title},01 May 2024 {minute}" for title, minute in minutes)

    rows = from_csv(content.encode()).rows

    assert [row.ms_played for row in rows] == [60_000, 60_000, TYPICAL_MS]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("0,,A,,,,B,", "1970"),
        ("9999999999,,A,,,,B,", "range"),
        ("soon,,A,,,,B,", "number"),
        (",,A,,,,B,", "still playing"),
        (f"{UTS},,A,,,,B", "7 columns instead of 8"),
        (f"{UTS},,A,,,,B,,", "9 columns instead of 8"),
        (f'{UTS},,"A,,,,B,', "3 columns"),
        (f"{UTS},,A,,,,B\0,", "NUL"),
        (f"{UTS},,{'A' * 401},,,,B,", "longer than 400"),
        (f"{UTS},,A\rB,,,,B,", "not a row of a CSV"),
        (f"{UTS},,A,,,,{'B' * (10 << 20)},", "longer than a row"),
    ],
)
def test_a_line_that_cannot_be_is_invalid_and_says_why(line, word):
    batch = from_csv(a_csv(LINE, line, LINE))

    assert len(batch.rows) == 2
    assert refusals(batch) == [(2, Reason.INVALID)]
    assert word in batch.rejected[0].detail


@pytest.mark.parametrize(
    "date", ["31 Feb 2024 10:00", "01 Mai 2024 10:00", "2024-05-01", "01 Jan 1970 00:00", "?"]
)
def test_a_date_that_cannot_be_is_invalid(date):
    batch = from_csv(f"{DATED}\nA,B,C,{date}\n".encode())

    assert len(batch.rows) == 1
    assert refusals(batch) == [(2, Reason.INVALID)]


def test_bytes_that_are_no_text_cost_one_row():
    batch = from_csv(a_csv(LINE) + b"\xff\xfe,,,\n" + LINE.encode())

    assert len(batch.rows) == 2
    assert refusals(batch) == [(2, Reason.INVALID)]


@pytest.mark.parametrize("line", [f"{UTS},,,,,,B,", f"{UTS},,A,,,, ,"])
def test_a_line_without_artist_or_track_has_no_identity(line):
    assert refusals(from_csv(a_csv(line))) == [(1, Reason.NO_IDENTITY)]


def test_an_unfinished_last_line_is_a_row_of_its_own():
    batch = from_csv(a_csv(LINE) + LINE.encode()[:20])

    assert len(batch.rows) == 1
    assert refusals(batch) == [(2, Reason.INVALID)]


@pytest.mark.parametrize("content", [b"", b"\n", a_csv()])
def test_a_csv_without_lines_has_no_rows(content):
    assert from_csv(content) == ([], [])


@pytest.mark.parametrize(
    "value",
    [
        [a_page(a_track()), a_page(a_track(name="Red"))],
        a_page(a_track(), a_track(name="Red")),
        {"recenttracks": a_page(a_track(), a_track(name="Red"))},
        [{"recenttracks": a_page(a_track())}, {"recenttracks": a_page(a_track(name="Red"))}],
        [{"track": a_track()}, {"@attr": {"page": "2"}, "track": a_track(name="Red")}],
        [a_track(), a_track(name="Red")],
    ],
)
def test_pages_and_lists_hold_the_same_plays(value):
    batch = from_json(b"\xef\xbb\xbf " + json.dumps(value, indent=1).encode())

    assert [row.content.name for row in batch.rows] == ["Blue", "Red"]
    assert {row.started_at for row in batch.rows} == {START}
    assert {row.circumstances.origin for row in batch.rows} == {Origin.LASTFM}
    assert batch.rows[0].content.artist == "The Painters"
    assert batch.rows[0].content.album == "Colours"
    assert batch.rejected == []
    assert lastfm.recognises_json(json.dumps(value).encode())


def test_json_and_csv_tell_the_same_play():
    assert from_json([a_page(a_track())]) == from_csv(a_csv(LINE))


def test_an_artist_may_be_told_by_name_only():
    tracks = [a_track(artist={"name": "The Painters"}, album=None), a_track(artist="The Painters")]

    assert {row.content.artist for row in from_json(tracks).rows} == {"The Painters"}


def test_what_still_plays_has_no_time_yet():
    batch = from_json([a_page(now_playing(), a_track()), a_page(now_playing(), a_track())])

    assert len(batch.rows) == 2
    assert refusals(batch) == [(1, Reason.INVALID), (3, Reason.INVALID)]
    assert batch.rejected[0].detail == "It was still playing and has no time yet."


@pytest.mark.parametrize(
    ("track", "word"),
    [
        (None, "object"),
        (7, "object"),
        ({}, "name"),
        (a_track(name=["x"]), "name"),
        (a_track(name="x" * 401), "400"),
        (a_track(name="a\0b"), "NUL"),
        (a_track(name="\ud800"), "text"),
        (a_track(**{"\ud800": 1}), "text"),
        (a_track(artist=7), "artist"),
        (a_track(date={"uts": "0"}), "1970"),
        (a_track(date={"uts": 0}), "1970"),
        (a_track(date={"uts": "1" + "0" * 300}), "range"),
        (a_track(date={"uts": None}), "uts"),
        (a_track(date="01 May 2024"), "date"),
    ],
)
def test_a_track_that_cannot_be_is_invalid_and_costs_no_other(track, word):
    pages, plain = [a_page(a_track(), track, a_track())], [a_track(), track, a_track()]

    for batch in (from_json(pages), from_json(plain)):
        assert len(batch.rows) == 2
        assert refusals(batch) == [(2, Reason.INVALID)]
        assert word in batch.rejected[0].detail


def test_a_track_without_artist_or_name_has_no_identity():
    batch = from_json([a_track(artist=None), a_track(name=""), a_track(artist={"#text": ""})])

    assert refusals(batch) == [(number, Reason.NO_IDENTITY) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    "page",
    [
        {"error": 29, "message": "Rate limit exceeded"},
        {"recenttracks": 7},
        {"recenttracks": {"recenttracks": a_page(a_track())}},
        {"track": None},
        7,
    ],
)
def test_what_is_no_page_is_one_invalid_row(page):
    batch = from_json([a_page(a_track()), page, a_page(a_track())])

    assert len(batch.rows) == 2
    assert refusals(batch) == [(2, Reason.INVALID)]


def test_an_empty_page_has_no_rows():
    assert from_json([a_page(), a_page(a_track())]).rejected == []
    assert from_json(a_page()) == ([], [])


@pytest.mark.parametrize("value", [a_page(a_track()), [a_page(a_track())], [a_track()]])
def test_an_unfinished_file_is_refused_as_a_whole(value):
    with pytest.raises(ArchiveError) as caught:
        from_json(json.dumps(value).encode()[:-1])

    assert (caught.value.code, caught.value.file) == ("broken_json", "history.json")


def test_a_page_longer_than_the_head_is_recognised():
    content = json.dumps([a_page(*(a_track() for _ in range(500)))], indent=1).encode()

    assert len(content) > HEAD_BYTES
    assert lastfm.recognises_json(content[:HEAD_BYTES])


@pytest.mark.parametrize(
    "head",
    [
        a_csv(LINE),
        a_csv(),
        DATED.encode(),
        f"Now,Playing,Song,\n{DATED}\n".encode(),
        f"\n{DATED}\n{DATED[:10]}".encode(),
        a_csv(header="track,artist,uts"),
    ],
)
def test_a_csv_is_known_by_its_header_or_its_dates(head):
    assert lastfm.recognises_csv(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"artist,album,track\nA,B,C\n",
        b"name,age\nA,7\n",
        b"A,B,C,2024-05-01\n",
        b"uts artist track\n",
        b"uts;artist;track\n",
        b"A,B,C,D,05 Aug 2023 18:04\n",
        f"{LINE}\n{HEADER}\n".encode(),
        b"x" * HEAD_BYTES,
        as_json(a_row()),
    ],
)
def test_another_text_is_no_csv_of_lastfm(head):
    assert not lastfm.recognises_csv(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b'{"tracks": [{"uts": 1}]}',
        b'{"maloja": {}, "scrobbles": [{"track": {}, "uts": 1}]}',
        b'[{"track": {"title": "x"}}]',
        b'[{"artist": "x", "name": "y"}]',
        b'"uts" [{"track": []}]',
        as_json(a_row()),
    ],
)
def test_another_json_is_no_page_of_lastfm(head):
    assert not lastfm.recognises_json(head)


def test_no_other_format_takes_it():
    heads = [a_csv(LINE), DATED.encode(), *map(as_json, (a_page(a_track()), a_track()))]

    assert not [h for h in heads if listenbrainz.recognises(h) or spotify_extended.recognises(h)]


NAMES = st.text(st.sampled_from('",;\\ aB\x85\u2028é'), max_size=8)
STARTS = st.integers(UTS, UTS + 5_000).map(str) | st.sampled_from(["", "0", "x"])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(plays=st.lists(st.tuples(STARTS, NAMES, NAMES, NAMES), max_size=20))
def test_any_csv_that_python_writes_comes_out_as_it_went_in(plays):
    text = io.StringIO()
    csv.writer(text).writerows([["uts", "artist", "album", "track"], *plays])

    batch = from_csv(text.getvalue().encode())

    told = [
        (artist.strip(), album.strip() or None, track.strip())
        for uts, artist, album, track in plays
        if uts not in ("", "0", "x") and artist.strip() and track.strip()
    ]
    found = [(row.content.artist, row.content.album, row.content.name) for row in batch.rows]
    assert found == told
    assert len(batch.rows) + len(batch.rejected) == len(plays)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | st.text('",\n\r\0 1a', max_size=300).map(str.encode))
def test_every_line_of_anything_is_in_exactly_one_list(content):
    content = DATED.encode() + b"\n" + content

    batch = from_csv(content)

    rows = sum(map(len, lines.batches([content])))
    assert len(batch.rows) + len(batch.rejected) == rows
    assert len({one.row for one in batch.rejected}) == len(batch.rejected)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    pages=st.lists(
        st.lists(st.sampled_from([a_track(), now_playing(), {"name": 1}, None]), max_size=6),
        max_size=5,
    )
)
def test_every_track_of_all_pages_is_in_exactly_one_list(pages):
    tracks = [track for page in pages for track in page]

    batch = from_json([a_page(*page) for page in pages])

    good = [number for number, track in enumerate(tracks, 1) if track == a_track()]
    assert len(batch.rows) == len(good)
    assert sorted(good + [one.row for one in batch.rejected]) == [*range(1, len(tracks) + 1)]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    start=st.sampled_from([b"", b'[{"track": [', b'{"track": {"date": {"uts": 1}},']),
    content=st.binary(max_size=200) | st.text('[]{}",:track"uts@', max_size=200).map(str.encode),
)
def test_anything_is_read_or_refused_as_a_whole(start, content):
    try:
        found = from_json(start + content)
    except ArchiveError as error:
        found = error.code

    assert found == "broken_json" or isinstance(found, Batch)

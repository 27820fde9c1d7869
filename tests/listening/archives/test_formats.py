import json
import zipfile
from datetime import datetime

import pytest
from tests.listening.archives.builders import NOW, a_member, a_row, as_json

from spotify_insights.listening.archives import files, formats
from spotify_insights.listening.archives.rows import ArchiveError

ACCOUNT_DATA = as_json(
    {"endTime": "2024-02-15 00:00", "artistName": "A", "trackName": "B", "msPlayed": 6722}
)


def refused(*members):
    with pytest.raises(ArchiveError) as caught:
        list(formats.histories(members))
    return caught.value


@pytest.mark.parametrize(
    "rows",
    [
        [a_row()],
        [a_row(audiobook_uri=..., ip_addr=...)],
        [None, 7, {}, a_row()],
        [a_row() for _ in range(200)],
    ],
)
def test_extended_history_is_known_by_its_rows(rows):
    assert formats.recognise(as_json(*rows)[: files.HEAD_BYTES]) == "spotify_extended"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b'{"ts": "x", "ms_played": 1}',
        b'[{"searchTime": "x"}]',
        b'["ts", "ms_played"]',
        b'[{"x": {"ts": 1, "ms_played": 2}}]',
        b"[" * 60_000,
        b'[{"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}]",
        b'[{"ts": "a',
        b"\x00\xff",
        ACCOUNT_DATA,
    ],
)
def test_what_is_not_history_is_not_recognised(head):
    assert formats.recognise(head) is None


def test_only_histories_come_out_each_with_its_parser():
    members = [
        a_member(b'{"email": "x"}', "Userdata.json"),
        a_member(as_json(a_row()), "one.json"),
        a_member(b'[{"searchTime": "x"}]', "SearchQueries.json"),
        a_member(b"\xef\xbb\xbf" + as_json(a_row()), "two.json"),
    ]

    found = list(formats.histories(members))

    assert [(member.name, parser.format) for member, parser in found] == [
        ("one.json", "spotify_extended"),
        ("two.json", "spotify_extended"),
    ]
    assert [len(batch.rows) for batch in found[0].parser.read(found[0].member, NOW)] == [1]


def test_account_data_is_named_and_the_way_to_the_history_told():
    error = refused(
        a_member(b'{"tracks": []}', "YourLibrary.json"),
        a_member(ACCOUNT_DATA, "StreamingHistory_music_0.json"),
    )

    assert (error.code, error.file) == ("wrong_package", "StreamingHistory_music_0.json")
    assert "spotify.com/account/privacy" in error.detail


def test_an_upload_without_history_is_not_an_export():
    error = refused(a_member(b'{"tracks": []}', "YourLibrary.json"))

    assert (error.code, error.file) == ("not_an_export", "YourLibrary.json")
    assert refused().code == "not_an_export"


def test_history_beside_account_data_is_read():
    members = [a_member(ACCOUNT_DATA), a_member(as_json(a_row()))]

    assert len(list(formats.histories(members))) == 1


def _epoch(ts):
    return int(datetime.fromisoformat(ts).timestamp())


def _natural_key(row):
    """The key of a play as its definition reads, without any of the parser's code."""
    end, noted = _epoch(row["ts"]), row["offline_timestamp"] or 0
    noted = noted / 1000 if noted > 1e11 else noted
    is_usable = 1.1e9 < noted <= end + 60 and end - noted < 60 * 86_400
    start = noted if is_usable else end - row["ms_played"] / 1000
    return (
        int(start // 1),
        end,
        row["spotify_track_uri"] or row["spotify_episode_uri"],
        row["ms_played"],
    )


def _independently(path):
    with zipfile.ZipFile(path) as archive:
        rows = [
            row
            for name in archive.namelist()
            if name.endswith(".json")
            for row in json.loads(archive.read(name))
        ]
    return [
        _natural_key(row) for row in rows if row["spotify_track_uri"] or row["spotify_episode_uri"]
    ]


@pytest.mark.parametrize(
    ("name", "rows", "without_identity", "plays"),
    [
        ("extended_2013-2024_21_keys.zip", 41_418, 138, 41_188),
        ("extended_2015-2025_23_keys.zip", 31_053, 0, 30_799),
    ],
)
def test_a_real_export_is_read_to_the_last_row(exports, name, rows, without_identity, plays):
    found = formats.histories(files.members([exports / name], [name]))

    batches = [batch for member, parser in found for batch in parser.read(member, NOW)]

    read = [row for batch in batches for row in batch.rows]
    rejected = [one.reason for batch in batches for one in batch.rejected]
    keys = [
        (int(row.started_at.timestamp()), int(row.ended_at.timestamp()), row.uri, row.ms_played)
        for row in read
    ]
    assert len(read) + len(rejected) == rows
    assert rejected == ["no_identity"] * without_identity
    assert len(set(keys)) == plays
    assert keys == _independently(exports / name)


def test_a_real_account_data_zip_is_the_wrong_package(exports):
    name = "account_data_2024-2025.zip"

    error = refused(*files.members([exports / name], [name]))

    assert error.code == "wrong_package"
    assert "extended streaming history" in error.detail

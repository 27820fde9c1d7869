import json
import zipfile
from datetime import datetime

import pytest
from tests.listening.archives import shapes
from tests.listening.archives.builders import NOW, a_member, a_row, an_account_row, as_json

from spotify_insights.listening.archives import files, formats
from spotify_insights.listening.archives.rows import ArchiveError

ACCOUNT_DATA = as_json(an_account_row())
TECHNICAL_LOG = as_json(
    {
        "timestamp_utc": "2024-05-01T10:00:00.000Z",
        "context_time": 1_714_557_600_000,
        "context_device_model": "Pixel",
        "message_error": "none",
    }
)
# The files of an account data zip that hold no plays, as Spotify writes them.
SETTINGS = {
    "Userdata.json": b'{"username": "a", "birthdate": "1990-01-01", "creationTime": "2012-01-01"}',
    "Payments.json": b'{"payment_method": "card", "creation_date": "2012-01-01"}',
    "Identity.json": b'{"displayName": "Ada", "firstName": "Ada", "tasteMaker": false}',
    "YourLibrary.json": b'{"tracks": [], "bannedTracks": [], "bannedArtists": [], "other": []}',
    "Playlist1.json": b'{"playlists": [{"name": "A", "lastModifiedDate": "2024-05-01"}]}',
    "SearchQueries.json": b'[{"platform": "IOS", "searchTime": "x", "searchQuery": "y"}]',
    "Follow.json": b'{"followerCount": 0, "followingUsersCount": 1, "dismissingUsersCount": 0}',
    "Inferences.json": b'{"inferences": ["3P_Custom"]}',
}


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
        b"%PDF-1.4\n1 0 obj <</Type /Catalog>>",
        b'[{"endTime": "2024-05-01 10:03"}]',
        b'{"endTime": "2024-05-01 10:03", "msPlayed": 1}',
        b'{"scrobbles": [{"time": 1}]}',
        b'{"listens": [{"listened_at": "2024-05-01T10:00:00Z"}]}',
        TECHNICAL_LOG,
        *SETTINGS.values(),
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


@pytest.mark.parametrize("name", formats.PARSERS)
def test_a_mark_at_the_beginning_makes_no_other_format(name):
    for seed in shapes.seeds(name):
        assert formats.recognise(b"\xef\xbb\xbf" + seed) == name


@pytest.mark.parametrize("name", SETTINGS)
def test_account_data_without_plays_is_named_and_the_way_to_the_history_told(name):
    error = refused(a_member(b"%PDF-1.4", "ReadMe.pdf"), a_member(SETTINGS[name], name))

    assert (error.code, error.file) == ("wrong_package", name)
    assert "account data without" in error.detail
    assert "spotify.com/account/privacy" in error.detail


def test_the_technical_log_is_named_and_the_way_to_the_history_told():
    error = refused(
        a_member(b"{}", "Other.json"), a_member(TECHNICAL_LOG, "AddedToCollection.json")
    )

    assert (error.code, error.file) == ("wrong_package", "AddedToCollection.json")
    assert "technical log" in error.detail
    assert "spotify.com/account/privacy" in error.detail


def test_an_upload_without_history_is_not_an_export():
    error = refused(a_member(b'{"tracks": []}', "YourLibrary.json"))

    assert (error.code, error.file) == ("not_an_export", "YourLibrary.json")
    assert "Last.fm" in error.detail
    assert refused().code == "not_an_export"


def test_several_files_without_history_are_refused_as_one_upload():
    error = refused(a_member(b"one", "one.txt"), a_member(b"two", "two.txt"))

    assert (error.code, error.file) == ("not_an_export", "upload")


def test_histories_are_read_beside_what_is_none():
    members = [
        *(a_member(content, name) for name, content in SETTINGS.items()),
        a_member(TECHNICAL_LOG),
        a_member(ACCOUNT_DATA),
        a_member(as_json(a_row())),
    ]

    found = [parser.format for _, parser in formats.histories(members)]

    assert found == ["spotify_account", "spotify_extended"]


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
        (
            *(int(at.timestamp()) for at in (row.started_at, row.ended_at)),
            row.content.uri,
            row.ms_played,
        )
        for row in read
    ]
    assert len(read) + len(rejected) == rows
    assert rejected == ["no_identity"] * without_identity
    assert len(set(keys)) == plays
    assert keys == _independently(exports / name)

import hashlib
import stat
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import FOLDER, a_row, a_zip, as_json

from spotify_insights.listening.archives import files
from spotify_insights.listening.archives.files import Limits
from spotify_insights.listening.archives.rows import ArchiveError

HISTORY = f"{FOLDER}Streaming_History_Audio_2024.json"


def opened(path, limits=files.LIMITS, name="my_spotify_data.zip"):
    """Every member of one upload with its whole content."""
    found = files.members([path], [name], limits)
    return {member.name: b"".join(member.chunks()) for member in found}


def refused(path, limits=files.LIMITS):
    with pytest.raises(ArchiveError) as caught:
        opened(path, limits)
    return caught.value


def patched(path, **flags):
    """Set bits in the header fields of all entries, where the archive cannot be asked to."""
    content = bytearray(path.read_bytes())
    for mark, flag_at, size_at in ((b"PK\x03\x04", 6, 22), (b"PK\x01\x02", 8, 24)):
        at = content.find(mark)
        while at >= 0:
            content[at + flag_at] |= flags.get("flag", 0)
            if "size" in flags:
                struct.pack_into("<I", content, at + size_at, flags["size"])
            at = content.find(mark, at + 1)
    path.write_bytes(content)
    return path


def test_the_texts_of_a_zip_come_out_and_nothing_else(tmp_path):
    texts = {
        HISTORY: as_json(a_row()),
        "YourLibrary.json": b'{"tracks": []}',
        "recenttracks.csv": b"uts,artist,track\n1714557600,Ada,Blue\n",
        "listens/2024/5.jsonl": b'{"listened_at": 1714557600}\n{"listened_at": 1714557700}\n',
    }
    others = {
        f"__MACOSX/._{HISTORY}": b"\x00\x05\x16\x07",
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "cover.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    }

    assert opened(a_zip(tmp_path / "upload", texts | others)) == texts


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfartist,album,track\n",
        '"Sigur Rós",Ágætis byrjun\n'.encode("latin-1"),
        b"x" * files.HEAD_BYTES + "é".encode(),
        b"x" * (files.HEAD_BYTES - 1) + "é".encode(),
        as_json(a_row(), a_row(platform="\1\1\1")).replace(b"\\u0001", b"\0"),
    ],
)
def test_a_text_comes_out_whatever_its_encoding_and_its_damages(tmp_path, content):
    loose = tmp_path / "0"
    loose.write_bytes(content)
    packed = a_zip(tmp_path / "1", {"history": content})

    assert opened(loose, name="history") == opened(packed) == {"history": content}


def test_content_decides_and_not_the_name(tmp_path):
    loose = tmp_path / "0"
    loose.write_bytes(b"\xef\xbb\xbf\n [1]")
    path = a_zip(tmp_path / "1", {"history.txt": b"[2]"})

    found = files.members([loose, path], ["history.zip", "data.json"])

    assert [member.name for member in found] == ["history.zip", "history.txt"]


def test_a_loose_file_is_a_member_of_its_own(tmp_path):
    path = tmp_path / "0"
    path.write_bytes(b"[1]")

    assert opened(path, name="history.json") == {"history.json": b"[1]"}


def test_a_file_that_is_neither_zip_nor_text_is_passed_over(tmp_path):
    path = tmp_path / "0"
    path.write_bytes(b"SQLite format 3\0")

    assert opened(path) == {}


def test_the_hash_and_the_size_are_known_once_all_is_read(tmp_path):
    content = as_json(*(a_row() for _ in range(400)))
    (member,) = files.members([a_zip(tmp_path / "0", {HISTORY: content})], ["a.zip"])

    chunks = member.chunks()
    next(chunks)
    begun = (member.sha256, member.size_read)
    rest = list(chunks)

    assert begun == ("", files.CHUNK_BYTES)
    assert rest
    assert member.sha256 == hashlib.sha256(content).hexdigest()
    assert member.size_read == member.size_hint == len(content)


def test_no_file_at_all_is_an_empty_upload():
    with pytest.raises(ArchiveError) as caught:
        list(files.members([], []))

    assert caught.value.code == "empty_upload"


def test_a_file_without_content_is_an_empty_upload(tmp_path):
    (tmp_path / "0").touch()

    assert refused(tmp_path / "0").code == "empty_upload"


def test_a_truncated_zip_is_broken_and_named(tmp_path):
    path = a_zip(tmp_path / "0", {HISTORY: as_json(a_row())})
    path.write_bytes(path.read_bytes()[:-30])

    error = refused(path)

    assert (error.code, error.file) == ("broken_archive", "my_spotify_data.zip")


def test_a_wrong_checksum_is_broken_and_names_the_member(tmp_path):
    path = a_zip(tmp_path / "0", {zipfile.ZipInfo(HISTORY): as_json(a_row(platform="linux"))})
    path.write_bytes(path.read_bytes().replace(b'"linux"', b'"Linux"'))

    error = refused(path)

    assert (error.code, error.file) == ("broken_archive", HISTORY)


def test_a_header_that_lies_about_the_size_does_not_pass(tmp_path):
    path = patched(a_zip(tmp_path / "0", {HISTORY: as_json(a_row())}), size=20)

    assert refused(path).code == "broken_archive"


def test_an_entry_before_the_beginning_of_the_zip_is_broken(tmp_path):
    path = a_zip(tmp_path / "0", {HISTORY: b"[]"})
    content = bytearray(path.read_bytes())
    (offset,) = struct.unpack_from("<I", content, len(content) - 6)
    struct.pack_into("<I", content, len(content) - 6, offset + 1)
    path.write_bytes(content)

    assert refused(path).code == "broken_archive"


def test_a_member_that_unfolds_too_far_is_stopped_while_it_does(tmp_path):
    path = a_zip(tmp_path / "0", {HISTORY: b"[" + b" " * (4 << 20) + b"]"})
    seen = []

    with pytest.raises(ArchiveError) as caught:
        for member in files.members([path], ["a.zip"], Limits(member_bytes=1 << 20)):
            seen.extend(len(chunk) for chunk in member.chunks())

    assert caught.value.code == "archive_too_large"
    assert caught.value.file == HISTORY
    assert sum(seen) <= 1 << 20


def test_members_count_together(tmp_path):
    part = b"[" + b" " * (1 << 20) + b"]"
    path = a_zip(tmp_path / "0", {f"{number}.json": part for number in range(4)})

    assert refused(path, Limits(total_bytes=3 << 20)).file == "2.json"


def test_a_zip_of_too_many_files_is_not_even_listed(tmp_path):
    path = a_zip(tmp_path / "0", {f"{number}.json": b"[]" for number in range(6)})

    assert refused(path, Limits(entries=6)).code == "archive_too_large"
    assert len(opened(path, Limits(entries=7))) == 6


@pytest.mark.parametrize(
    "name", ["../x.json", "a/../../x.json", "/etc/x.json", "C:/x.json", "..\\x.json", "\\x.json"]
)
def test_a_path_that_leads_out_of_the_zip_is_refused(tmp_path, name):
    error = refused(a_zip(tmp_path / "0", {name: b"[]"}))

    assert (error.code, error.file) == ("unsafe_path", name)


def test_dots_inside_a_name_are_no_trick(tmp_path):
    assert opened(a_zip(tmp_path / "0", {"a..b/c...json": b"[]"})) == {"a..b/c...json": b"[]"}


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("history.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refused(a_zip(tmp_path / "0", {link: b"/etc/passwd"})).code == "unsafe_path"


def test_a_locked_zip_is_refused(tmp_path):
    path = patched(a_zip(tmp_path / "0", {HISTORY: b"[]"}), flag=1)

    assert refused(path).code == "encrypted_archive"


def test_a_zip_inside_the_zip_is_refused(tmp_path):
    inner = a_zip(tmp_path / "inner", {HISTORY: b"[]"})
    path = a_zip(tmp_path / "0", {"my_spotify_data": inner.read_bytes()})

    error = refused(path)

    assert (error.code, error.file) == ("nested_archive", "my_spotify_data")


def test_a_packing_that_could_unfold_without_measure_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "0", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(HISTORY, b"[]")

    assert refused(tmp_path / "0").code == "broken_archive"


@pytest.fixture(scope="module")
def sound_zip(tmp_path_factory):
    return a_zip(tmp_path_factory.mktemp("zip") / "0", {HISTORY: as_json(a_row(), a_row())})


@settings(derandomize=True, max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_zip_is_refused_and_never_a_crash(sound_zip, data):
    content = bytearray(sound_zip.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged = sound_zip.with_name("damaged")
    damaged.write_bytes(content)

    with suppress(ArchiveError):
        assert isinstance(opened(damaged), dict)

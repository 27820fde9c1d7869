import csv
import io
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import text
from tests.listening.archives.builders import a_row, as_json
from tests.listening.archives.test_insights_export import a_line, as_jsonl
from tests.listening.builders import a_play, an_episode, import_rows, import_uploads, ledger

from spotify_insights.listening import exporting, polled
from spotify_insights.listening.archives import platforms
from spotify_insights.listening.exporting import Format
from spotify_insights.models.listening import Origin, Provenance
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

ODD_NAMES = (
    "Blü 🎨",
    'A "Blue", green',
    "Blue\nGreen\r\n\rRed",
    "=1+1",
    "'Til Dawn",
    "''",
    "-",
    " ",
)
BOTH = (Format.JSONL, Format.CSV)

each_of_ours = pytest.mark.parametrize("form", BOTH)


def exported(user_id, form=Format.JSONL):
    return b"".join(page.content for page in exporting.pages(user_id, form))


def lines(user_id):
    """What is exported, play by play, without the header."""
    return [json.loads(line) for line in exported(user_id).splitlines()[1:]]


def bring_in(user_id, content):
    record = import_uploads(user_id, ("history", BytesIO(content)))
    assert record.status is ImportStatus.SUCCEEDED, record.error_message
    return record


def poll(user_id, title, played_at):
    track = {
        "uri": f"spotify:track:{title}",
        "name": title,
        "artists": [{"name": "The Painters"}],
        "duration_ms": 200_000,
    }
    play = PlayHistory.model_validate({"track": track, "played_at": played_at})
    with transaction() as session:
        polled.save(session, user_id, [play], Provenance.API)


def from_many_sources(user_id):
    """A ledger with every origin and kind, plays told twice, and names that are hard to write."""
    import_rows(
        user_id,
        a_play("2024-05-01T10:00:00Z"),
        a_play("2024-05-01T10:00:02Z"),
        a_play("2024-05-02T10:00:00Z", title="Red", offline=None, incognito_mode=True),
        a_play("2024-05-03T10:00:00Z", reason_end="", conn_country="ZZ", shuffle=None),
        an_episode("2024-05-04T10:00:00Z"),
    )
    poll(user_id, "Blue", "2024-05-01T10:00:31Z")
    poll(user_id, "Green", "2024-05-01T12:00:00Z")
    origins = [
        a_line(origin=origin, uri=f"spotify:track:{origin}", title=origin) for origin in Origin
    ]
    names = [
        a_line(title=name, artist=name, album=name, uri=f"named:{number}", origin="koito")
        for number, name in enumerate(ODD_NAMES)
    ]
    chapter = a_line(kind="chapter", uri="spotify:episode:1", title="1", collection="A Book")
    nameless = a_line(title=None, artist=None, album=None, uri="spotify:track:unnamed")
    estimated = a_line(is_estimated=True, origin="lastfm", uri="named:blue", provenance="demo")
    bring_in(user_id, as_jsonl(*origins, *names, chapter, nameless, estimated))


def links(user_id):
    """Which play stands for which: when they started, by what rule, how surely."""
    query = """
        select poor.started_at, poor.origin, rich.started_at, rich.origin, m.rule, m.confidence
        from matches m
        join plays poor on poor.user_id = m.user_id and poor.id = m.play_id
        join plays rich on rich.user_id = m.user_id and rich.id = m.by_play_id
        where m.user_id = :user_id
        order by 1, 2, 3, 4
    """
    with transaction() as session:
        return session.execute(text(query), {"user_id": user_id}).all()


@each_of_ours
def test_what_is_read_back_is_exported_again_to_the_byte(a_listener, form):
    first, second = a_listener(), a_listener()
    from_many_sources(first.id)

    record = bring_in(second.id, exported(first.id, form))

    assert record.counts["no_identity"] == record.counts["invalid"] == 0
    assert [exported(second.id, each) for each in Format] == [
        exported(first.id, each) for each in Format
    ]


@each_of_ours
def test_the_same_plays_count_again_and_the_same_stand_for_others(a_listener, form):
    first, second = a_listener(), a_listener()
    from_many_sources(first.id)

    bring_in(second.id, exported(first.id, form))

    assert ledger(second.id) == ledger(first.id)
    assert links(second.id) == links(first.id)
    assert {link.rule for link in links(first.id)} >= {"near_duplicate", "heard_at_end"}


@each_of_ours
def test_an_export_read_back_by_its_own_listener_adds_nothing(listener, form):
    from_many_sources(listener.id)
    before = exported(listener.id)

    record = bring_in(listener.id, exported(listener.id, form))

    assert record.counts["already_known"] == record.rows == len(lines(listener.id))
    assert exported(listener.id) == before


def test_every_account_is_told_with_all_that_is_known_of_it(listener):
    line = a_line(
        origin="lastfm",
        provenance="api",
        is_estimated=True,
        is_private=True,
        is_video=True,
        shuffle=True,
        skipped=False,
        collection="A Show",
    )
    bring_in(listener.id, as_jsonl(line))

    assert lines(listener.id) == [line]
    assert list(lines(listener.id)[0]) == list(line)


def test_superseded_plays_are_in_our_own_formats_and_marked(listener):
    import_rows(listener.id, a_play("2024-05-01T10:00:00Z"), a_play("2024-05-01T10:00:02Z"))

    assert [line["is_superseded"] for line in lines(listener.id)] == [False, True]
    assert len(json.loads(exported(listener.id, Format.SPOTIFY))) == 1


def test_plays_of_one_time_come_in_the_order_of_their_addresses(listener):
    for title in ("b", "a", "B", "ä", "c"):
        import_rows(listener.id, a_play("2024-05-01T10:00:00Z", title=title))

    told = [line["uri"].removeprefix("spotify:track:") for line in lines(listener.id)]
    assert told == ["B", "a", "b", "c", "ä"]


def test_pages_meet_without_a_gap_and_without_a_repetition(listener):
    """More plays at one time than a page holds, and some before and after them."""
    together = [a_line(uri=f"spotify:track:{number:05}") for number in range(5_500)]
    start = datetime(2024, 4, 1, tzinfo=UTC)
    apart = [
        a_line(started_at=f"{moment:%FT%TZ}", ended_at=f"{moment:%FT%TZ}")
        for moment in (start + timedelta(minutes=10 * number) for number in range(8_000))
    ]
    bring_in(listener.id, as_jsonl(*together, *apart))

    told = [(line["started_at"], line["ended_at"], line["uri"]) for line in lines(listener.id)]

    assert len(told) == 13_500
    assert told == sorted(set(told))


def test_pages_say_how_many_plays_are_in_them(listener):
    from_many_sources(listener.id)

    plays = sum(page.plays for page in exporting.pages(listener.id, Format.CSV))

    assert plays == len(lines(listener.id))


def test_nothing_of_another_listener_is_in_it(a_listener):
    first, second = a_listener(), a_listener()
    import_rows(first.id, a_play("2024-05-01T10:00:00Z"))

    assert lines(second.id) == []
    assert len(list(csv.reader(io.StringIO(exported(second.id, Format.CSV).decode())))) == 1
    assert json.loads(exported(second.id, Format.SPOTIFY)) == []


def test_no_cell_of_the_csv_is_a_formula(listener):
    from_many_sources(listener.id)

    rows = csv.reader(io.StringIO(exported(listener.id, Format.CSV).decode(), newline=""))

    cells = [cell for row in rows for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_spotify_s_format_has_its_keys_in_its_order_and_is_indented_as_it_is(listener):
    from_many_sources(listener.id)

    content = exported(listener.id, Format.SPOTIFY)

    rows = json.loads(content)
    assert content == as_json(*rows)
    assert {tuple(row) for row in rows} == {tuple(a_row())}


def test_spotify_s_format_is_read_back_as_the_same_plays(a_listener):
    first, second = a_listener(), a_listener()
    import_rows(
        first.id,
        a_play("2024-05-01T10:00:00Z", offline_timestamp=1_714_500_000_123),
        a_play("2024-05-02T10:00:00Z", title="Red", offline=None, incognito_mode=True),
        a_play("2024-05-03T10:00:00Z", conn_country="ZZ", skipped=None, offline=True, shuffle=True),
        a_play("2024-05-04T10:00:00Z", master_metadata_track_name=None),
        an_episode("2024-05-05T10:00:00Z"),
        a_row(
            spotify_track_uri=None,
            audiobook_title="A Book",
            audiobook_chapter_uri="spotify:episode:1",
            audiobook_chapter_title="One",
        ),
    )

    bring_in(second.id, exported(first.id, Format.SPOTIFY))

    assert ledger(second.id) == ledger(first.id)
    assert exported(second.id) == exported(first.id)


@pytest.mark.parametrize(
    "family",
    ["android", "ios", "macos", "web", "tv", "cast", "speaker", "console", "other"],
)
def test_the_family_of_a_platform_is_its_own_family(family):
    assert platforms.family(family) == family


def test_in_spotify_s_format_what_only_has_names_has_no_address(listener):
    bring_in(listener.id, as_jsonl(a_line(origin="maloja", uri="named:blue", offline=None)))

    (row,) = json.loads(exported(listener.id, Format.SPOTIFY))

    assert (row["spotify_track_uri"], row["master_metadata_track_name"]) == (None, "Blue")
    assert row["offline"] is False


@pytest.mark.parametrize(
    "name", ["extended_2013-2024_21_keys.zip", "extended_2015-2025_23_keys.zip"]
)
def test_a_real_history_survives_both_ways_out_and_in(a_listener, exports, name):
    first, ours, theirs = a_listener(), a_listener(), a_listener()
    with (exports / name).open("rb") as file:
        import_uploads(first.id, (name, file))
    for title in ("Blue", "Green"):
        poll(first.id, title, "2024-05-01T10:00:31Z")

    bring_in(ours.id, exported(first.id))
    bring_in(theirs.id, exported(first.id, Format.SPOTIFY))

    assert exported(ours.id) == exported(first.id)
    assert links(ours.id) == links(first.id)
    assert exported(theirs.id, Format.SPOTIFY) == exported(first.id, Format.SPOTIFY)

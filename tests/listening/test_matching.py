"""Which accounts of different sources are one listen, and how that is noted."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows, import_uploads, undo

from spotify_insights.listening import polled
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
LENGTH_S = 200


def heard(start_s, length_s=LENGTH_S, title="Blue", late_s=0, **changes):
    """An exported row of a play that began so many seconds after noon."""
    ended_at = NOON + timedelta(seconds=start_s + length_s + late_s)
    began_at = NOON + timedelta(seconds=start_s)
    noted = {"offline_timestamp": int(began_at.timestamp())}
    return a_play(f"{ended_at:%Y-%m-%dT%H:%M:%SZ}", length_s * 1000, title, **noted | changes)


def listed(user_id, *seconds, title="Blue", artist="The Painters", address=None):
    """Poll plays that Spotify says were played at so many seconds after noon."""
    track = {
        "uri": f"spotify:track:{address or title}",
        "name": title,
        "artists": [{"name": artist}],
        "duration_ms": LENGTH_S * 1000,
    }
    times = [NOON + timedelta(seconds=at_s) for at_s in seconds]
    items = [PlayHistory.model_validate({"track": track, "played_at": at}) for at in times]
    with transaction() as session:
        polled.save(session, user_id, items, Provenance.API)


def scrobbled(user_id, start_s, title="Blue", artist="The Painters"):
    at = int((NOON + timedelta(seconds=start_s)).timestamp())
    file = f"uts,artist,album,track\n{at},{artist},Colours,{title}\n"
    return import_uploads(user_id, ("scrobbles.csv", BytesIO(file.encode())))


def told_by(user_id):
    """What told of the plays that count, oldest first."""
    query = """
        select origin::text from plays
        where user_id = :user_id and not is_superseded order by started_at, ended_at, origin
    """
    with transaction() as session:
        return list(session.scalars(text(query), {"user_id": user_id}))


def matches(user_id):
    """The rules that hold: what told of the superseded play, by which rule and how surely."""
    query = """
        select p.origin::text, m.rule, m.confidence
        from matches m join plays p on p.user_id = m.user_id and p.id = m.play_id
        where m.user_id = :user_id order by p.started_at, p.id
    """
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(query), {"user_id": user_id})]


def stands_for_a_poll(user_id):
    """The address of the one play that stands for another."""
    query = """
        select c.uri from matches m
        join plays p on p.user_id = m.user_id and p.id = m.by_play_id
        join contents c on c.id = p.content_id
        where m.user_id = :user_id
    """
    with transaction() as session:
        return session.scalars(text(query), {"user_id": user_id}).one()


EXPORTED, POLLED = "spotify_extended", "spotify_polled"


@pytest.mark.parametrize(
    ("at_s", "rule"),
    [
        (LENGTH_S, "heard_at_end"),
        (LENGTH_S + 120, "heard_at_end"),
        (0, "heard_at_start"),
        (-120, "heard_at_start"),
    ],
)
def test_a_polled_play_stands_behind_the_exported_one_that_it_ends_or_begins(listener, at_s, rule):
    listed(listener.id, at_s)

    record = import_rows(listener.id, heard(0))

    assert told_by(listener.id) == [EXPORTED]
    assert record.counts["matched"] == 1
    ((origin, held, confidence),) = matches(listener.id)
    assert (origin, held) == (POLLED, rule)
    assert 0.75 <= confidence <= 1


@pytest.mark.parametrize("at_s", [-121, LENGTH_S + 121])
def test_beyond_two_minutes_they_are_two_listens(listener, at_s):
    listed(listener.id, at_s)

    record = import_rows(listener.id, heard(0))

    assert sorted(told_by(listener.id)) == [EXPORTED, POLLED]
    assert record.counts["imported"] == 1
    assert matches(listener.id) == []


def test_a_song_skipped_through_is_not_taken_for_the_listed_play_beside_it(listener):
    listed(listener.id, 5)

    import_rows(listener.id, heard(0, length_s=2))

    assert sorted(told_by(listener.id)) == [EXPORTED, POLLED]


def test_a_play_without_a_connection_is_known_by_its_start_and_by_its_upload(listener):
    two_days_s = 172_800
    listed(listener.id, 0)
    listed(listener.id, 7_000 + LENGTH_S + two_days_s)

    import_rows(listener.id, *(heard(start_s, late_s=two_days_s) for start_s in (0, 7_000)))

    assert told_by(listener.id) == [EXPORTED] * 2


def test_a_loop_told_by_its_ends_and_then_its_starts_is_matched_play_by_play(listener):
    starts = range(0, 5 * LENGTH_S, LENGTH_S)
    listed(listener.id, *(start_s + LENGTH_S for start_s in starts[:3]), *starts[3:])

    import_rows(listener.id, *map(heard, starts))

    assert told_by(listener.id) == [EXPORTED] * 5


def test_a_song_polled_twice_within_seconds_was_heard_twice(listener):
    listed(listener.id, LENGTH_S, LENGTH_S + 2)

    assert told_by(listener.id) == [POLLED] * 2


def test_the_same_recording_under_another_address_is_the_same_listen(listener):
    listed(listener.id, LENGTH_S, title="Blue - Remastered 2011", address="another")

    import_rows(listener.id, heard(0))

    assert told_by(listener.id) == [EXPORTED]


def test_of_two_plays_at_hand_the_one_by_the_same_artist_is_chosen(listener):
    listed(listener.id, LENGTH_S + 1)
    cover = heard(1, artist="The Others", spotify_track_uri="spotify:track:cover")

    import_rows(listener.id, cover, heard(0))

    assert stands_for_a_poll(listener.id) == "spotify:track:Blue"


def test_three_sources_of_one_listen_count_it_once_in_whatever_order_they_go(listener):
    listed(listener.id, LENGTH_S)
    scrobble = scrobbled(listener.id, 0)
    export = import_rows(listener.id, heard(0))

    seen = [told_by(listener.id)]
    for record in (export, scrobble):
        undo(record)
        seen.append(told_by(listener.id))

    assert seen == [[EXPORTED], ["lastfm"], [POLLED]]
    assert matches(listener.id) == []


def test_polls_of_other_songs_leave_what_is_matched_as_it_is(listener):
    listed(listener.id, 0)
    import_rows(listener.id, heard(0))
    before = matches(listener.id)

    listed(listener.id, 5 * 86_400, title="Red")
    import_rows(listener.id, heard(86_400, title="Green"))

    assert told_by(listener.id) == [EXPORTED, EXPORTED, POLLED]
    assert matches(listener.id) == before


def test_what_was_uploaded_weeks_later_stays_matched_when_the_song_is_polled_again(listener):
    weeks_s = 50 * 86_400
    import_rows(listener.id, heard(0, late_s=weeks_s))
    listed(listener.id, weeks_s + LENGTH_S)

    listed(listener.id, weeks_s + 30 * 86_400)

    assert told_by(listener.id) == [EXPORTED, POLLED]


def test_a_row_written_twice_a_few_seconds_apart_is_one_play_and_a_fragment_another(listener):
    rows = [heard(0), heard(5), heard(11), heard(0, length_s=31)]

    record = import_rows(listener.id, *rows)

    assert record.counts["duplicate_near"] == 1
    assert told_by(listener.id) == [EXPORTED] * 3
    assert matches(listener.id) == [(EXPORTED, "near_duplicate", 0.99)]


def test_a_row_whose_start_one_export_knows_and_the_other_does_not_is_one_play(listener):
    later_s = 3_600
    import_rows(listener.id, heard(0, late_s=later_s, offline_timestamp=0))

    record = import_rows(listener.id, heard(0, late_s=later_s))

    assert record.counts["matched"] == 1
    assert told_by(listener.id) == [EXPORTED]
    assert matches(listener.id) == [(EXPORTED, "other_start", 0.95)]


def test_of_two_listeners_neither_sees_what_the_other_was_told(a_listener):
    one, other = a_listener(), a_listener()
    listed(one.id, LENGTH_S)

    import_rows(other.id, heard(0))

    assert (told_by(one.id), told_by(other.id)) == ([POLLED], [EXPORTED])

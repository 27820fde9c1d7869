"""The pages over real engines, without a browser."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from tests.insights.builders import a_snapshot, an_artist

from spotify_insights import accounts, jobs
from spotify_insights.insights import generate, rows
from spotify_insights.jobs import Flow
from spotify_insights.listening import packed
from spotify_insights.listening.importing import REASONS
from spotify_insights.models import (
    Circumstances,
    Content,
    GeneratedInsight,
    Import,
    ImportFile,
    Job,
    Play,
    RejectedRow,
    Source,
    User,
)
from spotify_insights.models.account import Connection
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobKind, JobState, Queue
from spotify_insights.models.listening import Origin, PlayKind, Provenance, TimeRange
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction

HTML = {"accept": "text/html"}
NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


def stored(row):
    with transaction() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
    return row


def a_stored_snapshot(listener, **changes):
    return stored(
        a_snapshot(**{"id": uuid4(), "user_id": listener.id, "sources": ["export"]} | changes)
    )


def an_import(listener, rejected=1, **changes):
    """One file with so many refused rows; the numbers are those of a real export."""
    values = {
        "user_id": listener.id,
        "status": ImportStatus.SUCCEEDED,
        "names": ["my_spotify_data.zip"],
        "rows": 31_053,
        "counts": {"imported": 31_053 - 253 - rejected, "duplicate_exact": 253}
        | {"invalid": rejected},
    }
    record = stored(Import(**values | changes))
    if record.status is ImportStatus.SUCCEEDED:
        a_file(record, rejected)
    return record


def a_file(record, rejected=0, no=0, **changes):
    counts = dict.fromkeys(REASONS, 0) | record.counts | {"invalid": rejected}
    values = {"name": f"Streaming_History_Audio_{no}.json", "format": "spotify_extended"}
    source = stored(Source(user_id=record.user_id, format="spotify_extended", sha256=f"{uuid4()}"))
    for row in range(1, rejected + 1):
        reason = {"reason": "invalid", "detail": "ts is missing"}
        stored(RejectedRow(source_id=source.id, row=row, **reason))
    of_import = {"import_id": record.id, "no": no, "source_id": source.id, "sha256": source.sha256}
    return stored(ImportFile(**of_import, rows=record.rows, counts=counts, **values | changes))


def an_undo(record, **changes):
    values = {"kind": JobKind.UNDO, "queue": Queue.SPOTIFY, "user_id": record.user_id}
    return stored(Job(**values, subject=str(record.id), **changes))


def a_play(listener, provenance=Provenance.EXPORT, kind=PlayKind.TRACK, ms=3_600_000):
    names = {"name": "One", "match_key": "one", "collection": "A show"}
    content = stored(Content(uri=f"spotify:{uuid4()}", kind=kind, **names))
    how = stored(Circumstances(platform=f"{uuid4()}", is_video=False))
    play = stored(
        Play(
            user_id=listener.id,
            started_at=NOON,
            ended_at=NOON + timedelta(milliseconds=ms),
            content_id=content.id,
            ms_played=ms,
            origin=Origin.SPOTIFY_EXTENDED,
            id=content.id,
            source_id=1,
            circumstances_id=how.id,
            kind=kind,
            provenance=provenance,
        )
    )
    with transaction() as session:
        packed.mark(session, listener.id, play.started_at, play.started_at)
    return play


def an_ingest(listener, **changes):
    values = {"kind": JobKind.INGEST, "queue": Queue.SPOTIFY, "user_id": listener.id}
    return stored(Job(**values | changes))


def an_insight(snapshot, **changes):
    values = {
        "user_id": snapshot.user_id,
        "snapshot_id": snapshot.id,
        "insight_type": InsightType.WELLNESS,
        "tone_mode": Tone.ROAST,
    }
    return stored(GeneratedInsight(**values | changes))


def a_written_insight(snapshot):
    with transaction() as session:
        insight, job = rows.request(session, snapshot.id, InsightType.WELLNESS, Tone.NEUTRAL)
    jobs.run(job.id, Flow(generate.run, timedelta(minutes=1), generate.failed))
    return insight


def connect(listener, reason=None):
    state = Connection.RECONNECT_REQUIRED if reason else Connection.CONNECTED
    with transaction() as session:
        user = accounts.get_user(session, listener.id)
        user.connection, user.connection_reason = state, reason


def page(client, path):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def words(html):
    """The page with the white space of its source made single."""
    return re.sub(r"\s+", " ", html)


def test_the_first_visit_says_how_to_begin(client):
    shown = page(client, "/")

    assert "Nobody listens here yet" in shown
    assert 'action="/imports"' in shown
    assert 'href="/login"' in shown


def test_a_page_brings_no_script_or_style_of_its_own(client, listener):
    a_stored_snapshot(listener)

    shown = page(client, f"/?user={listener.id}")

    assert " style=" not in shown
    assert "<style" not in shown
    assert not re.search(r"<script(?![^>]* src=)", shown)
    assert not re.search(r"\son\w+=", shown)


def test_everything_a_page_refers_to_is_there(client):
    shown = page(client, "/") + page(client, "/wellness")

    for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', shown)):
        assert client.get(address).status_code == 200, address


def test_the_lifetime_totals_are_those_of_the_ledger(client, listener):
    a_play(listener, ms=150 * 3_600_000)
    a_play(listener, ms=3_600_000, kind=PlayKind.EPISODE)

    shown = page(client, f"/?user={listener.id}")

    assert "<b>150</b> hours" in shown
    assert "<b>1</b> of 1 play" in shown
    assert "And podcasts: <b>1 h 00</b>, 1 episode of 1 show on 1 day." in shown
    assert "audiobooks" not in shown


def test_the_newest_snapshot_is_drawn_with_its_findings(client, listener):
    a_stored_snapshot(listener)

    shown = page(client, f"/?user={listener.id}")

    assert "Evenings hold 55% of your listening" in shown
    assert "<bdi>Marrow Choir</bdi> leads with 48 plays" in shown
    assert "Known for 76% of the top artists" in shown
    assert "Known for 62% of the top tracks" in shown


def test_another_period_can_be_chosen(client, listener):
    a_stored_snapshot(listener)
    a_stored_snapshot(
        listener, time_range=TimeRange.LIFETIME, top_artists=[an_artist("Ister Parade", 99)]
    )

    shown = page(client, f"/?user={listener.id}&range=lifetime")

    assert "<bdi>Ister Parade</bdi> leads" in shown
    assert "range=short_term" in shown


def test_missing_genres_and_moods_are_explained(client, listener):
    a_stored_snapshot(listener, genre_distribution={}, mood_patterns={})

    shown = page(client, f"/?user={listener.id}")

    assert "An export does not name genres" in shown
    assert "None is better than a guess" in shown


def test_names_are_shown_as_text(client, a_listener):
    listener = a_listener(display_name="<b>Ada</b>")
    a_stored_snapshot(listener, top_artists=[an_artist("<script>alert(1)</script>", 48)])

    shown = page(client, f"/?user={listener.id}")

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_invented_plays_are_called_so(client, listener):
    a_play(listener, Provenance.DEMO)

    home, wellness = (page(client, f"{path}?user={listener.id}") for path in ("/", "/wellness"))

    assert "Some of these plays are invented." in home
    assert "Some of these plays are invented." in wellness


def test_own_plays_are_not_called_invented(client, listener):
    a_play(listener)

    assert "invented." not in page(client, f"/?user={listener.id}").split('id="data"')[0]


def test_the_demo_listener_stands_in_until_there_is_another(client):
    with transaction() as session:
        demo = accounts.add_demo_listener(session)

    shown = page(client, "/")

    assert "A demo listener" in shown
    assert f'<input type="hidden" name="user" value="{demo.id}"> <button>Collect now' in shown
    assert "This listener and these plays are invented." in shown


def test_a_listener_with_an_import_is_shown_and_the_others_can_be_chosen(client, a_listener):
    idle, importer = a_listener(display_name="Idle"), a_listener(display_name="Grace")
    an_import(importer)

    shown = page(client, "/")

    assert f'<option value="{importer.id}" selected>Grace</option>' in shown
    assert f'<option value="{idle.id}">Idle</option>' in shown


def test_an_unknown_listener_is_a_page_not_found(client):
    answer = client.get(f"/?user={uuid4()}", headers=HTML)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "There is no listener" in answer.text


@pytest.mark.parametrize("path", ["/?user=me", "/wellness?insight=7", "/?range=century"])
def test_a_malformed_address_is_told_so(client, path):
    answer = client.get(path, headers=HTML)

    assert answer.status_code == 422
    assert "is not right" in answer.text


def test_an_unknown_insight_is_a_page_not_found(client):
    answer = client.get(f"/wellness?insight={uuid4()}", headers=HTML)

    assert answer.status_code == 404


def test_an_end_of_consent_is_told_with_the_way_back(client, listener):
    connect(listener, reason="Spotify no longer accepts it.")

    shown = page(client, f"/?user={listener.id}")

    assert "Spotify must be connected again" in shown
    assert "Spotify no longer accepts it." in shown
    assert ">Connect again</a>" in shown


def test_an_import_shows_what_became_of_every_row(client, listener):
    record = an_import(listener)

    shown = page(client, f"/?user={listener.id}&import={record.id}")

    assert "31,053 rows in, 30,799 plays kept, every row accounted for" in shown
    assert "Exact duplicates" in shown
    assert "1 refused row</summary>" in shown
    assert "Streaming_History_Audio_0.json</bdi>, row 1: <bdi>ts is missing" in shown
    assert f'<a href="/api/imports/{record.id}/rejected" download>' in shown
    assert "Spotify extended history" in shown


def test_of_many_refused_rows_the_first_are_shown(client, listener):
    record = an_import(listener, rejected=25)

    shown = page(client, f"/?user={listener.id}&import={record.id}").split('id="data"')[0]

    assert "The first 20 of 25 refused rows</summary>" in shown
    assert shown.count("ts is missing") == 20


def test_an_import_without_refused_rows_offers_no_table_of_them(client, listener):
    record = an_import(listener, rejected=0)

    shown = page(client, f"/?user={listener.id}&import={record.id}")

    assert "refused" not in shown
    assert "/rejected" not in shown


def test_several_files_are_told_apart(client, listener):
    record = an_import(listener)
    a_file(record, no=1, name="<lastfm>.csv", format="lastfm_csv")

    shown = page(client, f"/?user={listener.id}&import={record.id}")

    assert "File by file" in shown
    assert '<bdi>&lt;lastfm&gt;.csv</bdi> <span class="note">Last.fm</span>' in shown


def test_an_import_under_way_is_followed_without_being_named(client, listener):
    task_id = uuid4()
    an_import(listener, status=ImportStatus.RUNNING, task_id=task_id)

    shown = page(client, f"/?user={listener.id}")

    assert "Importing my_spotify_data.zip" in shown
    assert f'data-poll="/api/tasks/{task_id}"' in shown


def test_an_import_under_way_says_how_far_it_is_without_a_script(client, listener):
    job = stored(
        Job(
            kind=JobKind.IMPORT,
            queue=Queue.SPOTIFY,
            user_id=listener.id,
            state=JobState.RUNNING,
            progress_done=200_000,
            progress_total=500_000,
            progress_unit="rows",
            claimed_at=NOON,
            updated_at=NOON + timedelta(seconds=2),
        )
    )
    an_import(listener, status=ImportStatus.RUNNING, task_id=job.id)

    shown = page(client, f"/?user={listener.id}")

    assert "200,000 of about 500,000 rows, 100,000 a second, about 3 seconds left." in shown
    assert 'value="200000" max="500000"' in shown


def test_an_import_that_is_in_is_followed_until_everything_is_counted(client, listener):
    values = {"kind": JobKind.IMPORT, "queue": Queue.SPOTIFY, "user_id": listener.id}
    job = stored(Job(state=JobState.RUNNING, **values))
    an_import(listener, task_id=job.id)

    shown = page(client, f"/?user={listener.id}")

    assert "30,799 plays kept" in shown
    assert "Your listening is being counted anew." in shown
    assert f'data-poll="/api/tasks/{job.id}"' in shown
    assert "Undo this import" not in shown


def test_a_second_import_says_which_one_it_waits_for(client, listener):
    an_import(listener, status=ImportStatus.RUNNING, task_id=uuid4())
    waiting = an_import(listener, status=ImportStatus.QUEUED, names=["b.json"], task_id=uuid4())

    shown = page(client, f"/?user={listener.id}&import={waiting.id}")

    assert "b.json waits until my_spotify_data.zip is done" in shown
    assert shown.index("b.json waits") < shown.index("Importing my_spotify_data.zip")


def test_a_failed_import_says_why_and_what_to_do(client, listener):
    record = an_import(
        listener, status=ImportStatus.FAILED, error_message="The archive is damaged."
    )

    shown = page(client, f"/?user={listener.id}&import={record.id}")

    assert "The archive is damaged." in shown
    assert "Choose another file" in shown
    assert "Undo this import" not in shown


def test_an_undo_is_asked_for_in_two_steps_and_followed(client, listener):
    record = an_import(listener)
    offered = page(client, f"/?user={listener.id}&import={record.id}")

    answer = client.post(f"/imports/{record.id}/undo", follow_redirects=False)

    assert f'<form method="post" action="/imports/{record.id}/undo"><button>Undo it now' in offered
    assert answer.status_code == 303
    shown = page(client, answer.headers["location"])
    assert "Undoing the import of my_spotify_data.zip" in shown
    assert 'data-poll="/api/tasks/' in shown
    assert "Undo it now" not in shown


def test_an_undone_import_says_so_and_cannot_be_undone_again(client, listener):
    record = an_import(listener, status=ImportStatus.UNDONE)

    shown = page(client, f"/?user={listener.id}&import={record.id}")
    again = client.post(f"/imports/{record.id}/undo", headers=HTML)

    assert "The import of my_spotify_data.zip was undone" in shown
    assert "What only this import had brought was taken out again." in shown
    assert again.status_code == 409
    assert "this one is undone" in again.text


def test_an_undo_that_failed_says_why_and_can_be_asked_for_again(client, listener):
    record = an_import(listener)
    an_undo(record, state=JobState.FAILED, error_message="The worker died.")

    shown = page(client, f"/?user={listener.id}&import={record.id}")

    assert "The import could not be undone. The worker died." in shown
    assert "Undo it now" in shown


def test_the_drop_zone_names_what_can_be_dropped(client):
    shown = page(client, "/")

    for name in ("extended history", "account data", "Last.fm", "ListenBrainz", "Maloja", "Koito"):
        assert name in shown


def test_an_upload_without_a_listener_makes_one(client):
    files = [("files", ("history.json", BytesIO(b"[]"), "application/json"))]

    answer = client.post("/imports", files=files, follow_redirects=False)

    with transaction() as session:
        (made,) = accounts.list_users(session)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/?user={made.id}&import=")
    assert "history.json is waiting for its turn" in page(client, answer.headers["location"])


def test_an_upload_for_a_named_listener_is_theirs(client, a_listener):
    first, _ = a_listener(), a_listener()
    files = [("files", ("history.json", BytesIO(b"[]"), "application/json"))]

    answer = client.post(
        "/imports", files=files, data={"user": str(first.id)}, follow_redirects=False
    )

    assert answer.headers["location"].startswith(f"/?user={first.id}&import=")


def test_a_form_of_another_site_is_refused(client, listener):
    headers = {"sec-fetch-site": "cross-site"}

    answer = client.post("/ingest", data={"user": str(listener.id)}, headers=headers)

    assert answer.status_code == 403


def test_collecting_now_is_followed_on_the_page(client, listener):
    connect(listener)

    answer = client.post("/ingest", data={"user": str(listener.id)}, follow_redirects=False)

    assert answer.status_code == 303
    shown = page(client, answer.headers["location"])
    assert "Collecting from Spotify" in shown
    assert 'data-poll="/api/tasks/' in shown


def test_collecting_without_a_connection_leads_to_it(client, listener):
    answer = client.post("/ingest", data={"user": str(listener.id)}, headers=HTML)

    assert answer.status_code == 409
    assert "has not connected Spotify yet" in answer.text
    assert 'href="/login"' in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": JobState.SUCCEEDED, "result": {"plays_added": 12}}, "Collected: 12 plays added"),
        ({"state": JobState.SUCCEEDED, "result": {"plays_added": 0}}, "Nothing new to collect"),
        ({"state": JobState.FAILED, "error_message": "Spotify is away."}, "Spotify is away."),
        ({"state": JobState.CANCELLED}, "was cancelled"),
        ({"state": JobState.PAUSED, "run_after": NOON}, "until 14 March 2025, 12:00"),
        ({"state": JobState.RUNNING, "error_message": "It was busy."}, "It was busy."),
    ],
)
def test_every_outcome_of_collecting_is_told(client, listener, changes, said):
    job = an_ingest(listener, **changes)

    assert said in page(client, f"/?user={listener.id}&task={job.id}")


def test_a_task_of_somebody_else_is_not_told(client, a_listener):
    job = an_ingest(a_listener())

    assert "Collecting" not in page(client, f"/?user={a_listener().id}&task={job.id}")


def test_an_insight_is_asked_for_and_awaited(client, listener):
    snapshot = a_stored_snapshot(listener)

    answer = client.post(
        "/wellness", data={"snapshot": str(snapshot.id), "tone": "roast"}, follow_redirects=False
    )

    assert answer.status_code == 303
    shown = page(client, answer.headers["location"])
    assert "Your insight is being written" in shown
    assert 'data-poll="/api/insights/' in shown
    assert "Reload this page" in shown


def test_every_claim_of_an_insight_leads_to_its_evidence(client, listener):
    insight = a_written_insight(a_stored_snapshot(listener))

    shown = page(client, f"/wellness?insight={insight.id}")

    claimed = set(re.findall(r'href="#(evidence-\d+)"', shown))
    assert claimed
    assert claimed == set(re.findall(r'<div id="(evidence-\d+)"', shown))
    assert '<dt>Looked at</dt><dd lang="en">190 plays</dd>' in shown
    assert '<dt>Source</dt><dd lang="en">Your export</dd>' in shown


def test_the_front_page_tells_the_latest_insight(client, listener):
    insight = a_written_insight(a_stored_snapshot(listener))

    shown = page(client, f"/?user={listener.id}")

    assert "Latest insight · wellness, neutral" in shown
    assert f'href="/wellness?insight={insight.id}">See the evidence' in shown


def test_the_front_page_leads_to_an_insight_that_is_being_written(client, listener):
    insight = an_insight(a_stored_snapshot(listener))

    shown = page(client, f"/?user={listener.id}")

    assert f'href="/wellness?insight={insight.id}">Watch it arrive' in shown


def test_an_insight_that_failed_says_why_and_can_be_asked_for_again(client, listener):
    insight = an_insight(
        a_stored_snapshot(listener), status=InsightStatus.FAILED, error_message="The worker died."
    )

    shown = page(client, f"/wellness?insight={insight.id}")

    assert "The worker died." in shown
    assert '<input type="hidden" name="tone" value="roast"> <button>Try again' in shown


def test_past_insights_are_listed_with_how_they_begin(client, listener):
    snapshot = a_stored_snapshot(listener)
    written, failed = a_written_insight(snapshot), an_insight(snapshot, status=InsightStatus.FAILED)

    shown = page(client, f"/wellness?user={listener.id}")

    assert f'href="/wellness?insight={written.id}"' in shown
    assert f'href="/wellness?insight={failed.id}">Could not be written' in shown


def test_without_a_snapshot_the_way_to_one_is_shown(client, listener):
    shown = page(client, f"/wellness?user={listener.id}")

    assert "there is none yet" in shown
    assert f'href="/?user={listener.id}#data"' in shown


def test_a_snapshot_that_does_not_exist_cannot_be_told_about(client):
    answer = client.post("/wellness", data={"snapshot": str(uuid4())}, headers=HTML)

    assert answer.status_code == 404


def test_a_server_error_is_a_page_too(client):
    lost = stored(User(display_name="Nowhere", timezone="Mars/Olympus"))
    a_stored_snapshot(lost)

    answer = client.get(f"/?user={lost.id}", headers=HTML)

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text

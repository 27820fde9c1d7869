"""Histories made up for a test, imported as a worker imports them."""

import json
import zipfile
from io import BytesIO

from sqlalchemy import text
from tests.eventually import eventually
from tests.listening.archives.builders import FOLDER, a_row

from spotify_insights import jobs
from spotify_insights.listening import importing, sources, undoing, uploads
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS


def a_play(ended_at, ms_played=200_000, title="Blue", artist="The Painters", **changes):
    """A row of an export for a play that ended at an ISO instant, with an address by its title."""
    names = {
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "spotify_track_uri": f"spotify:track:{title}",
    }
    return a_row(ts=ended_at, ms_played=ms_played, **names | changes)


def an_episode(ended_at, ms_played=1_800_000, title="One", show="The Show"):
    nothing = dict.fromkeys(("spotify_track_uri", "master_metadata_track_name"))
    names = {
        "episode_name": title,
        "episode_show_name": show,
        "spotify_episode_uri": f"spotify:episode:{title}",
    }
    return a_row(ts=ended_at, ms_played=ms_played, **nothing | names)


def zipped(files):
    """A zip of `files` (name to rows, or to content that is no JSON), as an upload."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(FOLDER, b"placeholder")
        for name, rows in files.items():
            archive.writestr(name, rows if isinstance(rows, bytes) else json.dumps(rows).encode())
    return "my_spotify_data.zip", BytesIO(content.getvalue())


def import_rows(user_id, *rows):
    """Import one file with these rows."""
    return import_uploads(user_id, zipped({"history.json": rows}))


def import_uploads(user_id, *given):
    """Import uploaded files, as a worker does; return the record of the import."""
    record, job = uploads.receive(user_id, given)
    run_to_its_end(job)
    return look_at(record)


def undo(record):
    """Undo an import, as a worker does; return the job as it ended."""
    with transaction() as session:
        job = undoing.submit(session, record.id)
    return run_to_its_end(job)


def run_to_its_end(job):
    """Run a job, again and again while it has to wait for another one; return it as it ended."""

    def ended():
        jobs.run(job.id, FLOWS[job.kind])
        with transaction() as session:
            seen = jobs.get_job(session, job.id)
        return seen if seen.state is not JobState.QUEUED else None

    return eventually(ended, timeout=60)


def look_at(record):
    with transaction() as session:
        return importing.get_import(session, record.id)


def files_of(record):
    with transaction() as session:
        return sources.files_of(session, record.id)


def ledger(user_id):
    """The plays that count, with their names instead of numbers, oldest first."""
    query = """
        select p.started_at, p.ended_at, c.uri, p.ms_played, p.kind, p.provenance, p.is_estimated,
            p.is_private, h.is_video, h.shuffle, h.skipped, h.offline, h.country, h.platform,
            h.reason_start, h.reason_end, t.name as track, a.name as artist, b.name as album,
            c.collection
        from plays p
        join contents c on c.id = p.content_id
        join circumstances h on h.id = p.circumstances_id
        left join tracks t on t.id = p.track_id
        left join artists a on a.id = p.artist_id
        left join albums b on b.id = p.album_id
        where p.user_id = :user_id and not p.is_superseded
        order by p.started_at, p.ended_at, c.uri, p.ms_played
    """
    with transaction() as session:
        return session.execute(text(query), {"user_id": user_id}).all()

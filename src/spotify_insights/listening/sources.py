"""Where plays came from: the content of a file, or the polling of a listener. They claim plays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import Cursor
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights.errors import NotFound
from spotify_insights.listening import ledger, matching, packed
from spotify_insights.listening.archives.formats import History
from spotify_insights.listening.archives.rows import Rejected
from spotify_insights.models import ImportFile, RejectedRow, Source
from spotify_insights.models.listening import Origin

POLLED = Origin.SPOTIFY_POLLED.value
LONGEST_DETAIL = 200

_COUNT_CLAIMS = """
    select source_id, count(*) from claims
    where user_id = :user_id and source_id = any(:sources)
    group by source_id
"""


@dataclass
class File:
    """One file of an import: what was seen in it, and what became of its rows.

    `same_as` is an earlier file of the same import with the same content.
    """

    no: int
    history: History
    source_id: int | None = None
    same_as: "File | None" = None
    sha256: str = ""
    rows: int = 0
    new_plays: int = 0
    counts: Counter[str] = field(default_factory=Counter)


Refused = tuple[File, Rejected]


def add(session: Session, user_id: UUID, format_name: str) -> int:
    """A new source, known by a number until all of its content has been read."""
    provisional = func.gen_random_uuid().cast(Source.sha256.type)
    new = insert(Source).values(user_id=user_id, format=format_name, sha256=provisional)
    return session.scalars(new.returning(Source.id)).one()


def polling(session: Session, user_id: UUID) -> int:
    """The one source of all that was asked from Spotify for a listener."""
    new = insert(Source).values(user_id=user_id, format=POLLED).on_conflict_do_nothing()
    session.execute(new)
    same = (Source.user_id == user_id, Source.format == POLLED, Source.sha256 == "")
    return session.scalars(select(Source.id).where(*same)).one()


def known_sizes(session: Session, user_id: UUID) -> set[int]:
    return set(session.scalars(select(Source.size).where(Source.user_id == user_id)))


def recognise(session: Session, user_id: UUID, file: File) -> None:
    """Fill in a file whose content came before: the plays among its rows are all known."""
    same = (
        Source.user_id == user_id,
        Source.format == file.history.parser.format,
        Source.sha256 == file.sha256,
    )
    source = session.scalars(select(Source).where(*same)).one_or_none()
    if source is None:
        return
    file.source_id, file.rows = source.id, source.rows
    file.counts = Counter(
        already_known=source.plays, no_identity=source.no_identity, invalid=source.invalid
    )
    file.counts["duplicate_exact"] = source.rows - file.counts.total()


def keep_refused(session: Session, refused: Sequence[Refused]) -> None:
    """Keep the refused rows of new sources, so that they can be looked at later."""
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    with cursor.copy("copy rejected_rows (source_id, row, reason, detail) from stdin") as copy:
        for file, one in refused:
            detail = one.detail[:LONGEST_DETAIL].replace("\0", "")
            copy.write_row((file.source_id, one.row, one.reason.value, detail))


def complete(session: Session, user_id: UUID, read: Mapping[int, File]) -> None:
    """Note on new sources what their files turned out to hold."""
    given = {"user_id": user_id, "sources": list(read)}
    claims: dict[int, int] = dict(tuple(row) for row in session.execute(text(_COUNT_CLAIMS), given))
    for source_id, file in read.items():
        session.execute(
            update(Source)
            .where(Source.id == source_id)
            .values(
                sha256=file.sha256,
                size=file.history.member.size_read,
                rows=file.rows,
                plays=file.new_plays + claims.get(source_id, 0),
                no_identity=file.counts["no_identity"],
                invalid=file.counts["invalid"],
            )
        )


def list_sources(session: Session, user_id: UUID) -> list[Source]:
    """A listener's sources, oldest first."""
    query = select(Source).where(Source.user_id == user_id)
    return list(session.scalars(query.order_by(Source.created_at, Source.id)))


def get_source(session: Session, source_id: int) -> Source:
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound("unknown_source", f"There is no source {source_id}.")
    return source


def drop(session: Session, user_id: UUID, source_ids: Sequence[int]) -> int:
    """End sources: plays that nothing else claims go, and what they superseded comes back.

    The caller holds the lock on the listener's ledger. Returns how many plays went.
    """
    gone = ledger.drop(session, user_id, source_ids)
    session.execute(delete(Source).where(Source.id.in_(source_ids)))
    matching.resolve(session, user_id)
    packed.mark_touched(session, user_id)
    return gone


def files_of(session: Session, import_id: UUID) -> list[ImportFile]:
    query = select(ImportFile).where(ImportFile.import_id == import_id)
    return list(session.scalars(query.order_by(ImportFile.no)))


def rejected_rows(session: Session, source_id: int, after: int, limit: int) -> list[RejectedRow]:
    """The refused rows of a source from the one after the row `after`, in their order."""
    query = select(RejectedRow).where(RejectedRow.source_id == source_id, RejectedRow.row > after)
    return list(session.scalars(query.order_by(RejectedRow.row).limit(limit)))

"""Insights as rows: asked for, looked up, cancelled, judged. Steps: each takes the session."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, select, update
from sqlalchemy.orm import Session

from spotify_insights import jobs
from spotify_insights.errors import Conflict, NotFound
from spotify_insights.insights import languages
from spotify_insights.models import GeneratedInsight, Job, Snapshot, User
from spotify_insights.models.insight import InsightStatus, InsightType, Opinion, Tone
from spotify_insights.models.job import UNFINISHED, JobKind

CANCELLED = "cancelled"

_ITS_JOB = and_(
    Job.user_id == GeneratedInsight.user_id,
    Job.kind == JobKind.INSIGHT,
    Job.subject == cast(GeneratedInsight.id, Text),
    Job.state.in_(UNFINISHED),
)


def request(
    session: Session,
    snapshot_id: UUID,
    insight_type: InsightType,
    tone: Tone,
    language: str | None = None,
) -> tuple[GeneratedInsight, Job]:
    """Ask for an insight; the one of this snapshot, type, tone and language under way is it.

    Without a language it is that of the listener's locale. Raises NotFound for an unknown snapshot.
    """
    # Two requests at once take turns here, so that the later one sees what the other began.
    snapshot = session.get(Snapshot, snapshot_id, with_for_update={"key_share": True})
    if snapshot is None:
        raise NotFound("unknown_snapshot", f"There is no snapshot {snapshot_id}.")
    locale = language or session.get_one(User, snapshot.user_id).locale
    wanted = GeneratedInsight(
        user_id=snapshot.user_id,
        snapshot_id=snapshot.id,
        insight_type=insight_type,
        tone_mode=tone,
        language=languages.of_locale(locale).code,
    )
    return _find_under_way(session, wanted) or _begin(session, wanted)


def _find_under_way(
    session: Session, wanted: GeneratedInsight
) -> tuple[GeneratedInsight, Job] | None:
    row = session.execute(
        select(GeneratedInsight, Job)
        .join(Job, _ITS_JOB)
        .where(
            GeneratedInsight.snapshot_id == wanted.snapshot_id,
            GeneratedInsight.insight_type == wanted.insight_type,
            GeneratedInsight.tone_mode == wanted.tone_mode,
            GeneratedInsight.language == wanted.language,
            GeneratedInsight.status == InsightStatus.PENDING,
        )
    ).first()
    return (row[0], row[1]) if row else None


def _begin(session: Session, wanted: GeneratedInsight) -> tuple[GeneratedInsight, Job]:
    session.add(wanted)
    session.flush()
    key = str(wanted.id)
    params = {"insight_id": key}
    job = jobs.submit(session, JobKind.INSIGHT, wanted.user_id, subject=key, params=params)
    return wanted, job


def get_insight(session: Session, insight_id: UUID) -> GeneratedInsight:
    insight = session.get(GeneratedInsight, insight_id)
    if insight is None:
        raise NotFound("unknown_insight", f"There is no insight {insight_id}.")
    return insight


def list_insights(
    session: Session, user_id: UUID, limit: int, insight_type: InsightType | None = None
) -> Sequence[GeneratedInsight]:
    """A listener's insights in every status, newest first."""
    query = select(GeneratedInsight).where(GeneratedInsight.user_id == user_id)
    if insight_type is not None:
        query = query.where(GeneratedInsight.insight_type == insight_type)
    newest_first = (GeneratedInsight.created_at.desc(), GeneratedInsight.id)
    return session.scalars(query.order_by(*newest_first).limit(limit)).all()


def cancel(session: Session, insight_id: UUID) -> GeneratedInsight:
    """Stop the writing of an insight; the model's answer is not waited for.

    Raises Conflict for one that is written already, or has failed.
    """
    get_insight(session, insight_id)
    its_job = select(Job).join(GeneratedInsight, _ITS_JOB).where(GeneratedInsight.id == insight_id)
    job = session.scalars(its_job).one_or_none()
    if job is None or jobs.cancel(session, job.id) is None:
        raise Conflict("not_pending", "Nothing is being written for this insight any more.")
    values = {
        "status": InsightStatus.FAILED,
        "error_code": CANCELLED,
        "error_message": "You cancelled it.",
        "completed_at": func.now(),
    }
    return _update(session, insight_id, values)


def rate(
    session: Session, insight_id: UUID, opinion: Opinion | None, note: str | None = None
) -> GeneratedInsight:
    """Keep what the listener says of an insight; None takes it back.

    Raises Conflict while there is nothing to judge.
    """
    if get_insight(session, insight_id).status is not InsightStatus.READY:
        raise Conflict("not_ready", "This insight is not written yet.")
    values = {
        "opinion": opinion,
        "opinion_note": note if opinion else None,
        "opinion_at": func.now() if opinion else None,
    }
    return _update(session, insight_id, values)


def settle(session: Session, insight_id: UUID, values: Mapping[str, Any]) -> None:
    """Record how an insight ended; one that was deleted meanwhile has no end."""
    ended = {**values, "completed_at": func.now()}
    session.execute(update(GeneratedInsight).where(GeneratedInsight.id == insight_id).values(ended))


def _update(session: Session, insight_id: UUID, values: Mapping[str, Any]) -> GeneratedInsight:
    changed = update(GeneratedInsight).where(GeneratedInsight.id == insight_id).values(values)
    return session.scalars(
        changed.returning(GeneratedInsight), execution_options={"populate_existing": True}
    ).one()

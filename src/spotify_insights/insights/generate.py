"""Insights from the asking to the text: [tx] read, facts and words, [tx] store."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Text, and_, cast, func, select, update
from sqlalchemy.orm import Session

from spotify_insights import jobs
from spotify_insights.errors import Invalid, NotFound
from spotify_insights.insights import facts, plain
from spotify_insights.insights.facts import Fact
from spotify_insights.models import GeneratedInsight, Job, Snapshot, User
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import UNFINISHED, JobKind
from spotify_insights.resources import transaction

WRITER = "plain"
VERSION = "plain-1"


def request(
    session: Session, snapshot_id: UUID, insight_type: InsightType, tone: Tone
) -> tuple[GeneratedInsight, Job]:
    """Ask for an insight; the one of this snapshot, type and tone under way is the answer.

    Raises NotFound for an unknown snapshot and Invalid for a type that is not written yet.
    """
    if insight_type is not InsightType.WELLNESS:
        detail = f"Insights of type {insight_type} are not written yet; ask for wellness."
        raise Invalid("not_yet", detail, field="insight_type")
    # Two requests at once take turns here, so that the later one sees what the other began.
    snapshot = session.get(Snapshot, snapshot_id, with_for_update={"key_share": True})
    if snapshot is None:
        raise NotFound("unknown_snapshot", f"There is no snapshot {snapshot_id}.")
    under_way = _find_under_way(session, snapshot_id, insight_type, tone)
    return under_way or _begin(session, snapshot, insight_type, tone)


def _find_under_way(
    session: Session, snapshot_id: UUID, insight_type: InsightType, tone: Tone
) -> tuple[GeneratedInsight, Job] | None:
    its_job = and_(
        Job.user_id == GeneratedInsight.user_id,
        Job.kind == JobKind.INSIGHT,
        Job.subject == cast(GeneratedInsight.id, Text),
    )
    row = session.execute(
        select(GeneratedInsight, Job)
        .join(Job, its_job)
        .where(
            GeneratedInsight.snapshot_id == snapshot_id,
            GeneratedInsight.insight_type == insight_type,
            GeneratedInsight.tone_mode == tone,
            GeneratedInsight.status == InsightStatus.PENDING,
            Job.state.in_(UNFINISHED),
        )
    ).first()
    return (row[0], row[1]) if row else None


def _begin(
    session: Session, snapshot: Snapshot, insight_type: InsightType, tone: Tone
) -> tuple[GeneratedInsight, Job]:
    insight = GeneratedInsight(
        user_id=snapshot.user_id,
        snapshot_id=snapshot.id,
        insight_type=insight_type,
        tone_mode=tone,
    )
    session.add(insight)
    session.flush()
    key = str(insight.id)
    job = jobs.submit(
        session, JobKind.INSIGHT, snapshot.user_id, subject=key, params={"insight_id": key}
    )
    return insight, job


def run(job: Job) -> None:
    """Write the insight a job is for, and store it with its evidence."""
    started = time.perf_counter()
    with transaction() as session:
        insight = get_insight(session, _insight_id(job))
        found = _read_facts(session, insight)
    written = plain.write(found, insight.tone_mode, _seed(insight))
    values = {
        "content": written.content,
        "structured_output": written.structured_output,
        "llm_model": WRITER,
        "prompt_version": VERSION,
        "tokens_used": 0,
        "generation_time_ms": round(1000 * (time.perf_counter() - started)),
        "status": InsightStatus.READY,
    }
    result = {"insight_id": str(insight.id), "snapshot_id": str(insight.snapshot_id)}
    with transaction() as session:
        _settle(session, insight.id, values)
        jobs.finish(session, job, result)


def failed(session: Session, job: Job) -> None:
    """Pass the end of a job that failed for good on to its insight."""
    values = {
        "status": InsightStatus.FAILED,
        "error_code": job.error_code,
        "error_message": job.error_message,
    }
    _settle(session, _insight_id(job), values)


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


def _read_facts(session: Session, insight: GeneratedInsight) -> list[Fact]:
    snapshot = session.get_one(Snapshot, insight.snapshot_id)
    listener = session.get_one(User, insight.user_id)
    return facts.find(snapshot, ZoneInfo(listener.timezone), listener.day_starts_at)


def _seed(insight: GeneratedInsight) -> str:
    """The same snapshot in the same tone reads the same, however often it is asked for."""
    return hashlib.sha256(f"{insight.snapshot_id} {insight.tone_mode}".encode()).hexdigest()


def _insight_id(job: Job) -> UUID:
    return UUID(job.params["insight_id"])


def _settle(session: Session, insight_id: UUID, values: Mapping[str, object]) -> None:
    session.execute(
        update(GeneratedInsight)
        .where(GeneratedInsight.id == insight_id)
        .values(completed_at=func.now(), **values)
    )

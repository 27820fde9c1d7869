"""Insights from the asking to the text: [tx] read, facts, [net] a model's words, [tx] store.

The same facts in the same type, tone, language, prompt and model are never written twice: the
insight that was stored of them is told again, for nothing.
"""

import time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights import jobs
from spotify_insights.insights import facts, layout, order, prompts, rows, writing
from spotify_insights.insights.facts.stored import as_json, hash_of
from spotify_insights.insights.order import Order
from spotify_insights.insights.writing import NOTHING_USED, Composed
from spotify_insights.models import GeneratedInsight, Job
from spotify_insights.models.insight import InsightStatus
from spotify_insights.resources import transaction

_COPIED = (
    *("content", "structured_output", "facts", "facts_hash", "verdict", "llm_model"),
    "prompt_version",
)


def run(job: Job) -> None:
    """Write the insight a job is for, and store it with its evidence."""
    started = time.perf_counter()
    with transaction() as session:
        ordered = order.read(session, _insight_id(job))
    values = _find_written(ordered) or _values(ordered, writing.compose(ordered, job.id))
    values |= {
        "generation_time_ms": round(1000 * (time.perf_counter() - started)),
        "status": InsightStatus.READY,
    }
    result = {"insight_id": str(ordered.insight_id), "snapshot_id": str(ordered.snapshot_id)}
    with transaction() as session:
        rows.settle(session, ordered.insight_id, values)
        jobs.finish(session, job, result)


def failed(session: Session, job: Job) -> None:
    """Pass the end of a job that failed for good on to its insight."""
    values = {
        "status": InsightStatus.FAILED,
        "error_code": job.error_code,
        "error_message": job.error_message,
    }
    rows.settle(session, _insight_id(job), values)


def _insight_id(job: Job) -> UUID:
    return UUID(job.params["insight_id"])


def _find_written(ordered: Order) -> dict[str, Any] | None:
    """What the model wrote of the same facts before; None where it did not, or may not be asked."""
    if ordered.asked is None:
        return None
    same = (
        GeneratedInsight.user_id == ordered.user_id,
        GeneratedInsight.facts_hash == hash_of(ordered.asked.facts),
        GeneratedInsight.insight_type == ordered.insight_type,
        GeneratedInsight.tone_mode == ordered.tone,
        GeneratedInsight.language == ordered.language.code,
        GeneratedInsight.llm_model == ordered.asked.model.name,
        GeneratedInsight.prompt_version == prompts.version(),
        GeneratedInsight.status == InsightStatus.READY,
    )
    newest = select(GeneratedInsight).where(*same).order_by(GeneratedInsight.created_at.desc())
    with transaction() as session:
        old = session.scalars(newest.limit(1)).one_or_none()
    if old is None:
        return None
    copied = {name: getattr(old, name) for name in _COPIED}
    return copied | {"reused_from": old.reused_from or old.id, **NOTHING_USED}


def _values(ordered: Order, composed: Composed) -> dict[str, Any]:
    """What is stored of an insight that was written now."""
    score = facts.mood_score(ordered.facts)
    laid_out = layout.lay_out(composed.draft, ordered.insight_type, ordered.language, score)
    return {
        "content": laid_out.content,
        "structured_output": laid_out.structured_output,
        "facts": [as_json(fact) for fact in composed.facts],
        "facts_hash": hash_of(composed.facts),
        "verdict": dict(composed.verdict),
        "llm_model": composed.writer,
        "prompt_version": composed.version,
        **composed.usage,
    }

"""An order turned into a checked draft: by the model where one may be asked, else plainly."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from spotify_insights.insights import check, modelled, plain, prompts
from spotify_insights.insights.asking import Questions
from spotify_insights.insights.check import Verdict
from spotify_insights.insights.draft import Draft
from spotify_insights.insights.facts import known
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.insights.facts.stored import hash_of
from spotify_insights.insights.languages import Language
from spotify_insights.insights.order import Asked, Order

log = logging.getLogger(__name__)

PLAIN = "plain"
PLAIN_VERSION = "plain-2"
NOTHING_USED: Mapping[str, Any] = {"tokens_used": 0, "cost_usd": Decimal(0)}


class Outcome(StrEnum):
    """Who wrote it in the end: the model at once, after a repair, or the plain writer."""

    PASSED = "passed"
    REPAIRED = "repaired"
    FELL_BACK = "fell_back"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Composed:
    """A checked draft, the facts it was written from, and how it came about.

    `verdict` has the `outcome`; where the plain writer wrote, the `reason` and, of a model's text
    that was not taken, the `message` and its `faults`. `usage` are tokens and USD of all questions.
    """

    draft: Draft
    facts: Sequence[Fact]
    writer: str
    version: str
    verdict: Mapping[str, Any]
    usage: Mapping[str, Any]


def compose(order: Order, job_id: UUID) -> Composed:
    """Write what was ordered. Holds no transaction, for a model may take its time."""
    if order.asked:
        return _by_model(order, order.asked, job_id)
    return _plainly(order, {"outcome": Outcome.NOT_ASKED, "reason": order.reason})


def _by_model(order: Order, asked: Asked, job_id: UUID) -> Composed:
    """In the model's words, or plainly where it does not get them right within two questions."""
    found = asked.facts
    questions = Questions(asked.model, order.user_id, order.insight_id, job_id)
    written = modelled.write(
        questions.ask,
        lambda draft: _check(draft, found, order.language, asked.scene),
        *(found, order.insight_type, order.tone, order.language),
    )
    if written.draft is None:
        faults = [asdict(fault) for fault in written.verdict.faults] if written.verdict else []
        why = {"reason": written.reason, "message": written.detail, "faults": faults}
        return _plainly(order, {"outcome": Outcome.FELL_BACK, **why}, questions.total())
    return Composed(
        draft=written.draft,
        facts=found,
        writer=asked.model.name,
        version=prompts.version(),
        verdict={"outcome": Outcome.REPAIRED if written.questions > 1 else Outcome.PASSED},
        usage=questions.total(),
    )


def _plainly(
    order: Order, verdict: Mapping[str, Any], usage: Mapping[str, Any] = NOTHING_USED
) -> Composed:
    """What the checker would say of it is logged: each claim of a wording is filled by a fact."""
    found = order.facts
    seed = f"{hash_of(found)} {order.tone}"
    draft = plain.write(found, order.insight_type, order.tone, order.language, seed)
    checked = _check(draft, found, order.language, order.scene)
    for fault in checked.faults:
        log.warning("wording refused by the checker (%s): %s", fault.kind, fault.why)
    return Composed(draft, found, PLAIN, PLAIN_VERSION, verdict, usage)


def _check(draft: Draft, found: Sequence[Fact], language: Language, scene: Scene) -> Verdict:
    by_id = {fact.id: fact for fact in found}
    return check.check(draft, by_id, language, known.names(scene))

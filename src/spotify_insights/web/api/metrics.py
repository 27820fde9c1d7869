"""Numbers about the running of insights, for Prometheus. None of them is about a person."""

from collections.abc import Iterator
from decimal import Decimal

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from spotify_insights.insights.writing import PLAIN
from spotify_insights.models import GeneratedInsight, ModelCall
from spotify_insights.resources import transaction

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics() -> Response:
    """Insights, opinions of them, and questions to the model, counted at this moment."""
    return Response(generate_latest(_registry), media_type=CONTENT_TYPE_LATEST)


class _Stored:
    """What the database says when it is asked, in the form the library asks for."""

    def collect(self) -> Iterator[Metric]:
        with transaction() as session:
            yield _insights(session)
            yield _opinions(session)
            yield from _questions(session)


def _insights(session: Session) -> Metric:
    family = GaugeMetricFamily(
        "insights_stored", "Insights that are kept.", labels=("type", "writer", "status")
    )
    labels = (GeneratedInsight.insight_type, _writer(), GeneratedInsight.status)
    for *values, count in session.execute(select(*labels, func.count()).group_by(*labels)):
        family.add_metric([str(value) for value in values], count)
    return family


def _writer() -> ColumnElement[str]:
    """Nobody yet, one told again, the writer without a model, or a model, whichever it was."""
    return case(
        (GeneratedInsight.llm_model.is_(None), "none"),
        (GeneratedInsight.reused_from.is_not(None), "reused"),
        (GeneratedInsight.llm_model == PLAIN, "plain"),
        else_="model",
    )


def _opinions(session: Session) -> Metric:
    family = GaugeMetricFamily(
        "insights_opinions", "What listeners say of insights.", labels=("opinion", "type")
    )
    labels = (GeneratedInsight.opinion, GeneratedInsight.insight_type)
    query = select(*labels, func.count()).where(GeneratedInsight.opinion.is_not(None))
    for opinion, insight_type, count in session.execute(query.group_by(*labels)):
        family.add_metric([str(opinion), str(insight_type)], count)
    return family


def _questions(session: Session) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "insights_model_calls", "Questions to the model by how they ended.", labels=("outcome",)
    )
    tokens = CounterMetricFamily(
        "insights_model_tokens", "Tokens sent to the model and got back.", labels=("direction",)
    )
    cost = CounterMetricFamily("insights_model_cost_usd", "What questions cost, where known.")
    used = (ModelCall.input_tokens, ModelCall.output_tokens, ModelCall.cost_usd)
    query = select(ModelCall.outcome, func.count(), *(func.sum(one) for one in used))
    sums = [Decimal(0)] * len(used)
    for outcome, count, *more in session.execute(query.group_by(ModelCall.outcome)):
        calls.add_metric([str(outcome)], count)
        sums = [known + (new or 0) for known, new in zip(sums, more, strict=True)]
    tokens.add_metric(["input"], float(sums[0]))
    tokens.add_metric(["output"], float(sums[1]))
    cost.add_metric([], float(sums[2]))
    yield from (calls, tokens, cost)


_registry = CollectorRegistry(auto_describe=False)
_registry.register(_Stored())

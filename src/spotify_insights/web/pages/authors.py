"""What an insight is, who wrote it, and why it was not somebody else: in words (pure)."""

from collections.abc import Mapping
from typing import Any

from spotify_insights.insights.order import NO_CONSENT, NO_EXPORT_DATA, NO_MODEL
from spotify_insights.insights.writing import PLAIN, Outcome
from spotify_insights.models import GeneratedInsight

_BY_RULES = "Written by rules, without a language model"
_WHY = {
    NO_MODEL: "none was set up",
    NO_CONSENT: "you had not agreed to one",
    NO_EXPORT_DATA: "it may read only what you imported, and this period had nothing of that",
    "model_bad_answer": "what the model answered was no insight",
    "model_unproven": "what the model wrote does not all follow from your data",
    "model_busy": "the model was busy",
    "model_unavailable": "the model did not answer",
    "cap_listener": "your questions to the model were used up for that day",
    "cap_instance": "the questions to the model were used up for that day",
    "cap_cost": "what the model may cost in a day was used up",
}


def kind(insight: GeneratedInsight) -> str:
    """Type and tone, which may be the same word: Wellness, supportive; Roast."""
    words = dict.fromkeys((insight.insight_type.value, insight.tone_mode.value))
    return ", ".join(words).capitalize()


def byline(insight: GeneratedInsight) -> str:
    """Who wrote a finished insight; where a model was to and did not, why."""
    if insight.llm_model != PLAIN:
        return f"Written by {insight.llm_model}{_and_then(insight)}"
    return _BY_RULES + _because(insight.verdict or {})


def _and_then(insight: GeneratedInsight) -> str:
    """What happened to a model's text before it was shown."""
    parts = []
    if (insight.verdict or {}).get("outcome") == Outcome.REPAIRED:
        parts.append("corrected once, because not every claim followed from your data")
    if insight.reused_from:
        parts.append("told again, because nothing has changed since")
    return "".join(f", {part}" for part in parts)


def _because(verdict: Mapping[str, Any]) -> str:
    reason = verdict.get("reason")
    why = _WHY.get(str(reason)) or verdict.get("message") or ""
    return f": {why.rstrip('.')}" if why else ""

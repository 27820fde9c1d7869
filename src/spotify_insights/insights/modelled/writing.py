"""From facts to a checked draft, with at most two questions to a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spotify_insights.errors import InsightsError
from spotify_insights.insights.check import Verdict
from spotify_insights.insights.draft import Draft
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.modelled.answer import Unreadable, parse, schema
from spotify_insights.insights.modelled.request import prompt, repair
from spotify_insights.llm import Answer, Message, Schema
from spotify_insights.models.insight import InsightType, Tone

Ask = Callable[[Sequence[Message], Schema], Answer]
Check = Callable[[Draft], Verdict]

MOST_QUESTIONS = 2


@dataclass(frozen=True)
class Written:
    """What became of a text.

    With `draft` None the plain writer has to do it, and `reason` says why: the code of the error
    that ended the asking, `model_bad_answer` for what is no draft, or `model_unproven` where the
    verdict still names faults. `answers` are all that were given, also those not taken.
    """

    draft: Draft | None
    verdict: Verdict | None
    answers: tuple[Answer, ...]
    reason: str = ""
    detail: str = ""

    @property
    def questions(self) -> int:
        return len(self.answers)


def write(
    ask: Ask,
    check: Check,
    facts: Sequence[Fact],
    insight_type: InsightType,
    tone: Tone,
    language: Language,
) -> Written:
    """Ask for a text, check it, and ask once more where it has faults.

    Errors of `ask` end up in the result, except that a cancelled question stays an error.
    """
    messages = prompt(facts, insight_type, tone, language)
    answers: list[Answer] = []
    for _ in range(MOST_QUESTIONS):
        try:
            answers.append(ask(messages, schema(insight_type)))
        except InsightsError as error:
            if error.code == "model_cancelled":
                raise
            return Written(None, None, tuple(answers), error.code, error.detail)
        written = _read(answers, insight_type, check)
        if written.draft:
            return written
        wrong = written.verdict.faults if written.verdict else written.detail
        messages = repair(messages, answers[-1].text, wrong)
    return written


def _read(answers: Sequence[Answer], insight_type: InsightType, check: Check) -> Written:
    """What the last answer is worth."""
    try:
        draft = parse(answers[-1].text, insight_type)
    except Unreadable as error:
        return Written(None, None, tuple(answers), "model_bad_answer", str(error))
    verdict = check(draft)
    if verdict.faults:
        first = verdict.faults[0]
        detail = f"{len(verdict.faults)} claims do not follow from a fact, first: {first.words}"
        return Written(None, verdict, tuple(answers), "model_unproven", detail)
    return Written(verdict.draft, verdict, tuple(answers))

"""The writer without a model: chooses by rules what to tell, and tells it in the asked tone.

    saying          a wording filled with facts, and what it tells of them
    variants        which wording of a kind fits a fact
    script          what can be said, and what was told already
    stories         facts that tell the same
    chapters        which facts are told, and in which order
    wellness, roast, productivity    what each type is made of
    nudges, strategies               what could be tried, and when

It needs no key, always works, and asserts nothing but facts. Which of several wordings is taken
follows from the seed alone, so the same insight is written the same way again.
"""

from collections.abc import Sequence

from spotify_insights.insights import wording
from spotify_insights.insights.draft import Draft
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.plain import productivity, roast, wellness
from spotify_insights.insights.plain.script import Script
from spotify_insights.models.insight import InsightType, Tone

_WRITERS = {
    InsightType.WELLNESS: wellness.write,
    InsightType.ROAST: roast.write,
    InsightType.PRODUCTIVITY: productivity.write,
}


def write(
    facts: Sequence[Fact], insight_type: InsightType, tone: Tone, language: Language, seed: str
) -> Draft:
    """Compose an insight of these facts; also of few, or none, and then it says so."""
    tables = wording.tables(language.code, insight_type, tone)
    script = Script(facts, tables, language, seed)
    return _WRITERS[insight_type](script)

"""What a check finds."""

from dataclasses import dataclass
from enum import StrEnum

from spotify_insights.insights.draft import Draft


class FaultKind(StrEnum):
    """Which rule a text breaks."""

    LENGTH = "length"
    MARK = "mark"
    WORD = "word"
    CITE = "cite"
    NUMBER = "number"
    NAME = "name"
    COMPARISON = "comparison"
    PERIOD = "period"


@dataclass(frozen=True)
class Fault:
    """Words of a sentence that do not follow from the facts it cites, and why not."""

    sentence: str
    words: str
    kind: FaultKind
    why: str


@dataclass(frozen=True)
class Verdict:
    """The faults of a draft, and the draft with its supported claims as pieces."""

    faults: tuple[Fault, ...]
    draft: Draft

    @property
    def is_good(self) -> bool:
        return not self.faults

"""What the checker knows of a language: phrases, units and ordinary words, read from `words`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from spotify_insights.insights.facts.fact import Against, Says, Unit

# A letter that is an s to a pattern without case, but has no lower case.
_LONG_S = "\u017f"
# What is no capital letter to be matched: an escape or the name of a group.
_CAPITAL = re.compile(r"(\\.|\(\?P<\w+>)|[^\W\d_a-z]")
_WORDS = Path(__file__).with_name("words")


@dataclass(frozen=True)
class Comparison:
    """A word of comparison, and what a cited fact must say for it.

    `says` are alternatives, and all of one must be said. `topics` are ids of facts that support
    it by what they are. `counts` marks words whose noun ("more artists") says what is compared.
    A `strict` one is a claim in a piece of advice, too. A `weak` one is a claim only beside a fact
    that says the opposite. `is_denied` is one behind a "not".
    """

    pattern: re.Pattern[str]
    says: tuple[frozenset[Says], ...]
    topics: re.Pattern[str] | None
    counts: bool
    strict: bool
    weak: bool
    is_denied: bool = False


@dataclass(frozen=True)
class Reference:
    """What a comparison is made with; `time_range` where the words name a kind of range."""

    pattern: re.Pattern[str]
    against: Against
    time_range: str


@dataclass(frozen=True)
class Share:
    """A fraction in words: the percentages it stands for, and how far "over" and "under" go."""

    pattern: re.Pattern[str]
    low: float
    high: float
    floor: float
    ceiling: float


@dataclass(frozen=True)
class Tongue:
    """The lexicon of a language."""

    code: str
    phrases: Mapping[str, re.Pattern[str]]
    breaks: re.Pattern[str]
    units: tuple[tuple[re.Pattern[str], frozenset[Unit]], ...]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    multiples: tuple[tuple[re.Pattern[str], float], ...]
    counts: Mapping[str, int]
    shares: tuple[Share, ...]
    comparisons: tuple[Comparison, ...]
    references: tuple[Reference, ...]
    ranges: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    subjects: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    bases: tuple[tuple[re.Pattern[str], str], ...]
    topics: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    nouns: Mapping[Unit, re.Pattern[str]]
    days: Mapping[str, Mapping[str, re.Pattern[str]]]
    genres: re.Pattern[str]
    doubtful_genres: re.Pattern[str]
    of_music: re.Pattern[str]
    function_words: frozenset[str]
    ordinary: frozenset[str]

    @property
    def advice(self) -> re.Pattern[str]:
        return self.phrases["advice"]

    @property
    def unwanted(self) -> re.Pattern[str]:
        return self.phrases["unwanted"]


@cache
def of(code: str) -> Tongue:
    """The lexicon of a language by its code."""
    data = tomllib.loads((_WORDS / f"{code}.toml").read_text(encoding="utf-8"))
    kinds = data["kinds"]
    return Tongue(
        code=code,
        phrases={name: _pattern(words) for name, words in data["phrases"].items()},
        breaks=re.compile(
            rf"[,;:.!?\u2013\u2014](?!\d)|{_pattern(data['phrases']['segment']).pattern}",
            re.IGNORECASE,
        ),
        units=tuple(
            (_suffix(words), frozenset(Unit(name) for name in names.split("|")))
            for names, words in data["units"].items()
        ),
        numbers=data["numbers"],
        ordinals=data["ordinals"],
        multiples=tuple((_pattern(words), factor) for words, factor in data["multiples"].items()),
        counts=data["counts"],
        shares=tuple(
            Share(_pattern(one["words"]), *one["is"], *one["reach"]) for one in data["share"]
        ),
        comparisons=tuple(_comparison(one) for one in data["comparison"]),
        references=tuple(
            Reference(_pattern(one["words"]), Against(one["against"]), one.get("range", ""))
            for one in data["reference"]
        ),
        ranges=tuple(
            (_pattern(one["words"]), frozenset(one["is"].split("|"))) for one in data["range"]
        ),
        subjects=tuple(
            (_pattern(words), re.compile(ids)) for ids, words in data["subjects"].items()
        ),
        bases=tuple((_pattern(words), base) for base, words in data["bases"].items()),
        topics=tuple((_pattern(words), re.compile(ids)) for ids, words in data["topics"].items()),
        nouns={Unit(unit): _pattern(words) for unit, words in data["nouns"].items()},
        days={
            kind: {value: _pattern(words) for value, words in patterns.items()}
            for kind, patterns in data["days"].items()
        },
        genres=_pattern("|".join([kinds["genres"], kinds["countries"], kinds["moods"]])),
        doubtful_genres=_pattern(kinds["doubtful"]),
        of_music=_pattern(rf"\s*(?:{kinds['of_music']})"),
        function_words=frozenset(data["function"]["words"].split()),
        ordinary=_ordinary(code),
    )


def _comparison(entry: Mapping[str, Any]) -> Comparison:
    topics = entry.get("topics")
    return Comparison(
        _pattern(entry["words"]),
        tuple(frozenset(map(Says, names.split("+"))) for names in entry["says"]),
        re.compile(topics) if topics else None,
        entry.get("counts", False),
        entry.get("strict", False),
        entry.get("weak", False),
    )


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words, whatever their case; line breaks in the data are for its reader."""
    return re.compile(rf"(?<!\w)(?:{''.join(words.splitlines())})(?!\w)", re.IGNORECASE)


def may_match(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is worth looking for a pattern: far faster, for case is levelled beforehand."""
    plain = _lower(pattern)
    lower = text.lower()
    if plain is None or len(lower) != len(text) or _LONG_S in text:
        return True
    return plain.search(lower) is not None


@lru_cache(maxsize=2_048)
def _lower(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """A pattern for text in lower case; None for one that minds the case."""
    if not pattern.flags & re.IGNORECASE:
        return None
    source = _CAPITAL.sub(lambda found: found[0] if found[1] else found[0].lower(), pattern.pattern)
    return re.compile(source)


def _suffix(words: str) -> re.Pattern[str]:
    """Words that may follow a digit at once: 41%, 10h."""
    return re.compile(rf"(?:{words})(?!\w)", re.IGNORECASE)


@cache
def _ordinary(code: str) -> frozenset[str]:
    text = (_WORDS / f"{code}.txt").read_text(encoding="utf-8")
    return frozenset(
        word.lower()
        for line in text.splitlines()
        if not line.startswith("#")
        for word in line.split()
    )

"""What is known of plays beyond what and when: how they were heard, and of what length and year."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from spotify_insights.listening.stats.known import Fact, known
from spotify_insights.listening.stats.plays import Flags, Ids, Plays, factorised
from spotify_insights.models import Circumstances

_BUTTONS = frozenset({"fwdbtn", "backbtn"})
# Spotify's own word where it does not know the reason. A few rows have an empty text instead.
_PLAYED_TO_THE_END = "trackdone"
_UNKNOWN_REASON = "unknown"
_UNKNOWN_COUNTRIES = frozenset({"", "ZZ"})


class Family(StrEnum):
    """What plays are heard on, as people name it."""

    ANDROID = "Android"
    IOS = "iOS"
    WINDOWS = "Windows"
    MACOS = "macOS"
    LINUX = "Linux"
    WEB = "Web"
    TVS = "TV & consoles"
    SPEAKERS = "Speakers & partners"
    OTHER = "Other"


# From the words that parsers leave in the ledger (see `archives.platforms`). What a cast goes to,
# a loudspeaker or a screen, no source tells. A phone in a car is a phone to all of them.
FAMILIES: Mapping[str, Family] = {
    "android": Family.ANDROID,
    "ios": Family.IOS,
    "windows": Family.WINDOWS,
    "macos": Family.MACOS,
    "linux": Family.LINUX,
    "web": Family.WEB,
    "tv": Family.TVS,
    "console": Family.TVS,
    "cast": Family.SPEAKERS,
    "speaker": Family.SPEAKERS,
}


@dataclass(frozen=True, eq=False)
class Details:
    """The distinct circumstances of some plays, and the place of each play's among them.

    Years of listening know some hundred circumstances, so a question is asked of each of them and
    answered for every play.
    """

    distinct: list[Circumstances]
    places: NDArray[np.intp]
    # A part of the plays asks the same questions again.
    _answered: dict[Callable[..., object], NDArray[Any]] = field(default_factory=dict)

    def where(self, holds: Callable[[Circumstances], bool]) -> Flags:
        """For each play whether something holds of its circumstances."""
        return self._answers(holds, bool)[self.places]

    def words(
        self, name: Callable[[Circumstances], str | None]
    ) -> tuple[list[str], NDArray[np.intp]]:
        """What circumstances are called, and for each play the place of its word; -1 for none."""
        of_distinct = self._answers(name, object)
        words = sorted({word for word in of_distinct if word is not None})
        numbers = {word: number for number, word in enumerate(words)}
        places = np.array([numbers.get(word, -1) for word in of_distinct], np.intp)
        return words, places[self.places]

    def _answers(self, question: Callable[..., object], kind: type) -> NDArray[Any]:
        if question not in self._answered:
            answers = [question(one) for one in self.distinct]
            self._answered[question] = np.array(answers, kind)
        return self._answered[question]


def details_of(session: Session, plays: Plays) -> Details:
    """The circumstances of these plays, in one query."""
    distinct, places = factorised(plays.circumstances)
    query = select(Circumstances).where(Circumstances.id == any_(_array(distinct)))
    return Details(list(session.scalars(query.order_by(Circumstances.id))), places)


def lengths_of(session: Session, plays: Plays) -> Ids:
    """The full length of what each play is of, in ms; 0 where nobody was asked for it."""
    return known(session, Fact.LENGTH, plays.contents)


def years_of(session: Session, plays: Plays) -> Ids:
    """The year in which what each play is of was released; 0 where it is unknown."""
    return known(session, Fact.YEAR, plays.contents)


def tells_its_end(how: Circumstances) -> bool:
    """Whether it is known how a play ended, so that it may have been skipped."""
    return how.skipped is not None or how.reason_end is not None


def was_ended_by_hand(how: Circumstances) -> bool:
    return bool(how.skipped) or how.reason_end in _BUTTONS


def is_of_an_extended_history(how: Circumstances) -> bool:
    """Whether the source knows private sessions and videos: Spotify's extended history alone does.

    It says of each play whether there was a connection, except of videos, which it marks.
    """
    return bool(how.is_video) or how.offline is not None


def reason_for_start(how: Circumstances) -> str | None:
    return _UNKNOWN_REASON if how.reason_start == "" else how.reason_start


def reason_for_end(how: Circumstances) -> str | None:
    return _UNKNOWN_REASON if how.reason_end == "" else how.reason_end


def tells_its_ending(how: Circumstances) -> bool:
    return how.reason_end is not None


def was_heard_to_the_end(how: Circumstances) -> bool:
    return how.reason_end == _PLAYED_TO_THE_END


def tells_of_shuffle(how: Circumstances) -> bool:
    return how.shuffle is not None


def was_shuffled(how: Circumstances) -> bool:
    return how.shuffle is True


def tells_of_connection(how: Circumstances) -> bool:
    return how.offline is not None


def was_offline(how: Circumstances) -> bool:
    return how.offline is True


def is_a_video(how: Circumstances) -> bool:
    return bool(how.is_video)


def family(how: Circumstances) -> Family | None:
    return FAMILIES.get(how.platform, Family.OTHER) if how.platform else None


def country(how: Circumstances) -> str | None:
    return None if how.country in _UNKNOWN_COUNTRIES else how.country


def _array(ids: Ids) -> ColumnElement[list[int]]:
    """The ids as one parameter: a statement takes 65,535 of them, and a long history has more."""
    return literal(ids.tolist(), ARRAY(Integer))

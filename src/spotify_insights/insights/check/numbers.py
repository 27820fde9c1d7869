"""What each number of a sentence counts, and whether a cited fact says so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spotify_insights.insights.check import bounds
from spotify_insights.insights.check.numerals import Numeral, numerals
from spotify_insights.insights.check.reading import DASHES, Reading
from spotify_insights.insights.check.roles import fits_its_place
from spotify_insights.insights.check.support import Bound, Found, Value, find, is_on_side
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Says, Unit
from spotify_insights.insights.text import PERIOD

MOST_NUMBERS = 30

_MINUTES_AN_HOUR = 60
_ARTICLES = {"en": ("one",), "de": ("ein", "eine", "einen", "einem", "einer", "eines", "eins")}
_ADJECTIVE_TAIL = re.compile(r"[\w-]*")
_FEW = 3
_HALF_A_TENTH = 0.05 + 1e-9
_NAMED = {Unit.ARTISTS: Unit.ARTIST, Unit.TRACKS: Unit.TRACK, Unit.ALBUMS: Unit.ALBUM}


@dataclass(frozen=True)
class Claim:
    """A number with all that the sentence says of it; `start` and `end` are of the whole."""

    numeral: Numeral
    start: int
    end: int
    value: Value
    has_unit: bool = False


def read(reading: Reading) -> None:
    """Strike out the numbers that cited facts support, refuse the others."""
    if len(numerals(reading.text, reading.tongue)) > MOST_NUMBERS:
        why = f"a sentence has at most {MOST_NUMBERS} numbers"
        reading.refuse(0, len(reading.text), FaultKind.NUMBER, why)
    claims = _with_shared_units(reading, list(_claims(reading)))
    for claim in _joined(reading, claims):
        _settle(reading, claim)


def _claims(reading: Reading) -> Iterator[Claim]:
    last = 0
    for numeral in numerals(reading.text, reading.tongue):
        if numeral.start < last:
            continue
        bound, start = bounds.before(reading, numeral.start)
        units, end = _unit(reading, numeral)
        if numeral.is_one and not _counts(reading, numeral, units, bound):
            continue
        if bound is Bound.EXACT:
            bound, end = bounds.after(reading, end)
        value = Value(numeral.value or 0.0, numeral.step, bound, units)
        last = end
        yield Claim(numeral, start, end, value, has_unit=bool(units))


def _unit(reading: Reading, numeral: Numeral) -> tuple[frozenset[Unit], int]:
    """What the words after a number (or "number", "place" around it) make it count."""
    text, phrases = reading.text, reading.tongue.phrases
    following = numeral.end + len(text[numeral.end :]) - len(text[numeral.end :].lstrip())
    ten = phrases["of_ten"].match(text, following)
    if ten and not _noun(reading, ten.end())[0]:
        return frozenset({Unit.OF_10}), ten.end()
    if one := phrases["of_one"].match(text, following):
        return frozenset({Unit.OF_1}), one.end()
    if any(rank.end() == numeral.start for rank in _before(reading, "rank_before", numeral.start)):
        return frozenset({Unit.RANK}), numeral.end
    units, end = _noun(reading, numeral.end)
    return units, end if units else numeral.end


def _before(reading: Reading, name: str, position: int) -> Iterator[re.Match[str]]:
    offset = max(0, position - 16)
    window = reading.text[:position]
    for found in reading.tongue.phrases[name].finditer(window, offset):
        if not window[found.end() :].strip():
            yield re.compile(r"\s*").match(window, found.end()) or found


def _noun(reading: Reading, position: int) -> tuple[frozenset[Unit], int]:
    """The unit after a place, past words such as "different" that may stand before a noun."""
    text = reading.text
    for _ in range(_FEW + 1):
        gap = re.compile(r"[\s-]*").match(text, position)
        position = gap.end() if gap else position
        for pattern, units in reading.tongue.units:
            if noun := pattern.match(text, position):
                return units, noun.end()
        skipped = reading.tongue.phrases["skipped"].match(text, position)
        if skipped is None or skipped.end() == position:
            break
        position = skipped.end()
    return frozenset(), position


def _counts(reading: Reading, numeral: Numeral, units: frozenset[Unit], bound: Bound) -> bool:
    """Whether "one" or "ein" is a number here, and no article and no pronoun."""
    word = reading.text[numeral.start : numeral.end].lower()
    if word not in _ARTICLES[reading.tongue.code]:
        return True
    noun = reading.tongue.phrases["one_counts"].match(reading.text, numeral.end)
    if noun is None:
        return False
    if reading.is_advice:
        return False
    names = {_NAMED[unit] for unit in units if unit in _NAMED}
    is_named = any(span.is_of(names) for span in reading.spans)
    return not is_named or bound is not Bound.EXACT


def _with_shared_units(reading: Reading, claims: list[Claim]) -> list[Claim]:
    """A number without a unit takes that of the next one: 8 to 15 hours, 9 of 14 days."""
    joint = reading.tongue.phrases["number_joint"]
    range_joint = reading.tongue.phrases["range_joint"]
    shared: list[Claim] = []
    for claim in reversed(claims):
        following = shared[-1] if shared else None
        if following and not claim.has_unit and following.value.units:
            between = reading.text[claim.end : following.start]
            if _is_joint(joint, between):
                value = replace(claim.value, units=following.value.units)
                if range_joint.fullmatch(between.strip()):
                    value = replace(value, bound=_of_range(value.bound))
                claim = replace(claim, value=value)  # noqa: PLW2901
        shared.append(claim)
    return shared[::-1]


def _of_range(bound: Bound) -> Bound:
    """Below 15 to 22% is below the range: its ends are meant as they are."""
    return Bound.NEAR if bound is Bound.NEAR else Bound.EXACT


def _is_joint(joint: re.Pattern[str], between: str) -> bool:
    words = between.strip()
    return words in ("", ",", "-", *DASHES) or joint.fullmatch(words) is not None


def _joined(reading: Reading, claims: Sequence[Claim]) -> Iterator[Claim]:
    """Hours with the minutes after them as one length of time: 10 hours and 48 minutes."""
    position = 0
    while position < len(claims):
        claim = claims[position]
        following = claims[position + 1] if position + 1 < len(claims) else None
        if following and _makes_one_time(reading, claim, following):
            hours = claim.value.number + following.value.number / _MINUTES_AN_HOUR
            bound = claim.value.bound
            value = Value(hours, 0.0, bound, frozenset({Unit.HOURS}))
            yield replace(claim, end=following.end, value=value)
            position += 2
        else:
            yield claim
            position += 1


def _makes_one_time(reading: Reading, claim: Claim, following: Claim) -> bool:
    is_time = claim.value.units == {Unit.HOURS} and following.value.units == {Unit.MINUTES}
    between = reading.text[claim.end : following.start].strip(" ,")
    joins = between in ("", "and", "und")
    return is_time and joins and following.value.number < _MINUTES_AN_HOUR


def _settle(reading: Reading, claim: Claim) -> None:
    if claim.numeral.value is None:
        reading.refuse(claim.start, claim.end, FaultKind.NUMBER, "this number cannot be read")
        return
    found = list(_found(reading, claim))
    if not found and claim.value.bound in (Bound.OVER, Bound.UNDER):
        found = list(_beyond(reading, claim.value))
    if found and _is_denied(reading, claim):
        reading.refuse(claim.start, claim.end, FaultKind.NUMBER, "the sentence denies it")
        return
    fitting = [one for one in found if fits_its_place(reading, claim.start, claim.end, one)]
    if fitting:
        reading.take(claim.start, claim.end, fitting[0].fact, fitting[0].part)
    else:
        why = "its fact says this of something else" if found else "no cited fact has this value"
        reading.refuse(claim.start, claim.end, FaultKind.NUMBER, why)


def _is_denied(reading: Reading, claim: Claim) -> bool:
    """Whether the words around a number say that it was not so."""
    if claim.value.bound in (Bound.OVER, Bound.UNDER):
        return False
    first, last = reading.segment(claim.start, claim.end)
    phrases = reading.tongue.phrases
    before, after = reading.text[first : claim.start].rstrip(), reading.text[claim.end : last]
    denied = any(match.end() == len(before) for match in phrases["denies"].finditer(before))
    return denied or phrases["denied_after"].match(after.lstrip()) is not None


def _found(reading: Reading, claim: Claim) -> Iterator[Found]:
    value = claim.value
    if value.step == 0:
        yield from _of_time(reading, value)
    elif value.units == {Unit.RANK}:
        yield from _of_rank(reading, value)
    else:
        is_gap = _is_after(reading, claim)
        yield from (
            one for one in find(value, reading.facts) if not (is_gap and one.part == PERIOD)
        )


def _is_after(reading: Reading, claim: Claim) -> bool:
    """Whether something happened that long before: after two months."""
    return any(True for _ in _before(reading, "gap_before", claim.start))


def _beyond(reading: Reading, value: Value) -> Iterator[Found]:
    """A part that the value of its fact lies above or below: more than the 29% due to it."""
    direction = Says.MORE if value.bound is Bound.OVER else Says.LESS
    for found in find(replace(value, bound=Bound.EXACT), reading.facts):
        whole = found.fact.part("now" if "now" in found.fact.parts else "")
        if found.part and whole.unit is found.quantity.unit:
            said, true = float(found.quantity.value), float(whole.value)
            if is_on_side(value.bound, said, true):
                yield found
        elif found.part == "before" and direction in found.fact.says:
            yield found


def _of_time(reading: Reading, value: Value) -> Iterator[Found]:
    """Hours with one decimal stand for the minutes up to half a tenth around them."""
    near = replace(value, bound=Bound.NEAR)
    for found in find(replace(near, step=1e-6), reading.facts):
        true = float(found.quantity.value)
        is_same = abs(value.number - true) <= _HALF_A_TENTH
        is_beside = value.bound is not Bound.EXACT and is_on_side(value.bound, value.number, true)
        if is_same or is_beside:
            yield found


def _of_rank(reading: Reading, value: Value) -> Iterator[Found]:
    yield from find(value, reading.facts)
    for fact in reading.facts:
        rank = 2 if fact.id.endswith(".second") else 1
        is_leader = fact.id.endswith((".top", ".leader", ".peak_year"))
        if value.number == rank and (is_leader or rank > 1):
            yield Found(fact, "", fact.quantity)

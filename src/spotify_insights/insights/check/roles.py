"""Whether a number stands where its value belongs: before and now, a share and its whole."""

import re

from spotify_insights.insights.check.numerals import numerals
from spotify_insights.insights.check.reading import Reading, Span
from spotify_insights.insights.check.support import Found
from spotify_insights.insights.facts.fact import Fact, Quantity, Unit
from spotify_insights.insights.text import PERIOD

_PAST, _PRESENT = "before", ("now", "after")
# What the shares of a kind of fact are shares of, where it is not the time.
_BASES = (
    (re.compile(r"^discovery[.].*#share$"), frozenset({"artists", "tracks"})),
    (re.compile(r"^(?:artists|tracks|albums)[.]top#share$|#plays_share$"), frozenset({"plays"})),
    (
        re.compile(r"^(?:repeats[.]rate|skips[.]rate|usual[.]skips|usual[.]discovery)#$"),
        frozenset({"plays"}),
    ),
    (re.compile(r"^change[.](?:skips|repeats|discovery)#"), frozenset({"plays"})),
    (re.compile(r"^tracks[.]singles#$"), frozenset({"tracks"})),
    (re.compile(r"^listening[.]days#share$"), frozenset({"days"})),
    (
        re.compile(r"^(?:rhythm|podcasts|audiobooks|offline|shuffle|focus|platforms|calendar)[.]"),
        frozenset({"time"}),
    ),
    (re.compile(r"^(?:usual|change)[.]night#"), frozenset({"time"})),
    (re.compile(r"^artists[.]loyalty#$"), frozenset({"time"})),
)
_OF = re.compile(r"\s*(?:of|der|von|des|deiner|aller|all deiner)\s+")
_REACH = 45
_PARTS = frozenset(".;!?")
_BY_DAY = frozenset({"listening.daily"})


def fits_its_place(reading: Reading, start: int, end: int, found: Found) -> bool:
    """Whether the words around a number allow this value of a fact."""
    return (
        _fits_time(reading, start, end, found)
        and _fits_rate(reading, end, found)
        and is_of_its_whole(reading, end, found)
        and _fits_change(reading, start, end, found)
        and _fits_all(reading, start, found)
    )


def _fits_time(reading: Reading, start: int, end: int, found: Found) -> bool:
    """What was before stands behind "from" or before "previously", what is now does not."""
    parts = found.fact.parts
    if _PAST not in parts or parts[_PAST] == _present(found.fact):
        return True
    if parts[_PAST].unit is not found.quantity.unit:
        return found.part != _PAST
    if _leads_to(reading, start, "either_lead"):
        return True
    return _is_past(reading, start, end) is (found.part == _PAST)


def _leads_to(reading: Reading, position: int, phrase: str) -> bool:
    """Whether words of a kind stand right before a place."""
    before = reading.text[max(0, position - _REACH) : position].rstrip()
    found = reading.tongue.phrases[phrase].finditer(before)
    return any(match.end() == len(before) for match in found)


def _present(fact: Fact) -> Quantity:
    """The value that is now, where a fact also has one from before."""
    return next((fact.parts[name] for name in _PRESENT if name in fact.parts), fact.quantity)


def _is_past(reading: Reading, start: int, end: int) -> bool:
    if _leads_to(reading, start, "before_change") or _leads_to(reading, start, "past_lead"):
        return True
    after = reading.text[end : end + _REACH].lstrip(" ,(")
    if reading.tongue.phrases["after_change"].match(after):
        return True
    return _turns_into(reading, end) or _is_told_of_past(reading, start, end)


def _turns_into(reading: Reading, end: int) -> bool:
    """Whether a number becomes the one after it: 12 hours grew to 40, nine plays and now five."""
    following = next(iter(numerals(reading.text[end:], reading.tongue)), None)
    if following is None:
        return False
    between = reading.text[end : end + following.start]
    is_one_part = _PARTS.isdisjoint(between)
    return is_one_part and reading.tongue.phrases["turned_into"].search(between) is not None


def _is_told_of_past(reading: Reading, start: int, end: int) -> bool:
    """Whether the words beside a number speak of the period before: a month earlier, back then."""
    first, last = reading.segment(start, end)
    phrases = reading.tongue.phrases
    if phrases["present"].search(reading.text, first, last):
        return False
    compared = [found.span() for found in phrases["compared"].finditer(reading.text, first, last)]
    named = [place for place in reading.past if first <= place[0] < last]
    told = [found.span() for found in phrases["past"].finditer(reading.text, first, last)]
    return any(
        not any(low <= place[0] < high for low, high in compared)
        and not _has_number(reading, min(end, place[1]), max(start, place[0]))
        for place in (*named, *told)
    )


def _has_number(reading: Reading, start: int, end: int) -> bool:
    """Whether another number stands between two places."""
    is_read = any(
        start <= span.start and span.end <= end and _is_number(span) for span in reading.spans
    )
    return is_read or bool(numerals(reading.text[start:end], reading.tongue))


def _is_number(span: Span) -> bool:
    return span.quantity is not None and not isinstance(span.quantity.value, str)


def _fits_rate(reading: Reading, end: int, found: Found) -> bool:
    """Hours a day are those of an active day, and hours of an active day are said to be so."""
    after = reading.text[end : end + _REACH].lstrip()
    rate = reading.tongue.phrases["rate"].match(after)
    unit = found.quantity.unit
    if found.fact.id in _BY_DAY and not found.part:
        return reading.tongue.phrases["per_day"].search(reading.words) is not None
    if found.fact.topic == "turning":
        return True
    if unit is Unit.SKIPS_AN_HOUR:
        return reading.tongue.phrases["per_hour"].search(reading.words) is not None
    return rate is None or unit not in (Unit.HOURS, Unit.MINUTES, Unit.PLAYS)


def is_of_its_whole(reading: Reading, end: int, found: Found) -> bool:
    """A percentage "of your plays" is a share of plays."""
    if found.quantity.unit is not Unit.PERCENT:
        return True
    of = _OF.match(reading.text, end)
    if of is None:
        return True
    key = f"{found.fact.id}#{found.part}"
    meant = next((bases for pattern, bases in _BASES if pattern.search(key)), None)
    said = next(
        (base for pattern, base in reading.tongue.bases if pattern.match(reading.text, of.end())),
        None,
    )
    return meant is None or said is None or said in meant


def _fits_change(reading: Reading, start: int, end: int, found: Found) -> bool:
    """The size of a change is no share, and a share is no change."""
    if found.quantity.unit is not Unit.PERCENT or found.part == PERIOD:
        return True
    is_change = found.fact.topic == "change" and not found.part
    if is_change:
        return _OF.match(reading.text, end) is None
    return found.fact.against is not None or not is_step(reading, start, end)


def _fits_all(reading: Reading, start: int, found: Found) -> bool:
    """All seven days are as many as a fact counts, not as many as there are."""
    before = reading.text[max(0, start - _REACH) : start].rstrip()
    says_all = any(
        match.end() == len(before) for match in reading.tongue.phrases["all_of"].finditer(before)
    )
    if not says_all or found.quantity.unit is not Unit.DAYS:
        return True
    return found.fact.unit is Unit.DAYS and found.fact.value == found.quantity.value


def is_step(reading: Reading, start: int, end: int) -> bool:
    """Whether words around a share make it the size of a change: by a third, 12% more."""
    phrases = reading.tongue.phrases
    after = reading.text[end : end + _REACH].lstrip()
    before = reading.text[max(0, start - _REACH) : start].rstrip()
    return phrases["change_after"].match(after) is not None or any(
        match.end() == len(before) for match in phrases["change_before"].finditer(before)
    )

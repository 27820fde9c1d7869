"""Every kind of fact, as `kinds.toml` has them, and made-up facts of each."""

import tomllib
from datetime import date
from pathlib import Path
from types import MappingProxyType

from spotify_insights.insights.facts.fact import Against, Fact, Method, Period, Quantity, Says, Unit
from spotify_insights.models.listening import TimeRange

KINDS = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
A_MONTH = Period(date(2024, 9, 1), date(2024, 9, 30), TimeRange.MONTH)


def a_fact(key, **changes):
    """A fact of this kind, about September 2024."""
    kind = KINDS[key]
    value, unit = kind["value"]
    parts = {name: Quantity(of, Unit(unit)) for name, (of, unit) in kind.get("parts", {}).items()}
    values = {
        "value": value,
        "unit": Unit(unit),
        "period": A_MONTH,
        "sample_size": 412,
        "provenance": ("export",),
        "parts": MappingProxyType(parts),
        "interest": 0.5,
        "says": _said(key)[0],
        "against": Against(kind["against"]) if "against" in kind else None,
        "method": Method(kind["method"]) if "method" in kind else None,
    }
    return Fact(key, **values | changes)


def one_of_each(**changes):
    return [a_fact(key, **changes) for key in KINDS]


def shapes(key):
    """A fact of the kind in every shape it comes in: direction, size, method, missing parts."""
    kind, fact = KINDS[key], a_fact(key)
    found = [_directed(key, says) for says in _said(key)]
    if "few" in kind:
        found.append(_few(key))
    if "at_times" in kind:
        found.append(_of_method(key, Method(kind["at_times"])))
    return found + [
        a_fact(key, parts=_without([part], fact.parts)) for part in kind.get("may_lack", ())
    ]


def _said(key):
    return [frozenset(map(Says, said)) for said in KINDS[key].get("says", [[]])]


def _directed(key, says):
    """The kind as it says it: less than before is a change the other way round."""
    kind, fact = KINDS[key], a_fact(key)
    value, parts = fact.value, dict(fact.parts)
    if Says.LESS in says:
        value = kind.get("less", value)
        if Says.LESS not in fact.says and "before" in parts:
            later = "after" if "after" in parts else "now"
            parts |= {"before": parts[later], later: parts["before"]}
    if Says.SAME in says:
        value = kind.get("same", value)
    if Says.NONE in says:
        value, parts = 0, {name: _nothing(name, part) for name, part in parts.items()}
    return a_fact(key, value=value, parts=parts, says=says)


def _nothing(name, part):
    return part if name == "hours" else Quantity(0, part.unit)


def _few(key):
    part, value = KINDS[key]["few"]
    parts = a_fact(key).parts
    if not part:
        return a_fact(key, value=value)
    return a_fact(key, parts={**parts, part: Quantity(value, parts[part].unit)})


def _of_method(key, method):
    """What Spotify ranks has no plays and no share."""
    parts = a_fact(key).parts
    if method is Method.RANKED_BY_SPOTIFY:
        parts = _without(["plays", "share"], parts)
    return a_fact(key, method=method, parts=parts)


def _without(names, parts):
    return {name: part for name, part in parts.items() if name not in names}

"""Whether an answer of ours and one of the reference say the same."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from itertools import zip_longest

import pytest

# Of numbers with four places that come from sums of logarithms or divisions.
NEAR = 6e-5


def near(value, within=NEAR):
    return None if value is None else pytest.approx(value, rel=0, abs=within)


def assert_same(seen, expected):
    """Equal field by field, whatever the classes; says where the first difference lies."""
    _compare(plain(seen), plain(expected), ())


def plain(value):
    """Tuples, lists and dicts in place of our classes and of the reference's.

    What the database estimates is left out: exports tell how long a play was.
    """
    if value is None or isinstance(value, int | float | str | date):
        return value
    if is_dataclass(value):
        return tuple(plain(getattr(value, name)) for name in _names(type(value)))
    if isinstance(value, tuple | list):
        return tuple(plain(one) for one in value)
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return value


@cache
def _names(kind):
    return [one.name for one in fields(kind) if one.name != "is_estimated"]


def _compare(seen, expected, path):
    if isinstance(seen, tuple) and isinstance(expected, tuple) and seen != expected:
        for place, (one, other) in enumerate(zip_longest(seen, expected, fillvalue="nothing")):
            _compare(one, other, (*path, place))
    assert seen == expected, f"at {path}: {seen} where {expected} is right"

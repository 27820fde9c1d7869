"""Checks a text against the facts it cites: what it does not show to be true is refused.

    verdict      what a check finds
    tongue       what the checker knows of a language: its words are data, under `words`
    reading      a sentence while it is read
    marks        what no text may hold
    names        artists, tracks, albums, genres, countries
    days         dates, months, years
    datewords    how a language writes them
    clocks       clock times, weekdays, parts of the day
    numerals     numbers as they are written, in digits and in words
    numbers      what a number counts, and how exactly
    support      the value of a fact that a number says
    shares       fractions, proportions, multiples, ranks
    bounds       about, nearly, more than
    roles        before and now, shares and their whole, rates
    binding      which name a number belongs to
    belonging    which day, part of the day or habit it belongs to
    comparisons  more, most, first, new, never
    negation     what is left of these behind a "not"
    subjects     which name and kind a superlative is of
    vocabulary   whatever else is written with a capital letter

The rules stand in docs/checker.md. All of it is pure.
"""

from spotify_insights.insights.check.checking import check
from spotify_insights.insights.check.verdict import Fault, FaultKind, Verdict

__all__ = ["Fault", "FaultKind", "Verdict", "check"]

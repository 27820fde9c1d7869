"""How a language writes values: one object for each language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from spotify_insights.insights.facts.fact import Period, Quantity, Unit


@dataclass(frozen=True)
class Language:
    """`units` are singular and plural (and a dative plural where a language has one).

    `words` are the names of what comes from closed lists (parts of the day, weekdays, moods,
    countries), by unit, value and form; the form "" is the plain name. `write_number` takes a
    number and its decimals, `write_date` a day, `write_month` the first day of a month,
    `write_period` the days and kind of a range.
    """

    code: str
    name: str
    units: Mapping[Unit, tuple[str, ...]]
    words: Mapping[Unit, Mapping[str, Mapping[str, str]]]
    write_number: Callable[[float], str]
    write_percent: Callable[[str], str]
    write_date: Callable[[date], str]
    write_month: Callable[[date], str]
    write_period: Callable[[Period], str]
    write_clock: Callable[[str], str]
    write_ordinal: Callable[[int], str]
    quote: Callable[[str], str]

    def number(self, quantity: Quantity) -> str:
        """The number without its unit."""
        assert not isinstance(quantity.value, str), "a word has no number"
        return self.write_number(quantity.value)

    def say(self, quantity: Quantity, form: str = "") -> str:
        """The value as it is read: `41%`, `1 play`, `10.8 hours`, `the evening`, a name."""
        value, unit = quantity.value, quantity.unit
        if isinstance(value, str):
            return self._word(value, unit, form)
        if unit is Unit.PERCENT:
            return self.write_percent(self.write_number(value))
        if unit is Unit.RANK:
            return self.write_ordinal(int(value))
        if unit is Unit.YEAR:
            return str(int(value))
        return f"{self.write_number(value)} {self.unit(unit, value, form)}".rstrip()

    def unit(self, unit: Unit, value: float, form: str = "") -> str:
        """The unit's noun in the number of the value."""
        singular, plural, *dative = self.units[unit]
        if value == 1:
            return singular
        return dative[0] if dative and form == "dative" else plural

    def _word(self, value: str, unit: Unit, form: str) -> str:
        if unit is Unit.DATE:
            return self.write_date(date.fromisoformat(value))
        if unit is Unit.MONTH:
            return self.write_month(date.fromisoformat(f"{value}-01"))
        if unit is Unit.CLOCK:
            return self.write_clock(value)
        forms = self.words.get(unit, {}).get(value)
        return value if forms is None else forms.get(form, forms[""])

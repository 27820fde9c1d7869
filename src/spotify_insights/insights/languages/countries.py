"""Countries and territories: their names, and how to say that something happened there."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

_COUNTRIES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("countries.toml").read_text(encoding="utf-8")
)


def of_language(code: str) -> dict[str, dict[str, str]]:
    """The forms of each country by its ISO code: the name, and `where` (`in the Netherlands`)."""
    return {
        country: {"": names[code], "where": names.get(f"{code}_where", f"in {names[code]}")}
        for country, names in _COUNTRIES.items()
    }

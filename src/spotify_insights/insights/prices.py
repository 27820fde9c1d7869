"""What a question costs, by a table that the operator can replace."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spotify_insights.settings import SettingsError

_MILLION = 1_000_000

Usd = Annotated[Decimal, Field(ge=0)]


class Price(BaseModel):
    """USD for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Usd
    output: Usd


@dataclass(frozen=True)
class Prices:
    """`by_model` are prices by the beginning of a model's name, `noted_on` the day they held."""

    noted_on: date
    by_model: dict[str, Price]

    def find(self, model: str) -> Price | None:
        """The price under the longest name that `model` begins with.

        What follows has to be a version (`gpt-5.4-2026-03-05`): `gpt-5.4` is no price of
        `gpt-5.4-mini`.
        """
        fitting = [name for name in self.by_model if _is_of(model.lower(), name)]
        return self.by_model[max(fitting, key=len)] if fitting else None


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    noted_on: date
    usd_per_million_tokens: dict[str, Price]


def cost(
    prices: Prices, model: str, input_tokens: int | None, output_tokens: int | None
) -> Decimal | None:
    """USD of a question, all input at its full price; None where price or tokens are unknown.

    Providers charge less for input they still remember, so this is the most it can have cost.
    """
    price = prices.find(model)
    if price is None or input_tokens is None or output_tokens is None:
        return None
    return (price.input * input_tokens + price.output * output_tokens) / _MILLION


@cache
def read(path: Path | None = None) -> Prices:
    """The table of a file, else the packaged one; raises SettingsError for a file that is none."""
    try:
        text = path.read_text("utf-8") if path else _packaged()
        table = _Table.model_validate(tomllib.loads(text, parse_float=Decimal))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"MODEL_PRICES_FILE: {place}: {first['msg']}") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"MODEL_PRICES_FILE: {error}") from error
    by_model = {name.lower(): price for name, price in table.usd_per_million_tokens.items()}
    return Prices(table.noted_on, by_model)


def _packaged() -> str:
    return (resources.files("spotify_insights.insights") / "prices.toml").read_text("utf-8")


def _is_of(model: str, name: str) -> bool:
    rest = model.removeprefix(name)
    if rest == model:
        return False
    return not rest or rest[0] == ":" or (rest[0] in "-@" and rest[1:2].isdigit())

"""What a question costs."""

from datetime import date
from decimal import Decimal

import pytest

from spotify_insights.insights import prices
from spotify_insights.llm import DEFAULT_MODEL
from spotify_insights.settings import SettingsError

A_TABLE = """
noted_on = 2026-01-31
[usd_per_million_tokens]
"llama" = { input = 0, output = 0 }
"Big" = { input = 2.5, output = 15 }
"big-small" = { input = 0.05, output = 0.4 }
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(A_TABLE)
    return prices.read(path)


def test_the_packaged_table_knows_the_model_that_is_asked_by_default():
    packaged = prices.read()

    assert packaged.noted_on >= date(2026, 11, 26)
    assert prices.cost(packaged, DEFAULT_MODEL, 4_000, 1_000) == Decimal("0.002")


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("big", "0.0175"),
        ("big-2026-03-05", "0.0175"),
        ("BIG-SMALL-20260305", "0.00045"),
        ("llama:3b", "0"),
        ("big-smaller", None),
        ("big-mini", None),
        ("bigger", None),
        ("provider/big", None),
        ("", None),
    ],
)
def test_a_price_belongs_to_a_model_and_its_versions(table, model, usd):
    found = prices.cost(table, model, 1_000, 1_000)

    assert found == (None if usd is None else Decimal(usd))


@pytest.mark.parametrize(("given", "taken"), [(None, 5), (5, None), (None, None)])
def test_a_question_whose_tokens_are_unknown_has_no_known_cost(table, given, taken):
    assert prices.cost(table, "big", given, taken) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noted_on = 2026-01-31",
        "= broken",
        A_TABLE + '"x" = { input = 1 }\n',
        A_TABLE + '"x" = { input = -1, output = 1 }\n',
        A_TABLE + '"x" = { input = 1, output = 1, cached = 1 }\n',
        A_TABLE + '"x" = 5\n',
    ],
)
def test_a_table_that_is_none_says_which_setting_is_wrong(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text)

    with pytest.raises(SettingsError, match="MODEL_PRICES_FILE"):
        prices.read(path)


def test_a_table_that_is_not_there_says_so(tmp_path):
    with pytest.raises(SettingsError, match="MODEL_PRICES_FILE"):
        prices.read(tmp_path / "none.toml")

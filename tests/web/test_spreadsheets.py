"""Tables that a spreadsheet shows as they are."""

import csv
from io import StringIO

import pytest

from spotify_insights.web import spreadsheets


def read_back(text):
    return list(csv.reader(StringIO(text, newline="")))


def test_a_table_is_read_back_as_it_was():
    rows = [("a,b", 1), ('say "hi"', 2), ("line\nbreak", 3), ("Björk — 音楽", 4)]

    text = "".join(spreadsheets.lines(("name", "row"), rows))

    assert read_back(text) == [["name", "row"], *([name, str(row)] for name, row in rows)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_compute_is_made_text(start):
    text = "".join(spreadsheets.lines(("name",), [(f"{start}1+1",)]))

    assert read_back(text)[1] == [f"'{start}1+1"]

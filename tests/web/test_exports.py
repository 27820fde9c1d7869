import json

import pytest
from tests.listening.builders import a_play
from tests.web.asking import NOWHERE, imported, problem, wrong_fields

from spotify_insights.listening import exporting
from spotify_insights.listening.exporting import Format

PLAYS = tuple(a_play(f"2024-05-0{day}T10:00:00Z", title='Bl"u"e; ü') for day in (1, 2, 3))


def export(client, user_id, **query):
    return client.get("/api/exports", params={"user_id": str(user_id)} | query)


@pytest.mark.parametrize(
    ("form", "media_type", "name"),
    [
        (Format.JSONL, "application/jsonl", "listening-history.jsonl"),
        (Format.CSV, "text/csv; charset=utf-8", "listening-history.csv"),
        (Format.SPOTIFY, "application/json", "listening-history.json"),
    ],
)
def test_an_export_is_a_file_to_keep(client, listener, form, media_type, name):
    imported(client, listener.id, *PLAYS)

    answer = export(client, listener.id, format=form.value)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content == b"".join(page.content for page in exporting.pages(listener.id, form))
    assert answer.text.count("2024-05-03T") > 0


def test_without_a_format_it_is_lines_of_json(client, listener):
    imported(client, listener.id, *PLAYS)

    header, *plays = map(json.loads, export(client, listener.id).text.splitlines())

    assert header == {"insights_export": 1}
    assert [play["title"] for play in plays] == ['Bl"u"e; ü'] * 3


def test_an_export_of_nobody_is_refused(client):
    problem(export(client, NOWHERE), 404, "unknown_user")


def test_an_unknown_format_is_refused_with_those_there_are(client, listener):
    fields = wrong_fields(export(client, listener.id, format="xlsx"))

    assert set(fields) == {"query.format"}
    assert all(form.value in fields["query.format"] for form in Format)

"""Every answer fits Spotify's own schema, but for the deviations listed here."""

import re
from functools import reduce

import pytest
from jsonschema import Draft4Validator

from spotify_insights.demo.catalogue import catalogue

GONE_IN_DEVELOPMENT_MODE = {
    r"'available_markets' is a required property": "gone since February 2026",
    r"'label' is a required property": "gone since February 2026",
    r"'popularity' is a required property": "gone since February 2026",
}
ALWAYS = {
    r"(next|cursors): None is not of type": "null on the last page, which the schema leaves out",
    r"display_name: None is not of type": "null when the listener has none",
    r"context: None is not of type": "null for a play on its own",
    r"(href|id|uri): None is not of type": "null for a local file",
    r"release_date(_precision)?: None is not of type": "null for a local file",
    r"(album_type|release_date_precision): None is not one of": "null for a local file",
    r"album_type: None is not of type": "null for a local file",
}


def as_json_schema(node):
    """OpenAPI 3.0 says `nullable` where JSON Schema has the type null."""
    if isinstance(node, list):
        return [as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {key: as_json_schema(part) for key, part in node.items()}
    if node.pop("nullable", None) is True and "type" in node:
        node["type"] = [node["type"], "null"]
    return node


@pytest.fixture(scope="module")
def schema(openapi):
    converted = as_json_schema({"components": openapi["components"], "paths": openapi["paths"]})

    def of(path):
        answer = converted["paths"][path]["get"]["responses"]["200"]
        name = answer["$ref"].rsplit("/", 1)[1]
        body = converted["components"]["responses"][name]["content"]["application/json"]
        return {**body["schema"], "components": converted["components"]}

    return of


def answers(spotify):
    """(path in the schema, answer) for each endpoint and each way it can look."""
    music = catalogue(1)
    album = max(music.albums, key=lambda album: album.total_tracks)
    yield "/me", spotify.get("/me")
    for kind in ("artists", "tracks"):
        for time_range in ("short_term", "medium_term", "long_term"):
            yield f"/me/top/{kind}", spotify.get(f"/me/top/{kind}", time_range=time_range, limit=50)
        yield f"/me/top/{kind}", spotify.get(f"/me/top/{kind}", offset=50)
    recent = "/me/player/recently-played"
    yield recent, spotify.get(recent, limit=50)
    yield recent, spotify.get(recent, before=1)
    yield "/tracks/{id}", spotify.get(f"/tracks/{music.tracks[0].id}")
    yield "/artists/{id}", spotify.get(f"/artists/{music.artists[0].id}")
    yield "/albums/{id}", spotify.get(f"/albums/{album.id}")
    yield "/search", spotify.get("/search", q="a", type="artist,album,track", limit=10)


def deviations(spotify, schema):
    found = set()
    for path, answer in answers(spotify):
        assert answer.status_code == 200
        for error in Draft4Validator(schema(path)).iter_errors(answer.json()):
            last = next((part for part in reversed(error.path) if isinstance(part, str)), "")
            found.add(f"{last}: {error.message}")
    return found


def listed(deviation, patterns):
    return [pattern for pattern in patterns if re.search(pattern, deviation)]


def test_answers_validate_against_the_schema(spotify, schema):
    plain = deviations(spotify, schema)
    spotify.switch(oddities=["local_file", "no_display_name", "no_images"], genres="absent")
    odd = deviations(spotify, schema)

    patterns = GONE_IN_DEVELOPMENT_MODE | ALWAYS
    assert {one for one in plain | odd if not listed(one, patterns)} == set()
    seen = {pattern for one in plain | odd for pattern in listed(one, patterns)}
    assert seen == patterns.keys()


def test_extended_answers_lack_nothing_that_the_schema_wants(spotify, schema):
    spotify.switch(payloads="extended", oddities=["local_file"])

    found = deviations(spotify, schema)

    of_a_local_file = r"'available_markets' is a required property"
    assert {one for one in found if not listed(one, ALWAYS | {of_a_local_file: ""})} == set()


def test_answers_have_no_field_that_the_schema_does_not_know(spotify, schema):
    for payloads in ("development", "extended"):
        spotify.switch(payloads=payloads, oddities=["local_file"])
        for path, answer in answers(spotify):
            root = schema(path)
            assert unknown_fields(root, root, answer.json()) == set()


def unknown_fields(root, node, value):
    properties, items = known(root, node)
    if isinstance(value, list):
        return {name for part in value for name in unknown_fields(root, items, part)}
    if not isinstance(value, dict):
        return set()
    unknown = value.keys() - properties.keys()
    inner = (
        unknown_fields(root, properties[name], part)
        for name, part in value.items()
        if name in properties
    )
    return unknown.union(*inner)


def known(root, node):
    """The properties and the item schema of a node with its references and parts followed."""
    if "$ref" in node:
        parts = node["$ref"].removeprefix("#/").split("/")
        return known(root, reduce(lambda at, part: at[part], parts, root))
    properties, items = dict(node.get("properties", {})), node.get("items", {})
    for part in node.get("allOf", []):
        more, inner = known(root, part)
        properties, items = properties | more, inner or items
    return properties, items

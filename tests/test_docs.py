"""What exists is documented, and what is documented exists."""

import ast
import re
from pathlib import Path

import pytest

from spotify_insights import errors
from spotify_insights.cli import COMMANDS
from spotify_insights.settings import Settings
from spotify_insights.web.app import app

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "spotify_insights"
# Codes are given to the kinds of `errors`, to their heirs, and to these functions.
GIVEN_TO = {
    *(name for name in vars(errors) if name[0].isupper()),
    *("AccessExpired", "Temporary", "AlreadyRunning", "ArchiveError", "_answer", "fail", "retry"),
}
# The framework's own refusals are named after their status.
OF_HTTP = {"bad_request", "not_found", "method_not_allowed"}
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def page(name):
    return (ROOT / "docs" / name).read_text()


def first_cells(text):
    """What stands in backticks in the first column of the page's tables."""
    return set(re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE))


def test_every_setting_is_documented_and_no_other():
    documented = first_cells(page("configure.md"))

    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_command_is_documented_and_no_other():
    documented = {cell.split()[0] for cell in first_cells(page("use.md"))}

    assert documented == set(COMMANDS)


def test_every_endpoint_is_documented_and_no_other():
    offered = {
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }

    documented = set(re.findall(r"^### `([A-Z]+ /[^`]*)`", page("api.md"), flags=re.MULTILINE))

    assert documented == offered


def test_every_error_code_is_documented_and_no_other():
    documented = first_cells(page("errors.md"))

    raised = {code for path in SOURCE.rglob("*.py") for code in codes_in(path)}

    assert documented == raised | OF_HTTP


def codes_in(path):
    """The codes in a module, except for the demo's, which are Spotify's."""
    if "demo" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        for text in map(ast.literal_eval, filter(is_text, places_of_codes(node))):
            if CODE.fullmatch(text):
                yield text


def places_of_codes(node):
    """Arguments of what makes errors, `error_code=…` anywhere, and the guard's refusals."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield from node.value.elts[:1]
    if isinstance(node, ast.Call):
        yield from node.args if called(node) in GIVEN_TO else []
        yield from (one.value for one in node.keywords if one.arg == "error_code")


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")))
def test_links_between_pages_lead_somewhere(path):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text())

    missing = [target for target in targets if not (path.parent / target).exists()]

    assert missing == []


def test_the_readme_fits_on_two_screens():
    assert len(page("../README.md").splitlines()) <= 80

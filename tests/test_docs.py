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
    *(
        "AccessExpired",
        "Temporary",
        "Uncertain",
        "AlreadyRunning",
        "ArchiveError",
        "_answer",
        "fail",
        "retry",
    ),
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


# What is a step on the way to a number, and no number itself.
STATISTICS = ROOT / "src" / "spotify_insights" / "listening" / "stats"
NO_STATISTICS = {
    *("__init__", "clock", "dashboard", "details", "known", "names", "plays", "ranges", "scope"),
    "shows",
}
STEPS = {
    *("genres.is_finding", "genres.labelled", "genres.plays_by_artist", "genres.sources_of"),
    *("sessions.first_plays", "sessions.session_numbers", "standings.rank", "totals.distinct"),
    *("tops.ids_of", "tops.ranking", "tops.tally_of", "entities.profile", "entities.entity"),
}


def statistics():
    """Each public function that counts something, as `module.function`, and its module's tree."""
    for path in sorted(STATISTICS.glob("*.py")):
        if path.stem not in NO_STATISTICS:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{path.stem}.{node.name}"


def numbers():
    """Each field of an answer that is a number, as `module.field`."""
    for path in sorted(STATISTICS.glob("*.py")):
        answers = [] if path.stem in NO_STATISTICS else ast.parse(path.read_text()).body
        for node in answers:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and "int" in ast.unparse(field.annotation):
                        yield path.stem, field.target.id


def sections():
    """The headings of the page on statistics and what stands below each of them."""
    found = re.split(r"^### (.+)$", page("statistics.md"), flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_every_statistic_is_explained_and_no_other():
    explained = {name for heading in sections() for name in re.findall(r"`(\w+\.\w+)", heading)}
    told = set(statistics()) - STEPS
    others = {
        name
        for name in explained
        if name.partition(".")[0] in {"moods", "entities", "exclusions", "history"}
    }

    assert told <= explained
    assert explained - others - STEPS <= set(statistics())


def test_every_statistic_has_an_example():
    without = [heading for heading, text in sections().items() if "*Example:*" not in text]

    assert without == []


def test_every_number_of_an_answer_is_named_on_the_page():
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", page("statistics.md")))))

    missing = [f"{module}.{name}" for module, name in numbers() if name not in words]

    assert missing == []

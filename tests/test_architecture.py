"""The house's rules, where a machine can check them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from spotify_insights import errors, migrations, queue, resources, worker
from spotify_insights.jobs import QUEUE_OF
from spotify_insights.models import Base
from spotify_insights.models.job import JobKind, Queue
from spotify_insights.web.errors import STATUS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "spotify_insights"
MODULES = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if "migrations" not in path.relative_to(SOURCE).parts
]
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50
ROLES = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "constants"}
# LangChain takes seconds to load, and most processes never need it.
MAY_IMPORT_INSIDE = {"llm/asking.py": ["_libraries"]}
# The three edges where any error is caught: jobs, the 500 page, the command line.
EDGES = {"jobs", "web", "cli"}
# Where a protocol asks for it: the demo's slowness, ASGI middleware and lifespan.
MAY_BE_ASYNC = {"web/guard.py", "web/answers.py", "web/app.py"}

each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix()
)


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def test_a_module_imports_only_from_below_its_floor():
    program = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


@each_module
def test_a_module_is_short_and_named_after_a_thing(path):
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    assert path.stem not in ROLES


@each_module
def test_functions_are_short_and_import_nothing(path):
    may_import = MAY_IMPORT_INSIDE.get(path.relative_to(SOURCE).as_posix(), [])
    for function in functions(path):
        assert function.end_lineno - function.lineno < LONGEST_FUNCTION, function.name
        inside = [
            node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert inside == [] or function.name in may_import, function.name


@each_module
def test_any_error_is_caught_at_the_edges_alone(path):
    broad = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]

    assert not broad or path.relative_to(SOURCE).parts[0] in EDGES


@each_module
def test_async_stands_only_where_a_protocol_asks_for_it(path):
    name = path.relative_to(SOURCE).as_posix()

    coroutines = [one for one in functions(path) if isinstance(one, ast.AsyncFunctionDef)]

    assert not coroutines or name.startswith("demo/") or name in MAY_BE_ASYNC


@each_module
def test_nothing_is_put_off(path):
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text())


def test_every_kind_of_error_has_a_status():
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.InsightsError)
    }

    assert set(STATUS) == kinds - {errors.InsightsError}


@pytest.mark.parametrize("kind", JobKind)
def test_every_kind_of_job_has_a_flow_a_task_a_queue_and_a_time_limit(kind, clean_database):
    flow, task = worker.FLOWS[kind], worker.TASKS[kind]

    assert QUEUE_OF[kind] in Queue
    assert task.name == queue.task_name(kind)
    assert task.time_limit == flow.time_limit.total_seconds() > 0


def test_the_migrations_make_what_the_models_say(clean_database):
    with resources.engine().connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_server_default": True,
                "include_object": lambda _, name, *__: not str(name).startswith("plays_p"),
            },
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_the_schema_can_be_taken_back_and_made_again(clean_database):
    config = Config()
    config.set_main_option("script_location", "spotify_insights:migrations")

    command.downgrade(config, "base")
    migrations.upgrade()
    migrations.upgrade()

    with resources.engine().connect() as connection:
        assert connection.dialect.has_table(connection, "plays")

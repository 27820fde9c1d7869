"""The reference shares nothing with what it is compared with."""

import ast
import sys
from pathlib import Path

import pytest

MODULES = sorted(
    path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("test_")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_reference_imports_the_standard_library_and_the_reference_alone(path):
    imported = list(imports_of(ast.parse(path.read_text())))

    assert imported
    for name in imported:
        is_own = name == "tests.reference" or name.startswith("tests.reference.")
        assert is_own or name.split(".")[0] in sys.stdlib_module_names, name


def imports_of(tree):
    """The modules that are imported anywhere; of an import by a dot, that dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert not called.endswith(("__import__", "import_module")), called

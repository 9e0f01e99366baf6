"""The core's imports, whatever packages the contracts in pyproject.toml may forget."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tuicnn.core

FILES = sorted(Path(tuicnn.core.__path__[0]).rglob("*.py"))
ALLOWED = sys.stdlib_module_names | {"pydantic", "pydantic_core"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_core_imports_the_standard_library_and_pydantic_alone(file):
    for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
        assert name.split(".")[0] in ALLOWED or name.startswith("tuicnn.core")

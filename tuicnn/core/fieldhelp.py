"""What each field means: the string that stands under it in the source.

It never runs when a program starts: Pydantic would read the source of all eighty
classes then, which takes longer than checking a network.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from types import ModuleType

from pydantic import BaseModel


def help_text(kind: type[BaseModel], field: str) -> str:
    """Return the help of a field, by its name or alias; empty where there is none."""
    for name, info in kind.model_fields.items():
        if field in (name, info.alias):
            for owner in kind.__mro__:
                found = _strings(owner).get(name)
                if found is not None:
                    return found
    return ""


def module_strings(module: ModuleType) -> dict[str, str]:
    """Return the string under each annotated name of a module."""
    return _under_names(ast.parse(inspect.getsource(module)).body)


@cache
def _strings(owner: type) -> dict[str, str]:
    """Return the string under each annotated name of a class body."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # a class without a source file
        return {}
    body = ast.parse(source).body[0]
    return _under_names(body.body) if isinstance(body, ast.ClassDef) else {}


def _under_names(body: list[ast.stmt]) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement, following in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            found[statement.target.id] = " ".join(following.value.value.split())
    return found

"""What each field means: the string that stands under it in the source.

It never runs when a program starts: Pydantic would read the source of all eighty
classes then, which takes longer than checking a network.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

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


@cache
def _strings(owner: type) -> dict[str, str]:
    """Return the string under each annotated name of a class body."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # a class without a source file
        return {}
    body = ast.parse(source).body[0]
    found: dict[str, str] = {}
    if not isinstance(body, ast.ClassDef):
        return found
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            found[statement.target.id] = " ".join(following.value.value.split())
    return found

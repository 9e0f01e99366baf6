"""Mutants: one small change each in a module of rules.

What is only text for people is left alone: strings and what stands in them, messages,
annotations, docstrings.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from tests.program import ROOT

CORE = ROOT / "tuicnn" / "core"
MODULES = (
    *(CORE / f"{name}.py" for name in ("terms", "derivation", "shapes", "layer")),
    *(CORE / f"{name}.py" for name in ("reach", "receptive", "liveness", "report")),
    *(
        path
        for path in sorted((CORE / "layers").rglob("*.py"))
        if path.stem not in ("__init__", "broken")
    ),
)
"""Where shapes, counts and receptive fields are decided."""

_SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult, ast.Mod),
    ast.Div: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_NAMES = {"min": "max", "any": "all", "floor": "ceil", "smaller": "larger"}
_NAMES |= {new: old for old, new in _NAMES.items()}
_TEXT = ("Note", "Refusal", "PydanticCustomError", "spell", "spelled")
"""Calls whose arguments are for people; but a fix is a rule."""
_UNTOUCHED = ("annotation", "returns", "decorator_list", "bases", "type_comment")
_READABLE = 72
"""Characters of the expression around a change that its name shows."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change.

    Attributes:
        name: Module, function and change: it stays when other lines move.
        path: The module's file.
        function: First line of the outermost function around it; None: the change is
            made when the module is imported.
    """

    name: str
    path: Path
    tree: ast.Module
    place: _Place
    change: ast.AST

    @property
    def function(self) -> int | None:
        return self.place.scope.function

    @property
    def module(self) -> str:
        """The name by which the module is imported."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts)

    def code(self) -> CodeType:
        """Return the module, changed."""
        self.place.put(self.change)
        tree = ast.fix_missing_locations(self.tree)
        code = compile(tree, str(self.path), "exec")
        self.place.put(self.place.node)
        return code

    def __str__(self) -> str:
        place = f"{self.path.relative_to(ROOT)}:{self.place.node.lineno}"
        return f"{place}: {self.name}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module, each with a name of its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = path.relative_to(CORE).with_suffix("").as_posix()
    seen: Counter[str] = Counter()
    for place in list(_places(tree, _Scope("module", None, ()))):
        known = {before := place.shown()}
        for change in _changes(place.node):
            place.put(change)
            after = place.shown()
            place.put(place.node)
            if after not in known:
                known.add(after)
                name = f"{module} {place.scope.name}: {before} → {after}"
                seen[name] += 1
                name += f" ({seen[name]})" if seen[name] > 1 else ""
                yield Mutant(name, path, tree, place, change)


def noting(path: Path) -> CodeType:
    """Return a module whose functions call `_noted` with their first line."""

    class Noting(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
            note = ast.parse(f"_noted({_first_line(node)})").body[0]
            node.body.insert(0, ast.copy_location(note, node))
            return node  # those within are called through it

    tree = Noting().visit(ast.parse(path.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


class _Scope(NamedTuple):
    name: str
    function: int | None
    around: tuple[ast.AST, ...]

    def within(self, node: ast.AST) -> _Scope:
        """Return the scope of what a node holds."""
        name, function = self.name, self.function
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = node.name if name == "module" else f"{name}.{node.name}"
        if isinstance(node, ast.FunctionDef) and function is None:
            function = _first_line(node)
        return _Scope(name, function, (*self.around, node))


def _first_line(function: ast.FunctionDef) -> int:
    return min(one.lineno for one in (function, *function.decorator_list))


class _Place(NamedTuple):
    """Where in a tree a node stands."""

    node: ast.expr | ast.stmt
    parent: ast.AST
    field: str
    index: int | None
    scope: _Scope

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def shown(self) -> str:
        """Return the largest expression around it that a line can show."""
        best = ""
        for node in reversed((*self.scope.around, self._now())):
            if not isinstance(node, (ast.expr, ast.stmt, ast.comprehension)):
                break
            lines = (
                (node.end_lineno or 0) - node.lineno
                if best and not isinstance(node, ast.comprehension)
                else 0
            )
            if lines > 2 or isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                break
            text = " ".join(ast.unparse(node).split())
            if best and len(text) > _READABLE:
                break
            best = text
        return best

    def _now(self) -> ast.AST:
        found = getattr(self.parent, self.field)
        return found if self.index is None else found[self.index]


def _places(parent: ast.AST, outer: _Scope) -> Iterator[_Place]:
    scope = outer.within(parent)
    for field, value in ast.iter_fields(parent):
        if field in _UNTOUCHED or _is_text(parent, field):
            continue
        # What a function's head holds is worked out when the module is imported.
        inner = outer._replace(around=scope.around) if field == "args" else scope
        inner = scope if isinstance(parent, ast.Call) else inner
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or isinstance(node, ast.JoinedStr):
                continue
            if isinstance(node, (ast.expr, ast.stmt)):
                at = index if isinstance(value, list) else None
                yield _Place(node, parent, field, at, inner)
            yield from _places(node, inner)


def _is_text(parent: ast.AST, field: str) -> bool:
    match parent:
        case ast.Call(func=ast.Name(id="ConfigDict")):
            return True
        case ast.Call(func=ast.Name(id=name)) if name in _TEXT:
            return field == "args"
        case ast.keyword(arg="strict" | "field" | "hint" | "declared"):
            return True  # zip's `strict` is an assertion
        case ast.Subscript(value=ast.Name(id="Annotated" | "Literal")):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return isinstance(parent, (ast.Assert, ast.Import, ast.ImportFrom))


def _changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one case for each kind
    """Yield what may stand in a node's place."""
    match node:
        case ast.BinOp(left, op, right):
            for kind in _SWAPPED.get(type(op), ()):
                yield _like(node, ast.BinOp(left, kind(), right))
            yield left
        case ast.BoolOp(op, values):
            for kind in _SWAPPED[type(op)]:
                yield _like(node, ast.BoolOp(kind(), values))
        case ast.Compare(left, [op], [right]):
            for kind in _SWAPPED[type(op)]:
                yield _like(node, ast.Compare(left, [kind()], [right]))
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(bool() as value):
            yield _like(node, ast.Constant(not value))
        case ast.Constant(int() as value):
            yield _like(node, ast.Constant(value + 1))
            yield _like(node, ast.Constant(value - 1))
        case ast.Name(name, ast.Load()) if name in _NAMES:
            yield _like(node, ast.Name(_NAMES[name], ast.Load()))
        case ast.IfExp(test, body, orelse):
            yield _like(node, ast.IfExp(_negated(test), body, orelse))
        case ast.If(ast.Name("TYPE_CHECKING")):
            pass
        case ast.If(test, body, orelse):
            yield _like(node, ast.If(_negated(test), body, orelse))
        case ast.Expr(ast.Call()) | ast.Continue():
            yield _like(node, ast.Pass())
        case ast.AugAssign(target, op, value):
            for kind in _SWAPPED.get(type(op), ()):
                yield _like(node, ast.AugAssign(target, kind(), value))


def _negated(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _like(node: ast.AST, new: ast.AST) -> ast.AST:
    return ast.copy_location(new, node)

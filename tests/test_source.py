"""What the source never does: run what it reads, or show a text as markup."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import ROOT

FILES = sorted((ROOT / "tuicnn").rglob("*.py"))
FORBIDDEN = {
    "asyncio.subprocess", "ctypes", "dill", "ftplib", "http", "joblib", "marshal",
    "multiprocessing", "pickle", "pty", "requests", "rich.console", "rich.markup",
    "shelve", "smtplib", "socket", "subprocess", "textual.markup", "torch", "urllib",
    "webbrowser", "xmlrpc", "yaml",
}  # fmt: skip
"""Modules that run, send or unpickle, or that read markup."""
ALLOWED = {
    ("files/recovery.py", "urllib"), ("ui/app.py", "rich.console"),
    ("preview/allocator.py", "ctypes"),
}  # fmt: skip
"""The first only spells a path, the second names a type, the third sets a number."""
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input", "print"}
METHODS = {"system", "popen", "spawnl", "spawnv", "execv", "execve", "from_markup"}
SHOWN = {"Static", "Label", "Button", "Option", "Digits", "Collapsible"}
"""Widgets that would read a bare text as markup."""
SAFE = {"visible", "Content", "Text"}


def parsed(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8"), str(path)))


def name_of(node: ast.expr) -> str:
    """Return what a call names last: `Content.styled` is `styled`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return []


def keywords(call: ast.Call) -> dict[str | None, object]:
    return {one.arg: getattr(one.value, "value", ...) for one in call.keywords}


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def dangers(path: Path) -> Iterator[str]:
    """Yield where a file could run, unpickle or send what it has read."""
    local = str(path.relative_to(ROOT / "tuicnn"))
    for node in parsed(path):
        for name in imported(node):
            parts = name.split(".")
            heads = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
            spared = any((local, head) in ALLOWED for head in heads)
            if heads & FORBIDDEN and not spared:
                yield f"{place(path, node)} imports {name}"
        if isinstance(node, ast.Call):
            given = keywords(node)
            bare = isinstance(node.func, ast.Name) and node.func.id in CALLS
            method = isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
            if bare or method:
                yield f"{place(path, node)} calls {name_of(node.func)}"
            if given.get("shell", False) is not False:
                yield f"{place(path, node)} has shell=…"
            if given.get("allow_pickle", False) is not False:
                yield f"{place(path, node)} has allow_pickle=…"
            if name_of(node.func) == "load" and "weights" not in local:
                owner = name_of(getattr(node.func, "value", node.func))
                if owner in ("np", "numpy", "torch", "yaml", "pickle"):
                    yield f"{place(path, node)} calls {owner}.load"


def is_plain(value: ast.expr) -> bool:
    """Whether a widget is given a text that it does not take for markup."""
    if isinstance(value, ast.Constant):
        return not isinstance(value.value, str) or "[" not in value.value
    if isinstance(value, ast.Call):
        owner = (
            value.func.value if isinstance(value.func, ast.Attribute) else value.func
        )
        return name_of(owner) in SAFE or name_of(value.func).startswith("_")
    return False


def markups(path: Path) -> Iterator[str]:
    """Yield where a text of somebody else's could be taken for markup."""
    if "ui" not in path.parts:
        return
    lists = [one for one in parsed(path) if isinstance(one, ast.Call)]
    lists = [one for one in lists if name_of(one.func) in ("Options", "OptionList")]
    listed = bool(lists) and all(keywords(one).get("markup") is False for one in lists)
    for node in parsed(path):
        if isinstance(node, ast.Call):
            name, given = name_of(node.func), keywords(node)
            literal = given.get("markup") is False or (name == "Option" and listed)
            if name == "notify" and not literal:
                yield f"{place(path, node)} notifies with markup"
            if (
                name in SHOWN
                and node.args
                and not literal
                and not is_plain(node.args[0])
            ):
                yield f"{place(path, node)} shows {name}({ast.unparse(node.args[0])})"
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                title = name_of(target) in (
                    "border_title",
                    "border_subtitle",
                    "tooltip",
                )
                if (
                    title
                    and isinstance(target, ast.Attribute)
                    and not is_plain(node.value)
                ):
                    yield f"{place(path, node)} titles {ast.unparse(node.value)}"


@pytest.mark.parametrize("find", [dangers, markups])
def test_nothing_of_it_stands_in_the_source(find):
    assert len(FILES) > 100
    assert [one for path in FILES for one in find(path)] == []


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (dangers, "import pickle"), (dangers, "from urllib import request"),
        (dangers, "import os\nos.system('x')"), (dangers, "eval('1')"),
        (dangers, "f(shell=True)"), (dangers, "np.load(p, allow_pickle=True)"),
        (dangers, "from rich.markup import escape"), (dangers, "np.load(p)"),
        (markups, "self.notify(text)"), (markups, "Static(text)"),
        (markups, "Static(f'{text}')"), (markups, "Button(name, id='a')"),
        (markups, "x.border_title = name"), (markups, "Option('[b]x')"),
        (dangers, "Content.from_markup(x)"),
    ],
)  # fmt: skip
def test_it_would_be_found(find, text, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_source.ROOT", tmp_path)
    path = tmp_path / "tuicnn" / "ui" / "module.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert len(list(find(path))) >= 1

"""The parts of README that follow from the code; `python -m tests.readme` writes them.

Nothing that the code knows is listed by hand, so README cannot fall behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import click
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character

from tests.answers import ANSWERS
from tests.ui.scenes import SCENES
from tuicnn.cli.group import CommandGroup
from tuicnn.commands import command_names
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Code
from tuicnn.core.fieldhelp import module_strings
from tuicnn.core.layers import family, layer_types
from tuicnn.core.report import Report
from tuicnn.core.shapes import spell
from tuicnn.presets import names, open_source
from tuicnn.ui.app import binding_ids

README = Path(__file__).parents[1] / "README.md"
FAMILIES = {
    "conv": "Convolution",
    "pool": "Pooling",
    "norm": "Normalisation",
    "activation": "Activation",
    "dense": "Dense",
    "shaping": "Shape",
    "regularization": "Regularisation",
    "structure": "Structure",
}
OWNERS = {
    "TuicnnApp": "Everywhere",
    "EditorScreen": "The editor",
    "FilingScreen": "Files",
    "PreviewingScreen": "The forward pass",
    "ProposingScreen": "Fixes, and ways to a shape",
    "ComparingScreen": "Comparing",
    "WhyScreen": "Why",
    "ExaminingScreen": "The network as a whole",
    "Lines": "The stack: going about",
    "Stack": "The stack: editing",
    "Inspector": "The layer",
    "Field": "A field",
    "Entry": "A field to type in",
    "Choice": "A field with a choice",
    "Problems": "The problems",
    "Activations": "The values",
    "AddLayer": "Adding a layer",
    "ProposeDialog": "Taking a proposal",
    "WhyDialog": "Why a number is what it is",
    "Numbers": "Why: the list of numbers",
    "Examine": "Examining",
    "ErrorDialog": "Pasting an error",
    "OpenDialog": "Opening",
    "SaveAs": "Saving",
    "ExportDialog": "Exporting",
    "Difference": "A difference",
    "Ask": "A question",
    "AskText": "A question with a text",
    "Help": "Help",
}
"""What the place is called whose keys a class declares."""
KEYS = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "delete": "del"}
KEYS |= {"plus": "+", "slash": "/"}
KEYS |= {"up": "↑", "down": "↓", "left": "←", "right": "→"}
SHOWN_FIRST = ("alexnet", "error", "values")
"""The scenes that stand at the top."""


def layers() -> Iterator[str]:
    """Yield the table of layer types, a row each, family by family."""
    yield "| type | what it does | fields (* must be given) |"
    yield "|---|---|---|"
    title = ""
    for name, kind in layer_types().items():
        if FAMILIES[family(kind)] != title:
            title = FAMILIES[family(kind)]
            yield f"| **{title}** | | |"
        fields = [
            f"`{info.alias or field}`{'*' if info.is_required() else ''}"
            for field, info in kind.model_fields.items()
            if field not in ("type", "name")
        ]
        meaning = (kind.__doc__ or "").splitlines()[0]
        yield f"| `{name}` | {meaning} | {' '.join(fields) or '—'} |"


def codes() -> Iterator[str]:
    """Yield the table of problems."""
    yield "| code | severity | what it means |"
    yield "|---|---|---|"
    for code in Code:
        yield f"| `{code.code}` | {code.severity} | {code.meaning} |"


def commands() -> Iterator[str]:
    """Yield the table of commands."""
    group = CommandGroup("tuicnn")
    context = click.Context(group)
    yield "| command | what it does |"
    yield "|---|---|"
    for name in command_names():
        command = group.get_command(context, name)
        assert command is not None
        usage = " ".join(command.collect_usage_pieces(context))
        usage = usage.removeprefix("[OPTIONS]").strip()
        yield f"| `tuicnn {name} {usage}`".rstrip("` ") + (
            f"` | {command.get_short_help_str(100)} |"
        )


def presets() -> Iterator[str]:
    """Yield the table of presets."""
    yield "| preset | input | output | parameters | MACs |"
    yield "|---|---|---|---:|---:|"
    for name in names():
        report = _report(name)
        assert report.output is not None
        totals = report.totals
        yield (
            f"| `{name}` | {spell(report.network.input)} | {spell(report.output)} | "
            f"{spelled(totals.parameters)} | {spelled(totals.macs)} |"
        )


def bounds() -> Iterator[str]:
    """Yield the table of limits."""
    yield "| limit | at most |"
    yield "|---|---:|"
    for name, meaning in module_strings(limits).items():
        yield f"| {meaning.rstrip('.')} | {getattr(limits, name):,} |"


def keys() -> Iterator[str]:
    """Yield the table of keys, place by place."""
    yield "| key | what it does | id |"
    yield "|---|---|---|"
    found = {kind.__name__: kind for kind in key_owners()}
    assert found.keys() == OWNERS.keys()
    for name, title in OWNERS.items():
        yield f"| **{title}** | | |"
        for action, same in groupby(own_bindings(found[name]), attrgetter("id")):
            every = list(same)
            shown = " ".join(f"`{spelled_key(one.key)}`" for one in every)
            yield f"| {shown} | {every[0].tooltip} | `{action}` |"


def key_owners() -> list[type[DOMNode]]:
    """Return the classes that declare keys."""
    assert binding_ids()  # with them all the classes are imported
    found, pending = [], [DOMNode]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind.__module__.startswith("tuicnn.") and own_bindings(kind):
            found.append(kind)
    return found


def own_bindings(kind: type[DOMNode]) -> list[Binding]:
    """Return the keys that a class declares itself."""
    if "BINDINGS" not in vars(kind):
        return []
    return list(Binding.make_bindings(vars(kind)["BINDINGS"]))


def spelled_key(key: str) -> str:
    """Return a key as people write it: `?`, `ctrl+s`, `pgdn`."""
    *modifiers, last = key.split("+")
    character = key_to_character(last) or ""
    readable = character.isprintable() and not character.isspace()
    return "+".join([*modifiers, KEYS.get(last) or readable * character or last])


def answers() -> Iterator[str]:
    """Yield the questions that the editor answers, with the keys."""
    yield "| question | open | press | see |"
    yield "|---|---|---|---|"
    for one in ANSWERS:
        pressed = " ".join(
            f"“{key[1:]}”" if key.startswith('"') else f"`{key}`" for key in one.keys
        )
        opened = f"tuicnn {one.source}".rstrip()
        yield f"| {one.question} | `{opened}` | {pressed} | {one.told} |"


def pictures() -> Iterator[str]:
    """Yield the first pictures of the editor."""
    for name in SHOWN_FIRST:
        yield f"![{_sentence(SCENES[name].shows)}](screenshots/{name}.svg)"
        yield ""


def gallery() -> Iterator[str]:
    """Yield the table of all pictures."""
    yield "| picture | what it shows |"
    yield "|---|---|"
    for name, scene in SCENES.items():
        yield f"| [{name}](screenshots/{name}.svg) | {_sentence(scene.shows)} |"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _report(name: str) -> Report:
    network = open_source(name).reading.network
    assert network is not None
    return check(network)


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "presets": presets,
    "layers": layers,
    "codes": codes,
    "limits": bounds,
    "keys": keys,
    "answers": answers,
    "pictures": pictures,
    "gallery": gallery,
}


def written(text: str) -> str:
    """Return README with each derived part as it should be."""
    for name, lines in PARTS.items():
        part = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        body = "\n".join(lines())
        text, count = part.subn(lambda at, body=body: f"{at[1]}{body}\n{at[2]}", text)
        assert count == 1, f"README has no place for {name}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text()))

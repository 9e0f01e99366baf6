"""The parts of README that follow from the code; `python -m tests.readme` writes them.

Nothing that the code knows is listed by hand, so README cannot fall behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tuicnn.cli.group import CommandGroup, command_names
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Code
from tuicnn.core.fieldhelp import module_strings
from tuicnn.core.layers import family, layer_types
from tuicnn.core.report import Report
from tuicnn.core.shapes import spell
from tuicnn.presets import names, open_source

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

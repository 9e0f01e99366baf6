"""Documents as texts: the presets, and small ones made for a test."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases import net
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.reading import read_text
from tuicnn.core.report import Report

FOLDER = Path(__file__).parents[1] / "presets"
PRESETS = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))

Layer = dict[str, object]


def preset_text(name: str) -> str:
    """Return the text of a preset."""
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def text_of(entering: tuple[int, ...], *layers: Layer, **more: object) -> str:
    """Return a document as text, a layer on each line."""
    return as_text({**net(entering, *layers), **more})


def as_text(document: dict[str, object]) -> str:
    """Return a JSON object as text: a key, or a layer, on each line."""
    lines = []
    for key, value in document.items():
        shown = json.dumps(value, ensure_ascii=False)
        if key == "layers" and isinstance(value, list) and value:
            rows = (json.dumps(layer, ensure_ascii=False) for layer in value)
            shown = "[\n    " + ",\n    ".join(rows) + "\n  ]"
        lines.append(f"  {json.dumps(key)}: {shown}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def report_of_text(text: str) -> Report:
    """Return the report of a document, with line and column of what is wrong."""
    reading = read_text(text)
    assert reading.network is not None, reading.problems
    return check(reading.network).of_text(text, reading.problems, reading.more)


def preset_report(name: str) -> Report:
    """Return the report of a preset."""
    return report_of_text(preset_text(name))


def problems_of(text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a document, whether it holds a network or not."""
    reading = read_text(text)
    if reading.network is None:
        return reading.problems
    return (
        check(reading.network).of_text(text, reading.problems, reading.more).diagnostics
    )

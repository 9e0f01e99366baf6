"""Networks that every format is tried on: presets, hostile names, errors, nothing.

Nothing here knows a format.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases import net
from tuicnn.core.check import check
from tuicnn.core.reading import read_text, read_value
from tuicnn.core.report import Report

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))

HOSTILE = (
    '"]; click n0 "javascript:alert(1)"',
    '%%{init: {"theme": "dark"}}%%',
    "<script>alert(1)<",
    "[link](https:#x)",
    "`code` **bold** __b__",
    "a | b | c",
    "=1+1",
    "+cmd",
    "-2",
    "@SUM(A1)",
    "＝1+1",
    "end",
    "n0 --> n1",
    "#quot; &lt; $x$",
    "1) x",
    "- x",
    "\\",
    "日本 é 😀",
    "' OR 1=1",
    'a,"b";c',
)
"""Names that a document may have, and that some format would obey."""


def report_of(
    *layers: dict[str, object], entering: tuple[int, ...] = (1, 8, 8)
) -> Report:
    """Return the report of a network with these layers."""
    return reported(net(entering, *layers))


def reported(document: dict[str, object]) -> Report:
    """Return the report of a document, be it readable in every layer or not."""
    network = read_value(document).network
    assert network is not None
    return check(network)


def preset(name: str) -> Report:
    """Return the report of a preset."""
    path = PRESETS[0].with_name(f"{name}.json")
    network = read_text(path.read_text(encoding="utf-8")).network
    assert network is not None
    return check(network)


def empty() -> Report:
    """Return the report of a network without layers."""
    return report_of()


def hostile() -> Report:
    """Return the report of a network whose every text is an attack."""
    inner = [{"type": "relu", "name": name} for name in HOSTILE]
    document = net(
        (1, 8, 8),
        *inner,
        {"type": "block", "name": 'b"]|', "repeat": 2, "layers": inner},
        {"type": "parallel", "name": "p`<b>", "merge": "add", "branches": [inner, []]},
        {"type": "add", "name": "=skip", "with": list(HOSTILE)},
    )
    texts = dict.fromkeys(("title", "description", "source"), "\n".join(ATTACKS))
    return reported({**document, **texts, "name": HOSTILE[0]})


ATTACKS = (
    *HOSTILE,
    "\x1b]52;c;x\x07",
    "\x9b31m",
    "\u202eabc\u2066\x7f\xad\ufeff",
    "\u2028# heading",
    "---",
    "www.example.org http://example.org a@example.org",
)
"""Lines that a title may hold, where names may not: controls, too."""


def broken_off() -> Report:
    """Return the report of a network with an error in the middle."""
    return report_of(
        {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3},
        {"type": "linear", "name": "fc", "out_features": 10},
        {"type": "relu", "name": "below"},
        {"type": "block", "name": "tail", "layers": [{"type": "relu"}]},
        {"type": "add", "name": "sum", "with": ["conv", "nobody"]},
    )


def unreadable() -> Report:
    """Return the report of a network with layers that could not be read."""
    return report_of(
        {"type": "relu"},
        {"type": "conv9d", "kernel": [1, {"deep": None}]},
        {"type": "block", "layers": "none", "branches": {"a": 1}},
        {"type": "parallel", "branches": [1, [{"type": "relu"}]], "merge": "mix"},
        7,
        {"type": "relu"},
    )

"""Paste an error: which layer a framework's message is about, and what to do.

It never runs a framework: it reads the message, and looks at the network.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tuicnn.core.pasted import keras, onnx, torch
from tuicnn.core.pasted.clue import Clue, Pasted, located
from tuicnn.core.pasted.lines import pasted_lines

if TYPE_CHECKING:
    from tuicnn.core.report import Report

_LONGEST: Final = 20_000
"""Characters of a message that are read: the last ones, where the error stands."""
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def pasted(report: Report, message: str) -> Pasted:
    """Return what a pasted message means for a network.

    Args:
        message: The message, or a traceback that ends with it.
    """
    text = " ".join(_COLOUR.sub("", message[-_LONGEST:]).split())
    for framework in (torch, keras, onnx):
        for clue in framework.clues(text):
            return located(report, clue)
    return Pasted(None)


__all__ = ["Clue", "Pasted", "pasted", "pasted_lines"]

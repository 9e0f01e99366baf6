"""Whether a JSON value is a document at all, and one of this program's format.

It never looks at what a document says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tuicnn.core.diagnostics import Code, Diagnostic
from tuicnn.core.fieldproblems import shown
from tuicnn.core.network import FORMAT

_VERSION: Final = re.compile("tuicnn/(0|[1-9][0-9]{0,8})")


def not_a_document(value: object) -> Diagnostic:
    """Return what is wrong with a JSON value that is no object."""
    return Diagnostic(
        Code.NOT_A_DOCUMENT,
        "",
        None,
        (),
        f"Expected an object with format, name, input and layers. Received: "
        f"{shown(value)}.",
        f'The smallest document is {{"format": "{FORMAT}", "name": "net", '
        '"input": [1, 28, 28], "layers": []}.',
    )


def format_problem(value: Mapping[str, object]) -> Diagnostic | None:
    """Return why an object is no document of this format; None where it is one."""
    if "format" not in value:
        return Diagnostic(
            Code.UNKNOWN_FORMAT,
            "",
            "format",
            ("format",),
            "The key “format” is missing: this may be some other JSON file.",
            f'Begin the object with "format": "{FORMAT}".',
        )
    found = value["format"]
    if found == FORMAT:
        return None
    return Diagnostic(
        Code.UNKNOWN_FORMAT,
        "",
        "format",
        ("format",),
        f"This version reads {FORMAT}. Received: {shown(found)}.",
        _format_hint(found),
    )


def _format_hint(found: object) -> str:
    """Return what to do about a format: it may be newer, older, or nobody's."""
    change = f'Set "format" to "{FORMAT}" if this is a tuicnn document.'
    match = _VERSION.fullmatch(found) if isinstance(found, str) else None
    if match is None:
        return change
    if int(match[1]) > int(FORMAT.removeprefix("tuicnn/")):
        return "The file was made by a newer tuicnn: upgrade tuicnn to read it."
    return f"No tuicnn has ever written that format. {change}"

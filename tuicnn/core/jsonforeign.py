"""What people write in place of JSON, and how to tell them.

It never reads on: one place is foreign, and one fault comes of it.
"""

import re
from typing import NamedTuple

from tuicnn.core.jsonplace import string_end


class Fault(NamedTuple):
    """What is wrong, what to do about it, and the offset where it stands."""

    message: str
    hint: str
    at: int


_FOREIGN = (
    (
        "version https://git-lfs",
        "This is a Git LFS pointer, not the file it stands for.",
        "Fetch the file itself with git lfs pull.",
    ),
    (
        r"<{7}|\|{7}|={7}|>{7}",
        "A merge conflict was left here.",
        "Keep one of its sides and remove the markers.",
    ),
    (
        "<",
        "This is HTML or XML, not JSON.",
        "Save the file itself, not the page that shows it.",
    ),
    (
        "\ufeff",
        "A byte order mark stands inside the text.",
        "Save the file as UTF-8 without a byte order mark.",
    ),
    (
        r"//|/\*|#",
        "A comment begins here, and JSON has none.",
        'Remove it: "description" has room for remarks.',
    ),
    (
        "['`\u2018\u2019\u201c\u201d]",
        "{} is not the quote that JSON uses.",
        'Write strings between double quotes: "…".',
    ),
    (
        r"(?:True|False|None)\b",
        "{} is Python's spelling, not JSON's.",
        "Write true, false or null.",
    ),
    (
        r"[-+]?(?:NaN|nan|Infinity|inf)\b",
        "{} is not a number.",
        "Write a finite number.",
    ),
    (r"[-+.]*[0-9][\w.+-]*", "{} is not a number in JSON.", "Write it like 12 or 0.5."),
    (
        r"[^\W\d]\w*",
        "The word {} stands outside of quotes.",
        "Write keys and strings between double quotes.",
    ),
    ("(?s:.)", "The character {} has no place here.", "Remove it."),
)


def foreign_fault(text: str, at: int) -> Fault:
    """Put into words what is no token of JSON at all."""
    if text.startswith('"', at):
        return _broken_string(text, at)
    for pattern, message, hint in _FOREIGN:
        if match := re.compile(pattern).match(text, at):
            return Fault(message.format(shown(match[0])), hint, at)
    raise AssertionError("the last pattern matches every character")


def _broken_string(text: str, at: int) -> Fault:
    """Say why the string that opens at an offset is none."""
    end = string_end(text, at)
    if text.startswith("\\", end) and end + 1 < len(text):
        message = f"{shown(text[end : end + 2])} is not an escape that JSON knows."
        return Fault(message, r"Write \\ for a backslash.", end)
    if end == len(text) or text[end] in "\r\n\\":
        message = "The string that opens here has no closing quote."
        return Fault(message, "End the string with a double quote on its line.", at)
    message = f"The control character {shown(text[end])} stands in a string."
    return Fault(message, r"Write it as an escape, such as \t.", end)


def shown(text: str) -> str:
    """Cut a text to what a message has room for, and spell out what cannot be seen."""
    short = text if len(text) <= 40 else text[:39] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)

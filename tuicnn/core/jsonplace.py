"""Where things stand in a JSON text: from a pointer to a line and a column.

It never judges a text and never builds a value: it steps over what it is not asked for.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

# Repeated groups are bounded: one that repeats for megabytes would take gigabytes.
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r'[^"\[\]{},:\s]*')
_PLAIN = re.compile(r'(?:[^"\[\]{}]+|"[^"\\]*"){0,1000}')
_SOUND = re.compile(r'(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,1000}')


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Count the line and, in characters, the column of an offset, both from 1."""
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, line_start) + 1, offset - line_start + 1


def locate(
    text: str, pointer: tuple[str | int, ...], *, key: bool = False
) -> tuple[int, int] | None:
    """Find the line and column of the value that a pointer leads to.

    Where the pointer leads past what is there, its nearest ancestor answers.

    Args:
        text: JSON that `jsontext.parse` has accepted.
        pointer: keys and indices, outermost first; the empty one is the whole value.
        key: return the place of the last part's key instead of its value.

    Returns:
        Line and column, both counted from 1, or None if the text is blank.
    """
    return Places(text).find(pointer, key=key)


class Places:
    """The places of values in one text: each container is stepped through once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._children: dict[int, dict[str | int, tuple[int, int]]] = {}

    def find(
        self, pointer: tuple[str | int, ...], *, key: bool = False
    ) -> tuple[int, int] | None:
        """Find the line and column that a pointer leads to, as `locate` does."""
        value_at = _after_space(self.text, 0)
        if value_at == len(self.text):
            return None
        place = value_at
        for part in pointer:
            found = self._inside(value_at).get(part)
            if found is None:
                return self._line_and_column(value_at)
            key_at, value_at = found
            place = key_at if key else value_at
        return self._line_and_column(place)

    def _inside(self, at: int) -> dict[str | int, tuple[int, int]]:
        """Return where the key (in a list: the value) and value of each child are."""
        if at not in self._children:
            members = _members if self.text.startswith("{", at) else _items
            # The first of two equal keys wins; `parse` refuses a second one anyway.
            self._children[at] = dict(reversed(list(members(self.text, at))))
        return self._children[at]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1


def _members(text: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the members of the object that opens at an offset."""
    while text.startswith(("{", ","), at):
        key_at = _after_space(text, at + 1)
        if not text.startswith('"', key_at):
            return
        key_end = _after_value(text, key_at)
        if not text.startswith('"', max(key_at + 1, key_end - 1)):
            return  # the text was cut off within the key, or before a wrong escape
        value_at = _after_space(text, _after_space(text, key_end) + 1)
        yield _unquoted(text[key_at:key_end]), (key_at, value_at)
        at = _after_space(text, _after_value(text, value_at))


def _items(text: str, at: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the items of the list that opens at an offset; none if none opens."""
    if not text.startswith("[", at):
        return
    at = _after_space(text, at + 1)
    if text.startswith("]", at):
        return
    index = 0
    while True:
        yield index, (at, at)
        comma_at = _after_space(text, _after_value(text, at))
        if not text.startswith(",", comma_at):
            return
        index, at = index + 1, _after_space(text, comma_at + 1)


def string_end(text: str, at: int) -> int:
    """Find the first character that is no content of the string that opens there.

    In JSON that is the closing quote; a text that was cut off may have none.
    """
    start, end = at, at + 1
    while end > start:
        start, end = end, _end(_SOUND, text, end)
    return end


def _after_value(text: str, at: int) -> int:
    if text.startswith('"', at):
        return string_end(text, at) + 1
    if text.startswith(("{", "["), at):
        return _after_container(text, at)
    return _end(_SCALAR, text, at)


def _after_container(text: str, at: int) -> int:
    """Step over an object or a list by counting brackets, not by recursion."""
    depth = 0
    while at < len(text):
        if text[at] == '"':
            at = string_end(text, at) + 1
        elif text[at] in "{[":
            depth, at = depth + 1, at + 1
        elif text[at] in "}]":
            depth, at = depth - 1, at + 1
            if depth == 0:
                break
        at = _end(_PLAIN, text, at)
    return at


def _after_space(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Tell where a pattern stops matching."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _unquoted(key: str) -> str:
    """Decode a key; only an escape needs the decoder."""
    return str(json.loads(key)) if "\\" in key else key[1:-1]

"""The first fault of a text that was refused as JSON, put into words.

It never builds a value and never runs for a sound document: `jsontext` reads those.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from tuicnn.core.jsonforeign import Fault, foreign_fault, shown
from tuicnn.core.jsonplace import line_and_column, string_end


class _Token(NamedTuple):
    symbol: str
    """A mark itself, or one of the symbols below."""

    text: str
    at: int


class _Container(NamedTuple):
    opening: _Token
    keys: dict[str, int]


_STRING_SYMBOL, _SCALAR_SYMBOL, _END_SYMBOL, _FOREIGN_SYMBOL = '"', "0", "$", "?"

# What may come next, as the symbols that are welcome.
_VALUE = '{["0'
_FIRST_ITEM = _VALUE + "]"
_FIRST_KEY = '"}'
_KEY = '"'
_COLON = ":"
_AFTER_ITEM = ",]"
_AFTER_MEMBER = ",}"
_END = _END_SYMBOL

_BELONGS = {
    _VALUE: ("a value", "Write a number, a string, a list or an object here."),
    _FIRST_ITEM: ("a value or ]", "Write the list's first item here, or close it."),
    _FIRST_KEY: ("a key or }", "Write a key between double quotes."),
    _KEY: ("a key", "Write a key between double quotes."),
    _COLON: ("a colon", "Write a colon between a key and its value."),
    _AFTER_ITEM: ("a comma or ]", "Separate the items of a list by commas."),
    _AFTER_MEMBER: ("a comma or }", "Separate the members of an object by commas."),
}

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<mark>[{}\[\],:])
      | (?P<string>"[^"\\\x00-\x1f]*")
      | (?P<scalar>
            (?: true | false | null
              | -?(?:0|[1-9][0-9]*) (?:\.[0-9]+)? (?:[eE][-+]?[0-9]+)?
            ) (?![\w.+-]) )
      | (?P<end>\Z)
      | (?P<foreign>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_SYMBOLS = {
    "string": _STRING_SYMBOL,
    "scalar": _SCALAR_SYMBOL,
    "end": _END_SYMBOL,
    "foreign": _FOREIGN_SYMBOL,
}


def find_fault(text: str, max_depth: int) -> Fault | None:
    """Find the first thing that makes a text unfit, or nothing."""
    return _Walk(text, max_depth).first_fault()


class _Walk:
    """One pass over the tokens of a text, up to the first that does not fit."""

    def __init__(self, text: str, max_depth: int) -> None:
        self._text = text
        self._max_depth = max_depth
        self._containers: list[_Container] = []
        self._awaited = _VALUE
        self._previous = _Token(_END_SYMBOL, "", 0)

    def first_fault(self) -> Fault | None:
        for token in _tokens(self._text):
            if token.symbol not in self._awaited:
                return self._misplaced(token)
            if token.symbol == _END_SYMBOL:
                return None
            if fault := self._unfit(token):
                return fault
            self._advance(token)
            self._previous = token
        raise AssertionError("the last token is the end, or does not fit")

    def _advance(self, token: _Token) -> None:
        """Take a token that fits, and settle what may come after it."""
        if token.symbol in "{[":
            self._containers.append(_Container(token, {}))
            self._awaited = _FIRST_KEY if token.symbol == "{" else _FIRST_ITEM
        elif token.symbol == ",":
            self._awaited = _KEY if self._in_object() else _VALUE
        elif token.symbol == ":":
            self._awaited = _VALUE
        elif self._is_key(token):
            self._containers[-1].keys[_decoded(token)] = token.at
            self._awaited = _COLON
        else:
            self._end_value(token)

    def _end_value(self, token: _Token) -> None:
        if token.symbol in "}]":
            self._containers.pop()
        if not self._containers:
            self._awaited = _END
        else:
            self._awaited = _AFTER_MEMBER if self._in_object() else _AFTER_ITEM

    def _in_object(self) -> bool:
        return self._containers[-1].opening.symbol == "{"

    def _is_key(self, token: _Token) -> bool:
        return token.symbol == _STRING_SYMBOL and self._awaited in (_KEY, _FIRST_KEY)

    def _unfit(self, token: _Token) -> Fault | None:
        """Refuse a token that JSON allows here and a document does not."""
        if token.symbol == _SCALAR_SYMBOL:
            return _too_large(token)
        if token.symbol == _STRING_SYMBOL:
            fault = _half_a_pair(token)
            return fault or (self._duplicate(token) if self._is_key(token) else None)
        if token.symbol in "{[" and len(self._containers) == self._max_depth:
            message = f"More than {self._max_depth} objects and lists are nested here."
            return Fault(message, "Flatten the document.", token.at)
        return None

    def _duplicate(self, token: _Token) -> Fault | None:
        first = self._containers[-1].keys.get(_decoded(token))
        if first is None:
            return None
        message = (
            f"The key {shown(token.text)} stands twice in one object: "
            f"{self._place(first)} and {self._place(token.at)}."
        )
        return Fault(message, "Keep one of the two.", token.at)

    def _misplaced(self, token: _Token) -> Fault:
        """Say what stands where something else belongs."""
        if token.symbol == _FOREIGN_SYMBOL:
            return foreign_fault(self._text, token.at)
        if self._awaited == _END:
            message = "The document ends before this place, and more text follows."
            return Fault(message, "Keep one document in a text.", token.at)
        if token.symbol == _END_SYMBOL:
            return self._cut_short(token)
        if token.symbol in "}]" and self._previous.symbol == ",":
            message = f"A comma stands before the closing {token.text}."
            return Fault(message, "Remove the comma.", self._previous.at)
        what, hint = _BELONGS[self._awaited]
        if token.symbol in "}]" and self._awaited in (_AFTER_ITEM, _AFTER_MEMBER):
            opening = self._containers[-1].opening
            hint = f"Close the {opening.text} of {self._place(opening.at)} first."
        return Fault(f"{_named(token)} stands where {what} belongs.", hint, token.at)

    def _cut_short(self, end: _Token) -> Fault:
        if not self._containers:
            return Fault("The text is empty.", "A document stands between { and }.", 0)
        opening = self._containers[-1].opening
        message = (
            f"The text ends before the {opening.text} of "
            f"{self._place(opening.at)} is closed."
        )
        return Fault(message, "Complete the text: it may have been cut off.", end.at)

    def _place(self, at: int) -> str:
        line, column = line_and_column(self._text, at)
        return f"line {line} column {column}"


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a text, up to its end or to what is no token."""
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        assert match is not None  # what is no token is foreign
        kind = match.lastgroup or ""
        start, at = match.span(kind)
        symbol = _SYMBOLS.get(kind, match[kind])
        if match[kind] == '"':  # The pattern leaves strings with escapes to us.
            at = string_end(text, start) + 1
            symbol = _STRING_SYMBOL if text[at - 1 : at] == '"' else _FOREIGN_SYMBOL
        yield _Token(symbol, text[start:at], start)


def _too_large(scalar: _Token) -> Fault | None:
    """Refuse a number that Python reads as infinite, or does not read at all."""
    if len(scalar.text) < 5:  # The shortest is 1e309; true and null go by as well.
        return None
    try:
        value = json.loads(scalar.text)
        if not isinstance(value, float) or math.isfinite(value):
            return None
    except ValueError:
        pass  # Python converts no integer of more than some 4300 digits.
    message = f"The number {shown(scalar.text)} is too large."
    return Fault(message, "Write a smaller number.", scalar.at)


def _half_a_pair(string: _Token) -> Fault | None:
    """Refuse a string that UTF-8 could not write down again."""
    if not re.search("[\ud800-\udfff]", _decoded(string)):
        return None
    message = "Half of a surrogate pair stands in a string."
    return Fault(message, "Write the character itself.", string.at)


def _decoded(string: _Token) -> str:
    """Tell what a string spells; only an escape needs the decoder."""
    text = string.text
    return str(json.loads(text)) if "\\" in text else text[1:-1]


def _named(token: _Token) -> str:
    kind = "The string " if token.symbol == _STRING_SYMBOL else ""
    return kind + shown(token.text)

"""Headers whose parts are of another kind than they should be: in a list, or at random.

Bytes that are damaged at random hardly ever make a sound header with an odd value.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**400, 1.0, 0.5, -2.5, 1e300,
    "", "F32", "<f4", "\x1b[2J", "x" * 5_000, [], [[]], [1], [True], [0, 4], [None], {},
    {"a": 1}, [0] * 70,
)  # fmt: skip
"""A value of each kind that JSON has, and some that no file has room for."""
DESCRIPTIONS: tuple[Any, ...] = (
    "|O", "O", "|b1", "<c8", "<m8[ns]", "<M8", "|S4", "<U4", "|V4", "<f2", ">f8",
    "<f16", "(2,3)<f4", "<f4,<f4", "f4,", "<x9", "f", "e", ("<f4", (3,)),
    [("a", "<f4")], [("a", "<f4", (2,)), ("a", "|O")], [["a", "<f4"]], {"names": ["a"]},
    ("<f4",), [("\x1b", "<f4")], b"<f4", ..., 3j,
)  # fmt: skip
"""What an array may be said to be of, with or without sense."""

SIZES: tuple[Any, ...] = (
    True, -1, 0, 2**32, 2**70, 1.0, (), (0, 2**70), (2**32, 0, 2**32, 2**32),
    (2**16_000, 2**16_000), (1,) * 70,
)  # fmt: skip
"""What an array may be said to have of numbers."""

Place = tuple[Any, ...]


def places(value: Any, before: Place = ()) -> Iterator[Place]:
    """Yield where each part of a value stands, the value itself not counted."""
    inside = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list | tuple):
        inside = enumerate(value)
    for key, one in inside:
        yield (*before, key)
        yield from places(one, (*before, key))


def replaced(value: Any, place: Place, odd: Any) -> Any:
    """Return a value in which something else stands in a place."""
    if not place:
        return odd
    inner = replaced(value[place[0]], place[1:], odd)
    if isinstance(value, tuple):
        return (*value[: place[0]], inner, *value[place[0] + 1 :])
    found = copy.copy(value)
    found[place[0]] = inner
    return found


def without(value: Any, place: Place) -> Any:
    """Return a value in which a part of an object is missing."""
    key, *rest = place
    if rest:
        return {**value, key: without(value[key], tuple(rest))}
    return {name: one for name, one in value.items() if name != key}


def altered(value: Any, chance: Random, odd: tuple[Any, ...] = ODD) -> Any:
    """Return a value with an odd one in a few places."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.choice([(), *places(value)])
        other = chance.choice((*odd, value))  # it may even stand in itself
        value = replaced(value, place, other)
    return value


def safetensors(header: object, data: bytes = b"") -> bytes:
    """Return a file with a header and with what stands behind it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def npy(header: object, data: bytes = b"", version: int = 1) -> bytes:
    """Return an array's file with a header, and with what stands behind it."""
    text = header if isinstance(header, bytes) else spelled(header)
    text = text.ljust(117) + b"\n"
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes((version, 0)) + length + text + data


def spelled(value: object) -> bytes:
    """Return a value as Python spells it; in hex what it would not spell."""
    if isinstance(value, dict):
        inside = (spelled(key) + b": " + spelled(one) for key, one in value.items())
        return b"{" + b", ".join(inside) + b"}"
    if isinstance(value, list | tuple):
        inner = b", ".join(map(spelled, value))
        return (
            b"[" + inner + b"]"
            if isinstance(value, list)
            else b"(" + inner + (b",)" if value else b")")
        )
    if isinstance(value, int) and abs(value) > 2**9_999:
        return hex(value).encode()
    return repr(value).encode()


def odd_safetensors(seed: bytes) -> Callable[[Random], bytes]:
    """Return what makes files with an odd header out of one with a sound one."""
    end = 8 + int.from_bytes(seed[:8], "little")
    header, data = json.loads(seed[8:end]), seed[end:]
    return lambda chance: safetensors(altered(header, chance), data)


def odd_npy(shape: tuple[int, ...], data: bytes) -> Callable[[Random], bytes]:
    """Return what makes arrays with an odd header."""
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}

    def made(chance: Random) -> bytes:
        odd = chance.choice((ODD, DESCRIPTIONS, SIZES))
        text = spelled(altered(header, chance, odd))
        return npy(text[:60_000], data, chance.choice((1, 2)))

    return made

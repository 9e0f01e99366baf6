"""Explanations laid out for a pane: narrower than a terminal, titles told apart.

It never explains: the core does.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from textual.content import Content

_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_SIZE = re.compile(r"( *[\d,]+(?: = | {3}))(?=\S)")
"""A number of a chain, up to what it comes from."""
_LETTER = re.compile(r"( *\S{1,14} *= +[−\d][\d,.]*  )(?=\S)")
"""A letter of a formula and its value, up to what it stands for."""
_SHARE = re.compile(r"( +[\d,]+ +[\d.]+ %)  (█*) +(\S.*)")
"""A layer's share of a sum: number and percentage, bar, name."""
_FULL = 80
"""Columns that the core fills with a sentence."""


def told(lines: Sequence[str], width: int) -> Content:
    """Return an explanation as content, a title above each part."""
    found: list[Content] = []
    lines = list(_sentences(lines)) if width < _FULL else lines
    over = max((len(one) for one in lines if _SHARE.fullmatch(one)), default=0) - width
    number = 0
    while number < len(lines):
        line = lines[number]
        formula = _formula(lines, number)
        title = bool(line) and not line.startswith(" ") and not _last(lines, number)
        if any(len(one) > width for one in formula):
            parts = list(_stacked(formula, width))
            number += len(formula) - 1
        elif over > 0 and (share := _SHARE.fullmatch(line)):
            parts = [_shared(share, over)]
        else:
            parts = list(narrowed(line, width))
        contents = map(Content, parts)
        found += [one.stylize("bold") if title else one for one in contents]
        number += 1
    return Content("\n").join(found)


def _last(lines: Sequence[str], number: int) -> bool:
    """Whether what follows a line is no part under it."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return not following.startswith(" ")


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines, joined where the core broke a sentence because it was full."""
    held = ""
    for number, line in enumerate(lines):
        word = line.strip().partition(" ")[0]
        last = held.splitlines()[-1] if held else ""
        # A line that is longer than the core's was never broken by it.
        full = len(last) + 1 + len(word) > _FULL - 2 and len(last) <= _FULL
        full = full and not last.endswith(")")
        prose = not _GAP.search(last) and not _GAP.search(line)
        prose = prose and not (last.endswith(".") and _computes(lines, number))
        if held and word and full and prose and _indent(last) == _indent(line):
            held += f"\n{line}"
            continue
        if held:
            yield _joined(held)
        held = line
        if not line:
            yield line
    if held:
        yield _joined(held)


def _computes(lines: Sequence[str], number: int) -> bool:
    """Whether a line is a formula, by its value or by the one on the next line."""
    following = "".join(lines[number + 1 : number + 2]).lstrip()
    return following.startswith("= ") or " = " in lines[number]


def _joined(text: str) -> str:
    first, *rest = text.split("\n")
    return " ".join([first, *(one.strip() for one in rest)])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _formula(lines: Sequence[str], number: int) -> list[str]:
    """Return a formula that begins on a line, and the lines it goes on on."""
    line = lines[number]
    if " = " not in line or _GAP.search(line.strip()) or _SIZE.match(line):
        return []
    found = [line]
    for following in lines[number + 1 :]:
        if not following.lstrip().startswith("= "):
            break
        found.append(following)
    return found


def _stacked(formula: Sequence[str], width: int) -> Iterator[str]:
    """Yield a formula below its name, its steps where there is room."""
    base = " " * _indent(formula[0])
    name, *steps = " ".join(one.strip() for one in formula).split(" = ")
    if len(steps) == 1:
        yield from _wrapped(f"{name} = {steps[0]}", width, base)
        return
    longest = max(map(len, steps)) + 2
    indent = base + ("  " if len(base) + 2 + longest <= width else "")
    yield from _wrapped(name, width, base)
    line = ""
    for step in steps:
        longer = f"{line or indent}{' ' if line else ''}= {step}"
        if line and len(longer) > width:
            yield from _wrapped(line.strip(), width, indent)
            longer = f"{indent}= {step}"
        line = longer
    yield from _wrapped(line.strip(), width, indent)


def _shared(share: re.Match[str], over: int) -> str:
    """Return a share with a bar that is shorter by some columns."""
    bar = share[2]
    room = share.start(3) - share.end(1) - 2
    left = max(0, room - over - 2)
    cells = round(len(bar) * left / max(1, room - 2))
    cells = max(cells, 1) if bar and left else cells
    return f"{share[1]}  {'█' * cells}{' ' * (left - cells)}  {share[3]}"


def narrowed(line: str, width: int) -> Iterator[str]:
    """Yield a line in as many as it takes; what stands in a second column, below."""
    if len(line) <= width:
        yield line
        return
    size = _SIZE.match(line) or _LETTER.match(line)
    if size is not None:
        yield from _hung(size[1], line[size.end() :], width)
        return
    indent = " " * _indent(line)
    for number, part in enumerate(_GAP.split(line.strip())):
        yield from _wrapped(part, width, indent if number == 0 else f"{indent}    ")


def _hung(head: str, text: str, width: int) -> Iterator[str]:
    """Yield what a number comes from behind it, and all that follows below that."""
    indent = " " * len(head)
    for number, part in enumerate(_GAP.split(text)):
        yield from textwrap.wrap(
            part,
            width,
            initial_indent=indent if number else head,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    rest = f"{indent}  " if indent else ""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )

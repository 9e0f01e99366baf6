"""`tuicnn check --fix`: safe fixes applied, and the document written back.

It never chooses between fixes: where none is safe, it says which there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tuicnn.cli.output import narrate, narrate_at, narrate_written, tell_text
from tuicnn.cli.sources import Opened, opened_text
from tuicnn.core import limits
from tuicnn.core.diagnostics import Code
from tuicnn.core.fixes import Fixes
from tuicnn.core.proposal import consequence
from tuicnn.core.reading import read_text
from tuicnn.core.wording import nearest
from tuicnn.errors import FileError, UsageError
from tuicnn.files import read_text as read_file
from tuicnn.files import shown, write_atomically
from tuicnn.interop.document import to_document_text
from tuicnn.interop.jsonlayout import escaped

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Diagnostic
    from tuicnn.core.network import Network
    from tuicnn.core.report import Report

_MOST: Final = 2 * limits.DIAGNOSTICS
"""Fixes that are applied to one network."""


@dataclass(frozen=True, slots=True)
class _Mended:
    """A network after all fixes that are safe.

    Attributes:
        done: What was done, a line each.
        left: The problems of these codes for which nothing is safe, and their fixes.
    """

    report: Report
    done: tuple[str, ...]
    left: tuple[tuple[Diagnostic, tuple[str, ...]], ...]


def codes_of(words: Collection[str]) -> frozenset[Code]:
    """Return the codes that were named, or say which one was probably meant."""
    known = {one.code: one for one in Code}
    for word in words:
        if word not in known:
            close = nearest(word, known)
            raise UsageError(
                f"no problem has the code “{word}”",
                f"Did you mean {close}?" if close else "README lists the codes",
            )
    return frozenset(known[word] for word in words)


def mended(found: Opened, file: str | None, codes: Collection[Code]) -> Opened:
    """Apply every safe fix, write the document back, and return what it is now.

    Args:
        file: Where it is written, the version before kept as `.bak` beside it; None:
            to standard output.

    Raises:
        UsageError: There are such problems, and no fix of any of them is safe.
        FileError: The document cannot be written; the file is as it was.
    """
    if found.report is None:
        return found
    after = _applied(found.report, codes)
    label = found.source.label
    _explain(label, after)
    if not after.done and after.left:
        raise UsageError(
            f"nothing was fixed in {label}: each fix is a choice of yours",
            "edit the document, or choose in the editor",
        )
    text = _text(after.report.network) if after.done else found.source.text
    if file is None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        tell_text(escaped(lines))  # a text that was not mended is its owner's
    elif after.done:
        check = partial(_unchanged, file, found.source.text)
        narrate_written(write_atomically(file, text.encode(), backup=True, check=check))
    return opened_text(found.source, text) if after.done else found


def _applied(report: Report, codes: Collection[Code]) -> _Mended:
    done: list[str] = []
    while len(done) < _MOST:
        fixes = Fixes(report)
        left: list[tuple[Diagnostic, tuple[str, ...]]] = []
        for problem in report.diagnostics:
            if problem.code not in codes:
                continue
            remedy = fixes.safe(problem)
            if remedy is not None:
                where = f"{problem.path}: " if problem.path else ""
                done.append(f"{where}{remedy.title} ({problem.code.code})")
                report = consequence(report, remedy.edit).after
                break
            left.append((problem, fixes.titles(problem)))
        else:
            return _Mended(report, tuple(done), tuple(left))
    return _Mended(report, tuple(done), ())


def _explain(label: str, after: _Mended) -> None:
    """Tell on stderr what was done, and where somebody has to choose."""
    for line in after.done:
        narrate_at(f"{label}: ", f"fixed {line}")
    for problem, titles in after.left:
        where = f"{problem.path}: " if problem.path else ""
        narrate_at(f"{label}: ", f"{where}no fix of {problem.code.code} is safe")
        for title in titles:
            narrate_at("  fix: ", title)
    if not after.done and not after.left:
        narrate(f"{label}: nothing to fix")


def _unchanged(file: str, text: str) -> None:
    """Refuse to overwrite what another program wrote since the file was read."""
    if read_file(file) != text:
        raise FileError(f"{shown(file)} was changed by another program meanwhile")


def _text(network: Network) -> str:
    """Return the document of a network, as it can be read again."""
    text = to_document_text(network)
    if len(text.encode()) > limits.FILE_BYTES or read_text(text).network != network:
        raise FileError("the mended document could not be read again; nothing is done")
    return text

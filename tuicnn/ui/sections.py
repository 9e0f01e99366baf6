"""What the open dialog lists: sections of entries, as rows, and places among them.

It never reads a folder, and never draws.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tuicnn.files import shown
from tuicnn.ui.openable import Entry, Listing, presets_with, recent_with, shortened

_MOST: Final = 500
"""Entries of a section that are listed at once."""


class Section(NamedTuple):
    """Entries below a heading; where there are none, a line that says why."""

    heading: str
    entries: Sequence[Entry]
    empty: str


class Remark(NamedTuple):
    """A line that the cursor passes over."""

    text: str
    heading: bool = False


class Rows(NamedTuple):
    """Sections as the lines of one list.

    Attributes:
        lines: Headings, entries, and what is told where entries are not listed.
        firsts: Where the entries of each section begin that has any.
    """

    lines: Sequence[Entry | Remark] = ()
    firsts: Sequence[int] = ()

    def entry(self, at: int | None) -> Entry | None:
        """Return the entry at a place; None where there is none."""
        line = None if at is None or at >= len(self.lines) else self.lines[at]
        return line if isinstance(line, Entry) else None

    def cursor(self, wanted: Entry | None, inside: str | None) -> int | None:
        """Return where the cursor belongs; None while that is not known.

        Args:
            wanted: The entry that it stood on, or shall stand on.
            inside: The folder that was gone into: its entries come before the way up.
        """
        if wanted is not None and wanted in self.lines:
            return self.lines.index(wanted)
        if inside is None:
            return self.firsts[0] if self.firsts else None
        up = None
        for at, line in enumerate(self.lines):
            if not isinstance(line, Entry) or line.kind == "preset" or line.note:
                continue
            if os.path.dirname(line.source) == inside:
                return at
            up = at
        return up

    def section(self, at: int, direction: int) -> int | None:
        """Return where the next section begins, or the one before; round and round."""
        if not self.firsts:
            return None
        before = [one for one in self.firsts if one < at]
        after = [one for one in self.firsts if one > at]
        onward = after[0] if after else self.firsts[0]
        back = before[-1] if before else self.firsts[-1]
        return onward if direction > 0 else back


def rows_of(sections: Sequence[Section]) -> Rows:
    """Return sections below one another, of each no more than can be looked through."""
    lines: list[Entry | Remark] = []
    firsts = []
    for section in sections:
        lines.append(Remark(section.heading, heading=True))
        if section.entries:
            firsts.append(len(lines))
        listed = section.entries[:_MOST]
        lines += listed
        more = len(section.entries) - len(listed)
        told = f"and {more:,} more: type to search" if more else section.empty
        if more or not listed:
            lines.append(Remark(f"  {told}"))
    return Rows(lines, firsts)


def path_typed(query: str, folder: str) -> str | None:
    """Return the path that a query is, seen from a folder; None if it is none."""
    query = query.strip()
    if "/" in query or query.startswith("~"):
        return os.path.join(folder, os.path.expanduser(query))
    return None


def sections_for(
    query: str,
    recent: Sequence[str],
    folder: str,
    listing: Callable[[str], Listing],
) -> list[Section]:
    """Return what there is for a query: of a path its folder, else all three.

    Args:
        recent: Paths of files, newest first.
        folder: Whose entries are listed, and where a path begins.
        listing: Returns what is known of a folder.
    """
    typed = path_typed(query, folder)
    if typed is not None:
        return [_path_section(typed, listing)]
    query = query.strip()
    sections = [
        Section("Recent files", recent_with(query, recent), "no recent files yet"),
        Section("Presets", presets_with(query), "no presets are installed"),
        _folder_section(query, folder, listing(folder)),
    ]
    if not query:
        return sections
    nothing = Section("Nothing matches", (), "a path begins with / or ~")
    return [one for one in sections if one.entries] or [nothing]


def _path_section(typed: str, listing: Callable[[str], Listing]) -> Section:
    """Return the entries that a path which is being typed may become."""
    folder, beginning = os.path.split(typed)
    folder = os.path.normpath(folder)
    low = shown(beginning).casefold()
    known = listing(folder)
    found = [one for one in known.entries if one.label.casefold().startswith(low)]
    return Section(shortened(folder), found, known.problem or "no such file here")


def _folder_section(query: str, folder: str, known: Listing) -> Section:
    """Return the entries of a folder that hold every word of a query."""
    words = query.casefold().split()
    found = [
        one
        for one in known.entries
        if all(word in one.label.casefold() for word in words)
    ]
    return Section(shortened(folder), found, known.problem or "no documents here")

"""`tuicnn recover`: what a crash left behind, listed, restored, cleared."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final, Literal

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import narrate, narrate_written, tell, tell_text
from tuicnn.cli.overwriting import refuse_existing
from tuicnn.errors import FileError, UsageError
from tuicnn.files import shown

if TYPE_CHECKING:
    from tuicnn.files.recovery import Kept
    from tuicnn.recovering import Left

    Entry = tuple[Kept, Left | None]

Action = Literal["list", "restore", "clean"]

NOTHING: Final = "Nothing was left behind"
NOTHING_READABLE: Final = "Nothing that can be read was left behind"


@click.command(
    "recover",
    cls=ExampleCommand,
    examples=(
        ("tuicnn recover", "list what was not saved when a session ended"),
        ("tuicnn recover --restore net.json", "write it to its file"),
        ("tuicnn recover --restore 1 -o new.json", "write it to another file"),
        ("tuicnn recover --clean net.json", "remove it for good; all without a name"),
    ),
)
@click.argument("which", required=False)
@click.option(
    "--list",
    "action",
    flag_value="list",
    default="list",
    type=str,
    help="Show what there is; this is the default.",
)
@click.option(
    "--restore",
    "action",
    flag_value="restore",
    type=str,
    help="Write one to its file, whose version before becomes .bak.",
)
@click.option(
    "--clean",
    "action",
    flag_value="clean",
    type=str,
    help="Remove one, or all, of ended sessions.",
)
@click.option("-o", "--output", type=click.Path(), help="Restore to this file.")
@click.option(
    "--force", is_flag=True, help="Overwrite a file that is there, or changed."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    which: str | None, action: Action, output: str | None, force: bool, as_json: bool
) -> int:
    """List, restore or clear what a crash left behind.

    WHICH is a number or name of the list, or the path of the document.
    """
    from tuicnn.recovering import survey

    for given, option in ((output is not None, "-o"), (force, "--force")):
        if given and action != "restore":
            raise UsageError(f"{option} goes with --restore", "`tuicnn recover --help`")
    surveyed = survey()
    found = list(surveyed.entries)
    for one in surveyed.warnings:
        narrate(f"tuicnn: {one}")
    nothing = NOTHING_READABLE if surveyed.warnings else NOTHING
    if action == "restore":
        return _restore(_one(found, which, nothing), output, force, as_json)
    chosen = found if which is None else _chosen(found, which, nothing)
    if action == "clean":
        return _clean(chosen, nothing, as_json)
    return _list(chosen, found, nothing, as_json)


def _list(chosen: list[Entry], found: list[Entry], nothing: str, as_json: bool) -> int:
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text([_facts(one, found) for one in chosen]))
        return 0
    if not chosen:
        saved = ": all that was edited is saved" if nothing is NOTHING else ""
        tell([f"{nothing}{saved}."])
        return 0
    from tuicnn.interop.columns import columns

    rows = [
        (
            str(found.index(one) + 1),
            _label(one[0]),
            "" if one[1] is None else shown(one[1].network.name),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(one[0].header.time)),
            _state(one),
        )
        for one in chosen
    ]
    tell(columns(("", "Document", "Network", "Kept at", "State"), rows, "><<<<"))
    return 0


def _state(entry: Entry) -> str:
    kept, left = entry
    if left is None:
        return f"being edited by process {kept.header.process.pid}"
    return "not saved; the file has changed since" if left.changed else "not saved"


def _label(kept: Kept) -> str:
    return "(no file yet)" if kept.header.path is None else shown(kept.header.path)


def _facts(entry: Entry, found: list[Entry]) -> dict[str, object]:
    kept, left = entry
    path = kept.header.path
    return {
        "number": found.index(entry) + 1,
        "name": kept.name,
        "path": None if path is None else shown(path),
        "network": None if left is None else left.network.name,
        "time": kept.header.time,
        "process": kept.header.process.pid,
        "running": left is None,
        "file_changed": left is not None and left.changed,
        "file": shown(kept.file),
    }


def _chosen(found: list[Entry], which: str, nothing: str) -> list[Entry]:
    """Return the entries that a number, a name or a path stands for.

    Raises:
        FileError: There is none.
    """
    if which.isascii() and which.isdecimal() and 1 <= int(which[:9]) <= len(found):
        return [found[int(which[:9]) - 1]]
    path = os.path.realpath(which)
    chosen = [
        one
        for one in found
        if which == one[0].name
        or (one[0].header.path and os.path.realpath(one[0].header.path) == path)
    ]
    if not chosen:
        raise FileError(
            f"{_lower(nothing)} of {shown(which)}",
            "`tuicnn recover` lists what there is",
        )
    return chosen


def _one(found: list[Entry], which: str | None, nothing: str) -> Left:
    """Return what shall be restored.

    Raises:
        FileError: There is none, or more than one.
    """
    chosen = found if which is None else _chosen(found, which, nothing)
    left = [one for _, one in chosen if one is not None]
    if not left:
        raise FileError(
            "a session that still runs has it" if chosen else _lower(nothing),
            "`tuicnn recover` lists what there is",
        )
    if len(left) > 1:
        numbers = [str(found.index(one) + 1) for one in chosen if one[1] is not None]
        raise FileError(
            f"{len(left)} documents were left behind",
            f"say which: {', '.join(numbers[:9])}; `tuicnn recover` lists them",
        )
    return left[0]


def _restore(left: Left, output: str | None, force: bool, as_json: bool) -> int:
    from tuicnn.recovering import is_own, restore

    if output is not None and not is_own(left, output):
        refuse_existing(output, force)
    result = restore(left, output, force)
    narrate_written(result)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text({"restored": shown(result.path), "name": left.kept.name}))
    return 0


def _clean(chosen: list[Entry], nothing: str, as_json: bool) -> int:
    from tuicnn.files import recovery

    ended = [one for one in chosen if one[1] is not None]
    for kept, _ in ended:
        recovery.remove(kept.file)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text({"removed": [kept.name for kept, _ in ended]}))
        return 0
    for kept, left in ended:
        name = "" if left is None else f" ({shown(left.network.name)})"
        tell([f"removed what was not saved of {_label(kept)}{name}"])
    if not ended:
        tell([f"{nothing}."])
    return 0


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"

"""Where failures become one line and an exit status.

It never lets a traceback through for anything a user typed, opened or piped.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from tuicnn.cli.output import ReaderGone, complain
from tuicnn.errors import Exit, TuicnnError
from tuicnn.plain import WORDS
from tuicnn.plugins import leave_out as leave_out_plugins

SIGPIPE = 141
"""What a shell reports of a program whose reader went away."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status."""
    leave_out_plugins()  # others' packages would be imported, and run, with Pydantic
    _prepare_streams()
    try:
        status = _command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return SIGPIPE
    except OSError as error:  # files are read and written elsewhere: this is stdout
        _silence()
        complain(f"the output cannot be written: {error.strerror or error}")
        return Exit.USAGE
    return status


def _command(arguments: Sequence[str]) -> int:
    from tuicnn.cli.group import tuicnn

    try:
        result = tuicnn.main(list(arguments), "tuicnn", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        while context and context.command.hidden:  # nobody can ask for its help
            context = context.parent
        where = f"{context.command_path} --help" if context else "tuicnn --help"
        complain(error.format_message(), f"`{where}` shows what it takes")
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return Exit.INTERRUPTED
    except TuicnnError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except MemoryError:
        complain("there is not enough memory for this")
        return Exit.USAGE
    except ReaderGone as error:
        raise BrokenPipeError from error
    except SystemExit as error:  # completion ends so
        return int(error.code or 0)
    return int(result or 0)


def _prepare_streams() -> None:
    """Let every stream be there, and take every character, or what stands for it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it: `>&-`
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  # to the end
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=WORDS)


def _silence() -> None:
    """Point stdout at nothing, so that Python does not fail on it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

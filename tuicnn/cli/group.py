"""The group of commands: found in their folder, imported when they are called.

No command is listed by hand, and none is imported for another's sake.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

import tuicnn as package
from tuicnn.cli.editor import editor
from tuicnn.cli.example import ExampleGroup
from tuicnn.cli.output import ReaderGone
from tuicnn.commands import command_names
from tuicnn.core.wording import nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = "tuicnn.cli.commands"
_ENDED = "tuicnn.cli.ended"
"""Where it is noted that options were ended."""


class CommandGroup(ExampleGroup):
    """The commands, and `tuicnn SOURCE` for those who name none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(command_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in command_names():
            return None
        suffix = "_" if cmd_name == "import" else ""
        command = import_module(f"{_COMMANDS}.{cmd_name}{suffix}").command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of the program; note whether “--” ended them."""
        # All of them are flags: the first word that is none ends them, too.
        ctx.meta[_ENDED] = next((one for one in args if _is_word(one)), "") == "--"
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the arguments; a lone SOURCE is edited."""
        known = command_names()
        if args[0] in known:
            return super().resolve_command(ctx, args)
        if len(args) > 1 and _is_source(args[0]):
            ctx.fail(f"the editor opens one SOURCE, and {len(args)} were given")
        typo = _meant(args[0])
        if len(args) > 1 or (typo in known and not _is_source(args[0])):
            meant = f" Did you mean {typo}?" if typo else ""
            ctx.fail(f"there is no command or preset “{args[0]}”.{meant}")
        # click took “--” for its own: what follows shall be no option here, either.
        return "edit", editor, ["--", *args] if ctx.meta.get(_ENDED) else args

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a reader that goes away is told apart from a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the commands, and the sources of `tuicnn SOURCE`."""
        from tuicnn.cli.sources import completions  # needed at no other time

        return [*super().shell_complete(ctx, incomplete), *completions(incomplete)]

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write a line for each command."""
        rows = [
            (name, command.get_short_help_str(66))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _is_word(argument: str) -> bool:
    """Whether an argument is no option, or says that none follows."""
    return argument in ("-", "--") or not argument.startswith("-")


def _meant(word: str) -> str | None:
    """Return the command or preset that was probably meant."""
    from tuicnn.presets import names  # a folder is read, which only a typo needs

    return nearest(word, [*command_names(), *names()])


def _is_source(word: str) -> bool:
    """Whether a word is a preset, a path or standard input, or looks like a path."""
    from tuicnn.presets import preset_path

    if word == "-" or word.endswith(".json"):
        return True
    return os.path.lexists(word) or preset_path(word) is not None


@click.command(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    examples=(
        ("tuicnn alexnet", "open a preset in the editor"),
        ("tuicnn summary alexnet", "print its layers, shapes and parameters"),
        ("tuicnn explain alexnet fc6", "why 9216 inputs, why 37,752,832 parameters"),
        ("tuicnn check net.json", "what is wrong, and what to do about it"),
    ),
)
@click.version_option(package.__version__, message="%(prog)s %(version)s")
@click.pass_context
def tuicnn(ctx: click.Context) -> None:
    """Design convolutional networks and understand every number in them.

    Without a command, opens the editor: on SOURCE, or on an empty network.
    SOURCE is a preset's name, a path, or - for standard input.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(editor, source=None)

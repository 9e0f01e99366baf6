"""Help that begins with examples, for people who want to do something.

It never describes a command: their docstrings do.
"""

from __future__ import annotations

from typing import Any

import click

Examples = tuple[tuple[str, str], ...]
"""Command lines, each with what it does."""


def _write(formatter: click.HelpFormatter, examples: Examples) -> None:
    if not examples:
        return
    with formatter.section("Examples"):
        for line, meaning in examples:
            formatter.write_text(line)
            formatter.indent()
            formatter.write_text(meaning)
            formatter.dedent()
    formatter.write_paragraph()


class ExampleCommand(click.Command):
    """A command whose help begins with examples."""

    def __init__(self, *args: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples, then what click writes."""
        _write(formatter, self.examples)
        super().format_help(ctx, formatter)


class ExampleGroup(click.Group):
    """A group whose help begins with examples."""

    def __init__(self, *args: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples, then what click writes."""
        _write(formatter, self.examples)
        super().format_help(ctx, formatter)

"""`tuicnn [SOURCE]`: the editor.

It never imports a screen: a check or an explanation shall not wait for one.
"""

from __future__ import annotations

import click

from tuicnn.cli.sources import SourceType


@click.command("edit", hidden=True)
@click.argument("source", type=SourceType(), required=False)
@click.pass_context
def editor(ctx: click.Context, source: str | None) -> None:
    """Open the editor on SOURCE, or on an empty network."""
    from tuicnn.ui.run import run_editor

    ctx.exit(run_editor(source))

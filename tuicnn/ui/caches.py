"""Caches of Textual's, without what would keep widgets that are gone.

It never keeps a widget, nor anything that belongs to one.
"""

from __future__ import annotations

from functools import lru_cache

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style

_grounds_of = StylesCache.get_inner_outer.__wrapped__


@lru_cache(256)
def _grounds(base: Color, background: Color) -> tuple[Style, Style]:
    found: tuple[Style, Style] = _grounds_of(None, base, background)
    return found


def forget_widgets() -> None:
    """Keep the grounds of two colours for all widgets alike.

    Textual keeps those of the last 1,024 widgets that were drawn, and with each of
    them the lines it showed: about 3 KiB a line.
    """

    def grounds(_: StylesCache, base: Color, under: Color) -> tuple[Style, Style]:
        return _grounds(base, under)

    StylesCache.get_inner_outer = grounds  # type: ignore[method-assign, assignment]  # for good

"""Sizes of memory and large counts, as people type them on the command line.

It never measures anything.
"""

from __future__ import annotations

import re
from decimal import Decimal

import click

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def parse_size(
    ctx: click.Context, param: click.Parameter, text: str | None
) -> int | None:
    """Return the bytes that a size stands for: 512M, 2GiB, 1000000."""
    if text is None:
        return None
    found = re.fullmatch(
        r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)(?:i?b)?", text.strip().lower()
    )
    if found is None:
        raise click.BadParameter("write 512M or 2G", ctx, param)
    return int(float(found[1]) * _UNITS[found[2]])


def parse_count(
    ctx: click.Context, param: click.Parameter, text: str | None
) -> int | None:
    """Return the number that a count stands for: 250000, 250,000, 250_000, 5e9."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?)(?:e\+?(\d{1,2}))?", _plain(text))
    if found is None:
        raise click.BadParameter("write 250000 or 5e9", ctx, param)
    return int(Decimal(found[1]).scaleb(int(found[2] or 0)))


def _plain(text: str) -> str:
    return text.strip().lower().replace(",", "").replace("_", "")

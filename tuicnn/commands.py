"""Which commands there are: the modules of their folder, none of them imported.

It never runs one, so that what lies below the command line may name them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

_FOLDER: Final = Path(__file__).parent / "cli" / "commands"
_NAMED: Final = re.compile(r"`tuicnn ([a-z]+)")


@cache
def command_names() -> tuple[str, ...]:
    """Return the names of the commands, in the order of the alphabet."""
    found = iter_modules([str(_FOLDER)])
    return tuple(sorted(module.name.removesuffix("_") for module in found))


def offered(hint: str, otherwise: str) -> str:
    """Return a hint; another one where it names a command that there is not."""
    known = command_names()
    return hint if all(one in known for one in _NAMED.findall(hint)) else otherwise

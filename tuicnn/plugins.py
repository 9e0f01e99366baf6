"""Pydantic without plugins: nobody's has a place in a network, and looking takes time.

It never imports Pydantic.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import Any

_SWITCH = "PYDANTIC_DISABLE_PLUGINS"
_LOADER = "pydantic.plugin._loader"


def leave_out() -> None:
    """Let Pydantic find no plugins, and load nothing to look for them with.

    Its own switch is asked only once `importlib.metadata`, and with it the `email`
    package, has been imported: 8 to 9 % of what `tuicnn check` takes.
    """
    every = os.environ.setdefault(_SWITCH, "__all__") == "__all__"
    if every and _LOADER not in sys.modules:
        sys.modules[_LOADER] = _NoLoader(_LOADER)


class _NoLoader(ModuleType):
    """Stands for Pydantic's module that looks for plugins, and knows of none."""

    @staticmethod
    def get_plugins() -> tuple[()]:
        """Return the plugins."""
        return ()

    def __getattr__(self, name: str) -> Any:
        """Return what another version of Pydantic wants of that module: its own."""
        if name.startswith("__"):
            raise AttributeError(name)
        del sys.modules[_LOADER]
        return getattr(importlib.import_module(_LOADER), name)

"""The user's settings, in `config.toml`: theme, order of axes, keys.

It never raises and never writes: a setting that is wrong is left out, with a warning.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from platformdirs import user_config_path

from tuicnn.core import limits
from tuicnn.core.wording import brief, nearest
from tuicnn.errors import FileError
from tuicnn.files import read_bytes, shown

Layout = Literal["first", "last"]
"""Where channels are written."""

_WARNINGS: Final = 20
"""Warnings that are told; a file with more is some other file."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the user has set.

    Attributes:
        theme: Name of a theme; None: the usual one.
        layout: Whether channels are written first or last.
        keys: Binding ids and the keys for them, separated by commas.
        warnings: What is wrong with the file, a line each.
    """

    theme: str | None = None
    layout: Layout = "first"
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()


def config_path() -> str:
    """Return where the settings stand."""
    return str(user_config_path("tuicnn") / "config.toml")


def read_config(
    known_ids: Callable[[], Collection[str]], themes: Collection[str]
) -> Config:
    """Return the user's settings.

    Args:
        known_ids: Returns the ids that bindings have; asked where there are keys.
        themes: The names that themes have.
    """
    try:
        path = config_path()
        if not os.path.lexists(path):
            return Config()
    except (OSError, ValueError, RuntimeError) as error:  # there is no home
        return _unread(error)
    import tomllib  # most people have no settings

    try:
        text = (
            read_bytes(path, limits.SETTINGS_BYTES)
            .removeprefix(b"\xef\xbb\xbf")
            .decode()
        )
        values = tomllib.loads(f"{text}\n")  # else errors stand at no line
    except FileError as error:
        return Config(warnings=(error.message,))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Config(warnings=(f"{shown(path)} is not UTF-8 in line {line}",))
    except tomllib.TOMLDecodeError as error:
        return Config(warnings=(f"{shown(path)}: {brief(str(error), 200)}",))
    except (OSError, ValueError, RuntimeError) as error:  # too deep
        return _unread(error)
    return _Settings(values, known_ids, themes, []).read()


def _unread(error: Exception) -> Config:
    return Config(warnings=(f"no settings are read: {brief(str(error), 200)}",))


class _Settings(NamedTuple):
    """What the file holds, what it may hold, and what was wrong so far."""

    values: Mapping[str, object]
    known_ids: Callable[[], Collection[str]]
    themes: Collection[str]
    warnings: list[str]

    def read(self) -> Config:
        known = ("theme", "layout", "keys")
        for key in self.values:
            if key not in known:
                self._unknown("setting", key, known)
        theme, layout, keys = self._theme(), self._layout(), self._keys()
        told = self.warnings[:_WARNINGS]
        if len(self.warnings) > len(told):
            told.append(f"and {len(self.warnings) - len(told)} more")
        warnings = tuple(f"config.toml: {one}" for one in told)
        return Config(theme, layout, MappingProxyType(keys), warnings)

    def _theme(self) -> str | None:
        theme = self.values.get("theme")
        if theme is None:
            return None
        if not isinstance(theme, str):
            self._wrong("theme", "the name of a theme", theme)
        elif theme in self.themes:
            return theme
        else:
            self._unknown("theme", theme, self.themes)
        return None

    def _layout(self) -> Layout:
        layout = self.values.get("layout", "first")
        if layout == "first" or layout == "last":
            return "last" if layout == "last" else "first"
        self._wrong("layout", '"first" or "last"', layout)
        return "first"

    def _keys(self) -> dict[str, str]:
        table = self.values.get("keys", {})
        if not isinstance(table, dict):
            self._wrong("keys", "a table [keys]", table)
            return {}
        found = {}
        known = self.known_ids() if table else ()
        for name, value in table.items():
            keys = _key_list(value)
            if name not in known:
                self._unknown("action", name, known)
            elif keys is None:
                self._wrong(f"keys.{name}", 'keys such as "ctrl+s" or "j,down"', value)
            else:
                found[name] = keys
        return found

    def _unknown(self, what: str, name: str, known: Collection[str]) -> None:
        close = nearest(name, known)
        meant = f"; did you mean {close}?" if close else ""
        self.warnings.append(f"there is no {what} “{brief(name)}”{meant}")

    def _wrong(self, name: str, expected: str, found: object) -> None:
        quoted = brief(f"“{found}”" if isinstance(found, str) else repr(found))
        self.warnings.append(f"{name} takes {expected}, not {quoted}")


def _key_list(value: object) -> str | None:
    """Return keys separated by commas alone; None if they are none."""
    if not isinstance(value, str) or len(value) > 200:
        return None
    keys = [key.strip() for key in value.split(",")]
    fine = all(key and key.isprintable() and " " not in key for key in keys)
    return ",".join(keys) if fine else None

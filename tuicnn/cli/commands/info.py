"""`tuicnn info`: versions, paths, limits, optional packages."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click
import platformdirs

from tuicnn import __version__
from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.core import limits
from tuicnn.core.fieldhelp import module_strings
from tuicnn.interop.columns import columns
from tuicnn.presets import folder

_REQUIRED = ("click", "numpy", "platformdirs", "pydantic", "textual", "threadpoolctl")
_OPTIONAL = {"onnx": "onnx", "safetensors": "weights", "pillow": "images"}
_OPTIONAL |= {"textual-serve": "serve"}


@click.command(
    "info",
    cls=ExampleCommand,
    examples=(("tuicnn info", "what to add to a bug report"),),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> int:
    """Show versions, paths, limits and optional packages."""
    found = _facts()
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(found))
        return 0
    lines: list[str] = []
    for title, entries in found.items():
        rows = [(name, _spelled(value)) for name, value in entries.items()]
        lines += [title, *(f"  {line}" for line in columns((), rows, "<<")), ""]
    tell(lines[:-1])
    return 0


def _facts() -> dict[str, dict[str, object]]:
    return {
        "versions": {
            "tuicnn": __version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in _REQUIRED},
        },
        "optional packages": {
            name: _version(name) or f'missing: pip install "tuicnn[{extra}]"'
            for name, extra in _OPTIONAL.items()
        },
        "paths": {
            "presets": folder(),
            "configuration": platformdirs.user_config_dir("tuicnn"),
            "state": platformdirs.user_state_dir("tuicnn"),
        },
        "limits": {
            text.rstrip("."): getattr(limits, name)
            for name, text in module_strings(limits).items()
        },
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _spelled(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)

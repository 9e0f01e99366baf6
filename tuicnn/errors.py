"""Exceptions of the program's edges: files, formats and usage, with their exit codes.

It never describes a wrong network: that is a diagnostic, which is a value.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    """Done, and every network is valid."""

    INVALID = 1
    """A network has errors, an expectation fails, or the preview disagrees."""

    USAGE = 2
    """Wrong usage, an unreadable file, or a missing optional package."""

    INTERRUPTED = 130
    """Stopped by the user, as a shell reports SIGINT."""


class TuicnnError(Exception):
    """A failure that the user can understand and mend.

    Args:
        message: what went wrong, in one line without a full stop.
        hint: what to do about it, or nothing.
    """

    exit_code = Exit.USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TuicnnError):
    """The command line asks for something that cannot be done."""


class FileError(TuicnnError):
    """A file cannot be read or written."""


class MissingPackage(TuicnnError):
    """Something needs a package that is not installed.

    Args:
        package: the package that is missing, under its name in the registry.
        extra: the extra of tuicnn that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package}, which is not installed",
            f'install it with: pip install "tuicnn[{extra}]"',
        )
        self.package = package
        self.extra = extra

"""Work beside the screen, in threads that nobody waits for at the end.

It never touches a widget: what is done there knows none.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol, TypeVar

from tuicnn.errors import FileError

Result = TypeVar("Result")

GRACE: Final = 0.1
"""Seconds that a command waits at most until the one before is kept."""


async def aside(work: Callable[[], Result]) -> Result:
    """Return what a function returns, or raise what it raises, from a thread.

    A disk that never answers keeps that thread alone, not the end of the program.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Result] = loop.create_future()

    def deliver(result: Result | None, error: BaseException | None) -> None:
        if found.cancelled():
            return
        if error is not None:
            found.set_exception(error)
        else:
            found.set_result(result)  # type: ignore[arg-type]  # None may be a result

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # it is raised where it is awaited
            failure = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(deliver, result, failure)

    threading.Thread(target=run, daemon=True).start()
    return await found


class Version(Protocol):
    """What can be written."""

    def write(self) -> str:
        """Write it, and return the file; a FileError where that fails."""


class Recorder:
    """Writes versions in a thread of its own, one after the other.

    While one is being written only the latest of the following waits.

    Args:
        failed: Called in that thread with what went wrong.

    Attributes:
        kept: The file that was written last; empty where that failed.
        error: Why the last one failed.
    """

    def __init__(self, failed: Callable[[FileError], None]) -> None:
        self._failed = failed
        self._changed = threading.Condition()
        self._waiting: Version | None = None
        self._working = False
        self._thread: threading.Thread | None = None
        self._late = False
        self.kept = ""
        self.error: FileError | None = None

    def submit(self, version: Version) -> None:
        """Write a version soon.

        The one before is written first, unless the disk is slow: then no more than
        the latest is ever lost, however fast they come. A slow disk is waited for
        once, and not again before it has answered.
        """
        if not self._late:
            self._late = not self.finished(GRACE)
        with self._changed:
            self._waiting = version
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finished(self, seconds: float) -> bool:
        """Wait until everything is written; return whether it is."""
        with self._changed:
            return self._changed.wait_for(self._idle, seconds)

    def _idle(self) -> bool:
        return self._waiting is None and not self._working

    def _work(self) -> None:
        while True:
            with self._changed:
                self._working = self._late = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting is not None)
                version, self._waiting, self._working = self._waiting, None, True
            if version is not None:
                self._write(version)

    def _write(self, version: Version) -> None:
        try:
            self.kept, self.error = version.write(), None
        except FileError as error:
            self.kept, self.error = "", error
            self._failed(error)

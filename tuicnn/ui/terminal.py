"""The terminal as it is: bytes that are no text, and an end without a signal.

It never draws, and never knows a key.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from tuicnn.ui.app import TuicnnApp


class Terminal(LinuxDriver):
    """Textual's driver, for which one byte that is not UTF-8 is the end of the app."""

    def run_input_thread(self) -> None:
        """Read keys until the app ends, or the terminal does."""
        try:
            super().run_input_thread()
        except EOFError:
            app: TuicnnApp = self._app  # type: ignore[assignment]  # no other has it
            app.call_later(app.hung_up)

    def write(self, data: str) -> None:
        """Write to the terminal, unless it is gone: its writer would not answer."""
        writer = self._writer_thread
        if writer is None or writer.is_alive():
            super().write(data)


def _decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    kind = codecs.getincrementaldecoder(encoding)

    class Forgiving(kind):  # type: ignore[misc, valid-type]  # it is a class
        def decode(self, data: bytes, final: bool = False) -> str:
            """Return the text; a mark for bytes that are none.

            Raises:
                EOFError: There will be no more: nobody reads nothing from a terminal.
            """
            if not data and not final:
                raise EOFError
            text: str = super().decode(data, final)
            return text

    return partial(Forgiving, "replace")


# The driver asks for its decoder where nothing can be put in between.
linux_driver.getincrementaldecoder = _decoder  # type: ignore[attr-defined, assignment]

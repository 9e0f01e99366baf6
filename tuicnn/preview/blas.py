"""How many threads BLAS may use inside one product.

It never changes that for longer than a pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it has none


class Blas:
    """The BLAS libraries of this process."""

    def __init__(self) -> None:
        self._controller = ThreadpoolController().select(user_api="blas")
        self._threads = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put back at the end what was set at the beginning."""
        before = [
            (library, library.get_num_threads())
            for library in self._controller.lib_controllers
        ]
        try:
            yield
        finally:
            for library, threads in before:
                library.set_num_threads(threads)
            self._threads = 0

    def use(self, threads: int) -> None:
        """Let products that begin from now on use so many threads."""
        if threads == self._threads:
            return
        self._threads = threads
        for library in self._controller.lib_controllers:
            library.set_num_threads(threads)


@cache
def blas() -> Blas:
    """Return the libraries: looking for them takes milliseconds, and they stay."""
    return Blas()

"""Disks that fail, and processes that are killed: what tests of both share."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator

import pytest

LONG = bool(os.environ.get("TUICNN_LONG"))
"""Whether tests take their time, as the README says."""

CALLS = "open write fsync close replace rename link unlink mkdir fchmod scandir".split()


class Disk:
    """Lets the n-th call that reaches the disk fail, or all from the n-th on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
        self.error = error
        self.first, self.last = 0, 0
        self.count = 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            self.count += 1
            failing = self.first <= self.count < self.last
            if failing and name != "close":
                raise self.error
            result = real(*arguments, **options)
            if failing:  # a close that fails has closed nonetheless
                raise self.error
            return result

        return call

    def fails(self, continuous: bool) -> Iterator[int]:
        """Yield n = 1, 2, 3 … until what is done meanwhile never comes to call n."""
        for number in itertools.count(1):
            self.count = 0
            self.first, self.last = number, sys.maxsize if continuous else number + 1
            yield number
            reached = self.count
            self.first = self.last = 0
            if reached < number:
                return

    def sound(self) -> None:
        """Fail no more."""
        self.first = self.last = 0

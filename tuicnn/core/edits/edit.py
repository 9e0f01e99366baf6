"""What an edit is, and what comes of one.

It never changes a network by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import NamedTuple

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.network import Network


class EditRefused(Exception):
    """An edit that cannot be done to this network; the message says why."""


class Changed(NamedTuple):
    """What an edit made.

    Attributes:
        network: The new version.
        cursor: The layer to look at afterwards; () is the input.
        selected: The layers that the edit was about, if more than one.
    """

    network: Network
    cursor: Pointer
    selected: tuple[Pointer, ...] = ()


class Edit(ABC):
    """Something a person does to a network."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What it is called in the history: `delete conv1`."""

    @property
    def key(self) -> Hashable:
        """Edits of equal keys in a row are one; None: this one stands alone."""
        return None

    @abstractmethod
    def apply(self, network: Network) -> Changed:
        """Return the version after it.

        Raises:
            EditRefused: It cannot be done.
        """

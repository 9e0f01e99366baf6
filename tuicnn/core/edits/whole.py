"""Edits of the network as a whole: its input, its texts, another version of it.

They never touch a single layer.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from pydantic import ValidationError

from tuicnn.core.edits.edit import Changed, Edit, EditRefused
from tuicnn.core.network import Network
from tuicnn.core.shapes import Shape, spell


@dataclass(frozen=True)
class SetInput(Edit):
    """Gives the network another input shape."""

    shape: Shape

    @property
    def label(self) -> str:
        """What it is called."""
        return f"set the input to {spell(self.shape)}"

    @property
    def key(self) -> Hashable:
        """Typing a shape is one edit."""
        return "input"

    def apply(self, network: Network) -> Changed:
        """Return the version with the shape."""
        return Changed(with_fields(network, input=self.shape), ())


@dataclass(frozen=True)
class Describe(Edit):
    """Changes what a network is called, or what is said about it."""

    field: str
    value: str | None

    @property
    def label(self) -> str:
        """What it is called."""
        return f"change the {self.field}"

    @property
    def key(self) -> Hashable:
        """Typing a text is one edit."""
        return ("describe", self.field)

    def apply(self, network: Network) -> Changed:
        """Return the version with the text."""
        return Changed(with_fields(network, **{self.field: self.value}), ())


@dataclass(frozen=True)
class Become(Edit):
    """Puts another version in the place of the whole network."""

    network: Network
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    def apply(self, network: Network) -> Changed:
        """Return the other version."""
        return Changed(self.network, ())


def with_fields(network: Network, **fields: object) -> Network:
    """Return a network with other fields, or refuse what they cannot be."""
    try:
        return network.changed(**fields)
    except ValidationError as error:
        raise EditRefused(error.errors(include_url=False)[0]["msg"]) from error

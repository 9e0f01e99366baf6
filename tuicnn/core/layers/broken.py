"""A layer that could not be read, kept in its place so that the rest can be checked.

It never has an effect: what is wrong with it has been said by `reading`.
"""

from typing import Literal

from tuicnn.core.layer import LayerSpec


class Broken(LayerSpec):
    """What a document has in place of a layer, when its fields do not hold."""

    type: Literal["broken"] = "broken"

    document: object
    """The JSON value as it stands."""

    @property
    def label(self) -> str:
        """What the document calls it."""
        if isinstance(self.document, dict):
            kind = self.document.get("type")
            if isinstance(kind, str) and kind.isprintable():
                return kind[:64]
        return "unreadable"

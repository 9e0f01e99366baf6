"""A layer that could not be read, kept in its place so that the rest can be checked.

It never has an effect: what is wrong with it has been said by `reading`.
"""

from typing import Literal

from pydantic_core import PydanticCustomError

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec, valid_name


class Broken(LayerSpec):
    """What a document has in place of a layer, when its fields do not hold."""

    type: Literal["broken"] = "broken"

    document: object
    """The JSON value as it stands."""

    @property
    def label(self) -> str:
        """What the document calls its type."""
        return label_of(self.document)


def broken(document: object) -> Broken:
    """Return what stands in the place of a layer that could not be read."""
    return Broken(name=name_of(document), document=document)


def label_of(document: object) -> str:
    """Return the type that a JSON layer claims, if that can be shown."""
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, str) and kind.isprintable() and 0 < len(kind) <= limits.NAME:
        return kind
    return "unreadable"


def name_of(document: object) -> str | None:
    """Return the name that a JSON layer has, if it is a name."""
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(name, str):
        return None
    try:
        return valid_name(name)
    except PydanticCustomError:
        return None

"""What can go wrong with a forward pass, each with what the user needs to know.

It never prints, and it knows no exit status.
"""

from __future__ import annotations

from tuicnn.core.wording import bytes_spelled
from tuicnn.errors import TuicnnError


class PreviewError(TuicnnError):
    """A forward pass that cannot be made."""


class LayerFault(PreviewError):
    """A layer that cannot take the arrays that reach it.

    Attributes:
        path: Path of the layer.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class TooMuchMemory(PreviewError):
    """A forward pass that would need more memory than it may have.

    Attributes:
        need: Bytes that it would hold at its peak.
        limit: Bytes that it may hold.
    """

    def __init__(self, need: int, limit: int) -> None:
        super().__init__(
            f"the forward pass needs {bytes_spelled(need)} of memory; the limit is "
            f"{bytes_spelled(limit)}",
            "take a smaller input or batch, or raise --memory-limit",
        )
        self.need = need
        self.limit = limit


class WeightsFault(PreviewError):
    """Weights that do not fit the network.

    Attributes:
        mismatches: One line for each parameter that does not fit.
    """

    def __init__(self, where: str, mismatches: tuple[str, ...]) -> None:
        shown = "".join(f"\n  {line}" for line in mismatches)
        super().__init__(f"{where} does not fit the network:{shown}")
        self.mismatches = mismatches


class FileFault(PreviewError):
    """A file of weights or input that cannot be read."""


class Cancelled(PreviewError):
    """A forward pass that was stopped from outside."""

    def __init__(self) -> None:
        super().__init__("the forward pass was cancelled")

"""The bounds within which documents are read: one table.

It never enforces anything: fields, `reading` and `check` do.
"""

from typing import Final

FILE_BYTES: Final = 8 * 2**20
"""Size of a document file."""
LAYERS: Final = 20_000
"""Layers after repetition, containers not counted."""
ROWS: Final = 200_000
"""Layers and containers after repetition."""
NESTING: Final = 32
"""Containers within containers."""
INPUT_SIZE: Final = 65_536
"""Cells on one axis of the input."""
ELEMENTS: Final = 2**40
"""Numbers in one tensor."""
WINDOW: Final = 1_024
"""Kernel, stride, dilation or padding on one axis, in cells."""
CHANNELS: Final = 2**20
"""Channels or units of one layer."""
NAME: Final = 64
"""Characters of a name."""
TEXT: Final = 4_096
"""Characters of a title, description or source."""
DIAGNOSTICS: Final = 1_000
"""Problems reported of one document."""
PARAMETER_VALUES: Final = 10_000
"""Numbers that stand in a document as values of parameters."""
EXPECTATIONS: Final = 1_000
"""Expectations of one document."""
AXES: Final = 8
"""Axes of a tensor, without the batch."""

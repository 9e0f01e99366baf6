"""The bounds within which all that others made is taken: one table.

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
JSON_DEPTH: Final = 200
"""Objects and lists inside one another in a JSON text."""
PASTE: Final = 64 * 2**10
"""Characters of a text that is pasted, or given to the terminal's clipboard."""
SETTINGS_BYTES: Final = 64 * 2**10
"""Size of the file of settings, in bytes."""
UNDO_BYTES: Final = 64 * 2**20
"""Memory of the versions that can be undone, in bytes."""
WEIGHTS_BYTES: Final = 4 * 2**30
"""Size of a file of weights, and of what it unpacks to, in bytes."""
WEIGHTS_HEADER: Final = 16 * 2**20
"""Size of its list of contents, in bytes."""
WEIGHTS_RATIO: Final = 200
"""Times that a larger entry than 64 KiB of an .npz file may grow when unpacked."""
PIXELS: Final = 64 * 2**20
"""Pixels of an image that is taken as input."""
PREVIEW_BYTES: Final = 512 * 2**20
"""Memory of a forward pass in bytes; unasked, where much is free, up to eight times."""

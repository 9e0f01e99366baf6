"""Files on disk: read with a limit, written whole or not at all.

Nothing else touches a document on disk; these modules never know what a file says.
"""

from tuicnn.files.failures import StrPath, shown
from tuicnn.files.places import absolute, here
from tuicnn.files.reading import STDIN, read_bytes, read_text
from tuicnn.files.temporary import sweep
from tuicnn.files.writing import (
    WriteResult,
    require_writable,
    write_atomically,
    write_streamed,
)

__all__ = [
    "STDIN",
    "StrPath",
    "WriteResult",
    "absolute",
    "here",
    "read_bytes",
    "read_text",
    "require_writable",
    "shown",
    "sweep",
    "write_atomically",
    "write_streamed",
]

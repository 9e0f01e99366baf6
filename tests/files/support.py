"""Contents of a document, before and after, and how a refusal must look."""

from collections.abc import Callable

import pytest

from tuicnn.errors import Exit, FileError

OLD, NEW = b"old content", b"new content, and more of it"


def refused(function: Callable[..., object], *arguments: object) -> str:
    """Assert that a path is refused in one printable line, and return the line."""
    with pytest.raises(FileError) as caught:
        function(*arguments)
    assert caught.value.exit_code == Exit.USAGE
    assert (caught.value.message + caught.value.hint).isprintable()
    return caught.value.message

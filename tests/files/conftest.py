"""What the tests of files share."""

from pathlib import Path

import pytest

from tests.files.support import OLD


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Give a test a document with old content, alone in its folder."""
    path = tmp_path / "net.json"
    path.write_bytes(OLD)
    return path

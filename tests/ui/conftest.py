"""What all tests of the editor share: folders of their own, and nobody's settings."""

import pytest


@pytest.fixture(autouse=True)
def folders(tmp_path_factory, monkeypatch):
    """Keep settings, recent files, recovery and clipboard out of the user's folders."""
    place = tmp_path_factory.mktemp("xdg")
    for name in ("STATE", "CONFIG", "CACHE", "DATA"):
        folder = place / name.lower()
        folder.mkdir()
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder))
    for name in ("NO_COLOR", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    return place

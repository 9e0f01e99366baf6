"""What all tests of the editor share: folders of their own, and nobody's settings."""

import pytest
from textual._context import active_app

from tests.ui import waiting


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


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let pilots wait until all messages are handled, however loaded the machine is."""

    async def idle(min_sleep=0.02, max_sleep=1.0):
        await waiting.idle(active_app.get(), min_sleep, max_sleep)

    monkeypatch.setattr("textual.app.wait_for_idle", idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)

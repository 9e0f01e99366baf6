"""The scenes: the pictures in `screenshots/` are what the editor shows."""

from __future__ import annotations

import pytest

from tests.ui.scenes import SCENES, SCREENSHOTS, picture, place

_MOST = 1_500_000
"""Bytes of all pictures together."""


@pytest.mark.parametrize("name", SCENES)
async def test_a_scene_looks_as_its_picture(name: str) -> None:
    drawn = await picture(name)
    kept = place(name).read_text("utf-8") if place(name).exists() else ""
    # Not compared by pytest: a difference of two pictures helps nobody.
    same = drawn == kept
    assert same, f"look at it: python -m tests.ui.scenes {name}; git diff screenshots"


def test_there_are_no_other_pictures_and_they_are_small() -> None:
    found = sorted(SCREENSHOTS.glob("*"))
    assert [one.stem for one in found] == sorted(SCENES)
    assert sum(one.stat().st_size for one in found) < _MOST


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_needs_no_network(name: str) -> None:
    text = place(name).read_text("utf-8")
    links = text.replace("http://www.w3.org/", "").replace(
        "https://www.textualize.io", ""
    )
    assert "http" not in links
    assert "@font-face" not in text

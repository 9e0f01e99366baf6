"""Numbers as people read them: bytes in powers of 1024, others in three digits."""

from __future__ import annotations

import pytest

from tuicnn.core.wording import bytes_spelled, short


@pytest.mark.parametrize(
    ("count", "spelled"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1024**2, "1.0 MiB"),
        (5 * 1024**3 // 2, "2.5 GiB"),
        (1024**4, "1.0 TiB"),
        (1024**5, "1.0 PiB"),
        (1024**6, "1.0 EiB"),
        (1023 * 1024**6, "1,023.0 EiB"),
        (1024**7, "1.18e21 B"),
        (4 * 10**24, "4e24 B"),
    ],
)
def test_bytes_are_spelled_in_the_largest_unit_that_they_fill(
    count: int, spelled: str
) -> None:
    assert bytes_spelled(count) == spelled


@pytest.mark.parametrize(
    ("count", "spelled"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1 k"),
        (999_499, "999 k"),
        (999_500, "1 M"),
        (51_400_000, "51.4 M"),
        (7_000_000_000, "7 G"),
        (7_250_000_000_000, "7.25 T"),
        (999 * 10**12, "999 T"),
        (10**15 - 1, "1e15"),
        (10**15, "1e15"),
        (1_234_000_000_000_000, "1.23e15"),
        (10**18 - 1, "1e18"),
        (10**18, "1e18"),
        (10**18 + 1, "1e18"),
        (12 * 10**17, "1.2e18"),
        (1_206_565_789_295 * 10**12, "1.21e24"),
        (10**24, "1e24"),
    ],
)
def test_a_large_number_has_three_digits_and_a_unit(count: int, spelled: str) -> None:
    assert short(count) == spelled

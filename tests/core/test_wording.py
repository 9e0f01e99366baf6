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
        (1024**5, "1,024.0 TiB"),
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
        (1_234_000_000_000_000, "1,234 T"),
    ],
)
def test_a_large_number_has_three_digits_and_a_unit(count: int, spelled: str) -> None:
    assert short(count) == spelled

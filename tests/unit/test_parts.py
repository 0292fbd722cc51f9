"""How a file is cut into parts, and what is missing of it."""

import pytest

from faceswap.rules.parts import count, length, missing

PART_BYTES = 8 * 2**20
"""As clients/python/README.md has it."""


@pytest.mark.parametrize(
    ("size", "lengths"),
    [
        (1, [1]),
        (PART_BYTES, [PART_BYTES]),
        (PART_BYTES + 1, [PART_BYTES, 1]),
        (2 * PART_BYTES, [PART_BYTES, PART_BYTES]),
    ],
)
def test_each_part_but_the_last_is_full(size: int, lengths: list[int]) -> None:
    assert [length(size, number) for number in range(1, count(size) + 1)] == lengths


def test_what_has_not_arrived_or_is_shorter_is_missing() -> None:
    size = 3 * PART_BYTES + 5

    assert missing(size, {}) == [1, 2, 3, 4]
    assert missing(size, {1: PART_BYTES, 3: PART_BYTES - 1, 4: 5}) == [2, 3]
    assert missing(size, {number: length(size, number) for number in range(1, 5)}) == []

"""How a file is cut into the parts of a multipart upload, and what is missing of it."""

from collections.abc import Mapping

PART_BYTES = 8 * 1024 * 1024
"""The size of every part but the last."""
MOST_NUMBERS = 100
"""For so many parts requests are signed at once."""


def count(size: int) -> int:
    """How many parts a file of so many bytes has."""
    return -(-size // PART_BYTES)


def length(size: int, number: int) -> int:
    """The bytes of one part, counted from 1, of a file of so many bytes."""
    return min(PART_BYTES, size - (number - 1) * PART_BYTES)


def missing(size: int, arrived: Mapping[int, int]) -> list[int]:
    """The parts that have not arrived, or with another length than theirs; `arrived` are lengths by number."""
    numbers = range(1, count(size) + 1)
    return [number for number in numbers if arrived.get(number) != length(size, number)]

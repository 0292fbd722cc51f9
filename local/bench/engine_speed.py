"""How fast the engine is and how much memory it takes, beside the base's engine on the same clip."""

from collections.abc import Iterator
from pathlib import Path

from local.bench.base import Base
from local.bench.clips import CLIPS, PEOPLE
from local.bench.one_swap import Taken, swap_once
from local.bench.rows import Row
from local.stack.parts import PROJECT

_ROUNDS = 3


def measure(folder: Path, base: Base) -> Iterator[Row]:
    """Best of some rounds, both engines by turns, so that a busy moment strikes both."""
    checkouts = PROJECT, base.checkout
    for lines, clip in CLIPS.items():
        current: list[Taken] = []
        other: list[Taken] = []
        for _ in range(_ROUNDS):
            for checkout, all_taken in zip(checkouts, (current, other), strict=True):
                output = folder / "swapped.mp4"
                all_taken.append(swap_once(checkout, clip, PEOPLE["cho"], PEOPLE["ana"], output))
        yield from _rows(f"engine, {lines} lines", base.name, current, other)


def _rows(group: str, against: str, current: list[Taken], base: list[Taken]) -> Iterator[Row]:
    ours, theirs = (
        min(all_taken, key=lambda taken: taken.seconds) for all_taken in (current, base)
    )
    rate, base_rate = ours.frames / ours.seconds, theirs.frames / theirs.seconds
    yield Row(group, "frames a second", "1/s", rate, base_rate, against, "at least")
    yield Row(group, "times as fast", "", rate / base_rate, 1.0, against, "at least")
    for name, own, other in (
        ("start and first pass", ours.first_pass, theirs.first_pass),
        ("second pass and end", ours.second_pass, theirs.second_pass),
    ):
        yield Row(group, name, "s", own, other, against)
    own_work, other_work = (
        min(taken.processor_seconds / taken.frames for taken in all_taken)
        for all_taken in (current, base)
    )
    yield Row(group, "processor time a frame", "ms", own_work * 1e3, other_work * 1e3, against)
    peaks = [max(taken.peak_mib for taken in all_taken) for all_taken in (current, base)]
    yield Row(group, "peak memory", "MiB", peaks[0], peaks[1], against)
    for stage, seconds in sorted(ours.stages.items(), key=lambda entry: -entry[1]):
        yield Row(group, f"busy: {stage}", "ms a frame", seconds / ours.frames * 1e3)

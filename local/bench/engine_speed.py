"""How fast the engine is and how much memory it takes, beside the first engine on the same clip."""

from collections.abc import Iterator
from pathlib import Path

from local.bench.clips import CLIPS, PEOPLE
from local.bench.one_swap import Engine, Taken, swap_once
from local.bench.rows import Row

_ROUNDS = 3
_AGAINST = "the first engine"


def measure(folder: Path) -> Iterator[Row]:
    """Best of some rounds, both engines by turns, so that a busy moment strikes both."""
    for lines, clip in CLIPS.items():
        taken: dict[Engine, list[Taken]] = {"current": [], "reference": []}
        for _ in range(_ROUNDS):
            for engine, all_taken in taken.items():
                output = folder / f"{engine}.mp4"
                all_taken.append(swap_once(engine, clip, PEOPLE["cho"], PEOPLE["ana"], output))
        yield from _rows(f"engine, {lines} lines", taken["current"], taken["reference"])


def _rows(group: str, current: list[Taken], first: list[Taken]) -> Iterator[Row]:
    ours, theirs = (
        min(all_taken, key=lambda taken: taken.seconds) for all_taken in (current, first)
    )
    rate, first_rate = ours.frames / ours.seconds, theirs.frames / theirs.seconds
    yield Row(group, "frames a second", "1/s", rate, first_rate, _AGAINST, "at least")
    yield Row(group, "times as fast", "", rate / first_rate, 1.0, _AGAINST, "at least")
    for name, own, other in (
        ("start and first pass", ours.first_pass, theirs.first_pass),
        ("second pass and end", ours.second_pass, theirs.second_pass),
    ):
        yield Row(group, name, "s", own, other, _AGAINST)
    own_work, other_work = (
        min(taken.processor_seconds / taken.frames for taken in all_taken)
        for all_taken in (current, first)
    )
    yield Row(group, "processor time a frame", "ms", own_work * 1e3, other_work * 1e3, _AGAINST)
    peaks = [max(taken.peak_mib for taken in all_taken) for all_taken in (current, first)]
    yield Row(group, "peak memory", "MiB", peaks[0], peaks[1], _AGAINST)
    for stage, seconds in sorted(ours.stages.items(), key=lambda entry: -entry[1]):
        yield Row(group, f"busy: {stage}", "ms a frame", seconds / ours.frames * 1e3)

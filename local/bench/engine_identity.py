"""Whom a swap makes of whom, on all pairs of the cast, and that it changes nothing else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from local.bench.base import Base
from local.bench.clips import CLIPS, IN_CLIP, PAIRS, PEOPLE
from local.bench.footprints import (
    Clip,
    changed,
    encode_again,
    frames_of,
    identity,
    look,
    packets,
    read_clip,
    times,
    track_of,
)
from local.bench.one_swap import swap_once
from local.bench.rows import Row
from local.provider.engine.networks import Networks
from local.stack.parts import PROJECT

_CLIP = CLIPS[360]
# What two encodings of one picture may differ by, in grey levels.
_ENCODING = 0.3
# How much more than in the input, encoded again, a face may shake.
_SHAKE = 1.1


def measure(folder: Path, base: Base) -> Iterator[Row]:
    """Swap each pair once with both engines and look at the faces before and after."""
    networks = Networks()
    clip = read_clip(_CLIP, networks)
    again = folder / "again.mp4"
    encode_again(_CLIP, again)
    unchanged = Clip(frames_of(again), clip.analysis)
    for source, target in PAIRS:
        yield from _pair(folder, base, source, target, clip, unchanged, networks)


def _pair(
    folder: Path,
    base: Base,
    source: str,
    target: str,
    clip: Clip,
    unchanged: Clip,
    networks: Networks,
) -> Iterator[Row]:
    group = f"{source}'s face on {target}"
    output, base_output = (folder / f"{source}_{target}{of}.mp4" for of in ("", "_base"))
    swap_once(PROJECT, _CLIP, PEOPLE[source], PEOPLE[target], output)
    swap_once(base.checkout, _CLIP, PEOPLE[source], PEOPLE[target], base_output)
    who = {name: identity(PEOPLE[name], networks) for name in (source, *IN_CLIP)}
    track = track_of(clip, who[target])
    bystander = track_of(clip, who[next(name for name in IN_CLIP if name != target)])
    frames = frames_of(output)
    before, encoded, after, other = (
        look(images, track, who[source], who[target], networks)
        for images in (clip.frames, unchanged.frames, frames, frames_of(base_output))
    )
    near, far = float(after.to_source.mean()), float(after.to_target.mean())
    yield Row(group, "to the source", "", near, float(before.to_source.mean()), "before", "at most")
    yield Row(group, "to the source", "", near, float(other.to_source.mean()), base.name)
    yield Row(group, "to the target", "", far, float(before.to_target.mean()), "before", "at least")
    nearer = float(np.mean(after.to_source < after.to_target))
    yield Row(group, "frames nearer to the source", "", nearer, 1.0, "all", "at least")
    unit = "1/1000 width"
    yield Row(group, "shake", unit, after.shake, before.shake, "the input")
    yield Row(group, "shake", unit, after.shake, other.shake, base.name)
    most = _SHAKE * encoded.shake
    yield Row(group, "shake", unit, after.shake, most, "1.1 x the input encoded", "at most")
    change = changed(clip.frames, frames, bystander)
    most = changed(clip.frames, unchanged.frames, bystander) + _ENCODING
    unit = "grey levels"
    yield Row(group, "bystander's change", unit, change, most, "encoding + 0.3", "at most")
    yield from _kept(group, output)


def _kept(group: str, output: Path) -> Iterator[Row]:
    sound, own_sound = packets(_CLIP), packets(output)
    same = sum(one == other for one, other in zip(sound, own_sound, strict=False))
    yield Row(group, "same packets of sound", "", same, len(sound), "all", "at least")
    shown, own_shown = times(_CLIP), times(output)
    same = sum(one == other for one, other in zip(shown, own_shown, strict=False))
    yield Row(group, "same times of frames", "", same, len(shown), "all", "at least")

"""Looking at what a swap did to a clip: who the faces are, how still they are, what else changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from local.provider.engine.analysis import Analysis, analyse
from local.provider.engine.arrays import Doubles, Floats, Points
from local.provider.engine.footage import frame_of, read_frames, read_parts
from local.provider.engine.frames import Frame
from local.provider.engine.geometry import face_width
from local.provider.engine.landmarks import region_of_points
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.probe import open_video, probe
from local.provider.engine.selection import select
from local.provider.engine.stopwatch import Stopwatch
from local.provider.engine.tracks import Track
from local.provider.engine.writing import open_writer

_EVERY = 5


class Clip(NamedTuple):
    """A clip's frames, and the faces in it."""

    frames: list[Frame]
    analysis: Analysis


class Looks(NamedTuple):
    """One face in sampled frames: distances to two people; and its shake in all frames."""

    to_source: Doubles
    to_target: Doubles
    shake: float
    """Mean second difference of its points, in thousandths of its width."""


def frames_of(path: Path) -> list[Frame]:
    """Decode a whole clip."""
    return list(read_frames(path, probe(path)))


def read_clip(path: Path, networks: Networks) -> Clip:
    """Decode a clip and find its faces."""
    frames = frames_of(path)
    return Clip(frames, analyse(frames, networks))


def identity(picture: Path, networks: Networks) -> Floats:
    """Who a picture shows."""
    return read_portrait(picture, "picture", networks, lead=1).identity


def track_of(clip: Clip, person: Floats) -> Track:
    """The track of a person who is in the clip throughout."""
    [track] = select(clip.analysis.tracks, person)
    return track


def look(
    frames: Sequence[Frame], track: Track, source: Floats, target: Floats, networks: Networks
) -> Looks:
    """Find a face again, starting from where it was, and see whose it is."""
    found: list[Points] = []
    away = []
    for number in track.frames:
        points = track.points[number - track.first]
        with networks.landmarker() as landmarker:
            points, _ = landmarker.find(frames[number], region_of_points(points))
        found.append(points)
        if number % _EVERY == 0:
            seen = networks.embedder.embed(frames[number], points)
            away.append([np.linalg.norm(seen - source), np.linalg.norm(seen - target)])
    to_source, to_target = np.array(away, np.float64).T
    return Looks(to_source, to_target, _shake(found))


def _shake(faces: Sequence[Points]) -> float:
    places = np.array([face[:, :2] / face_width(face) for face in faces], np.float64)
    return float(1e3 * np.linalg.norm(np.diff(places, 2, axis=0), axis=2).mean())


def changed(before: Sequence[Frame], after: Sequence[Frame], track: Track) -> float:
    """How much a face's surroundings differ between two versions of a clip, in grey levels."""
    differences = []
    for number in track.frames[::_EVERY]:
        points = track.points[number - track.first]
        (left, top), (right, bottom) = points[:, :2].min(0), points[:, :2].max(0)
        one, other = (frames[number].cut(left, top, right, bottom) for frames in (before, after))
        differences.append(np.abs(one.image.astype(np.float64) - other.image).mean())
    return float(np.mean(differences))


def encode_again(video: Path, output: Path) -> None:
    """Write a clip as the engine does, with nobody's face changed."""
    facts, watch = probe(video), Stopwatch()
    with open_video(video) as container, open_writer(output, container, facts, watch) as writer:
        for part in read_parts(container, watch):
            if isinstance(part, av.Packet):
                writer.sound(part)
            else:
                writer.frame(frame_of(part, facts), part)


def packets(video: Path) -> list[tuple[int | None, int | None, bytes]]:
    """The sound's packets: both times, and what is in them."""
    with av.open(str(video)) as container:
        return [
            (packet.pts, packet.dts, bytes(packet))
            for packet in container.demux(audio=0)
            if packet.dts is not None
        ]


def times(video: Path) -> list[float]:
    """When each frame is shown, in seconds."""
    with av.open(str(video)) as container:
        return [frame.time for frame in container.decode(video=0)]

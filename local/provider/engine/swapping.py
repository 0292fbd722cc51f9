"""The whole swap: check, look at the pictures, analyse the video, then paint and write it."""

import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2

from local.provider.engine.analysis import Analysis, analyse
from local.provider.engine.appearance import Appearance, notes_of, plan
from local.provider.engine.arrays import Floats
from local.provider.engine.errors import NoFaceError, PersonNotFoundError
from local.provider.engine.footage import frame_of, read_frames, read_parts
from local.provider.engine.foreign import ForeignModel
from local.provider.engine.frames import Frame
from local.provider.engine.gap_filling import bridge
from local.provider.engine.identity import distance
from local.provider.engine.inspection import inspecting
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import (
    ALONE,
    CLEARLY_LARGEST,
    SourceFace,
    read_face,
    read_portrait,
)
from local.provider.engine.prefetch import ahead
from local.provider.engine.probe import VideoFacts, open_video
from local.provider.engine.report import Face, Progress, ProgressCallback, Report
from local.provider.engine.selection import select
from local.provider.engine.stopwatch import Stopwatch
from local.provider.engine.tracks import Track
from local.provider.engine.watermark import Watermark
from local.provider.engine.writing import open_writer

_SOURCE = "source picture (init_image)"
_REFERENCE = "reference picture (reference_image)"
_VIDEO = "video (init_video)"
_AHEAD = 4
_ANALYSIS_THREADS = 2


def swap(
    video: Path,
    source: Path,
    reference: Path,
    output: Path,
    *,
    watermark: bool = True,
    progress: ProgressCallback | None = None,
) -> Report:
    """Put the source's face on the referenced person in a video; everybody else stays.

    The output is an MP4 (H.264) with the video's own times and sound, upright. It says that it is
    synthetic in its tags and in a signed manifest, and with `watermark` visibly. It appears only
    when it is whole. `progress` is called after each frame of both stages. Raises SwapError for
    bad media.
    """
    started = time.perf_counter()
    cv2.setNumThreads(_ANALYSIS_THREADS)
    tell = progress or _ignore
    watch = Stopwatch()
    with inspecting(video) as inspected:
        with watch.time("look at the pictures"):
            networks = Networks()
            portrait = read_face(source, _SOURCE, networks, lead=CLEARLY_LARGEST)
            referenced = read_portrait(reference, _REFERENCE, networks, lead=ALONE)
            person, likeness = referenced.identity, ForeignModel(referenced)
            source_face = SourceFace(portrait)
        with watch.time("check the video"):
            facts = inspected()
    with ahead(read_frames(video, facts, watch), _AHEAD) as frames:
        analysis = analyse(_told(frames, facts, tell), networks, watch, person)
    if not analysis.tracks:
        raise NoFaceError(_VIDEO)
    chosen = select(analysis.tracks, person)
    if not chosen:
        raise PersonNotFoundError
    faces = _faces(analysis, chosen, person)
    with watch.time("plan"):
        painters = plan(bridge(chosen, analysis), analysis, source_face, likeness)
    # Decoding, painting and encoding have a thread each; more would be in their way.
    cv2.setNumThreads(1)
    mark = Watermark(facts.width, facts.height) if watermark else None
    _paint(video, output, facts, painters, mark, tell, watch)
    return Report(
        frames=analysis.frames,
        swapped_frames=len(painters),
        width=facts.width,
        height=facts.height,
        fps=float(facts.rate),
        seconds=time.perf_counter() - started,
        faces=faces,
        stages=dict(watch.seconds),
        notes=(*facts.notes, *notes_of(painters)),
    )


def _ignore(_: Progress) -> None:
    """Stand in for a caller that does not listen."""


def _faces(analysis: Analysis, chosen: list[Track], person: Floats) -> tuple[Face, ...]:
    found = [
        Face(track.first, track.last, distance(track.sightings, person), track in chosen)
        for track in analysis.tracks
    ]
    return tuple(sorted(found))


def _told(frames: Iterator[Frame], facts: VideoFacts, tell: ProgressCallback) -> Iterator[Frame]:
    for number, frame in enumerate(frames):
        yield frame
        tell(Progress("analyse", number + 1, facts.frames))


def _paint(
    video: Path,
    output: Path,
    facts: VideoFacts,
    painters: dict[int, list[Appearance]],
    mark: Watermark | None,
    tell: ProgressCallback,
    watch: Stopwatch,
) -> None:
    number = 0
    with (
        open_video(video) as container,
        open_writer(output, container, facts, watch) as writer,
        ahead(read_parts(container, watch), _AHEAD) as parts,
    ):
        for part in parts:
            if isinstance(part, av.Packet):
                writer.sound(part)
                continue
            with watch.time("decode"):
                frame = frame_of(part, facts)
            with watch.time("paint"):
                for painter in painters.get(number, ()):
                    painter.paint(number, frame)
                if mark is not None:
                    mark.apply(frame)
            writer.frame(frame, part)
            number += 1
            tell(Progress("swap", number, facts.frames))

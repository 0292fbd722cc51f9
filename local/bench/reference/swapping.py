"""The whole swap: check, look at the pictures, analyse the video, then paint and write it."""

import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2

from local.bench.reference.analysis import analyse
from local.bench.reference.appearance import Appearance, plan
from local.bench.reference.arrays import Image
from local.bench.reference.errors import NoFaceError, PersonNotFoundError
from local.bench.reference.footage import even, image_of, open_writer, read_images, read_parts
from local.bench.reference.identity import distance
from local.bench.reference.networks import Networks
from local.bench.reference.portrait import SourceFace, read_portrait
from local.bench.reference.probe import VideoFacts, open_video, probe
from local.bench.reference.report import Progress, ProgressCallback, Report
from local.bench.reference.selection import bridge, select
from local.bench.reference.watermark import Watermark

_SOURCE = "source picture (init_image)"
_REFERENCE = "reference picture (reference_image)"
_VIDEO = "video (init_video)"


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

    The output is an MP4 (H.264) with the video's own times and sound; it says that it is
    synthetic in its tags, and with `watermark` visibly. It appears only when it is whole.
    `progress` is called after each frame of both stages. Raises SwapError for bad media.
    """
    started = time.perf_counter()
    cv2.setNumThreads(1)
    tell = progress or _ignore
    facts = probe(video)
    networks = Networks()
    source_face = SourceFace(read_portrait(source, _SOURCE, networks))
    person = read_portrait(reference, _REFERENCE, networks).identity
    analysis = analyse(_told(read_images(video, facts), facts, tell), networks)
    if not analysis.tracks:
        raise NoFaceError(_VIDEO)
    chosen = select(analysis.tracks, person)
    if not chosen:
        raise PersonNotFoundError
    distances = tuple(distance(track.sightings, person) for track in chosen)
    painters = plan(bridge(chosen, analysis.cuts), analysis, source_face)
    mark = Watermark(even(facts.width), even(facts.height)) if watermark else None
    _paint(video, output, facts, painters, mark, tell)
    return Report(
        frames=analysis.frames,
        swapped_frames=len(painters),
        width=even(facts.width),
        height=even(facts.height),
        fps=float(facts.rate),
        seconds=time.perf_counter() - started,
        distances=distances,
    )


def _ignore(_: Progress) -> None:
    """Stand in for a caller that does not listen."""


def _told(images: Iterator[Image], facts: VideoFacts, tell: ProgressCallback) -> Iterator[Image]:
    for number, image in enumerate(images):
        yield image
        tell(Progress("analyse", number + 1, facts.frames))


def _paint(
    video: Path,
    output: Path,
    facts: VideoFacts,
    painters: dict[int, Appearance],
    mark: Watermark | None,
    tell: ProgressCallback,
) -> None:
    number = 0
    with open_video(video) as container, open_writer(output, container, facts) as writer:
        for part in read_parts(container):
            if isinstance(part, av.Packet):
                writer.sound(part)
                continue
            image = image_of(part, facts)
            if number in painters:
                painters[number].paint(number, image)
            if mark is not None:
                mark.apply(image)
            writer.frame(image, part)
            number += 1
            tell(Progress("swap", number, facts.frames))

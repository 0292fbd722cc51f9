"""A swap changes who one person is, and nothing else."""

import itertools

import numpy as np
import pytest

from local.provider.engine.analysis import analyse
from local.provider.engine.arrays import Doubles, Image
from local.provider.engine.frames import Frame, Still
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.report import Progress
from local.provider.engine.selection import select
from tests.support.clips import (
    ANA,
    ANA_FACE,
    BEN_FACE,
    CHO,
    FRAMES,
    difference,
    images_of,
    sound_of,
    times_of,
)
from tests.support.swaps import Swapped


def test_the_replaced_person_becomes_the_source_in_every_frame(
    swapped: Swapped, networks: Networks
) -> None:
    before, after = images_of(swapped.before), images_of(swapped.after)
    ana = read_portrait(ANA, "ana", networks, lead=1).identity
    cho = read_portrait(CHO, "cho", networks, lead=1).identity
    [track] = select(analyse(map(Frame.of, before), networks).tracks, ana)

    def distances(images: list[Image]) -> Doubles:
        faces = zip(images, track.points, strict=True)
        found = [networks.embedder.embed(Still(image), points) for image, points in faces]
        away = [[np.linalg.norm(face - person) for person in (ana, cho)] for face in found]
        return np.array(away, np.float64)

    to_target, to_source = distances(before)[::3].T
    assert (to_target < to_source).all()
    to_target, to_source = distances(after)[::3].T
    assert (to_source < to_target).all()
    assert to_source.mean() < 0.45
    assert to_target.mean() > 0.45


def test_the_bystander_is_only_encoded_again(swapped: Swapped) -> None:
    before, after = images_of(swapped.before), images_of(swapped.after)
    assert difference(before, after, BEN_FACE) < 3.5
    assert difference(before, after, ANA_FACE) > 2 * difference(before, after, BEN_FACE)


def test_frames_times_and_sound_are_kept(swapped: Swapped) -> None:
    times = times_of(swapped.before)
    assert len(times) == FRAMES
    assert len({later - sooner for sooner, later in itertools.pairwise(times)}) > 1
    assert times_of(swapped.after) == times
    assert sound_of(swapped.before)[0] > 10
    assert sound_of(swapped.after) == sound_of(swapped.before)


def test_the_report_says_what_was_made(swapped: Swapped) -> None:
    report = swapped.report
    assert (report.frames, report.swapped_frames) == (FRAMES, FRAMES)
    assert (report.width, report.height) == (640, 360)
    assert report.fps == pytest.approx(25, rel=0.1)
    assert report.seconds > 0
    assert len(report.distances) == 1
    assert report.distances[0] < 0.35
    ana, ben = sorted(report.faces, key=lambda face: face.distance)
    assert (ana.first, ana.last, ana.replaced) == (0, FRAMES - 1, True)
    assert (ben.first, ben.last, ben.replaced) == (0, FRAMES - 1, False)
    assert ben.distance > 0.6
    assert {"decode", "follow faces", "paint", "encode", "sign"} <= report.stages.keys()
    assert all(0 < seconds < report.seconds for seconds in report.stages.values())


def test_progress_is_told_after_each_frame_of_both_stages(swapped: Swapped) -> None:
    assert swapped.progress == [
        *(Progress("analyse", number + 1, FRAMES) for number in range(FRAMES)),
        *(Progress("swap", number + 1, FRAMES) for number in range(FRAMES)),
    ]


def test_two_people_are_told_apart(swapped: Swapped, networks: Networks) -> None:
    analysis = analyse(map(Frame.of, images_of(swapped.before)), networks)
    assert [track.frames for track in analysis.tracks] == [range(FRAMES), range(FRAMES)]
    assert analysis.cuts == []

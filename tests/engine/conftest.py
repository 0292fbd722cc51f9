"""A short clip and its swap, made once for all tests here."""

from pathlib import Path

import pytest

from local.provider.engine.networks import Networks
from local.provider.engine.report import Progress
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, CHO, cut_clip
from tests.support.swaps import Swapped


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About a second of ana and ben, at uneven times, with sound."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    cut_clip(path)
    return path


@pytest.fixture(scope="session")
def swapped(clip: Path) -> Swapped:
    """The clip with cho's face on ana, marked."""
    after = clip.with_name("swapped.mp4")
    progress: list[Progress] = []
    report = swap(clip, CHO, ANA, after, progress=progress.append)
    return Swapped(clip, after, report, progress)


@pytest.fixture(scope="session")
def unmarked(clip: Path) -> Path:
    """The clip with cho's face on ana, without the visible mark."""
    after = clip.with_name("unmarked.mp4")
    swap(clip, CHO, ANA, after, watermark=False)
    return after


@pytest.fixture(scope="session")
def networks() -> Networks:
    """The networks, loaded once."""
    return Networks()

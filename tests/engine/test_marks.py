"""What the engine makes says so: in a corner of each frame, and in the file."""

from pathlib import Path

import av
import numpy as np

from local.provider.engine.arrays import Image
from local.provider.engine.frames import Frame
from local.provider.engine.watermark import TAGS, Watermark
from tests.support.clips import images_of
from tests.support.swaps import Swapped


def _corner(image: Image) -> Image:
    mark = Watermark(640, 360)
    return image[mark.rows, mark.columns]


def test_every_frame_bears_the_mark_in_its_corner(swapped: Swapped, unmarked: Path) -> None:
    marked_frames, plain_frames = images_of(swapped.after), images_of(unmarked)
    for marked, plain in zip(marked_frames, plain_frames, strict=True):
        assert np.percentile(_corner(marked), 95) > np.percentile(_corner(plain), 95) + 40
        assert np.median(_corner(marked)) < 0.8 * np.median(_corner(plain))


def test_without_the_mark_the_corner_is_as_it_was(swapped: Swapped, unmarked: Path) -> None:
    pairs = zip(images_of(swapped.before), images_of(unmarked), strict=True)
    for before, after in pairs:
        assert np.abs(_corner(before).astype(float) - _corner(after)).mean() < 4


def test_the_mark_fits_into_narrow_and_small_frames() -> None:
    for width, height in ((64, 64), (64, 1920), (1920, 1080), (1080, 1920)):
        frame = Frame.of(np.full((height, width, 3), 128, np.uint8))
        Watermark(width, height).apply(frame)
        assert frame.whole().min() < 100


def test_the_file_says_that_it_is_synthetic_with_and_without_the_mark(
    swapped: Swapped, unmarked: Path
) -> None:
    for path in (swapped.after, unmarked):
        with av.open(str(path)) as container:
            metadata = container.metadata
        assert metadata["comment"] == TAGS["comment"]
        assert metadata["digital_source_type"].endswith("/compositeSynthetic")


def test_the_file_can_be_played_while_it_is_fetched(swapped: Swapped) -> None:
    data = swapped.after.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")

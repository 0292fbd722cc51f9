"""The sheet shows both videos and both pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import pixels
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.sheet import before_after_sheet
from tests.support.clips import ANA, CHO
from tests.support.swaps import Swapped


def test_rows_of_frames_stand_above_the_pictures(swapped: Swapped, tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    before_after_sheet(swapped.before, swapped.after, CHO, ANA, path, frames=4)
    read = cv2.imread(str(path))
    assert read is not None
    sheet = pixels(read)
    assert sheet.shape[1] == 16 + 4 * (480 + 16)
    before, after = sheet[60:330, 16:496], sheet[390:660, 16:496]
    assert 0.5 < np.abs(before.astype(float) - after).mean() < 10
    labels = [sheet[16:60], sheet[346:390], sheet[676:720]]
    assert all((label > 180).sum() > 500 for label in labels)


def test_the_replaced_face_is_shown_close_up(swapped: Swapped, tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    before_after_sheet(swapped.before, swapped.after, CHO, ANA, path)
    read = cv2.imread(str(path))
    assert read is not None
    bottom = pixels(read)[-360:-20]
    columns = np.flatnonzero((bottom != 24).any(axis=(0, 2)))
    pictures = np.split(columns, np.flatnonzero(np.diff(columns) > 10) + 1)
    assert len(pictures) == 4
    before, after = (bottom[:, part[0] : part[0] + 250] for part in pictures[2:])
    assert np.abs(before.astype(float) - after).mean() > 4


def test_a_file_that_is_no_video_is_refused(swapped: Swapped, tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    with pytest.raises(UnreadableVideoError):
        before_after_sheet(swapped.before, ANA, CHO, ANA, path)
    assert not path.exists()

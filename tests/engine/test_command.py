"""The command for one swap: a report, a video and a sheet, or the reason why not."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.provider.engine.provenance import read_statement
from local.provider.engine.watermark import Watermark
from tests.support.clips import ANA, BEN, CHO, FRAMES, difference, images_of

PROJECT = Path(__file__).resolve().parents[2]


def _run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "local.provider", "swap", *map(str, arguments)]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )


def test_a_swap_leaves_a_video_a_sheet_and_a_report(clip: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "swapped.mp4"
    ended = _run(clip, CHO, ANA, "-o", output, "--no-watermark")
    assert ended.returncode == 0, ended.stderr
    assert f"{FRAMES} of {FRAMES} frames swapped, 640x360" in ended.stdout
    assert ended.stdout.count(f"1 to {FRAMES}") == 2
    assert ended.stdout.count("replaced") == 1
    for stage in ("decode", "follow faces", "paint", "encode", "sign"):
        assert stage in ended.stdout
    assert "swapping" in ended.stderr
    assert f"{FRAMES}/{FRAMES}" in ended.stderr
    assert sorted(path.name for path in output.parent.iterdir()) == ["swapped.mp4", "swapped.png"]
    assert read_statement(output).state == "Valid"
    mark = Watermark(640, 360)
    assert difference(images_of(clip), images_of(output), (mark.rows, mark.columns)) < 4


def test_a_refusal_is_told_in_words(clip: Path, tmp_path: Path) -> None:
    ended = _run(clip, BEN, CHO, "-o", tmp_path / "swapped.mp4")
    assert ended.returncode == 1
    assert "does not appear in the video" in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("missing", ["video.mp4", "face.png"])
def test_a_missing_file_is_named(clip: Path, tmp_path: Path, missing: str) -> None:
    paths = [clip, CHO]
    paths[missing == "face.png"] = tmp_path / missing
    ended = _run(*paths, ANA, "-o", tmp_path / "swapped.mp4")
    assert ended.returncode == 2
    assert missing in "".join(ended.stderr.split())

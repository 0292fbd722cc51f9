"""The command for one swap: a report, a video and a sheet, or the reason why not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.provider.engine.provenance import read_statement
from local.provider.engine.watermark import Watermark
from local.provider.swap_output import check_output
from tests.support.clips import ANA, BEN, CHO, CLIP, FRAMES, difference, images_of
from tests.support.until import until

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


def _refused(*arguments: str | Path) -> str:
    ended = _run(*arguments)
    assert ended.returncode == 2
    assert "finding faces" not in ended.stderr
    [words] = ended.stderr.splitlines()
    return words


def _copies(clip: Path, folder: Path) -> tuple[Path, Path, Path]:
    copies = folder / "clip.mp4", folder / "face.png", folder / "reference.png"
    for source, copy in zip((clip, CHO, ANA), copies, strict=True):
        copy.write_bytes(source.read_bytes())
    return copies


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
@pytest.mark.parametrize("name", ["clip.mp4", "link.mp4", "face.mp4", "reference.mp4"])
def test_an_output_that_is_an_input_is_refused(
    clip: Path, tmp_path: Path, name: str, force: list[str]
) -> None:
    inputs = _copies(clip, tmp_path)
    before = [path.read_bytes() for path in inputs]
    (tmp_path / "link.mp4").hardlink_to(inputs[0])
    assert "is one of the inputs" in _refused(*inputs, "-o", tmp_path / name, *force)
    assert [path.read_bytes() for path in inputs] == before


def test_what_is_there_already_is_kept_unless_forced(clip: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.mp4"
    there.write_bytes(b"precious")
    assert "--force" in _refused(clip, CHO, ANA, "-o", there)
    assert there.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [there]


def test_a_sheet_goes_beside_what_has_its_name(clip: Path, tmp_path: Path) -> None:
    video, there, second = (tmp_path / name for name in ("out.mp4", "out.png", "out-2.png"))
    there.write_bytes(b"precious")
    assert check_output(video, [clip, CHO, ANA], force=False) == second
    second.write_bytes(b"precious")
    assert check_output(video, [clip, CHO, ANA], force=False) == tmp_path / "out-3.png"
    assert check_output(video, [clip, CHO, ANA], force=True) == there


@pytest.mark.parametrize(
    ("name", "words"),
    [("out.png", ".mp4"), ("folder.mp4", "is a folder"), ("file/out.mp4", "is not a folder")],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    clip: Path, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").write_bytes(b"")
    assert words in _refused(clip, CHO, ANA, "-o", tmp_path / name)


def test_names_with_a_colon_are_names(clip: Path, tmp_path: Path) -> None:
    video, output = tmp_path / "take:2.mp4", tmp_path / "take:3.mp4"
    video.write_bytes(clip.read_bytes())
    output.write_bytes(b"older")
    command = [sys.executable, "-m", "local.provider", "swap", video.name, CHO, ANA]
    ended = subprocess.run(
        [*map(str, command), "-o", output.name, "--force"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["take:2.mp4", "take:3.mp4", "take:3.png"]
    assert read_statement(output).state == "Valid"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_ended_leaves_what_was_there(
    tmp_path: Path, number: signal.Signals
) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"older")
    # The whole clip: of a short one the file in the making is gone before anybody has seen it.
    command = [sys.executable, "-m", "local.provider", "swap", CLIP, CHO, ANA, "-o", output]
    with subprocess.Popen(
        [*map(str, command), "--force"],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until(
            lambda: (
                process.poll() is not None
                or any(path.suffix == ".part" for path in tmp_path.iterdir())
            ),
            every=0.02,
        )
        assert process.poll() is None
        process.send_signal(number)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 128 + number
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == [output]
    assert output.read_bytes() == b"older"

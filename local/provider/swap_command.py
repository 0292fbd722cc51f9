"""`python -m local.provider swap VIDEO FACE REFERENCE -o OUT`: one swap on this machine, told in a report."""

import argparse
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from local.provider.swap_output import OutputError, check_output

if TYPE_CHECKING:
    from local.provider.engine.report import Progress, Report

_STAGES = {"analyse": "finding faces", "swap": "swapping"}


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser("swap", help="swap once and tell what was done")
    parser.add_argument("video", type=Path, help="the video (init_video)")
    parser.add_argument("face", type=Path, help="a picture of the new face (init_image)")
    parser.add_argument(
        "reference", type=Path, help="a picture of who is replaced (reference_image)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the new video, an MP4")
    parser.add_argument("--force", action="store_true", help="overwrite what is there already")
    parser.add_argument("--no-watermark", action="store_true", help="without the visible mark")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Swap, and write a sheet with frames before and after beside the video."""
    console = Console(stderr=True)
    inputs = (given.video, given.face, given.reference)
    missing = [path for path in inputs if not path.is_file()]
    if missing:
        return _refuse(console, f"{missing[0]} is not a file", 2)
    try:
        sheet = check_output(given.output, inputs, force=given.force)
    except OutputError as error:
        return _refuse(console, str(error), 2)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return _make(given, sheet, console)
    except KeyboardInterrupt:
        return _refuse(console, "Stopped; nothing was written.", 128 + signal.SIGINT)
    except OSError as error:
        return _refuse(console, f"{error.filename or given.output}: {error.strerror or error}", 1)


def _make(given: argparse.Namespace, sheet: Path, console: Console) -> int:
    # The engine takes a moment to load, which the server need not wait for.
    from local.provider.engine.errors import SwapError
    from local.provider.engine.sheet import before_after_sheet

    given.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        report = _swap(given, console)
        before_after_sheet(given.video, given.output, given.face, given.reference, sheet)
    except SwapError as error:
        return _refuse(console, str(error), 1)
    _tell(report, Console())
    print(f"video  {given.output}\nsheet  {sheet}")
    return 0


def _refuse(console: Console, words: str, code: int) -> int:
    console.print(words, style="red", highlight=False, markup=False, emoji=False, soft_wrap=True)
    return code


def _end(number: int, _: object) -> None:
    """Leave as on Ctrl-C, so that what is half written is removed."""
    raise SystemExit(128 + number)


def _swap(given: argparse.Namespace, console: Console) -> "Report":
    from local.provider.engine.swapping import swap

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {stage: bars.add_task(words, total=None) for stage, words in _STAGES.items()}

        def show(progress: "Progress") -> None:
            bars.update(tasks[progress.stage], completed=progress.frame, total=progress.frames)

        return swap(
            given.video,
            given.face,
            given.reference,
            given.output,
            watermark=not given.no_watermark,
            progress=show,
        )


def _tell(report: "Report", console: Console) -> None:
    faces = Table("face", "frames", "distance to the reference", "", title="Faces in the video")
    for number, face in enumerate(report.faces, 1):
        replaced = "replaced" if face.replaced else ""
        frames = f"{face.first + 1} to {face.last + 1}"
        faces.add_row(str(number), frames, f"{face.distance:.3f}", replaced)
    stages = Table("stage", "seconds busy", title="Time by stage (some at the same time)")
    for stage, seconds in sorted(report.stages.items(), key=lambda entry: -entry[1]):
        stages.add_row(stage, f"{seconds:.2f}")
    console.print(faces, stages)
    print(
        f"{report.swapped_frames} of {report.frames} frames swapped, "
        f"{report.width}x{report.height}, {report.seconds:.1f} s, "
        f"{report.frames / report.seconds:.1f} frames a second"
    )
    for note in report.notes:
        print(f"note   {note}")

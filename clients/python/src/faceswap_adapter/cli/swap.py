"""`faceswap swap VIDEO FACE REFERENCE -o OUT`: from three files to the video."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal

from faceswap_adapter.cli.settings import UsageError, add_connection, connect, state_folder
from faceswap_adapter.cli.shown import Screen, Silence, print_json
from faceswap_adapter.client import JobHandle
from faceswap_adapter.errors import FaceswapError, NetworkError
from faceswap_adapter.models import Consent

INTERRUPTED = 130
_SOURCES = ("upload:", "https://")
_SHOWS = "Whoever submits says that all people shown agreed."


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("video", help="the clip: a file, or an https address")
    parser.add_argument("face", help="a picture of the face that is put in")
    parser.add_argument("reference", help="a picture of the person in the clip who is replaced")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="the new video"
    )
    parser.add_argument("--consent", metavar="STATEMENT", help=f"{_SHOWS} Asked for if left out.")
    parser.add_argument("--terms", help="which text they were shown: its name and version")
    parser.add_argument("--subject", help="who is shown, in your words")
    parser.add_argument("--no-watermark", action="store_true")
    parser.add_argument("--client-reference", help="words of yours that the job keeps")
    parser.add_argument("--force", action="store_true", help="overwrite OUT; never an input")
    parser.add_argument(
        "--state",
        type=Path,
        help="folder that remembers what is under way (else $XDG_STATE_HOME/faceswap)",
    )
    parser.add_argument("--json", action="store_true", help="print the job as JSON, nothing else")
    add_connection(parser)


def run(given: argparse.Namespace) -> int:
    """Do it; the exit code."""
    _look_at_output(given)
    consent = Consent(statement=_statement(given), terms=given.terms, subject=given.subject)
    screen = Silence() if given.json else Screen(Console(stderr=True, highlight=False))
    with connect(given, given.state or state_folder(os.environ)) as client:
        handle: JobHandle | None = None
        try:
            with screen.transfers():
                handle = client.swap(
                    video=given.video,
                    face=given.face,
                    reference=given.reference,
                    consent=consent,
                    watermark=not given.no_watermark,
                    client_reference=given.client_reference,
                    on_progress=screen.uploaded,
                )
            screen.told(f"  job {handle.job_id}")
            _finish(handle, given, screen)
        except KeyboardInterrupt:
            return _interrupted(handle, screen, asks=not given.json and sys.stdin.isatty())
        except NetworkError:
            screen.told("The same command goes on where this one stopped.")
            raise
    if given.json:
        job = handle.job.model_dump(mode="json", by_alias=True)
        print_json({"job": job, "output": str(given.output)})
    return 0


def _finish(handle: JobHandle, given: argparse.Namespace, screen: Screen) -> None:
    with screen.waiting():
        handle.wait(on_update=screen.updated)
    with screen.transfers():
        handle.download(given.output, overwrite=given.force, on_progress=screen.downloaded)
    screen.told(f"Wrote {given.output} ({decimal(given.output.stat().st_size)})")


def _look_at_output(given: argparse.Namespace) -> None:
    """Raises UsageError before anything is sent, if the video could not be written in the end."""
    output: Path = given.output
    for name in (given.video, given.face, given.reference):
        if name.startswith(_SOURCES):
            continue
        if not Path(name).is_file():
            raise UsageError(f"{name} is no file")
        if not Path(name).stat().st_size:
            raise UsageError(f"{name} is empty")
        if output.exists() and output.samefile(name):
            raise UsageError(f"{output} is an input, which is never overwritten")
    if output.is_dir() or not output.parent.is_dir():
        raise UsageError(f"{output} cannot be written: its folder is missing, or it is one")
    if os.path.lexists(output) and not given.force:
        raise UsageError(f"{output} exists; --force overwrites it")


def _statement(given: argparse.Namespace) -> str:
    said: str = given.consent or ""
    if not said and not given.json and sys.stdin.isatty():
        said = _asked(f"{_SHOWS}\nHow did they? (a sentence that is kept with the job) ")
    if not said.strip():
        raise UsageError("nothing is sent without --consent: how the people shown agreed")
    return said


def _interrupted(handle: JobHandle | None, screen: Screen, *, asks: bool) -> int:
    if handle is None:
        screen.told("Stopped. The same command goes on with what was sent.")
    elif handle.job.is_final:
        screen.told("Stopped. The job is over; `faceswap jobs` shows it.")
    elif asks and _agrees("\nCancel the job, too? [y/N] "):
        _ended(handle.cancel, screen)
    else:
        screen.told("Stopped. The job goes on; the same command comes back to it.")
    return INTERRUPTED


def _agrees(question: str) -> bool:
    """Whether the answer is yes; another Ctrl-C, or no more input, is a no."""
    try:
        return _asked(question).strip().lower() in {"y", "yes"}
    except (KeyboardInterrupt, EOFError):
        return False


def _asked(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return input()


def _ended(cancel: Callable[[], object], screen: Screen) -> None:
    try:
        cancel()
    except FaceswapError as error:
        screen.told(f"It could not be cancelled: {error}")
    else:
        screen.told("The job was cancelled.")

"""What both demos do around their runs: a stack that comes up and goes down again, and words on how it went."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from faceswap_adapter import FaceswapError
from local.demo.run import DemoError
from local.stack import Stack, StackError, down, up
from local.stack.interrupts import held_back

WORK = Path(".local/demo")


def show(out: Path, run: Callable[[Stack, Console], None]) -> int:
    """Run it on a stack of its own, with results in `out`; the exit code says whether it went as promised."""
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        stack = up(WORK, chaos=True, say=lambda text: console.print(f"[dim]{text}[/dim]"))
        run(stack, console)
    except (
        BotoCoreError,
        ClientError,
        DemoError,
        FaceswapError,
        StackError,
        httpx.HTTPError,
    ) as error:
        console.print(
            f"\n[bold red]The demo failed:[/bold red] {escape(str(error))}. Logs: {WORK}/logs/"
        )
        return 1
    finally:
        with held_back():
            down(WORK)
    console.print(
        f"\nDone in {time.monotonic() - began:.0f} s. Look at {out}/: before_after.png first."
    )
    return 0

"""`python -m local.demo`: two real swaps through the public API; leaves out/demo/."""

import shutil
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape

from local.command import finish
from local.demo.run import FACE, PERSON, VIDEO, DemoError, Run, run
from local.stack import Stack, StackError, down, up
from local.stack.interrupts import held_back

OUT = Path("out/demo")
WORK = Path(".local/demo")
# What each way of ending a job may cost at the provider.
_MOST_FETCHES = {"by-webhook": 1, "by-polling": 3}


def main() -> int:
    """Run both, bring everything down, and say whether it went as promised."""
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        stack = up(WORK, chaos=True, say=lambda text: console.print(f"[dim]{text}[/dim]"))
        console.print("\n[bold]By webhook[/bold]: the provider tells when it is done.")
        _set(stack, webhook="sent")
        runs = {"by-webhook": _one(stack, "by-webhook", console)}
        console.print(
            "\n[bold]By looking[/bold]: the webhook is withheld; the state machine finds out."
        )
        _set(stack, webhook="withheld")
        runs["by-polling"] = _one(stack, "by-polling", console)
        _judge(runs, console)
    except (DemoError, StackError, httpx.HTTPError) as error:
        console.print(
            f"\n[bold red]The demo failed:[/bold red] {escape(str(error))}. Logs: {WORK}/logs/"
        )
        return 1
    finally:
        with held_back():
            down(WORK)
    console.print(
        f"\nDone in {time.monotonic() - began:.0f} s. Look at {OUT}/: before_after.png first."
    )
    return 0


def _one(stack: Stack, name: str, console: Console) -> Run:
    folder = OUT / name
    done = run(stack, folder, console)
    # The engine is slow to import and only needed once there is something to compare.
    from local.provider.engine.sheet import before_after_sheet

    before_after_sheet(VIDEO, done.result, FACE, PERSON, folder / "before_after.png")
    console.print((folder / "timeline.txt").read_text(), style="dim")
    return done


def _set(stack: Stack, **behaviour: str) -> None:
    url = f"{stack.provider_control_url}/behaviour"
    httpx.put(url, json=behaviour, timeout=10, trust_env=False).raise_for_status()


def _judge(runs: dict[str, Run], console: Console) -> None:
    """Tell what each job cost.

    Raises:
        DemoError: more was asked of the provider than promised.
    """
    console.print("[bold]At the provider[/bold]   submits  fetches  webhooks")
    for name, done in runs.items():
        console.print(f"  {name:<15}{done.submits:>8}{done.fetches:>9}{done.webhooks:>10}")
    for name, done in runs.items():
        if done.submits != 1 or done.fetches > _MOST_FETCHES[name]:
            raise DemoError(f"{name}: {done.submits} submits, {done.fetches} fetches")


if __name__ == "__main__":
    finish(main)

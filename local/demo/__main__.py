"""`python -m local.demo`: two real swaps through the public API; leaves out/demo/."""

from pathlib import Path

import httpx
from rich.console import Console

from local.command import finish
from local.demo.run import FACE, PERSON, VIDEO, DemoError, Run, run
from local.demo.shown import show
from local.stack import Stack

OUT = Path("out/demo")
# What each way of ending a job may cost at the provider.
_MOST_FETCHES = {"by-webhook": 1, "by-polling": 3}


def main() -> int:
    """Run both, bring everything down, and say whether it went as promised."""
    return show(OUT, _run)


def _run(stack: Stack, console: Console) -> None:
    console.print("\n[bold]By webhook[/bold]: the provider tells when it is done.")
    _set(stack, webhook="sent")
    runs = {"by-webhook": _one(stack, "by-webhook", console)}
    console.print(
        "\n[bold]By polling[/bold]: the webhook is withheld; the state machine finds out."
    )
    _set(stack, webhook="withheld")
    runs["by-polling"] = _one(stack, "by-polling", console)
    _judge(runs, console)


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

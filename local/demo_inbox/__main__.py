"""`python -m local.demo_inbox`: three files and a manifest into the bucket; leaves out/demo-inbox/."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from local.command import finish
from local.demo.run import FACE, PERSON, VIDEO, DemoError
from local.demo.shown import show
from local.demo_inbox.listeners import BusQueue, callbacks
from local.stack import Stack

OUT = Path("out/demo-inbox")
_OWNER, _FOLDER = "demo", "holiday 2026"
_LONGEST_SECONDS = 300.0


def main() -> int:
    """Run it, bring everything down, and say whether it went as promised."""
    return show(OUT, _run)


def _run(stack: Stack, console: Console) -> None:
    began = time.monotonic()

    def say(kind: str, text: str) -> None:
        seconds = f"{time.monotonic() - began:5.1f} s"
        console.print(f"  [dim]{seconds}[/dim]  [bold]{kind:<9}[/bold] {escape(text)}")

    called: list[dict[str, Any]] = []

    def tell(body: dict[str, Any]) -> None:
        called.append(body)
        say("callback", f"{body['type']}, its signature verified")

    queue = BusQueue(stack)
    with callbacks(_secret(stack), tell) as url:
        _drop(stack, url, say)
        heard: list[dict[str, Any]] = []
        end = time.monotonic() + _LONGEST_SECONDS
        while not (heard and called and _answer(stack)):
            if time.monotonic() > end:
                raise DemoError("nobody was told within five minutes")
            for detail in queue.take():
                heard.append(detail)
                say("event", f"Job Status Changed: {detail['status']} ({detail['job_id']})")
            time.sleep(0.2)
    _fetch(stack, say)


def _secret(stack: Stack) -> str:
    answer = httpx.get(
        f"{stack.api_url}/v1/callback-secrets",
        headers={"authorization": f"Bearer {stack.token}"},
        trust_env=False,
        timeout=30,
    ).raise_for_status()
    secret: str = answer.json()["secrets"][0]["secret"]
    return secret


def _drop(stack: Stack, callback_url: str, say: Any) -> None:  # noqa: ANN401
    """As `aws s3 cp` does it: each file by one PutObject."""
    s3 = stack.client("s3")
    names = {"init_video": VIDEO, "init_image": FACE, "reference_image": PERSON}
    manifest = {purpose: f"s3:{_FOLDER}/{path.name}" for purpose, path in names.items()} | {
        "consent": {"attested": True, "statement": "The people shown are synthetic."},
        "callback": {"url": callback_url},
    }
    files = {path.name: path.read_bytes() for path in names.values()}
    files["swap.job.json"] = json.dumps(manifest, indent=2).encode()
    for name, content in files.items():
        key = f"inbox/{_OWNER}/{_FOLDER}/{name}"
        s3.put_object(Bucket=stack.media_bucket, Key=key, Body=content)
        say("dropped", key)


def _answer(stack: Stack) -> dict[str, Any] | None:
    s3 = stack.client("s3")
    key = f"outbox/{_OWNER}/{_FOLDER}/swap.result.json"
    try:
        body = s3.get_object(Bucket=stack.media_bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    told: dict[str, Any] = json.loads(body)
    return told


def _fetch(stack: Stack, say: Any) -> None:  # noqa: ANN401
    """Take what answers the manifest, and compare."""
    s3 = stack.client("s3")
    prefix = f"outbox/{_OWNER}/"
    for entry in s3.list_objects_v2(Bucket=stack.media_bucket, Prefix=prefix)["Contents"]:
        say("outbox", f"{entry['Key']} ({entry['Size']:,} bytes)")
        name = entry["Key"].rpartition("/")[2]
        s3.download_file(stack.media_bucket, entry["Key"], str(OUT / name))
    job = (_answer(stack) or {}).get("job") or {}
    if job.get("status") != "succeeded":
        raise DemoError(f"the job did not succeed: {job.get('error')}")
    # The engine is slow to import and only needed once there is something to compare.
    from local.provider.engine.sheet import before_after_sheet

    before_after_sheet(VIDEO, OUT / "swap.mp4", FACE, PERSON, OUT / "before_after.png")


if __name__ == "__main__":
    finish(main)

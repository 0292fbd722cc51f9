"""Programs written for the vendor, at our door: another base URL, another key, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import provider_seed
from tests.support.world import TYPES, VIDEO, World

PROJECT = Path(__file__).parents[2]
PYTHON, JAVASCRIPT = (PROJECT / f"tests/support/vendor_client.{kind}" for kind in ("py", "mjs"))
URLS = [f"https://media.example.com/{purpose}" for purpose in TYPES]
_SECONDS = 600


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={"NO_PROXY": "127.0.0.1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def commands(server: str, key: str) -> dict[str, Sequence[str]]:
    return {
        "modelslab-py": [sys.executable, str(PYTHON), server, key, *URLS],
        "JavaScript": ["node", str(JAVASCRIPT), server, key],
    }


@pytest.mark.parametrize("client", ["modelslab-py", "JavaScript"])
def test_a_client_of_the_vendor_s_submits_and_fetches(world: World, client: str) -> None:
    made = world.make_key()

    ended = run(*commands(world.stack.api_url, made["key"])[client])

    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    provider_seed.check("SuccessVideoFaceSwapResponse", told)
    [link] = told["output"]
    assert world.http.get(link, follow_redirects=True).content == VIDEO
    job = world.job(told["meta"]["file_prefix"])
    assert (job["status"], job["owner"]) == ("succeeded", "demo")
    assert world.at_provider(job["job_id"])["submits"] == 1


@pytest.mark.parametrize("client", ["modelslab-py", "JavaScript"])
def test_a_wrong_key_stops_it(world: World, client: str) -> None:
    ended = run(*commands(world.stack.api_url, "another-key")[client])

    assert ended.returncode != 0
    assert "401" in ended.stderr
    assert "Invalid API key" in ended.stderr


def test_schemathesis_finds_nothing_against_the_seed(
    world: World, tmp_path: Path, seed: str | None
) -> None:
    document = provider_seed.openapi()
    # It cannot know a key; and what a wrong one gets stands in the vendor's prose only (provider contract §4.1).
    fields = document["components"]["schemas"]["SpecificVideoSwapRequest"]["properties"]
    fields["key"] |= {"const": world.make_key()["key"]}
    responses = document["paths"]["/faceswap/specific_video_swap"]["post"]["responses"]
    responses["401"] = responses["400"]
    told = tmp_path / "seed.json"
    told.write_text(json.dumps(document))
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(told)]
    command += ["--url", f"{world.stack.api_url}/api/v6", "--seed", "1", "--no-color"]
    command += ["--max-examples", "20" if seed is None else "5", "--request-timeout", "60"]
    # It has no 405, takes what the vendor's own clients send beyond the document, and refuses URLs that are no https.
    command += ["--exclude-checks"]
    command += ["unsupported_method,negative_data_rejection,positive_data_acceptance"]
    command += ["--generation-database", "none"]

    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=_SECONDS, check=False
    )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-1000:]

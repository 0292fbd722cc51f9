"""The provider's answers against the seed's own OpenAPI: one by one, and by schemathesis."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.provider_seed import check, openapi
from tests.support.providers import KEY, URLS, Client, Full
from tests.support.servers import closed_port

FAMILIES = pytest.mark.parametrize("family", ["faceswap", "deepfake"])
_FUZZ_SECONDS = 600


@FAMILIES
def test_a_job_is_told_in_the_seeds_types_from_submit_to_success(
    provider: Client, full: Full, family: str
) -> None:
    provider.behave(seconds=1)

    submitted = provider.post({"key": KEY, **URLS, "track_id": 7}, family).json()
    endless = full.accepted[0]
    under_way = full.client.fetch(endless["id"], family=family).json()
    provider.over(submitted["id"])
    done = provider.fetch(submitted["id"], family=family).json()

    check("ProcessingVideoFaceSwapResponse", submitted)
    check("ProcessingVideoFaceSwapResponse", under_way)
    check("SuccessVideoFaceSwapResponse", done)
    assert submitted["fetch_result"] == f"{provider.url}/api/v6/{family}/fetch/{submitted['id']}"
    assert (under_way["id"], done["id"]) == (endless["id"], submitted["id"])
    assert under_way["output"] == []
    assert submitted["eta"] == 1
    assert 1 <= under_way["eta"] <= endless["eta"] == 600
    assert done["output"] == done["proxy_links"] == submitted["future_links"]
    assert done["generationTime"] >= 1
    assert done["meta"] == submitted["meta"]


@FAMILIES
def test_the_other_name_of_the_endpoint_knows_the_same_jobs(provider: Client, family: str) -> None:
    number = provider.accepted()["id"]
    assert provider.over(number) == provider.fetch(number, family=family).json()


@FAMILIES
def test_refusals_are_the_seeds_errors(provider: Client, full: Full, family: str) -> None:
    body = {"key": KEY, **URLS}
    answers = {
        400: provider.post({"key": KEY}, family),
        401: provider.post({**body, "key": "another"}, family),
        429: full.client.post(body, family),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        check("Error", answer.json())
    check("Error", provider.fetch(1, family=family).json())


def test_a_job_that_failed_is_told_as_the_seeds_error(well_behaved: Client) -> None:
    number = well_behaved.accepted(init_video=f"http://127.0.0.1:{closed_port()}/")["id"]
    told = well_behaved.over(number)
    check("Error", told)
    assert told["message"] == "Unable to fetch video from provided URL"


def test_the_check_sees_what_the_seed_does_not_say(provider: Client) -> None:
    told = provider.accepted()
    for change in ({"id": "1"}, {"eta": 0.5}, {"output": ""}, {"future_links": ["no link"]}):
        with pytest.raises(AssertionError):
            check("ProcessingVideoFaceSwapResponse", told | change)
    with pytest.raises(AssertionError):
        check("Error", {"status": "failed", "message": "Failed, Try Again"})


def test_schemathesis_finds_nothing(provider: Client, tmp_path: Path) -> None:
    provider.behave(room=100_000)
    contract = tmp_path / "contract.json"
    contract.write_text(json.dumps(_narrowed(openapi())))
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(contract)]
    command += ["--url", f"{provider.url}/api/v6", "--seed", "1", "--max-examples", "25"]
    command += ["--exclude-checks", "status_code_conformance", "--no-color"]
    command += ["--generation-database", "none"]

    ended = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_FUZZ_SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-1000:]
    assert provider.ledger()["submits"] > 10
    assert provider.ledger()["rejected"] > 10


def _narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """The contract with what the seed leaves open: this key, http addresses, MP4 only; ids also as digits."""
    url = {"type": "string", "pattern": r"^https?://[a-z]{1,20}\.example/[a-z0-9]{0,20}$"}
    fields = document["components"]["schemas"]["SpecificVideoSwapRequest"]["properties"]
    fields |= dict.fromkeys(("init_image", "init_video", "reference_image"), url)
    fields["key"] = {"type": "string", "enum": [KEY]}
    fields["output_format"]["enum"] = ["mp4"]
    fields["webhook"] = {"anyOf": [url, {"type": "null"}]}
    digits = {"type": "string", "pattern": "^-?[0-9]{1,30}$"}
    fields["track_id"] = {"anyOf": [{"type": ["integer", "null"]}, digits]}
    return document

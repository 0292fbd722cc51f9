"""The vendor's own client, modelslab-py, against this server (provider contract §5.1)."""

import json
import subprocess
import sys

from tests.support.provider_seed import check
from tests.support.providers import CANNED, KEY, PROJECT, URLS, Client

SCRIPT = PROJECT / "tests/support/vendor_client.py"


def _run(provider: Client, key: str = KEY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), provider.url, key, *URLS.values()],
        cwd=PROJECT,
        env={"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_it_submits_and_fetches(provider: Client) -> None:
    still = {"body": '{"status":"processing","output":""}', "times": 2}
    assert provider.control("PUT", "scripts", json={"video.mp4": {"fetch": still}}).is_success

    ended = _run(provider)

    assert ended.returncode == 0, ended.stderr
    submitted, fetched = map(json.loads, ended.stdout.splitlines())
    check("ProcessingVideoFaceSwapResponse", submitted)
    check("SuccessVideoFaceSwapResponse", fetched)
    assert "/api/v6/deepfake/fetch/" in submitted["fetch_result"]
    assert fetched["id"] == submitted["id"]
    assert fetched["meta"]["target_video_url"] == URLS["init_video"]
    assert provider.file(fetched).content == CANNED
    entry = provider.entry(submitted["id"])
    assert (entry["track_id"], entry["watermark"]) == (900001, True)
    assert entry["fetches"] >= 3


def test_a_wrong_key_stops_it(provider: Client) -> None:
    ended = _run(provider, "another-key")
    assert ended.returncode != 0
    assert "status code 401" in ended.stderr
    assert provider.ledger()["submits"] == 0

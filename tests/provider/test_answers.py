"""The shapes of what the provider answers and posts (provider contract §7), and the file it serves."""

import json
from typing import Any

import pytest

from tests.support.providers import CANNED, URLS, Client, Full
from tests.support.servers import Server, closed_port
from tests.support.until import until


def _only_webhook(hooks: Server) -> dict[str, Any]:
    ((method, _, headers, body),) = until(lambda: list(hooks.requests))
    assert (method, headers["content-type"]) == ("POST", "application/json")
    told: dict[str, Any] = json.loads(body)
    return told


def test_a_submit_is_taken_with_what_v1_and_v2_show(provider: Client, hooks: Server) -> None:
    webhook = f"{hooks.url}/hook"

    told = provider.accepted(webhook=webhook, track_id=900001, watermark=False)

    number, meta = told.pop("id"), told.pop("meta")
    file_url = f"{provider.url}/files/{number}.mp4"
    assert type(number) is int
    assert told == {
        "status": "processing",
        "tip": "processing in background, use fetch",
        "eta": 1,
        "message": "Try to fetch request after seconds estimated",
        "fetch_result": f"{provider.url}/api/v6/faceswap/fetch/{number}",
        "output": [],
        "future_links": [file_url],
    }
    assert meta == {
        "file_prefix": str(number),
        "outdir": "out/",
        "output_format": "mp4",
        "reference_image": URLS["reference_image"],
        "seed": 3230606555,
        "source_image": URLS["init_image"],
        "target_video_url": URLS["init_video"],
        "watermark": "no",
        "watermark_image": None,
        "webhook": webhook,
        "track_id": "900001",
        "output": [file_url],
    }


def test_what_a_submit_leaves_out_has_the_documented_defaults(provider: Client) -> None:
    meta = provider.accepted()["meta"]
    assert (meta["watermark"], meta["webhook"], meta["track_id"]) == ("yes", None, None)


def test_null_and_unknown_fields_and_blanks_around_urls_are_taken(provider: Client) -> None:
    body = {"key": "key-of-the-tests", **URLS, "webhook": None, "track_id": None, "target": 1}
    body["init_video"] = f" {URLS['init_video']} "
    told = provider.post(body).json()
    assert told["status"] == "processing"
    assert told["meta"]["target_video_url"] == URLS["init_video"]


def test_the_eta_is_a_hint_of_how_long_the_canned_result_takes(full: Full) -> None:
    assert [told["eta"] for told in full.accepted] == [600, 600]


def test_ids_are_numbers_that_go_up(provider: Client) -> None:
    numbers = [provider.accepted()["id"] for _ in range(3)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_a_fetch_while_processing_is_as_poor_as_v14_if_told(full: Full) -> None:
    full.client.behave(dialect="seen")
    answer = full.client.fetch(full.accepted[0]["id"])
    full.client.behave(dialect="documented")
    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("tip")
    assert told == {"status": "processing", "message": "try again later.", "output": ""}


def test_a_fetch_of_a_success_is_as_poor_as_v15_if_told(provider: Client) -> None:
    provider.behave(dialect="seen")
    number = provider.accepted()["id"]
    told = provider.over(number)
    assert told.pop("tip")
    assert told == {
        "status": "success",
        "id": number,
        "output": [f"{provider.url}/files/{number}.mp4"],
        "proxy_links": None,
    }


def test_a_fetch_of_a_failure_is_v16_if_told(well_behaved: Client) -> None:
    well_behaved.behave(dialect="seen")
    number = well_behaved.accepted(init_video=f"http://127.0.0.1:{closed_port()}/")["id"]
    told = well_behaved.over(number)
    assert told.pop("tip")
    words = "Unable to fetch video from provided URL"
    assert told == {"status": "failed", "id": "", "message": words, "output": ""}


@pytest.mark.parametrize("number", ["1", "abc", "-298", "٢٩٨", pytest.param("9" * 5000, id="long")])
def test_a_fetch_of_an_unknown_id_is_an_error_and_v17_if_told(
    provider: Client, number: str
) -> None:
    provider.accepted()
    error = provider.fetch(number)
    provider.behave(dialect="seen")
    answer = provider.fetch(number)
    assert error.status_code == 200
    assert error.json() == {"status": "error", "message": "Request not found"}
    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("tip")
    words = "Request not found"
    assert told == {"status": "failed", "id": "", "message": words, "output": ""}


def test_the_webhook_of_a_success_is_v18(provider: Client, hooks: Server) -> None:
    accepted = provider.accepted(webhook=f"{hooks.url}/hook", track_id=900001)
    told = _only_webhook(hooks)
    seconds = told.pop("generationTime")
    assert type(seconds) is float
    assert seconds >= 0
    assert told == {
        "status": "success",
        "id": accepted["id"],
        "output": accepted["future_links"],
        "track_id": "900001",
        "meta": accepted["meta"],
    }


def test_the_webhook_of_a_failure_is_v19(well_behaved: Client, hooks: Server) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}/"
    accepted = well_behaved.accepted(
        init_video=nowhere, webhook=f"{hooks.url}/hook", track_id=900001
    )
    assert _only_webhook(hooks) == {
        "status": "failed",
        "id": str(accepted["id"]),
        "message": "Processing failed: Unable to fetch video from provided URL",
        "track_id": 900001,
    }


def test_a_webhook_without_a_track_id_holds_none(provider: Client, hooks: Server) -> None:
    provider.accepted(webhook=f"{hooks.url}/hook")
    assert _only_webhook(hooks)["track_id"] is None


def test_the_file_is_served_whole_and_in_ranges(provider: Client) -> None:
    number = provider.accepted()["id"]
    (url,) = provider.over(number)["output"]

    whole = provider.http.get(url)
    part = provider.http.get(url, headers={"range": "bytes=4-7"})
    end = provider.http.get(url, headers={"range": "bytes=-10"})
    beyond = provider.http.get(url, headers={"range": "bytes=9999-"})

    assert (whole.status_code, whole.content) == (200, CANNED)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(CANNED)}"
    assert (end.status_code, end.content) == (206, CANNED[-10:])
    assert beyond.status_code == 416


@pytest.mark.parametrize("number", ["1", "abc", pytest.param("9" * 5000, id="long")])
def test_there_is_no_file_of_an_unknown_job(provider: Client, number: str) -> None:
    assert provider.http.get(f"/files/{number}.mp4").status_code == 404


def test_there_is_no_file_before_the_job_is_over(full: Full) -> None:
    (url,) = full.accepted[0]["future_links"]
    assert full.client.http.get(url).status_code == 404


@pytest.mark.parametrize("path", ["specific_video_swap", "fetch/298"])
def test_the_provider_is_asked_with_post_only(provider: Client, path: str) -> None:
    assert provider.http.get(f"/api/v6/faceswap/{path}").status_code == 405

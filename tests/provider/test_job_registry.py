"""What the provider counts, and what it never tells."""

import json
from datetime import UTC, datetime

from tests.support.providers import KEY, URLS, Client, Full
from tests.support.servers import Server, closed_port
from tests.support.until import until


def test_it_counts_from_zero(provider: Client) -> None:
    assert provider.ledger() == {"jobs": [], "submits": 0, "fetches": 0, "rejected": 0}


def test_it_counts_submits_fetches_and_refusals(provider: Client) -> None:
    first, second = (provider.accepted()["id"] for _ in range(2))
    for number in (first, second, second):
        provider.fetch(number)
    provider.fetch(1)
    provider.submit(key="another")
    provider.submit(init_image=None)
    provider.post(b"{")

    told = provider.ledger()

    assert (told["submits"], told["fetches"], told["rejected"]) == (2, 3, 3)
    assert [(job["id"], job["fetches"]) for job in told["jobs"]] == [(first, 1), (second, 2)]


def test_it_tells_of_each_job(provider: Client, hooks: Server) -> None:
    before = datetime.now(UTC)
    number = provider.accepted(webhook=f"{hooks.url}/hook", track_id=7, watermark=False)["id"]
    until(lambda: provider.entry(number)["webhooks"])

    entry = provider.entry(number)

    received, (webhook,) = datetime.fromisoformat(entry.pop("received_at")), entry.pop("webhooks")
    assert before <= received <= datetime.fromisoformat(webhook.pop("at")) <= datetime.now(UTC)
    assert webhook == {"http_status": 200}
    assert entry == {
        "id": number,
        "order": 1,
        "track_id": 7,
        "status": "success",
        "error": None,
        "progress": None,
        "watermark": False,
        "submits": 1,
        "fetches": 0,
        "deleted": False,
        "begun": 1,
        "init_video_host": "media.example",
        "init_image_host": "media.example",
        "reference_image_host": "pictures.example:8443",
        "webhook_host": hooks.url.removeprefix("http://"),
    }


def test_it_tells_how_often_a_track_id_was_submitted(provider: Client) -> None:
    for track_id in (7, 7, 8, None, None):
        provider.accepted(track_id=track_id)
    assert [job["submits"] for job in provider.ledger()["jobs"]] == [2, 2, 1, 1, 1]


def test_it_tells_how_a_webhook_was_received(provider: Client, hooks: Server) -> None:
    refused = provider.accepted(webhook=f"{hooks.url}/refused")["id"]
    lost = provider.accepted(webhook=f"http://127.0.0.1:{closed_port()}/hook")["id"]

    (of_refused,) = until(lambda: provider.entry(refused)["webhooks"])
    (of_lost,) = until(lambda: provider.entry(lost)["webhooks"])

    assert of_refused["http_status"] == 500
    assert of_lost["error"] == "ConnectError"
    assert [job["status"] for job in provider.ledger()["jobs"]] == ["success", "success"]


def test_neither_ledger_nor_log_hold_keys_paths_or_queries(provider: Client, hooks: Server) -> None:
    signed = f"{hooks.url}/secret-path?token=secret-token"
    owned = "https://user:secret-word@media.example/private"
    number = provider.accepted(webhook=signed, init_image=owned)["id"]
    until(lambda: provider.entry(number)["webhooks"])
    provider.submit(key="secret-key-of-another")
    lost = f"http://127.0.0.1:{closed_port()}/secret-path?token=secret-token"
    provider.behave(result="engine")
    assert provider.over(provider.accepted(init_video=lost)["id"])["status"] == "error"

    for told in (json.dumps(provider.ledger()), provider.log.read_text()):
        for secret in (KEY, "secret", "private", "signature", "hook", *URLS.values()):
            assert secret not in told.replace("webhook", "")


def test_a_reset_counts_anew_and_jobs_under_way_go_on(provider: Client, hooks: Server) -> None:
    provider.behave(seconds=2)
    number = provider.accepted(webhook=f"{hooks.url}/hook")["id"]
    provider.submit(key="another")

    emptied = provider.control("DELETE", "ledger")

    assert emptied.json() == {"jobs": [], "submits": 0, "fetches": 0, "rejected": 0}
    (url,) = provider.over(number)["output"]
    assert provider.http.get(url).status_code == 200
    until(lambda: hooks.requests)
    assert provider.ledger() == {"jobs": [], "submits": 0, "fetches": 0, "rejected": 0}
    assert provider.accepted()["id"] == number + 1


def test_jobs_from_before_a_reset_keep_their_place_in_the_queue(full: Full) -> None:
    assert full.client.control("DELETE", "ledger").status_code == 200
    assert full.client.submit().status_code == 429

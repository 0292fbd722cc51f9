"""The callback's URL is its only protection. Polls come late on this stack, so that only a callback ends a job."""

import gzip
import json

import pytest

from faceswap.rules.ids import track_id
from faceswap.rules.links import webhook_token, webhook_url
from tests.support.until import until
from tests.support.webhooks import processing, sleeps, token_of
from tests.support.world import World


def test_a_wrong_token_reads_and_changes_nothing(patient: World) -> None:
    job_id = processing(patient)
    right = token_of(patient, job_id)
    before = patient.item(job_id)
    assert before is not None
    other = token_of(patient, "job_" + "b" * 26)
    body = json.dumps({"status": "success", "id": 1, "output": ["https://evil.example/v.mp4"]})

    for wrong in (other, right[:-1], right + "A", right.swapcase(), "x"):
        for content in (body, "{", "x" * 70000):
            answer = patient.call(
                "POST", f"/v1/webhooks/modelslab/{job_id}/{wrong}", token="", content=content
            )
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    nobody = patient.call(
        "POST", f"/v1/webhooks/modelslab/job_{'c' * 26}/{right}", token="", content=body
    )

    assert nobody.status_code == 404
    assert patient.item(job_id) == before
    path = f"/v1/webhooks/modelslab/{job_id}/{right}"
    assert patient.call("POST", path, token="", content="{}").status_code == 200
    assert patient.final(job_id)["status"] == "succeeded"


def test_what_was_told_before_asks_the_provider_nothing(patient: World) -> None:
    patient.behave(result="canned", webhook="withheld", seconds=600)
    job_id = patient.create()["job_id"]
    until(lambda: sleeps(patient, job_id))
    own = patient.job(job_id)["provider"]["request_id"]
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"
    success = {"status": "success", "id": int(own), "output": ["https://media.example.com/v.mp4"]}
    messages = ["{", '{"status":"processing"}', json.dumps(success)]

    for message in messages * 4:
        patient.call("POST", path, token="", content=message)
        until(lambda: (patient.item(job_id) or {})["change"] == {"S": "wait"})

    assert patient.at_provider(job_id)["fetches"] == len(messages)
    patient.call("POST", f"/v1/jobs/{job_id}/cancel")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("{", 400),
        ("", 400),
        ('{"a": "' + "x" * 65536 + '"}', 413),
        ("[]", 200),
        ("null", 200),
        ('{"status":"processing"}', 200),
        (b'\xef\xbb\xbf{"status":"processing","eta":NaN,"tip":"\xff \\ud83d\n"}', 200),
        (gzip.compress(b'{"status":"processing"}'), 200),
        (gzip.compress(b'"' + b" " * 5_000_000 + b'"'), 400),
        (gzip.compress(b'{"status":"processing"}')[:-9], 400),
        (b"<html>\xff", 400),
    ],
    ids=[
        "half",
        "empty",
        "large",
        "list",
        "null",
        "object",
        "odd",
        "packed",
        "bomb",
        "cut",
        "page",
    ],
)
def test_a_right_token_takes_any_json_of_bounded_size_and_wakes_whatever_comes(
    patient: World, content: str | bytes, status: int
) -> None:
    job_id = processing(patient)
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"

    answer = patient.call("POST", path, token="", content=content)

    item = patient.item(job_id)
    assert item is not None
    assert (answer.status_code, item["wakeup_count"]) == (status, {"N": "1"})
    assert patient.final(job_id)["status"] == "succeeded"


def test_a_message_about_a_job_that_is_not_there_is_taken_and_dropped(patient: World) -> None:
    job_id = "job_" + "d" * 26
    before = patient.items()

    answer = patient.call(
        "POST",
        f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}",
        token="",
        content="{}",
    )

    assert answer.status_code == 200
    assert patient.items() == before


def test_what_a_webhook_says_is_confirmed_and_not_believed(patient: World) -> None:
    job_id = processing(patient)
    lie = {
        "status": "success",
        "id": 77,
        "output": ["https://evil.example/v.mp4"],
        "track_id": track_id(job_id),
    }

    answer = patient.call(
        "POST", f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}", token="", json=lie
    )

    assert answer.status_code == 200
    job = patient.final(job_id)
    assert job["status"] == "succeeded"
    assert job["provider"]["request_id"] == str(patient.at_provider(job_id)["id"])


def test_a_message_about_another_track_only_wakes(patient: World) -> None:
    job_id = processing(patient)
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"

    patient.call(
        "POST",
        path,
        token="",
        json={"status": "success", "output": ["https://a.example/v"], "track_id": 5},
    )

    item = patient.item(job_id)
    assert item is not None
    assert int(item["wakeup_count"]["N"]) == 1
    assert "evidence_succeeded" not in item
    patient.final(job_id)


def test_a_success_after_the_end_is_counted_and_changes_nothing_else(patient: World) -> None:
    job = patient.final(patient.create()["job_id"])
    path = f"/v1/webhooks/modelslab/{job['job_id']}/{token_of(patient, job['job_id'])}"
    late = {"status": "success", "id": 4711, "output": ["https://a.example/v.mp4"]}
    late["track_id"] = track_id(job["job_id"])

    assert patient.call("POST", path, token="", json=late).status_code == 200

    assert patient.job(job["job_id"]) == job
    item = patient.item(job["job_id"])
    assert item is not None
    assert (item["late_successes"], item["late_request_id"], item["change"]) == (
        {"N": "1"},
        {"S": "4711"},
        {"S": "note"},
    )


def test_the_url_that_the_provider_was_given_fits_and_names_the_job(patient: World) -> None:
    job_id = "job_" + "a" * 26
    default_endpoint = "https://a1b2c3d4e5.execute-api.ap-southeast-2.amazonaws.com"

    url = webhook_url(default_endpoint, job_id, token_of(patient, job_id))

    assert len(url) <= 191


def test_a_callback_of_a_secret_that_was_rotated_meanwhile_counts(patient: World) -> None:
    job_id = processing(patient)
    secrets, arn = patient.aws("secretsmanager"), patient.stack.outputs["WebhookSecretArn"]
    token, before = (
        token_of(patient, job_id),
        secrets.get_secret_value(SecretId=arn)["SecretString"],
    )
    secrets.put_secret_value(SecretId=arn, SecretString="another" * 8)

    answers = [
        patient.call("POST", f"/v1/webhooks/modelslab/{job_id}/{each}", token="", content="{}")
        for each in (token, webhook_token("never", job_id))
    ]
    secrets.put_secret_value(SecretId=arn, SecretString=before)

    assert [answer.status_code for answer in answers] == [200, 404]
    assert patient.final(job_id)["status"] == "succeeded"

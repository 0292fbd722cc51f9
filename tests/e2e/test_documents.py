"""The published contract."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from tests.support.world import World

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


def test_the_contract_is_valid_and_the_committed_one(world: World) -> None:
    answer = world.call("GET", "/v1/openapi.json", token="")

    document = answer.json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document == json.loads(COMMITTED.read_text()), "run `make openapi`"


VENDOR = {
    ("post", f"/api/v6/{family}/{route}")
    for family in ("faceswap", "deepfake")
    for route in ("specific_video_swap", "fetch/{id}")
}


def test_every_route_is_guarded_and_tells_its_errors(world: World) -> None:
    document = world.call("GET", "/v1/openapi.json", token="").json()

    operations = {(m, p): o for p, item in document["paths"].items() for m, o in item.items()}
    assert set(operations) == {
        ("post", "/v1/uploads"),
        ("get", "/v1/uploads/{upload_id}"),
        ("delete", "/v1/uploads/{upload_id}"),
        ("post", "/v1/uploads/{upload_id}/sign"),
        ("post", "/v1/uploads/{upload_id}/parts"),
        ("get", "/v1/uploads/{upload_id}/parts"),
        ("post", "/v1/uploads/{upload_id}/complete"),
        ("get", "/v1/usage"),
        ("post", "/v1/jobs"),
        ("get", "/v1/jobs"),
        ("post", "/v1/jobs/{job_id}/cancel"),
        ("delete", "/v1/jobs/{job_id}"),
        ("get", "/v1/jobs/{job_id}"),
        ("get", "/v1/jobs/{job_id}/result"),
        ("get", "/v1/jobs/{job_id}/callbacks"),
        ("post", "/v1/jobs/{job_id}/callbacks"),
        ("get", "/v1/callbacks"),
        ("post", "/v1/callbacks/recover"),
        ("get", "/v1/callback-secrets"),
        ("post", "/v1/callback-secrets"),
        ("post", "/v1/keys"),
        ("get", "/v1/keys"),
        ("delete", "/v1/keys/{key_id}"),
        *VENDOR,
    }
    assert document["security"] == [{"jwt": []}]
    for route in VENDOR:
        operation = operations.pop(route)
        # The key stands in the body, and no error is a problem document.
        assert operation["security"] == []
        assert set(operation["responses"]) == {"200", "400", "401", "413", "429", "500"}
        told = [response["content"] for response in operation["responses"].values()]
        assert {name for content in told for name in content} == {"application/json"}
    for operation in operations.values():
        assert {"401", "403", "422", "429"} <= set(operation["responses"])
        problem = operation["responses"]["422"]["content"]
        assert list(problem) == ["application/problem+json"]
    assert "GatewayError" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_page_on_it_stands_alone(world: World) -> None:
    answer = world.call("GET", "/v1/docs", token="", headers={"accept-encoding": "gzip"})

    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    assert 'src="http' not in answer.text


@pytest.mark.parametrize("path", ["/v1/docs", "/v1/openapi.json"])
def test_documents_come_packed_and_may_be_kept(world: World, path: str) -> None:
    answer = world.call("GET", path, token="", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 600_000
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" in answer.headers


def test_the_page_runs_its_own_scripts_only_and_stands_in_no_frame(world: World) -> None:
    answer = world.call("GET", "/v1/docs", token="", headers={"accept-encoding": "gzip"})

    policy = answer.headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    assert len(digests) == 2
    assert all(f"'sha256-{digest}'" in policy for digest in digests)
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_a_body_over_64_kib_is_refused_before_it_is_parsed(world: World) -> None:
    job = f"job_{'a' * 26}"
    for method, path, content in (
        ("POST", "/v1/jobs", b"{" + b" " * 65536),
        ("POST", "/v1/uploads", b"{" + b" " * 65536),
        ("POST", "/v1/jobs", json.dumps({"a": "\N{GRINNING FACE}" * 20000}, ensure_ascii=False)),
        ("GET", "/v1/docs", b" " * 70000),
        ("GET", f"/v1/inputs/{job}/token/init_video.mp4", b" " * 70000),
        ("GET", f"/v1/results/{job}/token", b" " * 70000),
    ):
        answer = world.call(method, path, content=content)

        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"

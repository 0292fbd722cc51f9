"""The published contract."""

import json
from pathlib import Path

from openapi_spec_validator import validate

from tests.support.world import World

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


def test_the_contract_is_valid_and_the_committed_one(world: World) -> None:
    answer = world.call("GET", "/v1/openapi.json", token="")

    document = answer.json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document == json.loads(COMMITTED.read_text()), "run `make openapi`"


def test_every_route_is_guarded_and_tells_its_errors(world: World) -> None:
    document = world.call("GET", "/v1/openapi.json", token="").json()

    operations = {(m, p): o for p, item in document["paths"].items() for m, o in item.items()}
    assert set(operations) == {
        ("post", "/v1/uploads"),
        ("get", "/v1/uploads/{upload_id}"),
        ("post", "/v1/jobs"),
        ("get", "/v1/jobs"),
        ("post", "/v1/jobs/{job_id}/cancel"),
        ("delete", "/v1/jobs/{job_id}"),
        ("get", "/v1/jobs/{job_id}"),
        ("get", "/v1/jobs/{job_id}/result"),
    }
    assert document["security"] == [{"jwt": []}]
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

"""Which path of ours an event is about, wherever the API is mounted."""

from typing import Any

import pytest

from faceswap.rules.routing import base_path, routed


def event(route: str, raw_path: str, **parameters: str) -> dict[str, Any]:
    return {
        "routeKey": route,
        "rawPath": raw_path,
        "pathParameters": parameters,
        "requestContext": {"stage": "live", "http": {"method": "GET", "path": raw_path}, "id": 1},
        "body": "kept",
    }


@pytest.mark.parametrize(
    ("route", "raw_path", "parameters", "path", "stage", "base"),
    [
        ("GET /v1/jobs", "/v1/jobs", {}, "/v1/jobs", "$default", ""),
        ("GET /v1/jobs", "/swap/v1/jobs", {}, "/swap/v1/jobs", "swap", "/swap"),
        ("GET /v1/jobs", "/a/b/v1/jobs", {}, "/a/b/v1/jobs", "a/b", "/a/b"),
        ("GET /v1/jobs/{id}", "/swap/v1/jobs/x%2Fy", {"id": "x/y"}, "/swap/v1/jobs/x%2Fy", "swap", "/swap"),
        ("GET /v1/jobs/{id}", "/swap/v1/jobs/x%7Ey", {"id": "x~y"}, "/swap/v1/jobs/x~y", "swap", "/swap"),
        ("GET /v1/{a}/{b}", "/v1/1/2", {"a": "1", "b": "2"}, "/v1/1/2", "$default", ""),
    ],
)  # fmt: skip
def test_the_matched_route_tells_the_path(
    route: str, raw_path: str, parameters: dict[str, str], path: str, stage: str, base: str
) -> None:
    given = event(route, raw_path, **parameters)

    found = routed(given)

    assert (found["rawPath"], found["body"]) == (path, "kept")
    assert found["requestContext"] == {
        "stage": stage,
        "http": {"method": "GET", "path": path},
        "id": 1,
    }
    assert base_path(found) == base
    assert given["requestContext"]["stage"] == "live"


def test_a_route_without_parameters_may_say_so_by_null() -> None:
    given = event("GET /v1/jobs", "/v1/jobs") | {"pathParameters": None}

    assert routed(given)["rawPath"] == "/v1/jobs"


@pytest.mark.parametrize("route", ["$default", "", None])
def test_an_event_without_a_route_of_its_own_stays_as_it_is(route: str | None) -> None:
    given = event("", "/swap/odd") | {"routeKey": route}

    assert routed(given) == given

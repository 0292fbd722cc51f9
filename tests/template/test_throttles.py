"""How many requests the gateway takes on a route: of strangers few, of callers far more than one of them sends."""

import re
from typing import Any

import pytest

from local.emulator.transform import load
from tests.support.template.expanded import ROOT, of_type

A_MINUTE = 60
"""Requests of an owner: one each second is a busy app."""
TIMES = 500
"""How many owners who do all they may find room on a route."""
AT_ONCE, ANSWER_SECONDS = 16, 0.02
"""A loop that has so many requests under way, and the shortest that an answer takes it."""
LAMBDA_AT_ONCE = 1000
"""How many functions an account runs at the same time, unless it asks for more."""
STRANGERS = {"webhooks": 500, "inputs": 500, "results": 50, "docs": 2, "openapi.json": 2}
"""How many requests a second they may make at most, by the beginning of the path below `/v1`."""


@pytest.fixture(scope="module")
def stage(expanded: dict[str, Any]) -> dict[str, Any]:
    """The API's stage, as CloudFormation gets it."""
    [settings] = of_type(expanded, "AWS::ApiGatewayV2::Stage").values()
    return settings


def open_routes() -> set[str]:
    """The routes that want neither a token nor a key."""
    resources = load(ROOT / "template.yaml")["Resources"]
    events = [
        event["Properties"]
        for function in ("JobsFunction", "ResultsFunction")
        for event in resources[function]["Properties"]["Events"].values()
        if event["Type"] == "HttpApi"
    ]
    return {
        f"{event['Method']} {event['Path']}"
        for event in events
        if event.get("Auth", {}).get("Authorizer") == "NONE"
        and not event["Path"].startswith("/api/v6/")
    }


def test_strangers_share_a_bounded_throttle_that_nobody_else_needs(stage: dict[str, Any]) -> None:
    routes = stage["RouteSettings"]

    assert set(routes) == open_routes()
    for route, limits in routes.items():
        found = re.match(r"(?:GET|HEAD|POST) /v1/([a-z.]+)", route)
        assert found is not None, route
        assert limits["ThrottlingRateLimit"] <= STRANGERS[found[1]], route
        assert limits["ThrottlingBurstLimit"] <= LAMBDA_AT_ONCE, route


def test_a_route_of_callers_takes_far_more_than_one_of_them_sends(stage: dict[str, Any]) -> None:
    """All but the open routes have the default, so the vendor's too."""
    limits = stage["DefaultRouteSettings"]
    declared = load(ROOT / "template.yaml")["Parameters"]["RouteRequestsPerSecond"]

    assert limits["ThrottlingRateLimit"] in ({"Ref": "RouteRequestsPerSecond"}, declared["Default"])
    assert declared["Default"] >= TIMES * A_MINUTE / 60
    assert declared["Default"] > AT_ONCE / ANSWER_SECONDS
    assert declared["MaxValue"] <= 10_000, "what an account may have in a region"
    assert limits["ThrottlingBurstLimit"] <= LAMBDA_AT_ONCE / 2

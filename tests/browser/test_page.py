"""The page in a real browser, on the whole local stack."""

import re
from collections.abc import Callable

import pytest

from local.identity import mint
from local.stack.bring_up import AUDIENCE, SCOPES
from tests.support.world import World

# Seconds.
LASTS = 20
Spec = Callable[..., None]


def test_a_clip_becomes_a_swapped_clip(spec: Spec, world: World) -> None:
    world.behave(result="engine")

    spec("swap")


def test_a_reload_in_the_middle_of_an_upload_sends_only_what_is_missing(spec: Spec) -> None:
    spec("reload")


@pytest.mark.parametrize("told", [LASTS, 3600], ids=["as it is told", "before it is told"])
def test_a_token_that_expires_in_the_middle_is_replaced(
    spec: Spec, world: World, told: int
) -> None:
    assert world.work
    token = mint(
        world.work,
        world.stack.identity_url,
        sub="demo",
        scope=SCOPES,
        audience=AUDIENCE,
        lifetime_seconds=LASTS,
    )

    spec("token", shortLived=token, told=told)


def test_two_tabs_have_a_swap_each(spec: Spec) -> None:
    spec("tabs")


def test_who_is_not_signed_in_is_told_why(spec: Spec) -> None:
    spec("denied")


def test_a_network_that_is_gone_is_waited_out(spec: Spec) -> None:
    spec("network")


def test_what_is_wrong_with_a_file_is_said_at_its_field(spec: Spec) -> None:
    spec("wrong")


def test_a_swap_is_cancelled_and_erased(spec: Spec, world: World) -> None:
    world.behave(result="canned", seconds=600)

    spec("cancel")


def test_all_of_it_goes_by_the_keyboard(spec: Spec) -> None:
    spec("keyboard")


@pytest.mark.parametrize(("origin", "is_admitted"), [("page", True), ("http://127.0.0.1:1", False)])
def test_the_pages_origin_is_admitted_and_no_other(
    world: World, origin: str, is_admitted: bool
) -> None:
    stack = world.stack
    assert stack.web_url
    origin = stack.web_url if origin == "page" else origin
    asked = {"origin": origin, "access-control-request-method": "PUT"}
    bucket = world.http.options(
        f"{stack.aws_endpoint_url}/{stack.media_bucket}/uploads/a.mp4", headers=asked
    )
    api = world.call("GET", "/v1/jobs", headers={"origin": origin})

    allowed = origin if is_admitted else None
    assert api.headers.get("access-control-allow-origin") == allowed
    assert bucket.headers.get("access-control-allow-origin") == allowed
    if is_admitted:
        exposed = api.headers["access-control-expose-headers"].lower()
        assert {"etag", "retry-after", "location"} <= set(re.split(r",\s*", exposed))

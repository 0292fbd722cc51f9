"""The provider's errors sorted into classes, and what helps against each."""

import pytest

from faceswap.provider.modelslab.errors import (
    REMEDIES,
    UNREADABLE_ADDRESS,
    ErrorClass,
    error_class,
    without_findings,
)
from local.provider.engine import errors as engine_errors


@pytest.mark.parametrize(
    ("http_status", "kind"),
    [(401, "credentials"), (402, "billing"), (403, "plan"), (408, "transient"), (425, "transient"), (429, "rate"),
     (500, "transient"), (599, "transient"), (301, "moved"), (302, "moved"), (303, "moved"), (307, "moved"),
     (308, "moved")],
)  # fmt: skip
def test_a_status_tells_the_class_whatever_is_said(http_status: int, kind: str) -> None:
    assert error_class(http_status, "request not found", about_fields=True) == kind


@pytest.mark.parametrize("http_status", [200, 300, 304, 400, 404, 407, 424, 426, 428, 430, 499])
def test_any_other_status_leaves_it_to_the_words(http_status: int) -> None:
    assert error_class(http_status, "request not found", about_fields=False) == "not_found"
    assert error_class(http_status, "odd", about_fields=False) == "unknown"
    assert error_class(http_status, "odd", about_fields=True) == "input"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Invalid Api Key", "credentials"),
        ("api_key is not valid", "credentials"),
        ("invalid credentials", "credentials"),
        ("Insufficient credits", "billing"),
        ("Add more credits", "billing"),
        ("Monthly limit exceeded", "billing"),
        ("Rate limit", "rate"),
        ("Too many requests", "rate"),
        ("try again in 30", "rate"),
        ("requires a bigger subscription", "plan"),
        ("Feature not available", "plan"),
        ("The field is required", "input"),
        ("Unsupported format", "input"),
        ("Unable to download init_video: 400 Client Error: insufficient credits for url", "input"),
        ("429 Client Error: Too Many Requests for url: https://a.example/v.mp4", "input"),
        ("reference_image: out of credits", "input"),
        ("init_image: Invalid Api Key", "input"),
        ("No face", "input"),
        ("face not found", "input"),
        ("The video cannot be used: it is longer than 60 s.", "input"),
        ("The reference picture cannot be used: it is damaged.", "input"),
        (
            "Processing failed: The source picture shows 2 faces, and which one is meant is not clear.",
            "input",
        ),
        ("The person of the reference picture does not appear in the video.", "input"),
        ("The init_video is too large", "input"),
        ("The video is too long", "input"),
        ("This plan cannot be used for a video", "unknown"),
        ("The video model cannot load", "unknown"),
        ("Request not found", "not_found"),
        ("Internal server error", "transient"),
        ("Bad gateway", "transient"),
        ("timed out", "transient"),
    ],
)
def test_words_tell_the_class(text: str, kind: str) -> None:
    assert error_class(200, text, about_fields=False) == kind


@pytest.mark.parametrize(
    "refusal",
    [
        engine_errors.UnreadableVideoError("it is longer than 60 s"),
        engine_errors.UnreadableImageError("source picture", "it is damaged"),
        engine_errors.NoFaceError("video"),
        engine_errors.SeveralFacesError("reference picture", 2),
        engine_errors.PersonNotFoundError(),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_what_our_own_provider_says_of_an_input_is_of_that_class(
    refusal: engine_errors.SwapError,
) -> None:
    assert error_class(200, f"Processing failed: {refusal}", about_fields=False) == "input"


def test_what_helps_is_known_for_these() -> None:
    assert REMEDIES == {
        "credentials": "replace_key",
        "billing": "fix_account",
        "plan": "fix_account",
        "moved": "update_address",
        "rate": "retry",
        "transient": "retry",
        "input": "reject_input",
    }


@pytest.mark.parametrize(
    "word",
    ["url", "links", "fetch", "download", "access", "connect", "resolving", "unreachable", "host"],
)
def test_only_words_about_an_input_s_address_are_replaced(word: str) -> None:
    said = f"it did not {word}"

    assert without_findings("input", said) != said
    assert without_findings("transient", said) == said
    assert (
        without_findings("input", "it is a curl of linking ghosts")
        == "it is a curl of linking ghosts"
    )


@pytest.mark.parametrize(
    ("kind", "is_repeated"),
    [
        ("credentials", True), ("billing", True), ("plan", True), ("rate", True),
        ("input", False), ("unknown", False), ("transient", False), ("not_found", False),
    ],
)  # fmt: skip
def test_what_was_met_at_an_address_is_repeated_of_the_provider_s_own_only(
    kind: ErrorClass, is_repeated: bool
) -> None:
    said = "The gate at 10.0.0.1 said HTTP 401"

    assert without_findings(kind, said) == (said if is_repeated else UNREADABLE_ADDRESS)


def test_words_within_a_client_s_own_address_decide_nothing() -> None:
    text = "It went wrong with https://a.example/upgrade-rate-limit.mp4"

    assert error_class(200, text, about_fields=False) == "unknown"

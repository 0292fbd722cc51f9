"""Answers of HTTP routes that go without a resolver, which would only make a cold start's first answer late."""

from http import HTTPStatus
from typing import Any

from faceswap.contract.problems import PROBLEM_JSON, problem_headers, problem_of
from faceswap.rules.errors import DomainError


def answer(status: int, content_type: str, body: str) -> dict[str, Any]:
    """An answer with a body."""
    return {"statusCode": status, "headers": {"Content-Type": content_type}, "body": body}


def redirect(url: str) -> dict[str, Any]:
    """A redirect that nobody keeps."""
    return {
        "statusCode": int(HTTPStatus.FOUND),
        "headers": {"Location": url, "Cache-Control": "no-store"},
        "body": "",
    }


def problem(error: DomainError, event: dict[str, Any]) -> dict[str, Any]:
    """The answer that tells of an error."""
    document = problem_of(error, f"/requests/{event['requestContext']['requestId']}")
    told = answer(document.status, PROBLEM_JSON, document.model_dump_json(exclude_none=True))
    told["headers"] |= {"Cache-Control": "no-store"} | problem_headers(error)
    return told

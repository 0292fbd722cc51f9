"""What HTTP answers are made of without a resolver, which would only make a cold start's first answer late."""

from base64 import b64decode
from http import HTTPStatus
from typing import Any

from faceswap.contract.problems import PROBLEM_JSON, problem_headers, problem_of
from faceswap.rules.errors import DomainError, MalformedError, TooLargeError, UnavailableError

MAX_BODY_BYTES = 64 * 1024
SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}
"""In each answer of ours: by TLS only, and as nothing else than its content type says."""


def answer(status: int, content_type: str, body: str) -> dict[str, Any]:
    """An answer with a body."""
    headers = {"Content-Type": content_type} | SECURITY_HEADERS
    return {"statusCode": status, "headers": headers, "body": body}


def check_size(event: dict[str, Any]) -> None:
    """Raise TooLargeError for an HTTP event with over 64 KiB of body, which nobody has parsed yet."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        size = len(body) * 3 // 4 - body.count("=", -2)
    else:
        size = len(body.encode(errors="surrogatepass"))
    if size > MAX_BODY_BYTES:
        raise TooLargeError(f"A body has at most {MAX_BODY_BYTES} bytes.")


def body_of(event: dict[str, Any]) -> bytes:
    """The raw body, whatever its content type says.

    Raises:
        MalformedError: it cannot be decoded.
    """
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedError("The body cannot be decoded.") from error


def redirect(url: str) -> dict[str, Any]:
    """A redirect that nobody keeps."""
    return {
        "statusCode": int(HTTPStatus.FOUND),
        "headers": {"Location": url, "Cache-Control": "no-store"} | SECURITY_HEADERS,
        "body": "",
    }


def busy() -> UnavailableError:
    """What is told of a `BusyError`."""
    detail = "Others are changing the same at this moment. Try again."
    return UnavailableError(detail, retry_after=1)


def problem(error: DomainError, event: dict[str, Any]) -> dict[str, Any]:
    """The answer that tells of an error."""
    document = problem_of(error, f"/requests/{event['requestContext']['requestId']}")
    told = answer(document.status, PROBLEM_JSON, document.model_dump_json(exclude_none=True))
    told["headers"] |= {"Cache-Control": "no-store"} | problem_headers(error)
    return told

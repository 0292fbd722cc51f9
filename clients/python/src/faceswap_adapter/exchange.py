"""One request and its answer: the token, repeated tries, and what a refusal means."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from faceswap_adapter.errors import (
    FaceswapError,
    NetworkError,
    ProblemError,
    UnexpectedAnswerError,
    refused,
)
from faceswap_adapter.models import Problem
from faceswap_adapter.waiting import RETRIED, before_retry, retry_after_of
from faceswap_adapter.wire import AskToken, Request, Response, Sleep, Steps

_NO_CONTENT, _NOT_MODIFIED, _UNAUTHORIZED = 204, 304, 401
_BUCKET_RETRIED = RETRIED | {409, 500}
"""S3 answers 409 while another write of the same key is under way, and asks to repeat after a 500."""
T = TypeVar("T")
_TOKEN = re.compile(r"[\x21-\x7e]+")
"""What a header can carry after `Bearer `."""
_S3_CODE = re.compile(rb"<Code>([A-Za-z]{1,64})</Code>")


class Exchange:
    """Speaks for one caller to the API, and without his token to the bucket."""

    def __init__(self, api_url: str, random: Callable[[], float]) -> None:
        self.api_url = api_url.rstrip("/")
        self._random = random
        self._token: str | None = None

    def api(
        self,
        method: str,
        path: str,
        content: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        repeatable: bool = True,
    ) -> Steps[Response]:
        """Ask the API. Unless it is `repeatable`, the request is sent once, whatever happens.

        A token that is refused is asked for again, once.

        Raises:
            ProblemError: it refused.
            NetworkError: there was no answer.
            FaceswapError: the token is no token.
        """
        sent = {"accept": "application/json", **(headers or {})}
        body = None
        if content is not None:
            sent["content-type"] = "application/json"
            body = json.dumps(content).encode()
        answer = Response(_UNAUTHORIZED, {})
        for _ in range(2):
            if self._token is None:
                self._token = _demand_token((yield AskToken()))
            authorised = {**sent, "authorization": f"Bearer {self._token}"}
            request = partial(Request, method, self.api_url + path, authorised, body)
            retried = RETRIED if repeatable else frozenset()
            answer = yield from self._tries(request, retried)
            if answer.status != _UNAUTHORIZED:
                break
            self._token = None
        if answer.status >= 300 and answer.status != _NOT_MODIFIED:
            raise problem_of(answer)
        return answer

    def bucket(self, request: Callable[[], Request]) -> Steps[Response]:
        """Ask the bucket, by a request that is made anew for each try; its answer, a refusal too."""
        return (yield from self._tries(request, _BUCKET_RETRIED))

    def _tries(self, request: Callable[[], Request], retried: frozenset[int]) -> Steps[Response]:
        retries = 0
        while True:
            asked: float | None = None
            failure: NetworkError | None = None
            answer = Response(0, {})
            try:
                answer = yield request()
                _demand_whole(answer)
            except NetworkError as error:
                failure = error
            else:
                asked = retry_after_of(answer.headers)
            again = bool(retried) if failure else answer.status in retried
            pause = before_retry(retries, asked, self._random()) if again else None
            if pause is None:
                if failure:
                    raise failure
                return answer
            yield Sleep(pause)
            retries += 1


def _demand_token(token: str) -> str:
    """The token; raises FaceswapError, which does not show it, where no header can carry it."""
    if not _TOKEN.fullmatch(token):
        raise FaceswapError(
            "The token is empty, or holds a space, a line break or a letter that no token has."
        )
    return token


def _demand_whole(answer: Response) -> None:
    """Raises NetworkError if the end of what was to be JSON is missing."""
    kind = answer.headers.get("content-type", "")
    if answer.status < 300 and answer.status != _NO_CONTENT and "json" in kind:
        try:
            json.loads(answer.body)
        except ValueError as error:
            raise NetworkError("the answer was cut") from error


def parsed(validate: Callable[[bytes], T], answer: Response) -> T:
    """What an answer holds.

    Raises:
        UnexpectedAnswerError: whoever answered is not this API.
    """
    try:
        return validate(answer.body)
    except ValidationError as error:
        raise UnexpectedAnswerError(
            "The answer is none of this API's. Is the address the one before /v1?"
        ) from error


def problem_of(answer: Response) -> ProblemError:
    """What a refusal says: a problem document, the gateway's message, the bucket's code, or just the status."""
    return refused(_told(answer), retry_after_of(answer.headers))


def _told(answer: Response) -> Problem:
    document = _json(answer)
    try:
        return Problem.model_validate(document)
    except ValidationError:
        pass
    code = _S3_CODE.search(answer.body)
    if isinstance(document, dict) and isinstance(document.get("message"), str):
        detail = document["message"]
    elif code:
        detail = f"the bucket refused: {code[1].decode()}"
    else:
        detail = "no reason was given"
    return Problem(
        type="about:blank",
        title=f"HTTP {answer.status}",
        status=answer.status,
        detail=f"{detail} (HTTP {answer.status})",
    )


def _json(answer: Response) -> Any:  # noqa: ANN401
    try:
        return json.loads(answer.body)
    except ValueError:
        return None

"""A provider by script: over HTTP, or as its client reads the same answers where there is no network."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from faceswap.ports.provider import Submission
from faceswap.provider.modelslab import parsing
from faceswap.provider.modelslab.interpret import interpret
from faceswap.rules.reply import Reply, Request
from tests.support.servers import Answer
from tests.support.world import VIDEO


@dataclass
class Script:
    """What the provider answers to a submit, a fetch and a deletion, and where results lie."""

    submit: Answer = field(default_factory=lambda: Answer(body=b'{"status":"processing","id":298}'))
    fetch: Answer = field(default_factory=lambda: Answer(body=b'{"status":"processing"}'))
    delete: Answer = field(default_factory=lambda: Answer(body=b'{"status":"success"}'))
    file: Answer = field(default_factory=lambda: Answer(body=VIDEO))
    files: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, path: str) -> Answer:
        if path.endswith("specific_video_swap"):
            return self.submit
        if path.endswith("delete_image"):
            return self.delete
        return self.fetch if "/fetch/" in path else self.files.get(path, self.file)


def success(*urls: str, request_id: int = 298) -> Answer:
    """A fetch that tells of results."""
    body = {"status": "success", "id": request_id, "output": list(urls), "generationTime": 9.5}
    return Answer(body=json.dumps(body).encode())


class ScriptedProvider:
    """Answers by script and writes down what it was asked: paths as the script knows them, keys, submissions."""

    def __init__(self, script: Script, clock: Callable[[], datetime]) -> None:
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.submissions: list[Submission] = []
        self._script = script
        self._clock = clock

    def submit(self, key: str, submission: Submission) -> Reply:
        self.submissions.append(submission)
        return self._reply("/faceswap/specific_video_swap", key, "submit")

    def fetch(self, key: str, request_id: str) -> Reply:
        return self._reply(f"/faceswap/fetch/{request_id}", key, "fetch", request_id)

    def delete(self, key: str, request_id: str) -> bool:
        del request_id
        told = parsing.parse(self._answer("/delete_image", key).body) or {}
        return told.get("status") == "success"

    def _reply(self, path: str, key: str, asked: Request, request_id: str | None = None) -> Reply:
        answer = self._answer(path, key)
        return interpret(
            answer.status,
            answer.headers,
            answer.body,
            asked=asked,
            now=self._clock(),
            request_id=request_id,
            secret=key,
        )

    def _answer(self, path: str, key: str) -> Answer:
        self.paths.append(path)
        self.keys.append(key)
        return self._script(path)

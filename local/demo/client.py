"""The adapter's API as an app uses it: upload, create a job, read it, download the result."""

import base64
import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

_CHUNK = 64 * 1024
_IS_THERE = 412
"""The bucket's answer if an earlier try arrived: nothing that lies there is replaced."""


class ApiError(Exception):
    """An answer that was not expected; the text is the answer's own."""


class Client:
    """Speaks for one user."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._api = httpx.Client(
            headers={"authorization": f"Bearer {token}"}, timeout=30, trust_env=False
        )
        self._open = httpx.Client(timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._api.close()
        self._open.close()

    def upload(self, path: Path, purpose: str) -> str:
        """Upload a file straight to the bucket. Returns what a job's media field takes."""
        content_type = mimetypes.guess_type(path.name)[0]
        size = path.stat().st_size
        wanted = {
            "purpose": purpose,
            "content_type": content_type,
            "size": size,
            "sha256": _sha256(path),
        }
        reserved = _ok(self._api.post(f"{self._api_url}/v1/uploads", json=wanted)).json()
        with path.open("rb") as file:
            headers = reserved["headers"] | {"Content-Length": str(size)}
            answer = self._open.put(reserved["url"], headers=headers, content=file)
        if answer.status_code != _IS_THERE:
            _ok(answer)
        source: str = reserved["source"]
        return source

    def create_job(self, request: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Create a job; repeating it with the same key makes no second one."""
        headers = {"idempotency-key": idempotency_key}
        answer = self._api.post(f"{self._api_url}/v1/jobs", json=request, headers=headers)
        job: dict[str, Any] = _ok(answer).json()
        return job

    def read_job(self, job_id: str) -> tuple[dict[str, Any], float]:
        """The job, and after how many seconds to ask again (0 once it is final)."""
        answer = _ok(self._api.get(f"{self._api_url}/v1/jobs/{job_id}"))
        return answer.json(), float(answer.headers.get("retry-after", 0))

    def download_result(
        self, job_id: str, target: Path, progress: Callable[[int, int], None]
    ) -> None:
        """Write a job's result to a file; tells of bytes done and of all."""
        link = _ok(self._api.get(f"{self._api_url}/v1/jobs/{job_id}/result")).json()
        with self._open.stream("GET", link["url"]) as answer, target.open("wb") as file:
            done = 0
            for chunk in self._chunks(answer):
                file.write(chunk)
                done += len(chunk)
                progress(done, link["size"])
        if done != link["size"]:
            raise ApiError(f"the result has {done} bytes, {link['size']} were announced")

    def delete_job(self, job_id: str) -> None:
        """Erase a job and its media."""
        _ok(self._api.delete(f"{self._api_url}/v1/jobs/{job_id}"))

    def status_of(self, job_id: str) -> int:
        """The HTTP status with which reading a job is answered."""
        return self._api.get(f"{self._api_url}/v1/jobs/{job_id}").status_code

    @staticmethod
    def _chunks(answer: httpx.Response) -> Iterator[bytes]:
        answer.raise_for_status()
        return answer.iter_bytes(_CHUNK)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()


def _ok(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise ApiError(
            f"{answer.request.method} answered {answer.status_code}: {answer.text[:500]}"
        )
    return answer

"""The API and its bucket as the client of `clients/python` sees them: in memory, and able to fail at any request."""

import base64
import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

Fault = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]
VIDEO = b"a new video, made of bytes"
PART = 4
EXPIRES = "2026-01-01T00:00:00Z"


def answers(status: int, document: object = None, **headers: str) -> Fault:
    """The request is refused, and nothing is done."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, __: httpx.Response(status, headers=named, json=document or {})


def lost(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
    """The request never arrives."""
    del do
    raise httpx.ConnectError("refused", request=request)


def cut(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
    """The request is done, and its answer never arrives."""
    do()
    raise httpx.ReadError("reset", request=request)


def halved(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
    """The request is done, and half of the answer's body arrives without anybody noticing."""
    del request
    whole = do()
    half = whole.content[: len(whole.content) // 2]
    return httpx.Response(
        whole.status_code, headers={"content-type": "application/json"}, content=half
    )


@dataclass
class Service:
    """What was asked, what lies there, and what goes wrong next, by method and the end of the path."""

    tokens: set[str] = field(default_factory=lambda: {"good"})
    statuses: list[str] = field(default_factory=lambda: ["queued", "processing", "succeeded"])
    retry_after: str | None = "7"
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: dict[tuple[str, str], deque[Fault]] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    bodies: list[Any] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def goes_wrong(self, method: str, end: str, *faults: Fault) -> None:
        """The next requests of this method whose path ends so go wrong, one after the other."""
        self.faults[method, end] = deque(faults)

    def asked(self, method: str, end: str) -> int:
        """How often this was asked."""
        return sum(verb == method and path.endswith(end) for verb, path in self.requests)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As a transport of httpx wants it."""
        path = request.url.path.removeprefix("/base")
        self.requests.append((request.method, path))
        self.headers.append(dict(request.headers))
        self.sent.append(request.content)
        for (method, end), faults in self.faults.items():
            if faults and method == request.method and path.endswith(end):
                return faults.popleft()(request, lambda: self._answer(request, path))
        return self._answer(request, path)

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.url.host == "bucket.example":
            assert "authorization" not in request.headers, "the bucket is never told the token"
            return self._bucket(request, path)
        if request.headers["authorization"].removeprefix("Bearer ") not in self.tokens:
            return httpx.Response(401, json={"message": "Unauthorized"})
        for method, pattern, do in self._routes(request):
            found = re.fullmatch(f"/v1/{pattern}", path)
            if found and method == request.method:
                return do(*found.groups())
        return problem(404, "not-found")

    def _routes(
        self, request: httpx.Request
    ) -> list[tuple[str, str, Callable[..., httpx.Response]]]:
        def body() -> Any:
            return json.loads(request.content)

        one, job_ = "uploads/([^/]+)", "jobs/([^/]+)"
        key, known = request.headers.get("idempotency-key"), request.headers.get("if-none-match")
        return [
            ("POST", "uploads", lambda: self._reserve(body())),
            ("GET", one, lambda name: self._found(self.uploads.get(name))),
            ("POST", f"{one}/sign", self._sign),
            ("GET", f"{one}/parts", self._listed),
            ("POST", f"{one}/parts", lambda name: self._presigned(name, body())),
            ("POST", f"{one}/complete", self._complete),
            ("POST", "jobs", lambda: self._create(body(), key or "")),
            ("GET", "jobs", lambda: self._page(dict(request.url.params))),
            ("GET", f"{job_}/result", lambda _: httpx.Response(200, json=link())),
            ("POST", f"{job_}/cancel", self._cancel),
            ("DELETE", job_, self._delete),
            ("GET", job_, lambda name: self._next(name, known)),
        ]

    def _sign(self, name: str) -> httpx.Response:
        if self.uploads[name]["status"] == "landed":
            return problem(409, "conflict")
        signed = {"url": f"https://bucket.example/{name}", "headers": {"x-signed": "2"}}
        return httpx.Response(200, json=signed)

    def _cancel(self, job_id: str) -> httpx.Response:
        self._move(self.jobs[job_id], "cancelled")
        return self._read(self.jobs[job_id])

    def _delete(self, job_id: str) -> httpx.Response:
        if self.jobs.pop(job_id, None) is None:
            return problem(404, "not-found")
        return httpx.Response(204, headers={"content-type": "application/json"})

    def _bucket(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "GET":
            begin = int(re.sub(r"\D", "", request.headers.get("range", "0")))
            return httpx.Response(206 if begin else 200, content=VIDEO[begin:])
        assert request.headers["content-length"] == str(len(request.content))
        assert "transfer-encoding" not in request.headers
        name, _, number = path.strip("/").partition("/")
        if number:
            self.parts[name][int(number)] = request.content
        elif name in self.objects:
            return httpx.Response(412, text="<Error><Code>PreconditionFailed</Code></Error>")
        else:
            self.objects[name] = request.content
            self.uploads[name]["status"] = "landed"
        return httpx.Response(200)

    def _reserve(self, body: dict[str, Any]) -> httpx.Response:
        name = f"upl_{len(self.uploads) + 1}"
        stored = {name: value for name, value in body.items() if name != "method"}
        upload = {
            **stored,
            "upload_id": name,
            "source": f"upload:{name}",
            "status": "pending",
            "expires_at": EXPIRES,
        }
        how: dict[str, Any] = {
            "method": "PUT",
            "url": f"https://bucket.example/{name}",
            "headers": {"Content-Type": body["content_type"], "If-None-Match": "*"},
        }
        if body["method"] == "multipart":
            upload |= {"part_size": PART, "parts": -(-body["size"] // PART)}
            how = {"method": "multipart"}
            self.parts[name] = {}
        self.uploads[name] = upload
        return httpx.Response(201, json=upload | how)

    def _found(self, document: dict[str, Any] | None) -> httpx.Response:
        return httpx.Response(200, json=document) if document else problem(404, "not-found")

    def _presigned(self, upload_id: str, body: dict[str, Any]) -> httpx.Response:
        size = self.uploads[upload_id]["size"]
        parts = [
            {
                "number": number,
                "url": f"https://bucket.example/{upload_id}/{number}",
                "size": min(PART, size - (number - 1) * PART),
            }
            for number in body["numbers"]
        ]
        return httpx.Response(200, json={"parts": parts, "expires_at": EXPIRES})

    def _listed(self, upload_id: str) -> httpx.Response:
        arrived = self.parts[upload_id].items()
        parts = [{"number": number, "size": len(data)} for number, data in sorted(arrived)]
        return httpx.Response(200, json={"parts": parts})

    def _complete(self, upload_id: str) -> httpx.Response:
        upload, parts = self.uploads[upload_id], self.parts[upload_id]
        whole = b"".join(parts[number] for number in sorted(parts))
        if len(whole) != upload["size"]:
            return problem(409, "conflict")
        self.objects[upload_id] = whole
        upload["status"] = "landed"
        return httpx.Response(200, json=upload)

    def _create(self, body: dict[str, Any], key: str) -> httpx.Response:
        self.bodies.append(body)
        if key not in self.keys:
            self.keys[key] = f"job_{len(self.keys) + 1}"
            self.jobs[self.keys[key]] = job(self.keys[key], self.statuses[0])
        return self._read(self.jobs[self.keys[key]], 202)

    def _read(self, found: dict[str, Any], status: int = 200) -> httpx.Response:
        headers = {"etag": f'"{found["version"]}"'}
        if found["status"] not in {"succeeded", "failed", "cancelled"} and self.retry_after:
            headers["retry-after"] = self.retry_after
        return httpx.Response(status, headers=headers, json=found)

    def _next(self, job_id: str, known: str | None) -> httpx.Response:
        """Each read but one that repeats an unchanged status finds the job one status further."""
        found = self.jobs.get(job_id)
        if found is None:
            return problem(404, "not-found")
        place = found.pop("place", 0) + 1
        found["place"] = place
        if place < len(self.statuses) and found["status"] != "cancelled":
            self._move(found, self.statuses[place])
        shown = {name: value for name, value in found.items() if name != "place"}
        answer = self._read(shown)
        if answer.headers["etag"] == known:
            return httpx.Response(304, headers=answer.headers)
        return answer

    def _move(self, found: dict[str, Any], status: str) -> None:
        if found["status"] != status:
            found |= job(found["job_id"], status) | {"version": found["version"] + 1}

    def _page(self, asked: dict[str, str]) -> httpx.Response:
        every = [*self.jobs.values()]
        first = int(asked.get("cursor", "0"))
        last = first + int(asked["limit"])
        cursor = str(last) if last < len(every) else None
        return httpx.Response(200, json={"items": every[first:last], "next_cursor": cursor})


def link() -> dict[str, Any]:
    """A link to the video, with its size and checksum."""
    digest = base64.b64encode(hashlib.sha256(VIDEO).digest()).decode()
    return {
        "url": "https://bucket.example/result",
        "expires_at": EXPIRES,
        "content_type": "video/mp4",
        "size": len(VIDEO),
        "sha256": digest,
    }


def job(job_id: str, status: str) -> dict[str, Any]:
    """A job as the API shows it."""
    result = {name: value for name, value in link().items() if name not in {"url", "expires_at"}}
    failed = {"type": "/problems/input-invalid", "title": "Not usable", "detail": "Two faces."}
    return {
        "job_id": job_id,
        "owner": "me",
        "version": 1,
        "created_at": EXPIRES,
        "updated_at": EXPIRES,
        "eta": None,
        "init_video": "upload:a",
        "init_image": "upload:b",
        "reference_image": "upload:c",
        "output_format": "mp4",
        "watermark": True,
        "client_reference": None,
        "callback": None,
        "provider": {"name": "modelslab", "request_id": None, "generation_time": None},
        "notice": None,
        "consent_receipt": None,
        "cost": None,
        "status": status,
        "result": {**result, "link": "https://api.example/r"} if status == "succeeded" else None,
        "error": failed if status == "failed" else None,
    }


def problem(status: int, kind: str, **more: Any) -> httpx.Response:
    """A problem document."""
    document = {
        "type": f"/problems/{kind}",
        "title": kind,
        "status": status,
        "detail": kind,
        **more,
    }
    return httpx.Response(
        status, headers={"content-type": "application/problem+json"}, json=document
    )

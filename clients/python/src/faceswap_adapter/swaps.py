"""A whole swap: a key, then the uploads, then the job; what is known is kept, so that a break costs no second job."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from faceswap_adapter.errors import GoneError, NotFoundError, ProblemError
from faceswap_adapter.jobs import Jobs, Seen
from faceswap_adapter.models import Consent, Purpose
from faceswap_adapter.store import Store, name_of
from faceswap_adapter.uploads import LocalFile, Tell, Uploads, looked_at
from faceswap_adapter.wire import Steps

Media = str | Path
"""A file (a path), or what the API takes: `upload:…` or `https://…`."""
_SOURCES = ("upload:", "https://")
_ASK_AGAIN = frozenset({401, 403, 408, 429})


class Swaps:
    """Makes jobs out of files."""

    def __init__(
        self, api_url: str, uploads: Uploads, jobs: Jobs, store: Store, new_key: Callable[[], str]
    ) -> None:
        self._api_url = api_url
        self._uploads = uploads
        self._jobs = jobs
        self._store = store
        self._new_key = new_key

    def upload(self, path: Path, purpose: Purpose, tell: Tell) -> Steps[str]:
        """Send a file, or go on with it; what a job's media field takes."""
        file = yield from looked_at(path, purpose)
        name = name_of("upload", self._api_url, purpose, file.content_type, file.sha256)
        known = self._store.read(name).get("upload_id")
        source = yield from self._uploads.send(
            file, known, lambda upload_id: self._store.write(name, {"upload_id": upload_id}), tell
        )
        self._store.forget(name)
        return source

    def swap(
        self,
        media: Mapping[Purpose, Media],
        consent: Consent,
        options: Mapping[str, Any],
        key: str | None,
        tell: Tell,
    ) -> Steps[Seen]:
        """Make a job of these media, or come back to the one that an earlier call of the same has made."""
        looked: dict[Purpose, str | LocalFile] = {}
        for purpose, given in media.items():
            looked[purpose] = yield from _looked_at(given, purpose)
        request = {"consent": consent.model_dump(exclude_none=True), **options}
        contents = {purpose: _content(each) for purpose, each in looked.items()}
        name = name_of("swap", self._api_url, contents, request, key)
        known = self._store.read(name)
        if "job_id" in known:
            try:
                seen = yield from self._jobs.read(known["job_id"])
            except (GoneError, NotFoundError):  # it was erased
                known = {}
            else:
                return self._named(seen, name)
        known.setdefault("idempotency_key", key or self._new_key())
        known.setdefault("uploads", {})
        self._store.write(name, known)
        for purpose, each in looked.items():
            request[purpose] = yield from self._source(each, name, known, tell)
        try:
            seen = yield from self._jobs.create(request, known["idempotency_key"], name)
        except ProblemError as error:
            if 400 <= error.status < 500 and error.status not in _ASK_AGAIN:
                self._store.forget(name)
            raise
        if not seen.job.is_final:
            self._store.write(name, {**known, "job_id": seen.job.job_id})
        return seen

    def _named(self, seen: Seen, name: str) -> Seen:
        if seen.job.is_final:
            self._store.forget(name)
        return Seen(seen.job, seen.etag, seen.retry_after, name)

    def _source(
        self, each: str | LocalFile, name: str, known: dict[str, Any], tell: Tell
    ) -> Steps[str]:
        if isinstance(each, str):
            return each
        uploads: dict[str, str] = known["uploads"]

        def keep(upload_id: str) -> None:
            uploads[each.purpose] = upload_id
            self._store.write(name, known)

        return (yield from self._uploads.send(each, uploads.get(each.purpose), keep, tell))


def _looked_at(given: Media, purpose: Purpose) -> Steps[str | LocalFile]:
    if isinstance(given, str) and given.startswith(_SOURCES):
        return given
    return (yield from looked_at(Path(given), purpose))


def _content(each: str | LocalFile) -> list[str]:
    return [each] if isinstance(each, str) else [each.content_type, each.sha256]

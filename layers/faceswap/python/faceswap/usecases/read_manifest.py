"""A manifest in the inbox: the same job as over HTTP, or an answer in the outbox that says why there is none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from pydantic import ValidationError
from pydantic_core import from_json

from faceswap.contract.inbox import InboxManifest, answer_of
from faceswap.contract.problems import problem_of
from faceswap.contract.validation import faults_of
from faceswap.ports import Inbox, MediaBucket
from faceswap.rules.errors import (
    ConflictError,
    DomainError,
    InvalidError,
    MalformedError,
    TooLargeError,
)
from faceswap.rules.ids import job_id_for_key
from faceswap.rules.inbox import LARGEST_MANIFEST, Manifest, is_owner
from faceswap.rules.job import Job
from faceswap.usecases.create_job import Caller, CreateJob

_NO_OWNER = "inbox/<owner>/ names no owner: 1 to 64 letters, digits, dots, underscores and hyphens."


class ReadManifest:
    """Makes jobs out of manifests; an event that comes again makes none.

    `late` is told of events that are older than what is known, or whose manifest is gone or another one by now.
    """

    def __init__(
        self,
        *,
        create_job: CreateJob,
        inbox: Inbox,
        media: MediaBucket,
        late: Callable[[], object],
        retention_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._create_job = create_job
        self._inbox = inbox
        self._media = media
        self._late = late
        self._retention = timedelta(days=retention_days + 1)
        self._clock = clock

    def run(self, manifest: Manifest) -> str | None:
        """Make the job, or tell in the outbox why there is none.

        Returns:
            The job's id; None if there is none.
        """
        content = self._media.read(manifest.key, manifest.etag, LARGEST_MANIFEST + 1)
        if content is None:
            self._late()
            return None
        try:
            asked = _validated(manifest, content)
        except DomainError as error:
            if self._advance(manifest, None):
                self._refuse(manifest, error)
            return None
        key = asked.idempotency_key or _own_key(manifest)
        if not self._advance(manifest, job_id_for_key(manifest.owner, key)):
            return None
        caller = Caller(owner=manifest.owner, subject=f"inbox/{manifest.owner}/")
        try:
            created = self._create_job.run(
                asked.request, caller, key, callback="outbox", manifest=manifest
            )
            _check_is_its_own(created.job, manifest)
        except DomainError as error:
            self._refuse(manifest, error)
            return None
        return created.job.job_id

    def _advance(self, manifest: Manifest, job_id: str | None) -> bool:
        forget_at = self._clock() + self._retention
        is_newest = self._inbox.advance(manifest, job_id, forget_at=forget_at)
        if not is_newest:
            self._late()
        return is_newest

    def _refuse(self, manifest: Manifest, error: DomainError) -> None:
        if manifest.can_be_answered:
            problem = problem_of(error, instance="/" + quote(manifest.key))
            self._media.put(manifest.answer_key, answer_of(manifest, problem), "application/json")


def _validated(manifest: Manifest, content: bytes) -> InboxManifest:
    if not is_owner(manifest.owner):
        raise InvalidError(_NO_OWNER)
    if len(content) > LARGEST_MANIFEST:
        raise TooLargeError(f"A manifest has at most {LARGEST_MANIFEST} bytes.")
    try:
        plain = from_json(content, allow_inf_nan=False)
    except ValueError:
        raise MalformedError("The manifest is not JSON.") from None
    try:
        return InboxManifest.model_validate(plain)
    except ValidationError as error:
        raise InvalidError("This is not a request for a job.", faults_of(error.errors())) from None


def _check_is_its_own(job: Job, manifest: Manifest) -> None:
    """Whether the job is answered where this manifest is.

    Raises:
        ConflictError: it was asked for by another one, or otherwise.
    """
    if job.manifest is None:
        raise ConflictError(f"This idempotency_key made {job.job_id} before, without a manifest.")
    if job.manifest.key != manifest.key:
        raise ConflictError(
            f"This idempotency_key made {job.job_id} before; its answer is {job.manifest.answer_key}."
        )


def _own_key(manifest: Manifest) -> str:
    """What no client can send as his own key: it has lines."""
    return f"inbox\n{manifest.key}\n{manifest.sequencer}"

"""A manifest in the inbox: the same job as over HTTP, or an answer in the outbox that says why there is none."""

from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from pydantic import ValidationError

from faceswap.contract.inbox import InboxManifest, answer_of
from faceswap.contract.problems import problem_of
from faceswap.contract.validation import faults_of, parsed
from faceswap.ports.inbox import Inbox
from faceswap.ports.media import MediaBucket, UnreadableObjectError
from faceswap.rules.callbacks import CallbackMessage
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
from faceswap.usecases.correct_answer import CorrectAnswer
from faceswap.usecases.create_job import Caller, CreateJob

_TOO_LONG = "The manifest's name leaves no room for that of its answer."
_UNREADABLE = (
    "The bucket does not give the manifest out: it is archived, or encrypted with another's key."
)
_NO_OWNER = "inbox/<owner>/ names no owner: 1 to 64 letters, digits, dots, underscores and hyphens."


class ReadManifest:
    """Makes jobs out of manifests; an event that comes again makes none.

    A manifest that asks again for what is over is answered again: `tell` sends messages to the queue of callbacks.
    `late` is told of events that are older than what is known, or whose manifest is gone or another one by now.
    """

    def __init__(
        self,
        *,
        create_job: CreateJob,
        inbox: Inbox,
        media: MediaBucket,
        correct_answer: CorrectAnswer,
        tell: Callable[[Sequence[CallbackMessage]], object],
        late: Callable[[], object],
        retention_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._create_job = create_job
        self._inbox = inbox
        self._media = media
        self._correct_answer = correct_answer
        self._tell = tell
        self._late = late
        self._retention = timedelta(days=retention_days + 1)
        self._clock = clock

    def run(self, manifest: Manifest) -> str | None:
        """Make the job, or tell in the outbox why there is none.

        Returns:
            The job's id; None if there is none.
        """
        try:
            content = self._media.read(manifest.key, manifest.etag, LARGEST_MANIFEST + 1)
            if content is None:
                self._late()
                return None
            asked = _validated(manifest, content)
        except UnreadableObjectError:
            self._refuse(manifest, MalformedError(_UNREADABLE))
            return None
        except DomainError as error:
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
            # Whatever the key made before does not answer this writing.
            self._refuse(manifest, error)
            return None
        if created.replayed and created.job.is_final:
            self._tell([_again(created.job)])
        return created.job.job_id

    def _advance(
        self, manifest: Manifest, job_id: str | None, refusal: bytes | None = None
    ) -> bool:
        is_newest = self._inbox.advance(
            manifest,
            job_id,
            forget_at=self._clock() + self._retention,
            refusal=refusal.decode() if refusal else None,
        )
        if not is_newest:
            self._late()
        return is_newest

    def _refuse(self, manifest: Manifest, error: DomainError) -> None:
        """The problem in the place of an older answer, whose video goes with it; nothing if this is not the newest."""
        problem = problem_of(error, instance="/" + quote(manifest.key))
        answer = answer_of(manifest, problem)
        if not self._advance(manifest, None, answer) or not manifest.can_be_answered:
            return
        self._media.put(manifest.answer_key, answer, "application/json")
        self._media.delete(manifest.video_key)
        newer = self._correct_answer.run(manifest, None)
        if newer:
            self._tell([_again(newer)])


def _validated(manifest: Manifest, content: bytes) -> InboxManifest:
    if not is_owner(manifest.owner):
        raise InvalidError(_NO_OWNER)
    if not manifest.can_be_answered:
        raise InvalidError(_TOO_LONG)
    if len(content) > LARGEST_MANIFEST:
        raise TooLargeError(f"A manifest has at most {LARGEST_MANIFEST} bytes.")
    try:
        plain = parsed(content.removeprefix(BOM_UTF8))
    except ValueError:
        raise MalformedError("The manifest is not JSON in UTF-8.") from None
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


def _again(job: Job) -> CallbackMessage:
    """One more try for a job that is over, under the address by which it was told of before."""
    return CallbackMessage(job_id=job.job_id, owner=job.owner, version=job.version, again=True)


def _own_key(manifest: Manifest) -> str:
    """What no client can send as his own key: it has lines."""
    return f"inbox\n{manifest.key}\n{manifest.sequencer}"

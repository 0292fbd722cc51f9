"""A `Job Requested` event: the same job as over HTTP, or `Job Refused` on the bus."""

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from faceswap.contract.events import JOB_REFUSED, JobRefused, JobRequested
from faceswap.contract.problems import problem_of
from faceswap.contract.validation import faults_of, readable
from faceswap.ports.executions import Events
from faceswap.rules.errors import ConflictError, DomainError, InvalidError
from faceswap.usecases.create_job import Caller, CreatedJob, CreateJob


class RequestJob:
    """Makes jobs out of events; an event that comes again makes none."""

    def __init__(self, *, create_job: CreateJob, events: Events) -> None:
        self._create_job = create_job
        self._events = events

    def run(self, detail: Mapping[str, JsonValue], event_id: str, source: str) -> str | None:
        """Make the job, or tell on the bus why there is none.

        Args:
            detail: the event's detail, as it came.
            event_id: the event's own id.
            source: who put it there, for the record of consent.

        Returns:
            The job's id; None if the request was refused.
        """
        try:
            requested = _validated(detail)
            caller = Caller(owner=requested.owner, subject=f"event of {source}")
            key = requested.idempotency_key
            created = self._create_job.run(requested.request, caller, key, callback="event")
            _check_is_told(created)
        except DomainError as error:
            self._refuse(detail, event_id, error)
            return None
        return created.job.job_id

    def _refuse(self, detail: Mapping[str, JsonValue], event_id: str, error: DomainError) -> None:
        refused = JobRefused(
            owner=_text(detail.get("owner")),
            idempotency_key=_text(detail.get("idempotency_key")),
            event_id=event_id,
            problem=problem_of(error, instance=f"/events/{event_id}"),
        )
        self._events.put(JOB_REFUSED, refused)


def _validated(detail: Mapping[str, JsonValue]) -> JobRequested:
    try:
        return JobRequested.model_validate(detail)
    except ValidationError as error:
        raise InvalidError("This is not a request for a job.", faults_of(error.errors())) from None


def _text(value: JsonValue) -> str:
    """What the sender said, cut to what such a field may hold."""
    return readable(value[:255]) if isinstance(value, str) else ""


def _check_is_told(created: CreatedJob) -> None:
    """Whether whoever asks by an event hears of the job's end: the bus tells it once, and not for every job.

    Raises:
        ConflictError: another door made the job, and its end is not told on the bus, or was before.
    """
    job = created.job
    if created.replayed and job.callback != "event" and (job.callback == "none" or job.is_final):
        raise ConflictError(
            f"This idempotency_key made {job.job_id} before, not by an event; it is {job.status}."
        )

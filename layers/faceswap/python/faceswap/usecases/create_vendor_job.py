"""Create a job that is asked for by the vendor's contract: the same job, with a number that its id follows from."""

from collections.abc import Callable

from faceswap.contract.jobs import CallbackRequest, ConsentStatement, JobRequest
from faceswap.contract.vendor import SpecificVideoSwapRequest
from faceswap.rules import ids
from faceswap.rules.job import Family, VendorRequest
from faceswap.rules.keys import ApiKey
from faceswap.usecases.create_job import Caller, CreatedJob, CreateJob, IdTakenError

_DRAWS = 3


class CreateVendorJob:
    """Makes jobs for keys. `new_number` draws an integer from 1 to 2^53 - 1."""

    def __init__(self, *, create_job: CreateJob, new_number: Callable[[], int]) -> None:
        self._create_job = create_job
        self._new_number = new_number

    def run(
        self,
        request: SpecificVideoSwapRequest,
        key: ApiKey,
        idempotency_key: str | None,
        family: Family,
    ) -> CreatedJob:
        """Make one job of the key's owner, or give the one that this idempotency key made before.

        Without an idempotency key its number is drawn; should another job of the owner's have it, which the
        conditional write finds, another is drawn.

        Raises: as `CreateJob` does, and IdTakenError if chance fails three times, which it never does.
        """
        for _ in range(_DRAWS - 1):
            try:
                return self._create(request, key, idempotency_key, family)
            except IdTakenError:
                continue
        return self._create(request, key, idempotency_key, family)

    def _create(
        self,
        request: SpecificVideoSwapRequest,
        key: ApiKey,
        idempotency_key: str | None,
        family: Family,
    ) -> CreatedJob:
        number = (
            self._new_number()
            if idempotency_key is None
            else ids.number_for_key(key.owner, idempotency_key)
        )
        vendor = VendorRequest(number=number, track_id=request.track_id, family=family)
        return self._create_job.run(
            _job_request(request, key),
            Caller(owner=key.owner, subject=key.caller, token_id=key.key_id),
            idempotency_key,
            callback="vendor" if request.webhook else "none",
            vendor=vendor,
        )


def _job_request(request: SpecificVideoSwapRequest, key: ApiKey) -> JobRequest:
    """The request as the JSON API would take it, with the consent that the key stands for."""
    track_id = request.track_id
    return JobRequest(
        init_video=request.init_video,
        init_image=request.init_image,
        reference_image=request.reference_image,
        output_format=request.output_format,
        watermark=request.watermark,
        consent=ConsentStatement(
            attested=True, statement=key.statement, terms=key.terms, subject=key.subject
        ),
        client_reference=None if track_id is None else f"track_id:{track_id}",
        callback=CallbackRequest(url=request.webhook) if request.webhook else None,
    )

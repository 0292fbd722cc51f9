"""What whoever follows the lasting link to a result gets: a fresh signed one."""

from collections.abc import Callable, Iterable
from typing import Literal

from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket
from faceswap.rules import ids
from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.links import is_one_of, result_token

LINK_SECONDS = 900


class LinkResult:
    """Links results; tokens may be made of any of the `secrets`."""

    def __init__(
        self, *, jobs: Jobs, media: MediaBucket, secrets: Callable[[], Iterable[str]]
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._secrets = secrets

    def run(self, job_id: str, token: str, method: Literal["GET", "HEAD"]) -> str:
        """A signed link to the result, good for 15 minutes and one method.

        Raises:
            NotFoundError: the token is not this job's (nothing was read), or there is no result, or not yet.
            GoneError: the job was erased or forgotten, or its result is past its retention.
        """
        if not ids.is_job_id(job_id) or not self._fits(token, job_id):
            raise NotFoundError("There is no such result.")
        job = self._jobs.get(job_id)
        if job is None or job.erased_at:
            raise GoneError("The result is not kept any longer.")
        if job.result is None:
            raise NotFoundError("There is no result, or not yet.")
        if self._media.find(job.result.key) is None:
            raise GoneError("The result is not kept any longer.")
        return self._media.presign_read(job.result.key, LINK_SECONDS, method)

    def _fits(self, token: str, job_id: str) -> bool:
        return is_one_of(token, (result_token(secret, job_id) for secret in self._secrets()))

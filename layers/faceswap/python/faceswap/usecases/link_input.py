"""What the provider gets when it follows the link to an input: a fresh signed link to the upload."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, get_args

from faceswap.rules import ids, media
from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.job import Job
from faceswap.rules.links import input_token, is_one_of
from faceswap.rules.media import Purpose
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore

LINK_SECONDS = 900
Method = Literal["GET", "HEAD"]
METHODS: tuple[Method, ...] = get_args(Method)


def link_input(
    job_id: str,
    token: str,
    file_name: str,
    method: Method,
    *,
    secrets: Iterable[str],
    jobs: JobStore,
    bucket: MediaStore,
    url_seconds: int,
    now: datetime,
) -> str:
    """A signed link, good for 15 minutes and one method, to an input of a job that was submitted.

    Args:
        job_id: the job.
        token: made of any of the secrets for this job and this input.
        file_name: the input's field and its file ending, `init_video.mp4`.
        method: what the link is for; a signature fits one method only.
        secrets: what tokens may be made of; the later ones are only asked for where the earlier do not fit.
        jobs: the jobs.
        bucket: the media bucket.
        url_seconds: how long after the submit inputs may be read.
        now: the present moment.

    Raises:
        NotFoundError: the token is not this input's (nothing was read), or there is no such input.
        GoneError: the time is over, or the job is.
    """
    name, _, extension = file_name.partition(".")
    purpose = _purpose(name)
    if (
        purpose is None
        or not ids.is_job_id(job_id)
        or not is_one_of(token, (input_token(secret, job_id, purpose) for secret in secrets))
    ):
        raise NotFoundError("There is no such input.")
    job = jobs.get(job_id)
    named = job.media.get(purpose) if job and not job.erased_at else None
    if job is None or job.erased_at or _is_over(job, url_seconds, now):
        raise GoneError("This input is not kept open any longer.")
    if named is None or named.key is None or media.extension_of_key(named.key) != extension:
        raise NotFoundError("There is no such input.")
    return bucket.presign_read(named.key, LINK_SECONDS, method)


def _purpose(name: str) -> Purpose | None:
    return next((purpose for purpose in media.PURPOSES if purpose == name), None)


def _is_over(job: Job, url_seconds: int, now: datetime) -> bool:
    if job.is_final or job.submitted_at is None:
        return True
    return now >= job.submitted_at + timedelta(seconds=url_seconds)

"""What the provider gets when it follows the link to an input: a fresh signed link to the upload."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal, get_args

from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket
from faceswap.rules import ids
from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.job import Job
from faceswap.rules.job_media import InboxMedia, StoredMedia
from faceswap.rules.links import input_token, is_one_of
from faceswap.rules.media import PURPOSES, Purpose, extension_of_key

LINK_SECONDS = 900
INBOX_LINK_SECONDS = 60
"""A file of the inbox may be exchanged while a link to it is good."""
Method = Literal["GET", "HEAD"]
METHODS: tuple[Method, ...] = get_args(Method)


class LinkInput:
    """Links inputs; tokens may be made of any of the `secrets`, inputs be read for `url_seconds` after the submit."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        media: MediaBucket,
        secrets: Callable[[], Iterable[str]],
        url_seconds: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._secrets = secrets
        self._url_time = timedelta(seconds=url_seconds)
        self._clock = clock

    def run(self, job_id: str, token: str, file_name: str, method: Method) -> str:
        """A signed link, good for 15 minutes and one method, to an input of a job that was submitted.

        A file of the inbox is linked for a minute, as long as it is the one that was sent.

        Args:
            job_id: the job.
            token: made for this job and this input.
            file_name: the input's field and its file ending, `init_video.mp4`.
            method: what the link is for; a signature fits one method only.

        Raises:
            NotFoundError: the token is not this input's (nothing was read), or there is no such input.
            GoneError: the time is over, or the job is; or another file lies there by now.
        """
        name, _, extension = file_name.partition(".")
        purpose = _purpose(name)
        if purpose is None or not ids.is_job_id(job_id) or not self._fits(token, job_id, purpose):
            raise NotFoundError("There is no such input.")
        job = self._jobs.get(job_id)
        if job is None or job.erased_at or self._is_over(job):
            raise GoneError("This input is not kept open any longer.")
        named = job.media.get(purpose)
        if not isinstance(named, StoredMedia) or extension_of_key(named.key) != extension:
            raise NotFoundError("There is no such input.")
        if not isinstance(named, InboxMedia):
            return self._media.presign_read(named.key, LINK_SECONDS, method)
        if not self._is_as_sent(named):
            raise GoneError("The file that was sent does not lie there any longer.")
        return self._media.presign_read(named.key, INBOX_LINK_SECONDS, method)

    def _is_as_sent(self, named: InboxMedia) -> bool:
        """Whether the file is the one that the consent receipt tells of."""
        lies_there = self._media.find(named.key)
        return (
            lies_there is not None and named.sent is not None and lies_there.etag == named.sent.etag
        )

    def _fits(self, token: str, job_id: str, purpose: Purpose) -> bool:
        expected = (input_token(secret, job_id, purpose) for secret in self._secrets())
        return is_one_of(token, expected)

    def _is_over(self, job: Job) -> bool:
        if job.closed_at or job.submitted_at is None:
            return True
        return self._clock() >= job.submitted_at + self._url_time


def _purpose(name: str) -> Purpose | None:
    return next((purpose for purpose in PURPOSES if purpose == name), None)

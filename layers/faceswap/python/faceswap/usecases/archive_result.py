"""Copy a result from the provider into the bucket, checked on the way."""

from collections.abc import Callable

from faceswap.egress.download import DownloadError, ResultReader
from faceswap.rules import media
from faceswap.rules.job import Job, Result
from faceswap.store.media import MediaStore


class UnusableResultError(Exception):
    """No link gave a whole video; the text says why the last one did not."""


class ResultArchive:
    """Results in the bucket, each copy below a key of its own."""

    def __init__(
        self, *, bucket: MediaStore, reader: ResultReader, attempt: Callable[[], str]
    ) -> None:
        self._bucket = bucket
        self._reader = reader
        self._attempt = attempt

    def store(self, job: Job, urls: tuple[str, ...]) -> Result:
        """Copy the first link that gives a whole video.

        Raises:
            UnusableResultError: none did; nothing is stored.
        """
        reason = "there was no link"
        for url in urls:
            key = media.result_key(job.owner, job.job_id, self._attempt())
            try:
                with self._reader.open(url) as video:
                    self._bucket.archive(key, video, "video/mp4")
                    return Result(key=key, size=video.size, sha256=video.sha256)
            except DownloadError as error:
                reason = str(error)
        raise UnusableResultError(reason)

    def forget(self, result: Result) -> None:
        """Delete a copy that no job refers to."""
        self._bucket.delete(result.key)

    def forget_all_but_the_result(self, job: Job) -> None:
        """Delete what a final job does not refer to: copies whose maker died or never heard that they were made."""
        prefix = media.results_prefix(job.owner, job.job_id)
        self._bucket.delete_below(prefix, keep=job.result.key if job.result else None)

"""Copy a result from the provider into the bucket, checked on the way."""

from collections.abc import Callable

from faceswap.ports.media import MediaBucket
from faceswap.ports.results import DownloadError, ResultReader
from faceswap.rules.job import Job, Result
from faceswap.rules.media import result_key


class UnusableResultError(Exception):
    """No link gave a whole video; the text says why the last one did not."""


class ArchiveResult:
    """Makes copies, each below a key of its own; `attempt` names them."""

    def __init__(
        self, *, media: MediaBucket, reader: ResultReader, attempt: Callable[[], str]
    ) -> None:
        self._media = media
        self._reader = reader
        self._attempt = attempt

    def run(self, job: Job, urls: tuple[str, ...], seconds_left: Callable[[], float]) -> Result:
        """Copy the first link that gives a whole video.

        All links share the time that is left: each may take half of it, the last one all, so that a slow one does
        not cost the next its turn.

        Raises:
            UnusableResultError: none did, or there was no time left; nothing is stored.
        """
        reason = "there was no link"
        for number, url in enumerate(urls, start=1):
            seconds = seconds_left() if number == len(urls) else seconds_left() / 2
            if seconds <= 0:
                raise UnusableResultError("it took too long")
            key = result_key(job.job_id, self._attempt())
            try:
                with self._reader.open(url, seconds) as video:
                    self._media.archive(key, video, "video/mp4")
                    return Result(key=key, size=video.size, sha256=video.sha256)
            except DownloadError as error:
                reason = str(error)
        raise UnusableResultError(reason)

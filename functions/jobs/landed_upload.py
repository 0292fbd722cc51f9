"""The bucket's `Object Created` event."""

from faceswap.container.jobs import jobs_container
from faceswap.rules.uploads import StoredObject
from faceswap.telemetry import logger


def note(key: str, size: int, etag: str) -> None:
    """Note the object of so many bytes, and wake the jobs that wait for it."""
    woken = jobs_container().upload_landed.run(key, StoredObject(size=size, etag=etag))
    logger.info("an object landed", woken=woken)

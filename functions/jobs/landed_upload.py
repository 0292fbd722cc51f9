"""The bucket's `Object Created` event."""

from faceswap.container import jobs_container
from faceswap.telemetry import logger


def note(key: str) -> None:
    """Wake the jobs that wait for this object."""
    woken = jobs_container().upload_landed.run(key)
    logger.info("an object landed", woken=woken)

"""The bucket's `Object Created` event."""

from faceswap.services import jobs_services
from faceswap.telemetry import logger
from faceswap.usecases.note_landed import note_landed


def note(key: str) -> None:
    """Wake the jobs that wait for this object."""
    services = jobs_services()
    woken = note_landed(
        key, uploads=services.uploads, jobs=services.jobs, executions=services.executions
    )
    logger.info("an object landed", woken=woken)

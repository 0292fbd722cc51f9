"""The bucket's `Object Created` event: an upload, a manifest of the inbox, or a file beside it."""

from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.rules.inbox import INBOX, Manifest, is_manifest, is_nothing
from faceswap.rules.uploads import StoredObject
from faceswap.telemetry import count, logger


def note(landed: dict[str, Any]) -> None:
    """Make a job of a manifest; note any other object, and wake the jobs that wait for it."""
    key: str = landed["key"]
    if not key.startswith(INBOX):
        stored = StoredObject(size=landed["size"], etag=landed["etag"])
        logger.info("an object landed", woken=jobs_container().upload_landed.run(key, stored))
    elif is_manifest(key) and not is_nothing(key):
        _read(Manifest(key=key, sequencer=landed["sequencer"], etag=landed["etag"]))
    elif not is_nothing(key):
        logger.info("a file landed in the inbox", woken=jobs_container().inbox_landed.run(key))


def _read(manifest: Manifest) -> None:
    job_id = jobs_container().read_manifest.run(manifest)
    if job_id is None:
        count("ManifestsRefused")
    logger.info("read a manifest", job_id=job_id)

"""Records of uploads."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from faceswap.rules.uploads import StoredObject, Upload

if TYPE_CHECKING:
    from faceswap.rules.quotas import Quotas


class Uploads(Protocol):
    """Uploads by id."""

    def create(
        self, upload: Upload, *, forget_at: datetime, quotas: "Quotas | None" = None
    ) -> None:
        """Store a new upload; it is forgotten some time after `forget_at`. With limits it is counted in the same write.

        Raises:
            OverQuotaError: a limit is reached.
            BusyError: others count for the same owner all the time.
        """

    def get(self, upload_id: str) -> Upload | None:
        """The upload as it is now, None if there is none."""

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        """Note that a job names this upload, and whether it waits for it.

        Returns:
            The upload after that; None if it is there no more, or as many jobs name it as may.
        """

    def land(self, upload_id: str, landed: StoredObject) -> Upload | None:
        """Note what has landed, the first time.

        Returns:
            The upload after that; None if it is there no more, or has landed before.
        """

    def verify(self, upload: Upload, landed: StoredObject) -> None:
        """Note the checksum of what has landed."""

    def renew(self, upload_id: str, until: datetime) -> None:
        """Note that a request for this upload was signed anew, and until when it is accepted."""

    def remove_waiters(self, upload_id: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""

    def erase(self, upload: Upload, now: datetime) -> bool:
        """Give an upload up: what still lands is nobody's. Whether it was done: not if one named it meanwhile."""

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        """Forget that a job names this upload, and the upload once none does. Whether its file is nobody's then."""

"""Uploads in memory."""

from datetime import datetime

from faceswap.rules.uploads import Upload
from tests.fakes.calls import Before, at_once


class FakeUploads:
    """Uploads by id."""

    def __init__(self, before: Before = at_once) -> None:
        self.now: dict[str, Upload] = {}
        self.forgotten_at: dict[str, datetime] = {}
        self._before = before

    def create(self, upload: Upload, *, forget_at: datetime) -> None:
        self._before("create")
        self.now[upload.upload_id] = upload
        self.forgotten_at[upload.upload_id] = forget_at

    def get(self, upload_id: str) -> Upload | None:
        self._before("get")
        return self.now.get(upload_id)

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> None:
        self._before("add_user")
        upload = self.now[upload_id]
        waiters = upload.waiters | {job_id} if waits else upload.waiters
        named_by = upload.named_by | {job_id}
        self.now[upload_id] = upload.model_copy(update={"named_by": named_by, "waiters": waiters})

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        self._before("remove_user")
        upload = self.now.get(upload_id)
        if upload is None:
            return True
        named_by = upload.named_by - {job_id}
        self.now[upload_id] = upload.model_copy(update={"named_by": named_by})
        if not named_by:
            del self.now[upload_id]
        return not named_by

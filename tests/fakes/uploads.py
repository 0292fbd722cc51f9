"""Uploads in memory."""

from datetime import datetime

from faceswap.rules.quotas import Quotas
from faceswap.rules.uploads import MOST_JOBS, StoredObject, Upload
from tests.fakes.calls import Before, at_once
from tests.fakes.counters import FakeCounters


class FakeUploads:
    """Uploads by id."""

    def __init__(self, before: Before = at_once, counted: FakeCounters | None = None) -> None:
        self.counted = counted or FakeCounters()
        self.now: dict[str, Upload] = {}
        self.forgotten_at: dict[str, datetime] = {}
        self._before = before

    def create(self, upload: Upload, *, forget_at: datetime, quotas: Quotas | None = None) -> None:
        self._before("create")
        if quotas and quotas.limits_uploads:
            self.counted.add_upload(upload, quotas)
        self.now[upload.upload_id] = upload
        self.forgotten_at[upload.upload_id] = forget_at

    def get(self, upload_id: str) -> Upload | None:
        self._before("get")
        return self.now.get(upload_id)

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        self._before("add_user")
        upload = self._there(upload_id)
        if upload is None or len(upload.named_by - {job_id}) >= MOST_JOBS:
            return None
        waiters = upload.waiters | {job_id} if waits else upload.waiters
        return self._change(upload, named_by=upload.named_by | {job_id}, waiters=waiters)

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        self._before("remove_user")
        upload = self.now.get(upload_id)
        if upload is None:
            return True
        named_by = upload.named_by - {job_id}
        self._change(upload, named_by=named_by, waiters=upload.waiters - {job_id})
        if not named_by:
            del self.now[upload_id]
        return not named_by

    def land(self, upload_id: str, landed: StoredObject) -> Upload | None:
        self._before("land")
        upload = self._there(upload_id)
        return self._change(upload, landed=landed) if upload and upload.landed is None else None

    def verify(self, upload: Upload, landed: StoredObject) -> None:
        self._before("verify")
        current = self._there(upload.upload_id)
        if current and current.landed and current.landed.etag == landed.etag:
            self._change(current, landed=landed)

    def renew(self, upload_id: str, until: datetime) -> None:
        self._before("renew")
        upload = self._there(upload_id)
        if upload:
            self._change(upload, expires_at=until)

    def remove_waiters(self, upload_id: str, job_ids: frozenset[str]) -> None:
        self._before("remove_waiters")
        upload = self._there(upload_id)
        if upload:
            self._change(upload, waiters=upload.waiters - job_ids)

    def erase(self, upload: Upload, now: datetime) -> bool:
        self._before("erase")
        current = self.now.get(upload.upload_id)
        if current is None or current.named_by != upload.named_by:
            return False
        none: frozenset[str] = frozenset()
        self._change(current, erased_at=now, named_by=none, waiters=none, landed=None, sha256=None)
        return True

    def _there(self, upload_id: str) -> Upload | None:
        upload = self.now.get(upload_id)
        return upload if upload and upload.erased_at is None else None

    def _change(self, upload: Upload, **changes: object) -> Upload:
        changed = upload.model_copy(update=changes)
        self.now[upload.upload_id] = changed
        return changed

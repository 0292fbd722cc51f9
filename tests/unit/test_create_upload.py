"""Reserving an upload: what is kept of it, for how long, and which files are accepted."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from faceswap.container.jobs import JobsContainer
from faceswap.contract.uploads import ReservedPut, UploadRequest
from faceswap.rules.errors import InvalidError
from faceswap.settings import JobsSettings
from tests.fakes import FakeMedia, FakeUploads
from tests.support.environment import ENVIRONMENT

SHA256 = "A" * 43 + "="


class Lab(NamedTuple):
    """The use case as the container makes it, on a store in memory."""

    container: JobsContainer
    uploads: FakeUploads

    def reserve(self, size: int = 5) -> ReservedPut:
        request = UploadRequest(
            purpose="init_video", content_type="video/mp4", size=size, sha256=SHA256
        )
        told = self.container.create_upload.run(request, "me").root
        assert isinstance(told, ReservedPut)
        return told


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    limits = {"MAX_VIDEO_BYTES": "1000", "UPLOAD_RETENTION_DAYS": "7"}
    container, uploads = JobsContainer(JobsSettings.read(ENVIRONMENT | limits)), FakeUploads()
    for name, part in {"uploads": uploads, "media": FakeMedia()}.items():
        monkeypatch.setitem(vars(container), name, part)
    return Lab(container, uploads)


def test_an_upload_is_reserved_for_an_hour_and_kept_for_a_week(lab: Lab) -> None:
    told = lab.reserve()

    [kept] = lab.uploads.now.values()
    assert kept.expires_at - kept.created_at == timedelta(hours=1)
    assert lab.uploads.forgotten_at[kept.upload_id] - kept.created_at == timedelta(days=7)
    assert (kept.owner, kept.purpose, kept.size, kept.sha256) == ("me", "init_video", 5, SHA256)
    assert told.url == f"https://bucket.example/{kept.key}?for=3600"
    assert told.headers["x-amz-checksum-sha256"] == SHA256
    shown = {"upload_id", "purpose", "content_type", "size", "sha256", "expires_at"}
    assert told.model_dump(include=shown) == kept.model_dump(include=shown)
    assert (told.source, told.status, told.method) == (
        f"upload:{kept.upload_id}",
        "pending",
        "PUT",
    )


def test_the_largest_file_is_accepted_and_a_larger_one_is_not(lab: Lab) -> None:
    assert lab.reserve(size=1000).size == 1000

    with pytest.raises(InvalidError) as refused:
        lab.reserve(size=1001)
    assert [fault.pointer for fault in refused.value.faults] == ["#/size"]

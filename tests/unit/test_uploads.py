"""Uploads: what jobs may name, what a landing does, once, and what giving one up leaves. On stores in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from faceswap.contract.jobs import JobRequest
from faceswap.rules.errors import ConflictError, InvalidError, NotFoundError
from faceswap.rules.job import Job
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.usecases.create_job import Caller
from faceswap.usecases.delete_upload import DeleteUpload
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.read_upload import ReadUpload
from faceswap.usecases.upload_landed import UploadLanded
from faceswap.usecases.wake_job import WakeJob
from faceswap.usecases.wake_when_complete import WakeWhenComplete
from tests.fakes import FakeExecutions, FakeInbox, FakeJobs, FakeMedia, FakeMultipart, FakeUploads
from tests.support.creating import create_job_on, find_input_on
from tests.support.meanwhile import meanwhile
from tests.support.samples import START, UPLOAD_ID, a_job, an_upload

CONTENT = b"abcde"
FILE = StoredObject(size=5, etag="e")
OTHER_ID = "upl_" + "b" * 26


@dataclass
class Lab:
    """The use cases of uploads, an hour after everything began."""

    now: datetime = START + timedelta(minutes=30)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    uploads: FakeUploads = field(default_factory=FakeUploads)
    media: FakeMedia = field(default_factory=FakeMedia)
    made: int = 0

    def reserve(self, content: bytes | None = None, **changes: object) -> Upload:
        """A reserved upload, and what has landed of it."""
        upload = an_upload(**changes)
        self.uploads.create(upload, forget_at=START + timedelta(days=9))
        if content is not None:
            self.media.objects[upload.key] = content
        return upload

    def create(self, **media: str) -> Job:
        body = {
            "init_video": f"upload:{UPLOAD_ID}",
            "init_image": "https://a.example/i.png",
            "reference_image": "https://a.example/r.png",
            "consent": {"attested": True, "statement": "All agreed."},
        } | media
        create_job = create_job_on(
            self.jobs,
            self.uploads,
            self.media,
            FakeInbox(),
            clock=lambda: self.now,
            new_bytes=self._bytes,
        )
        request = JobRequest.model_validate(body)
        return create_job.run(request, Caller(owner="me", subject="me"), None).job

    def refused(self, **media: str) -> list[tuple[str, str]]:
        """Pointer and words of what is wrong with a job."""
        with pytest.raises(InvalidError) as caught:
            self.create(**media)
        return [(fault.pointer, fault.detail) for fault in caught.value.faults]

    def land(self, key: str, landed: StoredObject = FILE) -> int:
        upload_landed = UploadLanded(
            uploads=self.uploads,
            find=self.media.find,
            delete_object=self.media.delete,
            wake_when_complete=WakeWhenComplete(
                jobs=self.jobs,
                find_input=find_input_on(self.uploads, self.media),
                wake_job=WakeJob(jobs=self.jobs, executions=FakeExecutions()),
            ),
        )
        return upload_landed.run(key, landed)

    def give_up(self, upload_id: str = UPLOAD_ID, owner: str = "me") -> None:
        delete_upload = DeleteUpload(
            uploads=self.uploads,
            jobs=self.jobs,
            media=self.media,
            multipart=FakeMultipart(self.media),
            clock=lambda: self.now,
        )
        delete_upload.run(upload_id, owner)

    def wakeups(self, job: Job) -> int:
        return self.jobs.now[job.job_id].wakeup_count

    def _bytes(self) -> bytes:
        self.made += 1
        return self.made.to_bytes(16, "big")


@pytest.fixture
def lab() -> Lab:
    return Lab()


# What a job may name.


def test_an_upload_that_has_landed_is_queued_and_noted_once(lab: Lab) -> None:
    lab.reserve(CONTENT)

    assert (lab.create().status, lab.create().status) == ("queued", "queued")
    landed = lab.uploads.now[UPLOAD_ID].landed
    assert landed is not None
    assert landed.size == 5
    assert lab.uploads.now[UPLOAD_ID].waiters == set()


def test_an_upload_that_landed_between_two_looks_is_not_waited_for(lab: Lab) -> None:
    lab.reserve()
    first = lab.uploads.add_user

    def landed_meanwhile(upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        lab.land(f"uploads/{upload_id}.mp4")
        return first(upload_id, job_id, waits=waits)

    lab.uploads.add_user = landed_meanwhile  # type: ignore[method-assign]

    assert lab.create().status == "queued"


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        ({"owner": "you"}, "names no upload of yours"),
        ({"purpose": "init_image"}, "names an upload that was made for init_image"),
        ({"size": 6}, "names an upload that has 5 bytes, 6 were declared"),
        ({"sha256": "s"}, "names an upload that has another SHA-256 than declared"),
        ({"erased_at": START}, "names no upload of yours"),
    ],
)
def test_an_upload_that_cannot_be_used(lab: Lab, upload: dict[str, object], words: str) -> None:
    lab.reserve(CONTENT, **upload)

    assert lab.refused() == [("#/init_video", words)]
    assert lab.jobs.now == {}


def test_an_upload_that_expired_unused_cannot_be_waited_for(lab: Lab) -> None:
    lab.reserve()
    lab.now = START + timedelta(hours=1)

    words = "names an upload whose presigned request expired unused"
    assert lab.refused() == [("#/init_video", words)]


def test_one_that_expired_after_it_landed_is_fine(lab: Lab) -> None:
    lab.reserve(CONTENT)
    lab.now = START + timedelta(days=2)

    assert lab.create().status == "queued"


def test_no_more_than_so_many_jobs_name_an_upload(lab: Lab) -> None:
    lab.reserve(CONTENT)
    image = lab.reserve(upload_id=OTHER_ID, purpose="init_image")
    for _ in range(20):
        lab.create()

    faults = lab.refused(init_image=f"upload:{OTHER_ID}")

    assert faults == [("#/init_video", "names an upload that 20 jobs name already")]
    assert lab.uploads.now[image.upload_id].named_by == set()
    assert len(lab.jobs.now) == 20


def test_who_loses_at_the_last_upload_takes_nothing_from_another_request(lab: Lab) -> None:
    lab.reserve(CONTENT)
    lab.reserve(CONTENT, upload_id=OTHER_ID, purpose="init_image")
    full = frozenset(f"job_{number}" for number in range(20))
    real = lab.uploads.add_user

    def filled_meanwhile(upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        image = lab.uploads.now[OTHER_ID]
        lab.uploads.now[OTHER_ID] = image.model_copy(update={"named_by": full})
        return real(upload_id, job_id, waits=waits)

    lab.uploads.add_user = filled_meanwhile  # type: ignore[method-assign]

    [(pointer, _)] = lab.refused(init_image=f"upload:{OTHER_ID}")

    assert pointer == "#/init_image"
    assert (
        len(lab.uploads.now[UPLOAD_ID].named_by) == 1
    )  # the same job may be made by another request
    lab.give_up()


# A landing.


def test_a_landing_is_told_to_each_job_that_waits_and_only_once(lab: Lab) -> None:
    upload = lab.reserve()
    waiting, over = lab.create(), lab.create()
    lab.jobs.move(over, "cancelled", lab.now, closed_at=lab.now)

    told = [lab.land(upload.key) for _ in range(3)]

    assert told == [2, 0, 0]
    assert (lab.wakeups(waiting), lab.wakeups(over)) == (1, 0)
    after = lab.uploads.now[UPLOAD_ID]
    assert (after.landed, after.waiters) == (FILE, frozenset())
    assert after.named_by == {waiting.job_id, over.job_id}


def test_who_dies_between_wakes_them_when_the_event_comes_again(lab: Lab) -> None:
    upload = lab.reserve()
    job = lab.create()
    lab.uploads.land(upload.upload_id, FILE)  # noted, and nobody woken

    assert lab.land(upload.key) == 1
    assert (lab.wakeups(job), lab.land(upload.key)) == (1, 0)


def test_a_checksum_that_was_declared_is_read_from_the_object(lab: Lab) -> None:
    upload = lab.reserve(CONTENT, sha256="s")
    lab.media.checksums[upload.key] = "s"

    lab.land(upload.key)

    landed = lab.uploads.now[UPLOAD_ID].landed
    assert landed is not None
    assert (landed.size, landed.sha256) == (5, "s")


@pytest.mark.parametrize(
    "key",
    [
        f"uploads/{UPLOAD_ID}.png",
        f"uploads/{OTHER_ID}.mp4",
        f"uploads/x/{UPLOAD_ID}.mp4",
        "uploads/",
        "uploads/upl_%00.mp4",
    ],
)
def test_what_lands_without_a_record_is_deleted(lab: Lab, key: str) -> None:
    lab.reserve()
    lab.media.objects[key] = CONTENT

    assert lab.land(key) == 0

    assert key not in lab.media.objects
    assert lab.uploads.now[UPLOAD_ID].landed is None


def test_what_is_given_up_while_it_lands_is_deleted(lab: Lab) -> None:
    upload = lab.reserve(CONTENT)
    real = lab.uploads.land

    def given_up_meanwhile(upload_id: str, landed: StoredObject) -> Upload | None:
        lab.uploads.erase(lab.uploads.now[upload_id], lab.now)
        return real(upload_id, landed)

    lab.uploads.land = given_up_meanwhile  # type: ignore[method-assign]

    assert lab.land(upload.key) == 0
    assert lab.media.objects == {}


# Reading.


def view(lab: Lab, upload_id: str = UPLOAD_ID, owner: str = "me") -> dict[str, Any]:
    read_upload = ReadUpload(find_upload=FindUpload(uploads=lab.uploads, find=lab.media.find))
    return read_upload.run(upload_id, owner).model_dump(mode="json")


def test_an_upload_is_told_as_announced_and_once_it_has_landed_as_it_is(lab: Lab) -> None:
    upload = lab.reserve(size=6, sha256="s")
    announced = {
        "upload_id": UPLOAD_ID,
        "source": f"upload:{UPLOAD_ID}",
        "status": "pending",
        "purpose": "init_video",
        "content_type": "video/mp4",
        "size": 6,
        "sha256": "s",
        "part_size": None,
        "parts": None,
        "expires_at": "2026-01-31T10:30:00.000Z",
    }
    assert view(lab) == announced

    lab.media.objects[upload.key] = CONTENT
    lab.media.checksums[upload.key] = "other"

    assert view(lab) == announced | {"status": "landed", "size": 5, "sha256": "other"}


def test_an_event_that_comes_twice_at_once_leaves_the_file_where_it_lies(lab: Lab) -> None:
    upload = lab.reserve(CONTENT)
    meanwhile(lab.uploads, "land", lambda: lab.land(upload.key))

    lab.land(upload.key)

    assert lab.media.objects == {upload.key: CONTENT}


def test_an_upload_that_lands_at_this_very_moment_is_told_so(lab: Lab) -> None:
    upload = lab.reserve(CONTENT)
    meanwhile(lab.uploads, "land", lambda: lab.land(upload.key))

    assert view(lab)["status"] == "landed"


@pytest.mark.parametrize(
    ("upload_id", "owner"), [(UPLOAD_ID, "you"), (OTHER_ID, "me"), ("x", "me")]
)
def test_nobody_else_s_upload_is_told(lab: Lab, upload_id: str, owner: str) -> None:
    lab.reserve(CONTENT)

    with pytest.raises(NotFoundError):
        view(lab, upload_id, owner)


# Giving up.


def test_an_upload_is_given_up_with_what_lies_there_and_what_still_lands(lab: Lab) -> None:
    upload = lab.reserve(CONTENT)

    lab.give_up()
    lab.give_up()

    assert lab.media.objects == {}
    lab.media.objects[upload.key] = CONTENT
    lab.land(upload.key)
    assert lab.media.objects == {}
    with pytest.raises(NotFoundError):
        view(lab)


@pytest.mark.parametrize(
    ("upload_id", "owner"), [(UPLOAD_ID, "you"), (OTHER_ID, "me"), ("x", "me")]
)
def test_nobody_else_s_upload_is_given_up(lab: Lab, upload_id: str, owner: str) -> None:
    lab.reserve(CONTENT)

    with pytest.raises(NotFoundError):
        lab.give_up(upload_id, owner)
    assert len(lab.media.objects) == 1


def test_one_that_a_job_uses_is_kept_until_the_job_is_over(lab: Lab) -> None:
    lab.reserve(CONTENT)
    job = lab.create()

    with pytest.raises(ConflictError, match="not over"):
        lab.give_up()
    assert len(lab.media.objects) == 1
    lab.jobs.move(job, "failed", lab.now, closed_at=lab.now)
    lab.give_up()

    assert lab.media.objects == {}


def test_an_upload_whose_record_is_gone_meanwhile_is_given_up(lab: Lab) -> None:
    upload = lab.reserve(b"abcde")
    meanwhile(lab.uploads, "erase", lab.uploads.now.clear)

    lab.give_up()

    assert upload.key not in lab.media.objects


def test_one_that_is_named_at_this_very_moment_is_kept(lab: Lab) -> None:
    lab.reserve(CONTENT)
    real = lab.uploads.erase

    def named_meanwhile(upload: Upload, now: datetime) -> bool:
        lab.create()
        return real(upload, now)

    lab.uploads.erase = named_meanwhile  # type: ignore[method-assign]

    with pytest.raises(ConflictError, match="at this moment"):
        lab.give_up()
    assert len(lab.media.objects) == 1


def test_who_dies_after_the_mark_gives_up_again(lab: Lab) -> None:
    upload = lab.reserve(CONTENT)
    lab.uploads.erase(upload, lab.now)

    lab.give_up()

    assert lab.media.objects == {}


def test_media_of_a_job_are_parsed_once() -> None:
    media = UploadedMedia(key=f"uploads/{UPLOAD_ID}.mp4")

    assert a_job(media={"init_video": media}).uploads == {"init_video": media}

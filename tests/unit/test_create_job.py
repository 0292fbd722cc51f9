"""Creating a job: what is kept of a request, and when it is the same one again."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from faceswap.contract.jobs import JobRequest
from faceswap.rules.consent import Consent
from faceswap.rules.errors import InvalidError
from faceswap.rules.inbox import MOST_JOBS, Manifest
from faceswap.rules.job import Callback
from faceswap.rules.next_step import TIME_TO_ACT
from faceswap.usecases.create_job import Caller, CreatedJob
from tests.fakes import FakeInbox, FakeJobs, FakeMedia, FakeUploads
from tests.support.creating import create_job_on
from tests.support.samples import START, UPLOAD_ID, an_upload
from tests.support.wired_use_cases import DEADLINES

BODY: dict[str, Any] = {
    "init_video": "https://a.example/v.mp4",
    "init_image": "https://a.example/i.png",
    "reference_image": "https://a.example/r.png",
    "consent": {"attested": True, "statement": "All agreed."},
}
MANIFEST = Manifest(key="inbox/me/a.job.json", sequencer="1", etag="e")


@dataclass
class Lab:
    """The use case on fakes that hold nothing."""

    jobs: FakeJobs = field(default_factory=FakeJobs)
    uploads: FakeUploads = field(default_factory=FakeUploads)
    media: FakeMedia = field(default_factory=FakeMedia)
    inbox: FakeInbox = field(default_factory=FakeInbox)

    def create(
        self,
        key: str | None = None,
        *,
        asked_as: Callback = "none",
        manifest: Manifest | None = None,
        **changes: Any,
    ) -> CreatedJob:
        create_job = create_job_on(
            self.jobs, self.uploads, self.media, self.inbox, clock=lambda: START
        )
        caller = Caller(owner="me", subject="auth0|me", token_id="t-1", auth_time="1769851800")
        request = JobRequest.model_validate(BODY | changes)
        return create_job.run(request, caller, key, callback=asked_as, manifest=manifest)

    def refused(self, **changes: Any) -> list[tuple[str, str]]:
        with pytest.raises(InvalidError) as caught:
            self.create(**changes)
        assert self.jobs.now == {}
        return [(fault.pointer, fault.detail) for fault in caught.value.faults]


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_job_holds_what_was_asked_for_and_who_attested_what(lab: Lab) -> None:
    consent = BODY["consent"] | {"terms": "v3", "subject": "Ann"}

    created = lab.create(watermark=False, client_reference="order 7", consent=consent)

    job = created.job
    assert not created.replayed
    assert lab.jobs.now == {job.job_id: job}
    assert (job.output_format, job.watermark, job.client_reference) == ("mp4", False, "order 7")
    assert job.consent == Consent(
        statement="All agreed.",
        terms="v3",
        subject="Ann",
        caller="auth0|me",
        token_id="t-1",
        auth_time="1769851800",
    )
    assert job.due_at == START + TIME_TO_ACT


@pytest.mark.parametrize(
    ("content", "status", "seconds"),
    [(b"abcde", "queued", DEADLINES.queue), (None, "awaiting_upload", DEADLINES.upload)],
)
def test_a_job_waits_for_its_uploads_or_in_the_queue(
    lab: Lab, content: bytes | None, status: str, seconds: int
) -> None:
    upload = an_upload()
    lab.uploads.create(upload, forget_at=START)
    if content:
        lab.media.objects[upload.key] = content

    job = lab.create(init_video=f"upload:{UPLOAD_ID}").job

    assert (job.status, job.deadline_at) == (status, START + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("asked_as", "told_as"),
    [("none", "url"), ("event", "url"), ("outbox", "outbox"), ("vendor", "vendor")],
)
def test_who_names_an_address_is_told_there(
    lab: Lab, asked_as: Callback, told_as: Callback
) -> None:
    target = {"url": "https://app.example/hook?key=1"}

    job = lab.create(asked_as=asked_as, callback=target).job

    assert (job.callback, job.callback_url) == (told_as, target["url"])


def test_the_same_request_under_a_key_is_the_same_job_though_its_upload_is_gone(lab: Lab) -> None:
    lab.uploads.create(an_upload(), forget_at=START)
    first = lab.create(key="k", init_video=f"upload:{UPLOAD_ID}")
    lab.uploads.now.clear()

    again = lab.create(key="k", init_video=f"upload:{UPLOAD_ID}")

    assert (again.job.job_id, again.replayed) == (first.job.job_id, True)


def test_what_a_request_leaves_to_its_default_changes_nothing_of_what_it_is(lab: Lab) -> None:
    told = (
        '{"init_video":"https://a.example/v.mp4","init_image":"https://a.example/i.png",'
        '"reference_image":"https://a.example/r.png",'
        '"consent":{"attested":true,"statement":"All agreed."}}'
    )

    job = lab.create(key="k").job

    # Also in a later version, which may know more fields.
    assert job.request_hash == sha256(told.encode()).hexdigest()
    assert lab.create(key="k", watermark=True, output_format="mp4").replayed


def test_a_file_that_many_jobs_name_cannot_be_named_by_one_more(lab: Lab) -> None:
    key = "inbox/me/clip.mp4"
    lab.inbox.named_by[key] = frozenset(f"job_{number}" for number in range(MOST_JOBS))

    faults = lab.refused(manifest=MANIFEST, init_video="s3:clip.mp4")

    assert faults == [("#/init_video", f"names a file that {MOST_JOBS} jobs name already")]


def test_only_a_manifest_names_files_of_the_inbox(lab: Lab) -> None:
    [(pointer, _)] = lab.refused(init_video="s3:clip.mp4")
    assert pointer == "#/init_video"

    job = lab.create(manifest=MANIFEST, init_video="s3:clip.mp4").job

    assert [media.kind for media in job.media.values()] == ["inbox", "url", "url"]

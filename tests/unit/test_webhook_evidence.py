"""What is kept of a webhook, and whom it wakes."""

from datetime import datetime

import pytest

from faceswap.rules.errors import MalformedError, NotFoundError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import webhook_token
from faceswap.rules.reply import Reply
from faceswap.usecases.receive_webhook import ReceiveWebhook
from faceswap.usecases.wake_job import WakeJob
from tests.fakes import FakeExecutions, FakeJobs
from tests.support.samples import JOB_ID, START, a_job

URLS = ("https://a.example/v.mp4",)
TRACK = str(a_job().track_id)
SUCCESS = Reply("succeeded", "298", TRACK, URLS, text="done", generation_time=4.5)


class Hook:
    """One job and the webhooks that reach it; the second of two secrets is the older one."""

    def __init__(self, **changes: object) -> None:
        self.jobs, self.executions = FakeJobs(), FakeExecutions()
        self.jobs.create(a_job(**changes))
        self.jobs.sleep(JOB_ID, "token", START)

    @property
    def job(self) -> Job:
        return self.jobs.now[JOB_ID]

    def receive(
        self, reply: Reply | MalformedError, made_of: str = "new", job_id: str = JOB_ID
    ) -> Job | None:
        def read(body: bytes, content_encoding: str | None, now: datetime) -> Reply:
            assert (body, content_encoding, now) == (b"{}", "gzip", START)
            if isinstance(reply, MalformedError):
                raise reply
            return reply

        receive_webhook = ReceiveWebhook(
            jobs=self.jobs,
            read=read,
            wake_job=WakeJob(jobs=self.jobs, executions=self.executions),
            secrets=lambda: ["new", "old"],
            provider_key=lambda: "key-123456",
            clock=lambda: START,
        )
        return receive_webhook.run(job_id, webhook_token(made_of, job_id), b"{}", "gzip")


@pytest.mark.parametrize("secret", ["new", "old"])
def test_what_a_message_says_is_kept_and_wakes_the_job(secret: str) -> None:
    hook = Hook(status="processing")

    hook.receive(SUCCESS, secret)

    assert hook.job.evidence_succeeded == Evidence(
        at=START,
        by="webhook",
        is_tracked=True,
        request_id="298",
        urls=URLS,
        text="done",
        generation_time=4.5,
    )
    assert (hook.job.wakeup_count, hook.executions.woken) == (1, ["token"])


@pytest.mark.parametrize(
    ("outcome", "name"),
    [("failed", "evidence_failed"), ("pending", "evidence_pending"), ("unclear", "evidence_pending")],
)  # fmt: skip
def test_each_kind_of_message_has_its_place(outcome: str, name: str) -> None:
    hook = Hook(status="processing")

    hook.receive(Reply(outcome, "298", TRACK))  # type: ignore[arg-type]

    kept = {
        each for each in Job.model_fields if each.startswith("evidence") and getattr(hook.job, each)
    }
    assert kept == {name}


def test_what_helps_against_a_failure_is_kept_with_its_words() -> None:
    hook = Hook(status="processing")

    hook.receive(Reply("failed", "298", TRACK, remedy="reject_input", text="no face"))

    kept = hook.job.evidence_failed
    assert kept is not None
    assert (kept.remedy, kept.text) == ("reject_input", "no face")


@pytest.mark.parametrize(
    "reply", [Reply("succeeded", None, TRACK, URLS), Reply("succeeded", "298", "5", URLS)]
)
def test_what_names_no_request_or_another_job_only_wakes(reply: Reply) -> None:
    hook = Hook(status="processing")

    hook.receive(reply)

    assert hook.job.evidence_succeeded is None
    assert hook.executions.woken == ["token"]


def test_a_message_that_does_not_name_the_job_counts_only_by_the_job_s_own_request() -> None:
    stray = Reply("succeeded", "298", None, URLS)
    unknown, known = Hook(status="submitting"), Hook(status="processing", request_id="298")

    unknown.receive(stray)
    known.receive(stray)

    assert unknown.job.evidence_succeeded is None
    assert known.job.evidence_succeeded is not None
    over = Hook(status="failed", closed_at=START)
    over.receive(stray)
    assert over.job.late_request_id is None


def test_neither_our_key_nor_our_own_addresses_are_kept() -> None:
    mine = f"https://api.example/v1/webhooks/modelslab/{JOB_ID}/token"
    keyed = "https://cdn.example/v.mp4?k=key%2D123456"
    hook = Hook(status="processing")

    hook.receive(Reply("succeeded", "298", TRACK, (mine, keyed, *URLS)))
    other = Hook(status="processing")
    other.receive(Reply("succeeded", "key-123456", TRACK, URLS))
    plain = Hook(status="processing")
    plain.receive(Reply("succeeded", "298", TRACK, (mine,)))

    assert plain.job.evidence_succeeded is not None
    assert plain.job.evidence_succeeded.urls == ()
    assert hook.job.evidence_succeeded is not None
    assert hook.job.evidence_succeeded.urls == URLS
    assert other.job.evidence_succeeded is None


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example/key-123456/v.mp4",
        "https://key-123456@cdn.example/v.mp4",
        "https://cdn.example/v.mp4#key%252D123456",
        "https://key-123456.example/v.mp4",
    ],
)
def test_our_key_is_kept_in_no_part_of_a_link(url: str) -> None:
    hook = Hook(status="processing")

    hook.receive(Reply("succeeded", "298", TRACK, (url, *URLS)))

    assert hook.job.evidence_succeeded is not None
    assert hook.job.evidence_succeeded.urls == URLS


@pytest.mark.parametrize("key", ["key-123456", "key%2D123456"])
def test_our_key_is_kept_in_no_words(key: str) -> None:
    hook = Hook(status="processing")

    hook.receive(Reply("failed", "298", TRACK, text=f"the job of {key} failed"))

    assert hook.job.evidence_failed is not None
    assert key not in (hook.job.evidence_failed.text or "")
    assert "[key]" in (hook.job.evidence_failed.text or "")


def test_a_body_that_cannot_be_read_wakes_all_the_same_once() -> None:
    hook = Hook(status="processing")

    for _ in range(2):
        with pytest.raises(MalformedError):
            hook.receive(MalformedError("no JSON"))

    assert hook.executions.woken == ["token"]


def test_a_message_of_which_nothing_is_kept_wakes_once_by_each_kind() -> None:
    hook = Hook(status="processing")

    for outcome in ("pending", "pending", "failed", "pending"):
        hook.receive(Reply(outcome))

    assert hook.executions.woken == ["token"] * 2


def test_without_the_right_token_nothing_happens() -> None:
    hook = Hook(status="processing")

    for secret, job_id in (("other", JOB_ID), ("new", "job_x")):
        with pytest.raises(NotFoundError):
            hook.receive(SUCCESS, secret, job_id)

    assert (hook.job.wakeup_count, hook.executions.woken) == (0, [])


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"status": "failed"}, 1),
        ({"status": "cancelled"}, 1),
        ({"status": "succeeded", "request_id": "298"}, 0),
        ({"status": "succeeded", "request_id": "299"}, 1),
        ({"status": "failed", "erased_at": START}, 0),
        ({"status": "processing"}, 0),
    ],
)
def test_a_success_that_comes_late_is_counted(changes: dict[str, object], counted: int) -> None:
    hook = Hook(**changes)

    hook.receive(SUCCESS)

    assert hook.job.late_successes == counted
    assert hook.job.late_request_id == ("298" if counted else None)


@pytest.mark.parametrize(
    ("changes", "reply", "is_opened"),
    [
        ({"erased_at": START, "closed_at": START}, SUCCESS, True),
        ({"erased_at": START, "closed_at": START}, Reply("pending", "298", TRACK), True),
        ({"erased_at": START, "closed_at": START}, Reply("pending", "298"), False),
        ({"erased_at": START, "closed_at": START}, Reply("pending"), False),
        ({"erased_at": START, "closed_at": START, "request_id": "1"}, SUCCESS, False),
        ({"closed_at": START}, SUCCESS, False),
    ],
)
def test_an_id_that_is_news_opens_an_erased_job_again(
    changes: dict[str, object], reply: Reply, is_opened: bool
) -> None:
    hook = Hook(status="cancelled", **changes)

    hook.receive(reply)

    assert (hook.job.closed_at is None) is is_opened
    if is_opened:
        assert hook.job.request_id == "298"


def test_a_failure_that_comes_late_is_not_counted() -> None:
    hook = Hook(status="cancelled")

    hook.receive(Reply("failed", "298"))

    assert hook.job.late_successes == 0


def test_a_job_that_is_closed_sleeps_on() -> None:
    hook = Hook(status="succeeded", closed_at=START)

    assert hook.receive(SUCCESS) is not None
    assert hook.executions.woken == []

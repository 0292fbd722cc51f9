"""What owners read of their callbacks, and ask for about them."""

from datetime import timedelta

import pytest

from faceswap.rules.callbacks import CallbackMessage, Delivery, SecretNumber
from faceswap.rules.errors import ConflictError
from faceswap.usecases.list_callbacks import ListCallbacks
from faceswap.usecases.read_callback import ReadCallback
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.resend_callback import ResendCallback
from faceswap.usecases.rotate_callback_secret import RotateCallbackSecret
from tests.fakes import FakeCallbackQueue, FakeDeliveries, FakeJobs, FakeSecretNumbers
from tests.support.samples import JOB_ID, START, a_job
from tests.support.wired_use_cases import Clock

URL = "https://app.example/hook"


def given_up(number: int, owner: str = "me") -> Delivery:
    """A callback that was given up so many seconds after the start."""
    given_up_at = START + timedelta(seconds=number)
    job_id = f"job_{number:026}".replace("0", "a").replace("1", "b").replace("2", "c")
    fields = {"job_id": job_id, "status": "exhausted", "given_up_at": given_up_at}
    return Delivery.model_validate({"owner": owner, "version": 4, **fields})


def test_callbacks_that_were_given_up_come_newest_first_in_pages_that_go_on() -> None:
    deliveries = FakeDeliveries()
    for each in (given_up(0), given_up(1), given_up(2), given_up(3, owner="you")):
        deliveries.now[each.job_id] = each
    list_callbacks = ListCallbacks(deliveries=deliveries)

    first = list_callbacks.run("me", limit=2, cursor=None)
    second = list_callbacks.run("me", limit=2, cursor=first.next_cursor)

    assert [item.given_up_at for item in first.items] == [
        START + timedelta(seconds=seconds) for seconds in (2, 1)
    ]
    assert [(item.job_id, item.status) for item in second.items] == [
        (given_up(0).job_id, "exhausted")
    ]
    assert second.next_cursor is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "succeeded", "callback": "url", "callback_url": URL}, "delivered"),
        ({"status": "processing", "callback": "url", "callback_url": URL}, "waiting"),
        ({"status": "succeeded"}, "none"),
    ],
    ids=["over", "not over", "none asked for"],
)
def test_a_callback_is_told_once_the_job_that_names_one_is_over(
    changes: dict[str, object], status: str
) -> None:
    jobs, deliveries = FakeJobs(), FakeDeliveries()
    jobs.create(a_job(**changes))
    deliveries.now[JOB_ID] = Delivery(job_id=JOB_ID, owner="me", version=4, status="delivered")

    read_callback = ReadCallback(read_job=ReadJob(jobs=jobs), deliveries=deliveries)

    assert read_callback.run(JOB_ID, "me").status == status


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "succeeded"}, "names no callback"),
        ({"status": "processing", "callback": "url", "callback_url": URL}, "not over yet"),
        (
            {"status": "failed", "callback": "url", "callback_url": URL, "callback_is_cut": True},
            "without its query",
        ),
    ],
)
def test_what_cannot_be_sent_again_is_refused_in_words(
    changes: dict[str, object], words: str
) -> None:
    jobs, queue = FakeJobs(), FakeCallbackQueue()
    jobs.create(a_job(**changes))
    resend = ResendCallback(
        read_job=ReadJob(jobs=jobs), deliveries=FakeDeliveries(), queue=queue, clock=Clock(START)
    )

    with pytest.raises(ConflictError, match=words):
        resend.run(JOB_ID, "me", "https://api.example")
    assert queue.sent == []


@pytest.mark.parametrize("callback", ["url", "outbox", "vendor"])
def test_what_is_sent_again_links_the_result_at_the_address_of_who_asks(callback: str) -> None:
    jobs, queue = FakeJobs(), FakeCallbackQueue()
    jobs.create(a_job(status="succeeded", callback=callback, callback_url=URL, version=4))
    resend = ResendCallback(
        read_job=ReadJob(jobs=jobs), deliveries=FakeDeliveries(), queue=queue, clock=Clock(START)
    )

    resend.run(JOB_ID, "me", "https://api.example")

    message = CallbackMessage(job_id=JOB_ID, owner="me", version=4, again=True)
    assert queue.sent == [message.model_copy(update={"public_base_url": "https://api.example"})]


def test_a_secret_is_rotated_once_a_day() -> None:
    numbers, clock = FakeSecretNumbers(), Clock(START)
    rotate = RotateCallbackSecret(numbers=numbers, clock=clock)

    rotate.run("me")
    with pytest.raises(ConflictError, match="Two secrets"):
        rotate.run("me")
    clock.forward(86_400)
    rotate.run("me")

    assert numbers.now == {"me": SecretNumber(number=2, rotated_at=clock.now)}

"""Delivering a callback: one try at a time, counted before it is made, whoever dies or erases meanwhile."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from standardwebhooks import Webhook

from faceswap.contract.callbacks import callback_body
from faceswap.contract.vendor import webhook_body
from faceswap.ports.callbacks import Begun
from faceswap.rules.callbacks import (
    BROKE_OFF,
    LONGEST_TRY,
    MOST_AT_A_SLOW_ONE,
    MOST_AT_ONCE,
    SLOW_FOR,
    UNWRITTEN,
    Answer,
    CallbackMessage,
    Delivery,
    Outcome,
    owner_secret,
)
from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Callback, Failure, Job, Result, VendorRequest
from faceswap.usecases.callback_secrets import CallbackSecrets
from faceswap.usecases.deliver_callback import DeliverCallback
from faceswap.usecases.post_callback import MakeBody, PostCallback
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.resend_callback import ResendCallback
from tests.fakes import (
    FakeCallbackQueue,
    FakeDeliveries,
    FakeJobs,
    FakeOwnerSlots,
    FakeSecretNumbers,
    FakeSlowReceivers,
)
from tests.support.samples import JOB_ID, START, a_job
from tests.support.wired_use_cases import Clock

URL = "https://app.example.com/hook?key=1"
MESSAGE = CallbackMessage(
    job_id=JOB_ID, owner="me", version=1, public_base_url="https://api.example"
)
AGAIN = MESSAGE.model_copy(update={"again": True})
SCHEDULE = (10, 300)
TAKEN, REFUSED = Answer(0.5, 204), Answer(0.5, 500, text="no")


class DiesError(Exception):
    """The process ends here."""


class Lab:
    """The use case on fakes; `answers` are the receiver's, the last one for all that follow."""

    def __init__(self, *answers: Answer) -> None:
        self.clock = Clock(START)
        self.jobs, self.deliveries = FakeJobs(), FakeDeliveries()
        self.queue, self.slots = FakeCallbackQueue(), FakeOwnerSlots(MOST_AT_ONCE)
        self.receivers = FakeSlowReceivers(MOST_AT_A_SLOW_ONE)
        self.numbers = FakeSecretNumbers()
        self.answers = list(answers)
        self.meanwhile: Callable[[], object] = lambda: None
        self.posts: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.told: list[Outcome] = []
        self.in_outbox: list[bool] = []
        self._tokens = map(str, count())
        self.job = a_job(
            status="succeeded",
            callback="url",
            callback_url=URL,
            closed_at=START,
            request_id="298",
            result=Result(key="results/x", size=1, sha256="x"),
        )
        self.jobs.create(self.job)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.posts.append((url, body, headers))
        self.meanwhile()
        self.clock.forward(1)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def run(self, message: CallbackMessage = MESSAGE, receives: int = 1) -> int | None:
        secrets = CallbackSecrets(
            numbers=self.numbers, stack_secrets=lambda: ["new", "old", "new"], clock=self.clock
        )
        bodies: dict[Callback, MakeBody] = {"url": callback_body, "vendor": webhook_body}
        ways = {
            kind: PostCallback(
                sender=self,
                callback_secrets=secrets,
                link_secret=lambda: "link",
                body=body,
                clock=self.clock,
            ).run
            for kind, body in bodies.items()
        }
        deliver = DeliverCallback(
            jobs=self.jobs,
            deliveries=self.deliveries,
            slots=self.slots,
            receivers=self.receivers,
            queue=self.queue,
            ways=ways,
            told=self.told.append,
            schedule=SCHEDULE,
            clock=self.clock,
            random=lambda: 0.5,
            new_token=lambda: next(self._tokens),
        )
        return deliver.run(message, receives)

    def until_done(self, message: CallbackMessage = MESSAGE) -> list[int]:
        """Let the message come again as long as it has to; the waits."""
        waits: list[int] = []
        while (wait := self.run(message, len(waits) + 1)) is not None:
            waits.append(wait)
            self.clock.forward(wait)
        return waits

    def resend(self) -> None:
        """Ask for one more try, as the owner does."""
        resend = ResendCallback(
            read_job=ReadJob(jobs=self.jobs),
            deliveries=self.deliveries,
            queue=self.queue,
            clock=self.clock,
        )
        resend.run(JOB_ID, "me", "https://api.example")

    @property
    def delivery(self) -> Delivery:
        return self.deliveries.now[JOB_ID]


def test_what_is_taken_is_done_with_and_comes_to_nothing_again() -> None:
    lab = Lab(TAKEN)

    assert [lab.run() for _ in range(3)] == [None] * 3

    assert len(lab.posts) == 1
    assert (lab.delivery.status, lab.delivery.tries) == ("delivered", 1)
    assert lab.told == [Outcome("delivered")]
    assert lab.receivers.slow_until == {}
    assert not any(slots.leases for slots in lab.slots.owners.values())


def test_it_is_signed_by_every_secret_in_use_and_links_the_result() -> None:
    lab = Lab(TAKEN)
    lab.numbers.raise_number("me", START)

    lab.run()

    [(url, body, headers)] = lab.posts
    assert url == URL
    # A verifier of today would find this moment too old.
    signed = {
        Webhook(owner_secret(stack, "me", number)).sign(headers["webhook-id"], START, body.decode())
        for stack in ("new", "old")
        for number in (0, 1)
    }
    assert set(headers["webhook-signature"].split(" ")) == signed
    assert headers["webhook-timestamp"] == str(int(START.timestamp()))
    assert headers["webhook-id"] == f"msg_{JOB_ID}_1"
    assert f'"link":"https://api.example/v1/results/{JOB_ID}/'.encode() in body


def test_tries_come_as_planned_and_then_it_is_given_up() -> None:
    lab = Lab(REFUSED)

    assert lab.until_done() == [10, 300]

    assert len(lab.posts) == 3
    assert len({(body, headers["webhook-id"]) for _, body, headers in lab.posts}) == 1
    assert len({headers["webhook-timestamp"] for _, _, headers in lab.posts}) == 3
    assert (lab.delivery.status, lab.delivery.tries) == ("exhausted", 3)
    assert [(each.http_status, each.answer) for each in lab.delivery.log] == [(500, "no")] * 3
    assert lab.delivery.given_up_at == lab.clock.now
    assert lab.queue.buried == [MESSAGE]


def test_a_message_that_comes_too_soon_is_sent_back() -> None:
    lab = Lab(REFUSED)
    lab.run()
    lab.clock.forward(4)

    assert lab.run() in range(6, 8)

    assert len(lab.posts) == 1
    assert lab.jobs.now[JOB_ID].callback_url == URL


@pytest.mark.parametrize(
    ("moments", "again", "wait"),
    [
        ({"busy_until": 0.2}, False, 1),
        ({"busy_until": -3.0}, False, 1),
        ({"busy_until": 20.1, "next_at": 7.0}, False, 21),
        ({"busy_until": 7.0, "next_at": 20.1}, False, 21),
        ({"busy_until": 7.0, "next_at": 20.1}, True, 7),
        ({"next_at": 90_000.0}, False, 43_200),
        ({"next_at": 20.0}, True, 1),
        ({}, False, 1),
        ({}, True, 1),
    ],
)
def test_a_message_that_another_was_faster_than_comes_back_in_time(
    moments: dict[str, float], again: bool, wait: int
) -> None:
    lab = Lab(TAKEN)
    left = {name: START + timedelta(seconds=seconds) for name, seconds in moments.items()}
    delivery = Delivery.model_validate({"job_id": JOB_ID, "owner": "me", "version": 1, **left})
    lab.deliveries.begin = lambda *_: Begun(delivery, is_ours=False)  # type: ignore[method-assign]

    assert lab.run(AGAIN if again else MESSAGE) == wait
    assert lab.posts == []


def test_a_try_is_told_with_its_time_to_the_millisecond() -> None:
    lab = Lab(Answer(0.12345, 204))

    lab.run()

    assert [(each.at, each.seconds) for each in lab.delivery.log] == [(START, 0.123)]


def test_a_copy_of_the_message_waits_while_a_try_is_under_way() -> None:
    lab = Lab(TAKEN)
    waits: list[int | None] = []
    lab.meanwhile = lambda: waits.append(lab.run())

    lab.run()

    assert waits == [30]
    assert len(lab.posts) == 1


def test_who_dies_in_a_try_has_used_it_up() -> None:
    lab = Lab(TAKEN)

    def die() -> None:
        raise DiesError

    lab.meanwhile = die
    for _ in range(3):
        with pytest.raises(DiesError):
            lab.run()
        lab.clock.forward(LONGEST_TRY.total_seconds())

    # All three were made, and none was noted: no fourth is.
    assert lab.run() is None
    assert len(lab.posts) == 3
    assert lab.delivery.status == "exhausted"
    assert [(each.seconds, each.trouble) for each in lab.delivery.log] == [(0, BROKE_OFF)]
    assert lab.queue.buried == [MESSAGE]


def test_who_dies_before_it_is_buried_buries_it_later() -> None:
    lab = Lab(REFUSED)
    lab.queue = FakeCallbackQueue(before=_dies_once())
    for _ in SCHEDULE:
        lab.clock.forward(lab.run() or 0)

    with pytest.raises(DiesError):
        lab.run()
    lab.clock.forward(LONGEST_TRY.total_seconds())

    assert lab.run() is None
    assert lab.queue.buried == [MESSAGE]
    assert lab.delivery.status == "exhausted"


def _dies_once() -> Callable[[str], None]:
    left = [True]

    def before(_method: str) -> None:
        if left.pop() if left else False:
            raise DiesError

    return before


@pytest.mark.parametrize(
    "changes",
    [
        {"erased_at": START, "callback": "none", "callback_url": None},
        {"callback": "event", "callback_url": None},
        {"status": "processing", "closed_at": None},
    ],
)
def test_nothing_is_posted_for_a_job_that_wants_nothing(changes: dict[str, Any]) -> None:
    lab = Lab(TAKEN)
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update=changes)

    assert lab.run() is None

    assert (lab.posts, lab.deliveries.now) == ([], {})


def test_nothing_is_posted_for_a_job_that_is_forgotten() -> None:
    lab = Lab(REFUSED)
    lab.clock.forward(lab.run() or 0)
    lab.posts.clear()
    del lab.jobs.now[JOB_ID]

    assert lab.run() is None

    assert (lab.posts, lab.deliveries.now) == ([], {})


@pytest.mark.parametrize("answer", [TAKEN, REFUSED])
def test_of_a_job_that_is_erased_meanwhile_nothing_is_kept(answer: Answer) -> None:
    lab = Lab(answer)

    def erase() -> None:
        lab.deliveries.delete(JOB_ID)
        lab.jobs.now[JOB_ID] = lab.job.model_copy(update={"erased_at": START, "callback": "none"})

    lab.meanwhile = erase
    assert lab.run() is None
    assert lab.deliveries.now == {}

    # The erasure may have deleted the delivery before this try began.
    lab = Lab(answer)
    lab.meanwhile = lambda: lab.jobs.now.update(
        {JOB_ID: lab.job.model_copy(update={"erased_at": START, "callback": "none"})}
    )
    assert lab.run() is None
    assert lab.deliveries.now == {}


def test_an_owner_tries_few_at_once_and_others_meanwhile() -> None:
    lab = Lab(TAKEN)
    for number in range(MOST_AT_ONCE):
        lab.slots.of("me").take(f"other-{number}", START, START + timedelta(minutes=1))

    assert lab.run(receives=4) == 60
    assert (lab.posts, lab.deliveries.now) == ([], {})

    other = lab.job.model_copy(update={"job_id": "job_" + "b" * 26, "owner": "you"})
    lab.jobs.create(other)
    message = MESSAGE.model_copy(update={"job_id": other.job_id, "owner": "you"})
    assert lab.run(message) is None
    assert len(lab.posts) == 1


def test_sending_again_is_one_try_beside_the_schedule() -> None:
    lab = Lab(REFUSED)
    lab.run()

    assert lab.run(AGAIN) is None

    assert len(lab.posts) == 2
    assert (lab.delivery.tries, lab.delivery.status) == (1, "pending")
    assert lab.delivery.next_at == START + timedelta(seconds=11)
    assert lab.queue.buried == []


def test_what_is_taken_when_sent_again_is_not_tried_further() -> None:
    lab = Lab(REFUSED, TAKEN)
    lab.clock.forward(lab.run() or 0)
    lab.run(AGAIN)

    assert lab.run() is None

    assert len(lab.posts) == 2
    assert lab.delivery.status == "delivered"


def test_sending_again_waits_while_a_try_is_under_way() -> None:
    lab = Lab(TAKEN)
    waits: list[int | None] = []
    lab.meanwhile = lambda: waits.append(lab.run(AGAIN))

    lab.run()

    assert waits == [30]


def test_what_was_given_up_and_is_recovered_has_all_its_tries_again() -> None:
    lab = Lab(REFUSED)
    lab.until_done()
    recover = MESSAGE.model_copy(update={"recovers": lab.delivery.given_up_at})

    assert lab.until_done(recover) == [10, 300]

    assert len(lab.posts) == 6
    assert lab.queue.buried == [MESSAGE, recover]
    assert lab.run(recover) is None
    assert len(lab.posts) == 6


def test_a_recovery_that_meets_one_more_try_under_way_comes_after_it() -> None:
    lab = Lab(REFUSED)
    lab.until_done()
    recover = MESSAGE.model_copy(update={"recovers": lab.delivery.given_up_at})
    waits: list[int | None] = []

    def recovered_meanwhile() -> None:
        lab.meanwhile = lambda: None
        waits.append(lab.run(recover))

    lab.meanwhile = recovered_meanwhile
    assert lab.run(AGAIN) is None

    assert waits == [LONGEST_TRY.total_seconds()]
    assert lab.until_done(recover) == [10, 300]
    assert len(lab.posts) == 7


def test_the_body_stays_the_same_whatever_is_learned_later() -> None:
    lab = Lab(REFUSED, TAKEN)
    cancelled = lab.job.model_copy(
        update={"status": "cancelled", "result": None, "request_id": None}
    )
    lab.jobs.now[JOB_ID] = cancelled
    lab.clock.forward(lab.run() or 0)
    learned: dict[str, Any] = {"request_id": "298", "late_successes": 1, "provider_done": True}
    lab.jobs.now[JOB_ID] = cancelled.model_copy(update=learned)

    lab.run()

    assert len({body for _, body, _ in lab.posts}) == 1
    assert b'"type":"job.cancelled"' in lab.posts[0][1]


def test_a_job_of_another_kind_of_callback_goes_another_way() -> None:
    lab = Lab(TAKEN)
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update={"callback": "outbox", "callback_url": None})

    assert told_in_the_outbox(lab, TAKEN).run(MESSAGE, 1) is None

    assert lab.in_outbox == [False]


def told_in_the_outbox(lab: Lab, *answers: Answer) -> DeliverCallback:
    left = iter(answers)

    def answer(_job: Job, message: CallbackMessage) -> Answer:
        lab.in_outbox.append(message.posts_only)
        return next(left)

    return DeliverCallback(
        jobs=lab.jobs, deliveries=lab.deliveries, slots=lab.slots, receivers=lab.receivers, queue=lab.queue,
        ways={"outbox": answer}, told=lab.told.append, schedule=SCHEDULE, clock=lab.clock,
        random=lambda: 0.5, new_token=lambda: "0",
    )  # fmt: skip


def test_once_the_outbox_is_written_further_tries_only_post() -> None:
    lab = Lab(TAKEN)
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update={"callback": "outbox"})
    unwritten = Answer(0, trouble=UNWRITTEN)
    deliver = told_in_the_outbox(lab, unwritten, Answer(1, 500), Answer(1, 500), Answer(1, 500))

    for _ in range(3):
        lab.clock.forward(deliver.run(MESSAGE, 1) or 0)
    deliver.run(AGAIN, 1)

    assert lab.in_outbox == [False, False, True, False]
    assert "posts_only" not in MESSAGE.model_dump_json()


def test_a_message_beside_another_of_its_job_gives_back_no_lease_but_its_own() -> None:
    lab = Lab(TAKEN)
    held: list[int] = []

    def ask_again() -> None:
        for _ in range(5):
            lab.run(AGAIN)
            held.append(len(lab.slots.of("me").leases))

    lab.meanwhile = ask_again

    lab.run()

    assert held == [1] * 5
    assert len(lab.posts) == 1
    assert lab.slots.of("me").leases == {}


def test_a_message_without_an_address_takes_the_one_that_came_before() -> None:
    lab = Lab(REFUSED, TAKEN)
    again = AGAIN.model_copy(update={"public_base_url": ""})
    assert lab.run(again) is None
    assert lab.posts == []

    lab.run()
    lab.run(again)

    assert len({body for _, body, _ in lab.posts}) == 1
    assert len(lab.posts) == 2


@pytest.mark.parametrize("kind", ["url", "vendor"])
@pytest.mark.parametrize("last", [TAKEN, Answer(0.5, 410)])
def test_once_it_is_taken_the_address_is_kept_without_its_query(
    last: Answer, kind: Callback
) -> None:
    lab = Lab(REFUSED, last)
    shape = {"callback": kind, "vendor": VendorRequest(number=298)}
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update=shape)
    lab.clock.forward(lab.run() or 0)
    assert lab.jobs.now[JOB_ID].callback_url == URL

    lab.run()

    assert {url for url, _, _ in lab.posts} == {URL}
    assert lab.jobs.now[JOB_ID].callback_url == "https://app.example.com/hook"
    with pytest.raises(ConflictError):
        lab.resend()
    # One that was asked for before is still on its way.
    lab.run(AGAIN)
    assert len(lab.posts) == 2
    assert lab.delivery.log[-1].seconds == 0
    assert "without its query" in (lab.delivery.log[-1].trouble or "")


def test_the_address_of_what_was_given_up_is_kept_to_be_sent_again() -> None:
    lab = Lab(REFUSED)
    lab.until_done()

    lab.resend()

    assert lab.jobs.now[JOB_ID].callback_url == URL
    assert [message.again for message in lab.queue.sent] == [True]


@pytest.mark.parametrize("kind", ["url", "vendor"])
def test_an_address_without_a_query_can_be_told_again(kind: Callback) -> None:
    lab = Lab(TAKEN)
    fields = {"callback": kind, "callback_url": "https://a.example/hook"}
    vendor = {"vendor": VendorRequest(number=298)}
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update=fields | vendor)
    lab.run()

    lab.resend()
    lab.run(AGAIN)

    assert len(lab.posts) == 2


def test_who_dies_before_the_address_is_cut_cuts_it_later() -> None:
    lab = Lab(TAKEN)
    left = [True]

    def before(method: str) -> None:
        if method == "cut_callback" and left:
            left.clear()
            raise DiesError

    lab.jobs = FakeJobs(before)
    lab.jobs.create(lab.job)
    with pytest.raises(DiesError):
        lab.run()

    assert lab.run() is None

    assert len(lab.posts) == 1
    assert lab.jobs.now[JOB_ID].callback_is_cut


def of_another(lab: Lab, number: int, url: str = URL) -> CallbackMessage:
    """The message of another owner's job."""
    changes = {"job_id": f"job_{number:026}", "owner": f"owner-{number}", "callback_url": url}
    lab.jobs.create(lab.job.model_copy(update=changes))
    return MESSAGE.model_copy(update={name: changes[name] for name in ("job_id", "owner")})


@pytest.mark.parametrize(
    "answer", [Answer(15, is_late=True), Answer(15, 200), Answer(6, 500), Answer(6, trouble="odd")]
)
def test_a_receiver_that_was_slow_is_tried_few_at_once_whoever_names_it(answer: Answer) -> None:
    lab = Lab(answer)
    lab.run()
    at_once: list[int] = []
    most: list[int] = []
    numbers = count()

    def others_come() -> None:
        at_once.append(0)
        most.append(len(at_once))
        if len(at_once) < 20:
            lab.run(of_another(lab, next(numbers), URL.replace("key=1", "key=2")))
        at_once.pop()

    lab.meanwhile = others_come

    lab.run(of_another(lab, 1000))

    assert max(most) == MOST_AT_A_SLOW_ONE
    # Others are served meanwhile, and so is it once it was well for a while.
    lab.answers = [TAKEN]
    lab.meanwhile = lambda: None
    for number in range(MOST_AT_A_SLOW_ONE):
        slots = lab.receivers.of("https://app.example.com/hook", lab.clock())
        assert slots is not None
        slots.take(f"other_{number}", lab.clock(), lab.clock() + LONGEST_TRY)
    posts = len(lab.posts)
    assert lab.run(of_another(lab, 1001, "https://other.example/hook")) is None
    assert lab.run(of_another(lab, 1002)) == 15
    assert len(lab.posts) == posts + 1
    lab.clock.forward(SLOW_FOR.total_seconds())
    assert (
        lab.run(MESSAGE.model_copy(update={"job_id": f"job_{1002:026}", "owner": "owner-1002"}))
        is None
    )


def test_whoever_asks_again_while_a_try_is_to_come_sends_no_second_message() -> None:
    lab = Lab(REFUSED)
    lab.run()

    for _ in range(5):
        lab.resend()
    assert len(lab.queue.sent) == 1

    lab.run(lab.queue.sent[0])
    lab.resend()
    assert len(lab.queue.sent) == 2
    lab.clock.forward(3599)
    lab.resend()
    assert len(lab.queue.sent) == 2
    lab.clock.forward(1)
    lab.resend()
    assert len(lab.queue.sent) == 3


def test_a_webhook_of_the_vendor_s_contract_has_its_shape_and_our_headers() -> None:
    lab = Lab(REFUSED, TAKEN)
    vendor = VendorRequest(number=298, track_id=900001)
    fields = {"callback": "vendor", "vendor": vendor, "generation_time": 45.2}
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update=fields)

    lab.clock.forward(lab.run() or 0)
    assert lab.run() is None

    (url, body, headers), (_, again, _) = lab.posts
    assert (url, body) == (URL, again)
    told = json.loads(body)
    link = told["output"][0]
    assert link.startswith(f"https://api.example/v1/results/{JOB_ID}/")
    assert told.pop("meta")["webhook"] == "https://app.example.com/hook"
    assert told == {
        "status": "success",
        "id": 298,
        "output": [link],
        "proxy_links": [link],
        "generationTime": 45.2,
        "track_id": 900001,
    }
    assert headers["webhook-id"] == f"msg_{JOB_ID}_1"
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature = Webhook(owner_secret("new", "me", 0)).sign(headers["webhook-id"], at, body.decode())
    assert headers["webhook-signature"].split()[0] == signature


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "cancelled"}, "The job was cancelled."),
        (
            {
                "status": "failed",
                "error": Failure(type="input-invalid", detail="It cannot.", upstream="No face"),
            },
            "It cannot. No face",
        ),
    ],
)
def test_a_job_without_a_video_is_told_as_failed(fields: dict[str, object], message: str) -> None:
    lab = Lab(TAKEN)
    vendor = VendorRequest(number=298, track_id="900001")
    told = {"callback": "vendor", "vendor": vendor, "result": None}
    lab.jobs.now[JOB_ID] = lab.job.model_copy(update=told | fields)

    lab.run()

    assert json.loads(lab.posts[0][1]) == {
        "status": "failed",
        "id": 298,
        "message": message,
        "track_id": "900001",
    }

"""Callbacks: how whoever asked for a job is told of its end, when that is tried again, and what signs it.

The signatures are Standard Webhooks'; nothing secret is stored, an owner's secrets are derived from the stack's.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

from pydantic import Field

from faceswap.rules.stored import Stored
from faceswap.rules.times import Time

DeliveryStatus = Literal["pending", "delivered", "gone", "exhausted"]
"""`gone`: the receiver said that it takes no more; `exhausted`: no try was left."""

TRY_SECONDS = 15.0
"""How long a receiver may take to answer."""
LONGEST_TRY = timedelta(seconds=30)
"""After which a try that nobody has finished counts as one that died."""
UNWRITTEN, BROKE_OFF = "the outbox could not be written", "the last try broke off"
LONGEST_ASKED = timedelta(hours=1)
"""After which whoever asked for one more try, and saw none, may ask for another."""
LONGEST_WAIT = 43_200
"""A queue hides a message for 12 h at most."""
SECRET_OVERLAP = timedelta(hours=24)
"""How long an owner's old secret signs beside the new one."""
MOST_TRIES_KEPT = 20
MOST_AT_ONCE = 2
"""How many tries for one owner may be under way at once, so that his dead receiver does not hold up others."""
MOST_AT_A_SLOW_ONE = 2
"""How many tries at one receiver may be under way at once, whoever's they are, once it did not answer in time."""
_SLOW_SECONDS = 5
SLOW_FOR = timedelta(minutes=10)
"""How long a receiver counts as slow after it did not answer in time."""

_LEAST_AFTER_TROUBLE = 60.0
_TOO_MANY_REQUESTS, _GONE = 429, 410
_LONGEST_DEFERRAL, _DEFERRAL = 3600, 15


class CallbackMessage(Stored):
    """What the queue of callbacks holds: a job that is final, and the address under which its result is linked.

    Without an address, the one counts that an earlier message gave.
    `again` asks for one try beside the schedule; `recovers` begins the schedule anew for what was given up then.
    `posts_only` is no part of what lies in the queue: the outbox was written by an earlier try.
    """

    job_id: str
    owner: str
    version: int
    public_base_url: str = ""
    again: bool = False
    recovers: Time | None = None
    posts_only: bool = Field(default=False, exclude=True)


class Try(Stored):
    """One try: when it began, how many seconds it took, and what came of it.

    `http_status` and the beginning of the `answer` are the receiver's; `trouble` says in our words why there was none,
    or why it does not count.
    """

    at: Time
    seconds: float
    http_status: int | None = None
    trouble: str | None = None
    answer: str | None = None


class Answer(NamedTuple):
    """What came of a try; a time only, where it went well and nobody answers.

    `is_late`: the receiver did not answer in time; `retry_after`: seconds that it asked for.
    """

    seconds: float
    http_status: int | None = None
    trouble: str | None = None
    text: str | None = None
    is_late: bool = False
    retry_after: int | None = None

    @property
    def is_slow(self) -> bool:
        """Whether the receiver keeps a try for so long that it must not keep many at once, whatever it answers."""
        return self.is_late or self.seconds >= _SLOW_SECONDS

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.trouble is None and (self.http_status is None or self.http_status // 100 == 2)

    @property
    def is_last_word(self) -> bool:
        """Whether the receiver takes no more."""
        return self.http_status == _GONE


class Delivery(Stored):
    """What has become of one job's callback.

    `tries` counts those of the present round: a round begins with the job's end, and again when what was given up is
    recovered. `busy_until` is set while a try is under way, `next_at` when the next is planned. `log` holds the last
    tries of all rounds, `asked_at` stands while one more try is to come that somebody asked for, `recovering_at` while
    another round is; `public_base_url` is the address under which the result is linked.
    """

    job_id: str
    owner: str
    version: int
    public_base_url: str = ""
    status: DeliveryStatus = "pending"
    tries: int = 0
    busy_until: Time | None = None
    next_at: Time | None = None
    given_up_at: Time | None = None
    asked_at: Time | None = None
    recovering_at: Time | None = None
    log: tuple[Try, ...] = ()

    @property
    def has_posted(self) -> bool:
        """Whether a try came so far as to post; whatever comes before a post was done then."""
        return any(tried.trouble not in {UNWRITTEN, BROKE_OFF} for tried in self.log)


class Outcome(NamedTuple):
    """What a delivery is after a try, and after how many seconds the next one comes, if it does."""

    status: DeliveryStatus
    wait: int | None = None


def message_id(job_id: str, version: int) -> str:
    """The `webhook-id`: the same on every try, so that receivers drop what they know."""
    return f"msg_{job_id}_{version}"


def outcome(answer: Answer, tries: int, schedule: Sequence[int], random: float) -> Outcome:
    """What follows from a try.

    Args:
        answer: what came of it.
        tries: how many there were in this round, this one among them.
        schedule: seconds from each try to the next, 1 or more; after the last of them a callback is given up.
        random: 0..1; a wait is up to a fifth shorter or longer than planned.
    """
    if answer.is_taken:
        return Outcome("delivered")
    if answer.is_last_word:
        return Outcome("gone")
    if tries > len(schedule):
        return Outcome("exhausted")
    planned = schedule[tries - 1] * (0.8 + 0.4 * random)
    if answer.is_late or answer.http_status == _TOO_MANY_REQUESTS:
        planned = max(planned, _LEAST_AFTER_TROUBLE)
    wanted = min(max(planned, answer.retry_after or planned), 2 * planned)
    return Outcome("pending", min(round(wanted), LONGEST_WAIT))


def deferral(receives: int, random: float) -> int:
    """Seconds after which a message comes again that found its owner's tries all under way.

    The longer it has been coming, the longer: a queue counts each time as one of a thousand.
    """
    return round(min(_DEFERRAL * receives, _LONGEST_DEFERRAL) * (0.5 + random))


def owner_secret(stack_secret: str, owner: str, number: int) -> str:
    """An owner's secret of a number, as receivers' libraries take it: `whsec_` and the base64 of 32 bytes."""
    key = hmac.new(stack_secret.encode(), f"{owner}\n{number}".encode(), sha256).digest()
    return "whsec_" + b64encode(key).decode()


class SecretNumber(Stored):
    """Which of an owner's secrets is his newest, and when it took the place of the one before, if it did."""

    number: int = 0
    rotated_at: Time | None = None

    def old_until(self, now: datetime) -> datetime | None:
        """Until when the one before signs, too; None if it does not any more."""
        until = self.rotated_at + SECRET_OVERLAP if self.rotated_at else None
        return until if until and until > now else None

"""Lives in which an invocation goes another way than in a whole life, and from which call on it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from tests.support.boxes import FTYP, MDAT, box, moov
from tests.support.crashes.lives import End, Life
from tests.support.crashes.plans import Call
from tests.support.until import until

_SUCCESS = '{"status":"success","id":$ID,"output":["$URL"],"track_id":"$TRACK"}'
_RATE = '{"status":"error","message":"Rate limit exceeded","retry_after":1}'
_REJECTED = '{"status":"error","code":"provider_error","message":"The provider refused."}'
_WORKING = '{"status":"processing","output":""}'
_FAILED = '{"status":"failed","id":"","message":"Failed, Try Again","output":""}'
# Above 8 MiB a copy is made in parts. All lengths in it are written in bytes below 128, so that it is text.
_LARGE = (FTYP + moov(padding=124) + 2 * box(b"free", b"x" * 0x460000) + MDAT).decode()

_SUBMIT, _COLLECT = "submit", "collect"
LEAVES: Sequence["Way"] = [(_COLLECT, "dynamodb.Query", None)]
"""The way of a job that makes room for another."""
WAITS: Sequence["Way"] = [(_SUBMIT, "dynamodb.UpdateItem", None)]
"""The way of a job that finds no room."""
_CANCEL, _DELETE = "POST /v1/jobs/{job_id}/cancel", "DELETE /v1/jobs/{job_id}"
_SWAP = "POST /api/v6/faceswap/specific_video_swap"
_FETCH = "POST /api/v6/faceswap/fetch/{id}"
_WEBHOOK = "POST /v1/webhooks/modelslab/{job_id}/{token}"

Way = tuple[str, str, str | None]
"""A kind of invocation, the call at which it leaves the way of a whole life, and the one with which it is back there;
without that it is not."""


def _short(life: Life) -> End:
    life.short()
    return life.final()


def _cancelled_at_work(life: Life) -> End:
    life.short()
    life.works()
    life.ask_to_cancel()
    life.succeed()
    return life.final()


def _deleted_asleep(life: Life) -> End:
    life.sleep()
    return life.delete(End("cancelled", None, 0, 0, happened=False))


def _cancelled_while_sent(life: Life) -> End:
    life.short()
    until(lambda: life.status() not in {"", "queued"}, seconds=600)
    until(life.is_sent, seconds=600)
    life.ask_to_cancel()
    life.succeed()
    return life.final()


@dataclass(frozen=True)
class OtherLife:
    """A life, the ways it shows, and what the provider says in it."""

    name: str
    live: Callable[[Life], End]
    shows: Sequence[Way]
    script: Mapping[str, Any] = field(default_factory=dict)

    def calls(self, seen: Sequence[Call]) -> list[Call]:
        """The calls that only this life shows, out of all that were seen in it."""
        return calls_on(self.shows, seen)


def calls_on(ways: Sequence[Way], seen: Sequence[Call]) -> list[Call]:
    """The calls on these ways, out of all that were seen in a life."""
    found: dict[Call, None] = {}
    for kind, since, back in ways:
        of_kind = [call for call in seen if call.kind == kind]
        begin = [call.name for call in of_kind].index(since)
        way = list(takewhile(lambda call: call.name != "invocation", of_kind[begin:]))
        end = [call.name for call in way].index(back) + 1 if back else len(way)
        found |= dict.fromkeys(way[:end])
    return list(found)


OTHER_LIVES = (
    OtherLife(
        "cancelled at work",
        _cancelled_at_work,
        [(_CANCEL, "dynamodb.UpdateItem", None)],
        {"fetch": {"body": _WORKING, "times": 3}, "webhook": {"posts": []}},
    ),
    OtherLife("deleted asleep", _deleted_asleep, [(_DELETE, "dynamodb.GetItem", None)]),
    OtherLife("told at an address", Life.told, [("callback", "dynamodb.UpdateItem", None)]),
    OtherLife(
        "by a key",
        Life.by_key,
        [
            ("POST /v1/keys", "dynamodb.Query", None),
            (_SWAP, "dynamodb.GetItem", None),
            (_FETCH, "dynamodb.GetItem", None),
            ("GET /v1/keys", "dynamodb.Query", None),
            ("DELETE /v1/keys/{key_id}", "dynamodb.DeleteItem", None),
        ],
    ),
    OtherLife("requested", Life.requested, [("requested", "dynamodb.BatchGetItem", None)]),
    OtherLife(
        "dropped",
        Life.dropped,
        [("manifest", "s3.GetObject", None), ("callback", "s3.CopyObject", None)],
    ),
    OtherLife("listed", Life.listed, [("GET /v1/jobs", "dynamodb.Query", None)]),
    OtherLife("declared", Life.declared, [("landed", "s3.HeadObject", "s3.HeadObject")]),
    OtherLife(
        "given up",
        Life.given_up,
        [("DELETE /v1/uploads/{upload_id}", "dynamodb.GetItem", None)],
    ),
    OtherLife(
        "cancelled while it is sent",
        _cancelled_while_sent,
        [
            (_SUBMIT, "provider.submit", None),
            (_WEBHOOK, "dynamodb.UpdateItem", "dynamodb.UpdateItem"),
        ],
        {
            "submit": {"body": '{"status":"processing","id":$ID}', "delay": 3, "times": 1},
            "webhook": {"posts": []},
        },
    ),
    OtherLife(
        "told late",
        Life.told_late,
        [(_WEBHOOK, "dynamodb.UpdateItem", None)],
        {"webhook": {"posts": []}},
    ),
    OtherLife(
        "refused at first",
        _short,
        [(_SUBMIT, "provider.submit", None)],
        {"submit": {"status": 429, "body": _RATE, "taken": False, "times": 1}},
    ),
    OtherLife(
        "rejected",
        _short,
        [(_SUBMIT, "provider.submit", None)],
        {"submit": {"body": _REJECTED, "taken": False}},
    ),
    OtherLife(
        "done at once",
        _short,
        [(_SUBMIT, "provider.submit", None), (_COLLECT, "dynamodb.GetItem", "provider.download")],
        {"submit": {"body": _SUCCESS, "times": 1}},
    ),
    OtherLife(
        "answer lost",
        _short,
        [(_SUBMIT, "provider.submit", None), (_COLLECT, "dynamodb.UpdateItem", "provider.fetch")],
        {"submit": {"reset": True, "times": 1}, "webhook": {"posts": [{"delay": 1}]}},
    ),
    OtherLife(
        "fails",
        _short,
        [(_COLLECT, "provider.fetch", "dynamodb.UpdateItem")],
        {"fetch": {"body": _FAILED}, "webhook": {"posts": []}},
    ),
    OtherLife(
        "fetch fails at first",
        _short,
        [(_COLLECT, "provider.fetch", None)],
        {"fetch": {"status": 500, "times": 1}},
    ),
    OtherLife(
        "link broken at first",
        _short,
        [(_COLLECT, "provider.download", None)],
        {"file": {"status": 404, "times": 1}},
    ),
    OtherLife(
        "large",
        _short,
        [(_COLLECT, "s3.CreateMultipartUpload", "dynamodb.UpdateItem")],
        {"file": {"body": _LARGE, "headers": {"content-type": "video/mp4"}}},
    ),
)

"""What a message of the provider means: one pure function over provider contract §7, §8 and §9."""

from collections.abc import Mapping
from datetime import datetime

from faceswap.provider import fields
from faceswap.provider.classes import ErrorClass, error_class
from faceswap.provider.reply import Asked, Outcome, Reply
from faceswap.rules.words import tame

_DONE = {"success", "ready", "completed"}
_REFUSED = {"error", "failed"}
_NOT_STARTED: set[ErrorClass] = {"credentials", "billing", "plan", "rate"}
_RETRIABLE_STATUSES = {408, 425}


def interpret(
    http_status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    asked: Asked,
    now: datetime,
    request_id: str | None = None,
) -> Reply:
    """The meaning of an answer or a webhook.

    Args:
        http_status: the answer's status; 200 for a webhook.
        headers: the answer's, with lower-case names.
        body: the raw bytes, whatever they are.
        asked: what the message answers to.
        now: for waits that are given as a moment.
        request_id: the id that a fetch asked for; an answer about another id is `unclear` (§8.7).
    """
    message = fields.parse(body)
    known = message if message is not None else {}
    status = str(known.get("status") or "").strip().lower()
    text = _text(known)
    named = known.get("message") or known.get("messege")
    kind = error_class(http_status, text, about_fields=isinstance(named, dict))
    found = fields.identifier(known.get("id"))
    outputs, proxies = fields.urls(known.get("output")), fields.urls(known.get("proxy_links"))
    complains = status in _REFUSED or (not status and bool(known.get("error")))
    finished = status in _DONE and bool(outputs)

    outcome: Outcome
    if asked == "submit":
        outcome = _of_submit(
            http_status,
            status,
            kind,
            has_id=found is not None,
            complains=complains,
            finished=finished,
            is_json=message is not None,
        )
    elif asked == "fetch" and request_id and found and found != request_id:
        outcome = "unclear"
    else:
        outcome = _of_news(
            http_status, kind, complains=complains, finished=finished, is_json=message is not None
        )
    troubled = outcome in {"failed", "not_started", "ambiguous", "missing", "unclear"}
    return Reply(
        outcome=outcome,
        request_id=found,
        track_id=_track_id(known),
        urls=tuple(dict.fromkeys(outputs + proxies)) if outcome == "succeeded" else (),
        eta=fields.number(known.get("eta")),
        generation_time=fields.number(known.get("generationTime")),
        retry_after=fields.wait(known, headers, text + " " + fields.words(known.get("tips")), now),
        error_class=kind if troubled else None,
        text=tame(text) or None,
    )


def _of_submit(
    http_status: int,
    status: str,
    kind: ErrorClass,
    *,
    has_id: bool,
    complains: bool,
    finished: bool,
    is_json: bool,
) -> Outcome:
    """Whether something was started. What is not certain is ambiguous, never refused (§9)."""
    if finished:
        return "succeeded"
    if has_id and not complains and status:
        return "accepted"
    if http_status >= 500 or http_status in _RETRIABLE_STATUSES:
        return "ambiguous"
    if not complains and http_status < 400:
        return "ambiguous"
    if kind in _NOT_STARTED:
        return "not_started"
    if kind == "transient" and is_json:
        return "ambiguous"
    return "failed"


def _of_news(
    http_status: int, kind: ErrorClass, *, complains: bool, finished: bool, is_json: bool
) -> Outcome:
    """What became of a job. Trouble with the key, the plan or the line says nothing about it (§9).

    Only `output` of a finished job counts: `proxy_links` are a second place for it, predicted places
    (`future_links`, `meta.output`) never are (§8.9, §8.10).
    """
    if finished:
        return "succeeded"
    if not is_json or http_status >= 500:
        return "unclear"
    if not complains:
        return "unclear" if http_status >= 400 else "pending"
    if kind == "not_found" or http_status == 404:
        return "missing"
    return "failed" if kind in {"input", "unknown"} else "unclear"


def _text(known: Mapping[str, object]) -> str:
    said = (known.get(name) for name in ("message", "messege", "error", "errors", "code"))
    return " ".join(filter(None, map(fields.words, said)))


def _track_id(known: Mapping[str, object]) -> str | None:
    meta = known.get("meta")
    echoed = meta.get("track_id") if isinstance(meta, dict) else None
    return fields.identifier(known.get("track_id")) or fields.identifier(echoed)

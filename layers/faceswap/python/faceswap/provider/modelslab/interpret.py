"""What a message of the provider means: one pure function over provider contract §7, §8 and §9."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from faceswap.provider.modelslab import parsing
from faceswap.provider.modelslab.errors import (
    REDIRECTS,
    REMEDIES,
    ErrorClass,
    error_class,
    withheld,
    without_findings,
)
from faceswap.rules.reply import Outcome, Reply, Request
from faceswap.rules.sanitize import holds, is_our_own, sanitize, single_line, without

_DONE = {"success", "ready", "completed"}
_REFUSED = {"error", "failed"}
_UNDER_WAY = "processing"
_NOT_STARTED: set[ErrorClass] = {"credentials", "billing", "plan", "rate"}
_RETRIABLE_STATUSES = {408, 425}
# A 302 or 303 may also follow a request that was carried out.
_NOT_CARRIED_OUT = {301, 307, 308}
_EXCERPT_BYTES, _READ_BYTES, _MAX_LOCATION = 200, 4096, 300
# So much of its words is sorted: the patterns of errors take quadratic time for a text that is made for it.
_MAX_TEXT = 4096


def interpret(
    http_status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    asked: Request,
    now: datetime,
    request_id: str | None = None,
    secret: str | None = None,
) -> Reply:
    """The meaning of an answer or a webhook.

    Args:
        http_status: the answer's status; 200 for a webhook.
        headers: the answer's, with lower-case names.
        body: the raw bytes, whatever they are.
        asked: what the message answers to.
        now: for waits that are given as a moment.
        request_id: the id that a fetch asked for; an answer about another id is `unclear` (§8.7).
        secret: what must not be repeated, should the provider echo it: our key.
    """
    message = parsing.parse(body)
    known = message if message is not None else {}
    status = str(known.get("status") or "").strip().lower()
    text = _text(known)
    named = known.get("message") or known.get("messege")
    kind = error_class(http_status, text, about_fields=isinstance(named, dict))
    found = parsing.identifier(known.get("id"))
    if holds(secret, found or ""):
        found = None
    output = known.get("output")
    complains = status in _REFUSED or (not status and bool(known.get("error")))
    finished = status in _DONE and bool(parsing.urls(output))

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
    location = without(secret, _location(headers)) if http_status in REDIRECTS else None
    undecided = outcome in {"ambiguous", "unclear"} or (
        outcome == "pending" and status != _UNDER_WAY
    )
    return Reply(
        outcome=outcome,
        request_id=found,
        track_id=_track_id(known),
        urls=_links(output, known, secret) if outcome == "succeeded" else (),
        eta=parsing.seconds(known.get("eta")),
        generation_time=parsing.seconds(known.get("generationTime")),
        retry_after=parsing.wait(
            known, headers, text + " " + parsing.flatten(known.get("tips"))[:_MAX_TEXT], now
        ),
        remedy=REMEDIES.get(kind) if troubled else None,
        text=sanitize(without(secret, without_findings(kind, text))) or None,
        location=location,
        unread=_unread(http_status, location, status, body, text, secret) if undecided else None,
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
    if http_status in _NOT_CARRIED_OUT:
        return "not_started"
    if http_status >= 500 or http_status in _RETRIABLE_STATUSES | REDIRECTS:
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
    if not is_json or http_status >= 500 or http_status in REDIRECTS:
        return "unclear"
    if not complains:
        return "unclear" if http_status >= 400 else "pending"
    if kind == "not_found" or http_status == 404:
        return "missing"
    return "failed" if kind in {"input", "unknown"} else "unclear"


def _links(output: object, known: Mapping[str, object], secret: str | None) -> tuple[str, ...]:
    """Where the result lies: no link that holds our key, and none that leads to ourselves."""
    found = parsing.urls([output, known.get("proxy_links")])
    return tuple(url for url in found if not holds(secret, url) and not is_our_own(url))


def _location(headers: Mapping[str, str]) -> str:
    """Where a redirect points: no query, which may hold what was sent, and no credentials."""
    try:
        parts = urlsplit(single_line(headers.get("location", "")))
        place = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    except ValueError:
        return "no URL"
    return place.geturl()[:_MAX_LOCATION] or "no URL"


def _unread(
    http_status: int,
    location: str | None,
    status: str,
    body: bytes,
    words: str,
    secret: str | None,
) -> str:
    """What came, for a person who has to find out why nothing could be made of it."""
    said = [f"HTTP {http_status}"]
    if location is not None:
        said.append(f"redirect to {urlsplit(location).netloc or 'the same host'}")
    if status:
        said.append(f"status {sanitize(without(secret, status))[:40]!r}")
    text = without(secret, parsing.unescaped(parsing.decoded(body[:_READ_BYTES])))
    excerpt = sanitize(withheld(words) or text).encode()[:_EXCERPT_BYTES]
    return ", ".join(said) + ": " + (excerpt.decode(errors="ignore") or "(empty)")


def _text(known: Mapping[str, object]) -> str:
    said = (known.get(name) for name in ("message", "messege", "error", "errors", "code"))
    return " ".join(filter(None, map(parsing.flatten, said)))[:_MAX_TEXT]


def _track_id(known: Mapping[str, object]) -> str | None:
    meta = known.get("meta")
    echoed = meta.get("track_id") if isinstance(meta, dict) else None
    return parsing.identifier(known.get("track_id")) or parsing.identifier(echoed)

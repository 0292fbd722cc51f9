"""Every message variant of the provider contract §7 and irregularity of §8, with what it means to us.

One row a message, named after its number. The same rows are given to the interpretation function
(tests/unit) and said by the local provider to the whole stack (tests/e2e).
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from faceswap.provider.modelslab.errors import UNREADABLE_ADDRESS
from faceswap.rules.reply import Remedy, Reply, Request

RESULT = "https://pub-x.r2.dev/generations/ef3c.mp4"
PROXY = "https://cdn2.example/generations/ef3c.mp4"
FUTURE = ["https://pub-x.r2.dev/generations/predicted.mp4"]
ID, TRACK = 298, 900001


@dataclass(frozen=True)
class Row:
    """A message, what it answers to, and its meaning."""

    name: str
    asked: Request
    body: Any
    meaning: Reply
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The message as bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def _accepted(**more: Any) -> Reply:
    return replace(Reply("accepted", str(ID)), **more)


def _not_started(remedy: Remedy, text: str | None = None, **more: Any) -> Reply:
    return replace(Reply("not_started", remedy=remedy, text=text), **more)


def _error(
    name: str,
    message: str,
    meaning: Reply,
    asked: Request = "submit",
    status: int = 200,
    **more: Any,
) -> Row:
    """A message of status `error`, of which we keep the text."""
    body = {"status": "error", "message": message, **more}
    return Row(name, asked, body, replace(meaning, text=message), status)


_META = {"seed": 3230606555, "watermark": "yes", "output": FUTURE, "watermark_image": None}
_TRY = "Try to fetch request after seconds estimated"
_SUCCESS = {"status": "success", "id": ID, "output": [RESULT]}
_PROCESSING = {"status": "processing", "id": ID}
_DONE = Reply("succeeded", str(ID), urls=(RESULT,))

VARIANTS = [
    Row(
        "V1",
        "submit",
        {
            "status": "processing",
            "tip": "use fetch",
            "eta": 605,
            "message": _TRY,
            "id": ID,
            "output": [],
            "fetch_result": "https://modelslab.com/api/v6/deepfake/fetch/298",
            "meta": _META,
            "future_links": FUTURE,
        },
        _accepted(eta=605, text=_TRY),
    ),
    Row(
        "V2",
        "submit",
        {
            "status": "processing",
            "eta": 605,
            "message": _TRY,
            "id": ID,
            "output": [],
            "future_links": FUTURE,
            "meta": {
                "webhook": "https://hooks.example/ml/4f9c0e",
                "track_id": str(TRACK),
                "id": str(ID),
                "output": FUTURE,
            },
        },
        _accepted(eta=605, text=_TRY, track_id=str(TRACK)),
    ),
    Row(
        "V3",
        "submit",
        {
            "status": "processing",
            "tip": "…",
            "tip_1": "…",
            "eta": 20.9379869184,
            "messege": _TRY,
            "webhook_status": "",
            "fetch_result": "https://stablediffusionapi.com/api/v3/fetch/298",
            "id": ID,
            "output": "",
            "future_links": FUTURE,
        },
        _accepted(eta=20.9379869184, text=_TRY),
    ),
    Row(
        "V4",
        "submit",
        _SUCCESS
        | {
            "generationTime": 10.1,
            "proxy_links": [PROXY],
            "meta": {"watermark": "no"},
            "future_links": FUTURE,
        },
        Reply("succeeded", str(ID), urls=(RESULT, PROXY), generation_time=10.1),
    ),
    Row(
        "V5",
        "submit",
        {"status": "error", "message": "Unable to fetch image from provided URL"},
        Reply("failed", remedy="reject_input", text=UNREADABLE_ADDRESS),
    ),
    Row(
        "V6",
        "submit",
        {
            "status": "error",
            "message": {
                "init_image": ["The init image field is required."],
                "init_video": ["The init video field is required."],
            },
        },
        Reply(
            "failed",
            remedy="reject_input",
            text="init_image: The init image field is required. init_video: The init video field is required.",
        ),
    ),
    _error(
        "V7",
        "Invalid Api Key",
        _not_started("replace_key"),
        status=401,
        tip="check header, JSON and key",
    ),
    _error("V7 with 200", "Invalid Api Key", _not_started("replace_key")),
    _error(
        "V8",
        "Insufficient credits. Please add more credits to continue.",
        _not_started("fix_account"),
        status=402,
    ),
    _error(
        "V9",
        "Rate limit exceeded. Maximum 5 queued requests allowed.",
        _not_started("retry", retry_after=30),
        status=429,
        retry_after=30,
    ),
    Row(
        "V10",
        "submit",
        {
            "status": "error",
            "messege": "Rate limit exceeded",
            "tips": "same request sent several times, wait 30 seconds",
        },
        _not_started("retry", "Rate limit exceeded", retry_after=30),
    ),
    _error(
        "V11",
        "Too many requests, try again in 30 minutes",
        _not_started("retry", retry_after=1800),
    ),
    Row(
        "V12",
        "submit",
        {
            "status": "error",
            "code": "provider_error",
            "message": "The provider refused the request.",
        },
        Reply("failed", text="The provider refused the request. provider_error"),
    ),
    Row("V13", "submit", {"status": "processing"}, Reply("ambiguous")),
    Row(
        "V14",
        "fetch",
        {"status": "processing", "message": "try again later.", "output": "", "tip": "upgrade"},
        Reply("pending", text="try again later."),
    ),
    Row("V15", "fetch", _SUCCESS | {"tip": "…", "proxy_links": None}, _DONE),
    Row(
        "V16",
        "fetch",
        {"status": "failed", "id": "", "message": "Failed, Try Again", "output": ""},
        Reply("failed", text="Failed, Try Again"),
    ),
    Row(
        "V17",
        "fetch",
        {"status": "failed", "id": "", "message": "Request not found", "output": "", "tip": "…"},
        Reply("missing", text="Request not found"),
    ),
    Row(
        "V18",
        "webhook",
        _SUCCESS
        | {"generationTime": 45.2, "track_id": str(TRACK), "meta": {"output_format": "mp4"}},
        replace(_DONE, track_id=str(TRACK), generation_time=45.2),
    ),
    Row(
        "V19",
        "webhook",
        {
            "status": "failed",
            "id": str(ID),
            "message": "Processing failed: Invalid input dimensions",
            "track_id": TRACK,
        },
        Reply(
            "failed",
            str(ID),
            str(TRACK),
            text="Processing failed: Invalid input dimensions",
        ),
    ),
    Row(
        "V20",
        "webhook",
        {
            "status": "processing",
            "id": ID,
            "track_id": str(TRACK),
            "eta": 30,
            "future_links": FUTURE,
        },
        Reply("pending", str(ID), str(TRACK), eta=30),
    ),
    Row(
        "V21",
        "fetch",
        {"status": "success", "id": ID, "output": [], "proxy_links": ""},
        Reply("pending", str(ID)),
    ),
    Row("V22", "fetch", {"status": "success", "id": ID, "output": RESULT}, _DONE),
    Row(
        "V23",
        "submit",
        {
            "data": None,
            "error": {"code": "invalid_credentials", "message": "…", "details": []},
            "meta": {},
        },
        _not_started("replace_key", "code: invalid_credentials message: …"),
        status=401,
    ),
    Row(
        "V23 at fetch",
        "fetch",
        {"data": None, "error": {"code": "invalid_credentials", "message": "…"}, "meta": {}},
        Reply("unclear", remedy="replace_key", text="code: invalid_credentials message: …"),
        status=401,
    ),
    *(
        Row(
            f"V24 {status}",
            "submit",
            b"<html><title>Bad Gateway</title></html>",
            Reply("ambiguous", remedy="retry"),
            status=status,
        )
        for status in (502, 520, 522, 524)
    ),
    Row("V24 200", "submit", b"<html>", Reply("ambiguous")),
    Row("V24 empty", "submit", b"", Reply("ambiguous")),
    Row("V24 at fetch", "fetch", b"<html>", Reply("unclear", remedy="retry"), status=502),
]

IRREGULARITIES = [
    Row("§8.1", "submit", {"status": "failed"}, Reply("failed")),
    _error("§8.2", "x", Reply("failed"), "fetch"),
    Row(
        "§8.3 ready",
        "fetch",
        {"status": " Ready ", "output": [RESULT]},
        Reply("succeeded", urls=(RESULT,)),
    ),
    Row("§8.3 completed", "fetch", {"status": "completed", "output": []}, Reply("pending")),
    Row("§8.3 unknown", "fetch", {"status": "queued", "output": [RESULT]}, Reply("pending")),
    Row("§8.3 missing", "fetch", {"output": [RESULT]}, Reply("pending")),
    Row(
        "§8.4 list",
        "submit",
        {"status": "error", "message": ["a", {"b": ["c"]}]},
        Reply("failed", text="a b: c"),
    ),
    Row(
        "§8.4 null",
        "submit",
        {"status": "error", "message": None},
        Reply("failed"),
    ),
    Row(
        "§8.4 error as text",
        "fetch",
        {"error": "no face found"},
        Reply("failed", remedy="reject_input", text="no face found"),
    ),
    Row("§8.5 float", "submit", {"status": "processing", "id": 298.0}, _accepted()),
    Row("§8.5 text", "submit", {"status": "processing", "id": "ab-1"}, Reply("accepted", "ab-1")),
    Row(
        "§8.5 empty",
        "submit",
        {"status": "processing", "id": ""},
        Reply("ambiguous"),
    ),
    Row(
        "§8.6",
        "fetch",
        {"status": "success", "output": [RESULT]},
        Reply("succeeded", urls=(RESULT,)),
    ),
    Row("§8.7", "fetch", _SUCCESS | {"id": 299}, Reply("unclear", "299")),
    Row(
        "§8.8",
        "fetch",
        {"status": "success", "output": [" ", {"url": f" {RESULT} "}, RESULT, 5]},
        Reply("succeeded", urls=(RESULT,)),
    ),
    Row("§8.9", "fetch", {"status": "processing", "proxy_links": [PROXY]}, Reply("pending")),
    Row(
        "§8.9 after success",
        "fetch",
        _SUCCESS | {"proxy_links": PROXY},
        replace(_DONE, urls=(RESULT, PROXY)),
    ),
    Row(
        "§8.10",
        "fetch",
        {"status": "success", "output": "", "future_links": FUTURE, "meta": {"output": FUTURE}},
        Reply("pending"),
    ),
    Row("§8.11 zero", "submit", _PROCESSING | {"eta": 0}, _accepted()),
    Row(
        "§8.11 text",
        "submit",
        _PROCESSING | {"eta": "12.5"},
        _accepted(eta=12.5),
    ),
    Row("§8.12", "webhook", _SUCCESS | {"track_id": 900001.0}, replace(_DONE, track_id=str(TRACK))),
    Row(
        "§8.13",
        "submit",
        _PROCESSING | {"meta": {"watermark": "yes"}},
        _accepted(),
    ),
    Row("§8.14", "submit", _PROCESSING | {"meta": None}, _accepted()),
    Row(
        "§8.15", "fetch", _SUCCESS | {"generationTime": "10"}, replace(_DONE, generation_time=10.0)
    ),
    Row(
        "§8.16",
        "submit",
        {"status": "error", "message": "try again in 2 minutes", "retry_after": 30},
        _not_started("retry", "try again in 2 minutes", retry_after=120),
        status=429,
        headers={"retry-after": "60"},
    ),
    _error("§8.17", "RATE LIMIT EXCEEDED", Reply("unclear", remedy="retry"), "fetch"),
    _error("§8.18", "Request Not Found", Reply("missing"), "fetch"),
    Row(
        "§8.19",
        "webhook",
        {"status": "failed", "message": "Failed, Try Again"},
        Reply("failed", text="Failed, Try Again"),
    ),
    Row(
        "§8.20 cut",
        "submit",
        b'{"status":"processing","id":29',
        Reply("ambiguous"),
    ),
    Row(
        "§8.20 refused",
        "submit",
        b"Bad Request",
        Reply("failed"),
        status=400,
    ),
    Row("§8.20 asked to wait", "submit", b"", _not_started("retry"), status=429),
    Row("§8.22", "fetch", b"", Reply("unclear")),
    Row(
        "§8.24",
        "submit",
        _PROCESSING | {"fetch_result": "https://evil.example/x"},
        _accepted(),
    ),
    Row(
        "§8.25",
        "fetch",
        {"status": "success", "output": ["https://pub-x.r2.dev//generations/x.mp4"]},
        Reply("succeeded", urls=("https://pub-x.r2.dev//generations/x.mp4",)),
    ),
    Row(
        "§8.29",
        "fetch",
        _SUCCESS | {"nsfw_content_detected": False, "webhook_status": "", "code": 7},
        _DONE,
    ),
    Row(
        "§8.30",
        "submit",
        {"status": "error", "message": "see https://x.example/?key=k"},
        Reply("failed", text="see [url]"),
    ),
]

_MOVED = {"location": "https://new.example/api/v6/faceswap/x?key=k"}
_PLACE = "https://new.example/api/v6/faceswap/x"
_DONE_JSON = b'{"status":"success","id":298,"output":["https://pub-x.r2.dev/generations/ef3c.mp4"]'
_ACCEPTED_JSON = b'{"status":"processing","id":298'
_MANY = [f"https://cdn.example/{'x' * 220}{number}.mp4" for number in range(2000)]
_ODD_LINK = RESULT + "?name=my caf\xe9"
_LONG_LINK = RESULT + "?token=" + "x" * 2100
_TOO_LONG_LINK = RESULT + "?token=" + "x" * 9000


def _moved(name: str, asked: Request, status: int, meaning: Reply, body: Any = b"") -> Row:
    """An answer that leads to another address."""
    told = replace(meaning, location=_PLACE)
    return Row(f"§8.35 {name}", asked, body, told, status, _MOVED)


LENIENT = [
    Row("§8.31 BOM", "submit", b"\xef\xbb\xbf" + _ACCEPTED_JSON + b"}", _accepted()),
    Row(
        "§8.31 half emoji",
        "submit",
        _ACCEPTED_JSON + b',"message":"cut \\ud83d","tip":"\\ude00"}',
        _accepted(text="cut \ufffd"),
    ),
    Row(
        "§8.31 NaN",
        "submit",
        _ACCEPTED_JSON + b',"eta":NaN,"retry_after":Infinity,"meta":{"a":[-Infinity]}}',
        _accepted(),
    ),
    Row("§8.31 no UTF-8", "submit", _ACCEPTED_JSON + b',"tip":"caf\xe9"}', _accepted()),
    Row("§8.31 raw breaks", "submit", _ACCEPTED_JSON + b',"tip":"one\ntwo\t\x01"}', _accepted()),
    Row("§8.31 BOM at fetch", "fetch", b"\xef\xbb\xbf \n" + _DONE_JSON + b"}", _DONE),
    Row("§8.31 half emoji at fetch", "fetch", _DONE_JSON + b',"tip":"\\ud83d"}', _DONE),
    Row(
        "§8.31 NaN at fetch",
        "fetch",
        _DONE_JSON + b',"generationTime":NaN,"id2":-Infinity}',
        _DONE,
    ),
    Row("§8.31 no UTF-8 at fetch", "fetch", _DONE_JSON + b',"tip":"caf\xe9"}', _DONE),
    Row("§8.31 raw breaks at fetch", "fetch", _DONE_JSON + b',"tip":"one\r\ntwo"}', _DONE),
    Row("§8.31 BOM in a webhook", "webhook", b"\xef\xbb\xbf" + _DONE_JSON + b"}", _DONE),
    Row(
        "§8.31 the rest in a webhook",
        "webhook",
        _DONE_JSON + b',"generationTime":Infinity,"message":"caf\xe9 \\ud83d\n"}',
        replace(_DONE, text="caf\ufffd \ufffd"),
    ),
    Row("§8.32 tiny", "submit", _PROCESSING | {"eta": 1e-200}, _accepted()),
    Row(
        "§8.32 huge",
        "submit",
        _ACCEPTED_JSON + b',"eta":1e400,"x":' + b"9" * 5000 + b"}",
        _accepted(),
    ),
    Row("§8.32 a century", "submit", _PROCESSING | {"eta": 4e9}, _accepted()),
    Row("§8.32 tiny at fetch", "fetch", _SUCCESS | {"generationTime": 1e-200}, _DONE),
    Row("§8.32 tiny in a webhook", "webhook", _SUCCESS | {"generationTime": "1e-200"}, _DONE),
    Row(
        "§8.32 many links",
        "submit",
        _SUCCESS | {"output": [RESULT, *_MANY], "proxy_links": _MANY[:9]},
        Reply("succeeded", str(ID), urls=(RESULT, *_MANY[:7])),
    ),
    Row("§8.32 too long a link", "fetch", _SUCCESS | {"output": [_TOO_LONG_LINK, RESULT]}, _DONE),
    Row(
        "§8.34 object",
        "fetch",
        _SUCCESS | {"output": {"0": RESULT, "2": PROXY}},
        replace(_DONE, urls=(RESULT, PROXY)),
    ),
    Row("§8.34 text", "fetch", _SUCCESS | {"output": json.dumps([RESULT])}, _DONE),
    Row(
        "§8.34 text in text",
        "fetch",
        _SUCCESS | {"output": json.dumps(json.dumps([RESULT]))},
        _DONE,
    ),
    Row("§8.34 named", "fetch", _SUCCESS | {"output": {"video": RESULT, "thumb": None}}, _DONE),
    Row("§8.34 nested", "fetch", _SUCCESS | {"output": [{"files": [{"href": RESULT}]}]}, _DONE),
    Row(
        "§8.34 at submit",
        "submit",
        _SUCCESS | {"output": {"1": RESULT}},
        Reply("succeeded", str(ID), urls=(RESULT,)),
    ),
    *(
        _moved(f"{status}", "submit", status, _not_started("update_address"), b"<html>moved</html>")
        for status in (301, 307, 308)
    ),
    *(
        _moved(f"{status}", "submit", status, Reply("ambiguous", remedy="update_address"))
        for status in (302, 303)
    ),
    *(
        _moved(f"{status} at fetch", "fetch", status, Reply("unclear", remedy="update_address"))
        for status in (301, 302, 303, 307, 308)
    ),
    _moved("taken all the same", "submit", 302, _accepted(), _PROCESSING),
    Row(
        "§8.36 blank",
        "fetch",
        _SUCCESS | {"output": [_ODD_LINK]},
        replace(_DONE, urls=(_ODD_LINK,)),
    ),
    Row(
        "§8.36 long",
        "fetch",
        _SUCCESS | {"output": [_LONG_LINK]},
        replace(_DONE, urls=(_LONG_LINK,)),
    ),
    *(
        Row(f"§8.3 {status}", "fetch", {"status": status, "output": [RESULT]}, Reply("pending"))
        for status in ("succeeded", "done", "finished")
    ),
    Row(
        "§8.20 notice",
        "fetch",
        b"<b>Notice</b>: Undefined index\n" + _DONE_JSON + b"}",
        Reply("unclear"),
    ),
    Row("§8.20 list", "fetch", b"[" + _DONE_JSON + b"}]", Reply("unclear")),
    Row("§8.20 data", "fetch", b'{"data":' + _DONE_JSON + b"}}", Reply("pending")),
]
"""What careless servers send, read leniently, and what stays strict."""

ROWS = VARIANTS + IRREGULARITIES + LENIENT

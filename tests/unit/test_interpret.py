"""What the provider's messages mean: every variant of the contract by its number, then the rules behind."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from faceswap.provider.modelslab.errors import UNREADABLE_ADDRESS
from faceswap.provider.modelslab.interpret import interpret
from faceswap.rules.reply import Request
from tests.support.messages import ID, ROWS, Row

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_message_of_the_contract_has_its_meaning(row: Row) -> None:
    reply = interpret(
        row.status, row.headers, row.content, asked=row.asked, now=NOW, request_id=str(ID)
    )

    assert replace(reply, unread=None) == row.meaning


def test_every_variant_has_a_row_of_its_own() -> None:
    names = {row.name.split()[0] for row in ROWS}

    assert {f"V{number}" for number in range(1, 25)} <= names
    # Not about what an answer says: 21 and 23 are the webhook's order, 26 the result's content, 27, 28 and 37 the
    # request, 33 how an answer is packed.
    elsewhere = {21, 23, 26, 27, 28, 33, 37}
    assert {f"§8.{number}" for number in range(1, 38) if number not in elsewhere} <= names


@pytest.mark.parametrize("name", ["message", "messege"])
@pytest.mark.parametrize(
    ("said", "remedy"),
    [({"watermark": ["is odd"]}, "reject_input"), ("the watermark is odd", None)],
    ids=["about a field", "in words"],
)
def test_what_is_said_about_a_field_is_said_about_the_input(
    name: str, said: object, remedy: str | None
) -> None:
    body = json.dumps({"status": "error", name: said}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).remedy == remedy


@pytest.mark.parametrize(
    ("http_status", "body", "outcome"),
    [
        (200, b'{"status":"processing"}', "ambiguous"),
        (200, b"<html>502</html>", "ambiguous"),
        (200, b"", "ambiguous"),
        (502, b"<html>502</html>", "ambiguous"),
        (503, b'{"status":"error","message":"Service temporarily unavailable."}', "ambiguous"),
        (
            200,
            b'{"status":"error","message":"Internal server error. Please try again."}',
            "ambiguous",
        ),
        (401, b'{"status":"error","message":"Invalid Api Key"}', "not_started"),
        (200, b'{"status":"error","message":"Invalid Api Key"}', "not_started"),
        (200, b'{"status":"error","message":"Insufficient credits."}', "not_started"),
        (429, b"", "not_started"),
        (403, b'{"status":"error","message":"Feature not available"}', "not_started"),
        (400, b"not json", "failed"),
        (200, b'{"status":"error","message":{"init_image":["is odd"]}}', "failed"),
        (200, b'{"data":null,"error":{"code":"invalid_credentials","message":"x"}}', "not_started"),
        (200, b'{"status":"success","id":5,"output":[]}', "accepted"),
        (200, b'{"status":"success","output":""}', "ambiguous"),
        (200, b'{"status":"queued","id":"abc-5"}', "accepted"),
        (408, b"<html>Request Timeout</html>", "ambiguous"),
        (425, b"", "ambiguous"),
        (500, b"<html>", "ambiguous"),
        (499, b"<html>", "failed"),
        (399, b"<html>", "ambiguous"),
    ],
)
def test_a_submit_is_refused_only_if_nothing_can_have_started(
    http_status: int, body: bytes, outcome: str
) -> None:
    assert interpret(http_status, {}, body, asked="submit", now=NOW).outcome == outcome


@pytest.mark.parametrize(
    ("http_status", "body", "outcome"),
    [
        (401, b'{"status":"error","message":"Invalid Api Key"}', "unclear"),
        (200, b'{"status":"error","message":"Rate limit exceeded"}', "unclear"),
        (200, b'{"status":"error","message":"Your plan: upgrade"}', "unclear"),
        (500, b'{"status":"failed","message":"Failed"}', "unclear"),
        (404, b"<html>", "unclear"),
        (404, b'{"status":"error","message":"No such thing"}', "missing"),
        (400, b'{"message":"bad"}', "unclear"),
        (200, b'{"status":"success","id":299,"output":["https://a.example/v.mp4"]}', "unclear"),
        (
            200,
            b'{"status":"success","output":[],"future_links":["https://a.example/v.mp4"]}',
            "pending",
        ),
        (200, b'{"status":"processing","meta":{"output":["https://a.example/v.mp4"]}}', "pending"),
        (200, b'{"status":"ready","output":"https://a.example/v.mp4"}', "succeeded"),
        (200, b'{"status":"completed","output":"https://a.example/v.mp4"}', "succeeded"),
        (200, b'{"status":"success","output":"https://a.example/v.mp4"}', "succeeded"),
        (499, b'{"status":"failed","message":"odd"}', "failed"),
        (301, b'{"status":"processing"}', "unclear"),
        (399, b'{"message":"odd"}', "pending"),
        (200, b'{"status":"done","output":"https://a.example/v.mp4"}', "pending"),
        (200, b"[1]", "unclear"),
    ],
)
def test_a_fetch_decides_a_job_only_by_what_is_said_about_the_job(
    http_status: int, body: bytes, outcome: str
) -> None:
    reply = interpret(http_status, {}, body, asked="fetch", now=NOW, request_id="298")

    assert reply.outcome == outcome


@pytest.mark.parametrize("name", ["message", "messege"])
def test_faults_of_fields_ask_for_other_media(name: str) -> None:
    body = json.dumps({"status": "error", name: {"init_image": ["is odd"]}}).encode()

    reply = interpret(200, {}, body, asked="submit", now=NOW)

    assert (reply.outcome, reply.remedy) == ("failed", "reject_input")


@pytest.mark.parametrize("name", ["message", "messege", "error", "errors", "code"])
def test_words_are_found_under_each_name(name: str) -> None:
    body = json.dumps({"status": "error", name: "Rate limit"}).encode()

    reply = interpret(200, {}, body, asked="submit", now=NOW)

    assert (reply.outcome, reply.remedy, reply.text) == ("not_started", "retry", "Rate limit")


def test_what_helps_is_told_of_a_missing_request_too() -> None:
    body = b'{"status":"error","message":"Invalid Api Key"}'

    reply = interpret(404, {}, body, asked="fetch", now=NOW, request_id="298")

    assert (reply.outcome, reply.remedy) == ("missing", "replace_key")


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, {"retry_after": 30}, 30),
        ({"retry-after": "60"}, {"retry_after": 30}, 60),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, {}, 90),
        ({"x-ratelimit-reset": "45"}, {}, 45),
        ({"retry-after": "Sat, 31 Jan 2026 09:31:00 GMT"}, {}, 60),
        ({"retry-after": "soon"}, {}, None),
        ({}, {"message": "Too many requests, try again in 30 minutes"}, 1800),
        ({}, {"tips": "same request sent several times, wait 30 seconds"}, 30),
        ({}, {}, None),
    ],
)
def test_the_longest_wait_that_is_named_anywhere_counts(
    headers: dict[str, str], body: dict[str, object], seconds: int | None
) -> None:
    message = json.dumps({"status": "error", "message": "Rate limit exceeded"} | body).encode()

    assert interpret(429, headers, message, asked="submit", now=NOW).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "text"),
    [(298, "298"), ("298", "298"), (298.0, "298"), (" a-b ", "a-b"), ("", None), (None, None),
     (True, None), (["x"], None), ("../../etc", None), ("a/b", None)],
)  # fmt: skip
def test_an_id_is_text_that_can_stand_in_a_path(value: object, text: str | None) -> None:
    body = json.dumps({"status": "processing", "id": value}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).request_id == text


@pytest.mark.parametrize(
    ("output", "urls"),
    [
        (" https://a.example/v.mp4 ", ("https://a.example/v.mp4",)),
        (
            ["", {"url": "https://a.example/v.mp4"}, 5, "https://a.example/v.mp4"],
            ("https://a.example/v.mp4",),
        ),
        ([["http://b.example//x.mp4"]], ("http://b.example//x.mp4",)),
        ("['https://a.example/v.mp4', None]", ("https://a.example/v.mp4",)),
        ("{'video': 'https://a.example/v.mp4', 'ok': True}", ("https://a.example/v.mp4",)),
        ("Array\n(\n    [0] => https://a.example/v.mp4\n)\n", ("https://a.example/v.mp4",)),
        (
            "https://a.example/v.mp4, https://a.example/w.mp4\nhttps://a.example/x.mp4",
            tuple(f"https://a.example/{name}.mp4" for name in "vwx"),
        ),
        ("https://a.example/my video, 2.mp4", ("https://a.example/my video, 2.mp4",)),
        (["see the docs at https://a.example/docs", "pending"], ()),
    ],
)
def test_output_takes_many_forms(output: object, urls: tuple[str, ...]) -> None:
    body = json.dumps({"status": "Success ", "output": output}).encode()

    assert interpret(200, {}, body, asked="fetch", now=NOW).urls == urls


def test_pictures_leave_a_video_its_place_among_the_links_that_are_kept() -> None:
    pictures = [f"https://a.example/thumb{number}.JPG?w=1" for number in range(9)]
    output = [*pictures, "https://a.example/v.mp4", "https://a.example/w"]
    body = json.dumps({"status": "success", "output": output}).encode()

    urls = interpret(200, {}, body, asked="fetch", now=NOW).urls

    assert urls == ("https://a.example/v.mp4", "https://a.example/w", *pictures[:6])


@pytest.mark.parametrize(("eta", "seconds"), [("12.5", 12.5), (0, None), (-3, None), ("x", None), (True, None),
                                              (1e300, None), ([1], None), ("9" * 400, None), (1e-200, None),
                                              (0.001, 0.001),
                                              (0.0009, None), (31_536_000, 31_536_000),
                                              (31_536_001, None)])  # fmt: skip
def test_an_estimate_is_a_positive_number_or_absent(eta: object, seconds: float | None) -> None:
    body = json.dumps({"status": "processing", "id": 1, "eta": eta}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).eta == seconds


def test_links_are_bounded_far_below_what_an_item_holds() -> None:
    links = [f"https://a.example/{'x' * 8000}{number}" for number in range(50)]
    body = json.dumps({"status": "success", "output": links, "proxy_links": links}).encode()

    urls = interpret(200, {}, body, asked="fetch", now=NOW).urls

    assert 4 <= len(urls) <= 8
    assert sum(map(len, urls)) <= 32 * 1024


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_how_to_read(encoding: str) -> None:
    body = '{"status":"processing","id":298,"message":"é"}'.encode(encoding)

    reply = interpret(200, {}, body, asked="submit", now=NOW)

    assert (reply.outcome, reply.text) == ("accepted", "é")


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 20_000, b'{"status":"processing","id":298,"x":' + b"[" * 900],
)
def test_nesting_without_end_is_no_message(body: bytes) -> None:
    assert interpret(200, {}, body, asked="submit", now=NOW).outcome == "ambiguous"


@pytest.mark.parametrize("depth", [40, 300])
def test_what_is_nested_deep_in_a_field_that_nobody_uses_does_no_harm(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    body = b'{"status":"processing","id":298,"x":' + nested + b"}"

    assert interpret(200, {}, body, asked="submit", now=NOW).outcome == "accepted"


@pytest.mark.parametrize(
    ("http_status", "headers", "body", "told"),
    [
        (200, {}, b'{"status":"Succeeded","output":["https://a.example/v?sig=1"]}',
         "HTTP 200, status 'succeeded': {\"status\":\"Succeeded\",\"output\":[\"[url]\"]}"),
        (200, {}, b"<b>Notice</b>: odd\n{}", "HTTP 200: <b>Notice</b>: odd {}"),
        (502, {}, b"", "HTTP 502: (empty)"),
        (302, {"location": "https://u:p@new.example:444/x?key=k"}, b"",
         "HTTP 302, redirect to new.example:444: (empty)"),
        (301, {"location": "/v7/x"}, b"", "HTTP 301, redirect to the same host: (empty)"),
        (308, {}, b"", "HTTP 308, redirect to the same host: (empty)"),
    ],
)  # fmt: skip
def test_what_could_not_be_understood_is_told(
    http_status: int, headers: dict[str, str], body: bytes, told: str
) -> None:
    assert interpret(http_status, headers, body, asked="fetch", now=NOW).unread == told


def test_what_is_told_of_it_is_short_and_names_no_address() -> None:
    body = b'{"state":"https:\\/\\/a.example\\/v.mp4?sig=1","x":"' + b"y " * 2500

    unread = interpret(200, {}, body, asked="fetch", now=NOW).unread

    assert unread is not None
    assert unread.startswith('HTTP 200: {"state":"[url]","x":"y y')
    assert len(unread.encode()) <= 300


def test_what_is_told_of_it_has_these_bounds() -> None:
    long = interpret(200, {}, b"y " * 300, asked="fetch", now=NOW).unread
    late = interpret(200, {}, b"\n" * 4094 + b"abc", asked="fetch", now=NOW).unread
    location = {"location": "https://new.example/" + "a " * 300}

    assert long == "HTTP 200: " + "y " * 100
    cut = interpret(200, {}, ("y" + "é" * 200).encode(), asked="fetch", now=NOW).unread
    assert cut == "HTTP 200: y" + "é" * 99
    assert late == "HTTP 200: ab"
    assert len(interpret(301, location, b"", asked="fetch", now=NOW).location or "") == 300
    odd = json.dumps({"status": "o " * 30}).encode()
    assert (interpret(200, {}, odd, asked="fetch", now=NOW).unread or "").startswith(
        f"HTTP 200, status {'o ' * 20!r}: "
    )


@pytest.mark.parametrize(("more", "outcome"), [(0, "not_started"), (1, "failed")])
def test_4096_characters_of_the_words_count(more: int, outcome: str) -> None:
    words = "x" * (4096 - len(" rate limit") + more) + " rate limit"
    body = json.dumps({"status": "error", "message": words}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).outcome == outcome


@pytest.mark.parametrize(("more", "seconds"), [(0, 5), (1, None)])
def test_4096_characters_of_the_tips_count(more: int, seconds: int | None) -> None:
    tips = "x" * (4096 - len(" wait 5 second") + more) + " wait 5 second"
    body = json.dumps({"status": "error", "message": "rate limit", "tips": tips}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).retry_after == seconds


@pytest.mark.parametrize(
    "echo",
    ["api.example/v1/webhooks/modelslab/job_x/" + "t" * 43, "//api.example/v1/inputs/job_x/s/i.mp4",
     "token " + "Ab-_" * 11],
)  # fmt: skip
def test_no_token_of_ours_is_told_even_without_a_scheme(echo: str) -> None:
    unread = interpret(200, {}, f"<p>{echo}".encode(), asked="fetch", now=NOW).unread

    assert unread is not None
    assert "[token]" in unread
    assert "ttt" not in unread
    assert "Ab-_" not in unread


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https:\\/\\/a.example\\/v.mp4", "https://a.example/v.mp4"),
        ("HTTPS:/a.example/v.mp4", "https://a.example/v.mp4"),
        ("https:\\\\a.example/v.mp4", "https://a.example/v.mp4"),
    ],
)
def test_links_are_read_as_browsers_read_them(written: str, url: str) -> None:
    body = json.dumps({"status": "success", "output": [written]}).encode()

    assert interpret(200, {}, body, asked="fetch", now=NOW).urls == (url,)


@pytest.mark.parametrize("body", [b'{"status":"processing"}', b'{"status":"failed"}'])
def test_what_was_understood_is_not_told(body: bytes) -> None:
    assert interpret(200, {}, body, asked="fetch", now=NOW).unread is None


@pytest.mark.parametrize(
    ("headers", "location"),
    [
        ({}, "no URL"),
        ({"location": "https://u:p@new.example/x?key=k#key=k"}, "https://new.example/x"),
        ({"location": "/v7/x"}, "/v7/x"),
    ],
)
def test_a_redirect_is_told_without_what_may_be_secret(
    headers: dict[str, str], location: str
) -> None:
    assert interpret(301, headers, b"", asked="submit", now=NOW).location == location


@pytest.mark.parametrize("location", ["https://[broken/", "", "javascript:x", "//", "\ud800"])
def test_a_redirect_to_nowhere_is_no_error(location: str) -> None:
    reply = interpret(301, {"location": location}, b"", asked="submit", now=NOW)

    assert (reply.outcome, reply.remedy) == ("not_started", "update_address")
    assert reply.location


@pytest.mark.parametrize("asked", ["submit", "fetch"])
def test_a_text_that_is_made_to_be_sorted_slowly_is_sorted_by_its_beginning(asked: Request) -> None:
    text = "invalid " * 100_000
    body = json.dumps({"status": "error", "message": text, "tips": "wait " * 100_000}).encode()

    reply = interpret(200, {}, body, asked=asked, now=NOW)

    assert reply.outcome == "failed"
    late = json.dumps({"status": "error", "message": "x" * 5000 + " rate limit"}).encode()
    assert interpret(200, {}, late, asked="fetch", now=NOW).outcome == "failed"


def test_words_are_kept_without_urls_and_short() -> None:
    message = {
        "errors": [{"init": "see https://bucket.example/x?X-Amz-Signature=abc"}, "e " * 1500]
    }
    body = json.dumps({"status": "error", "messege": message}).encode()

    text = interpret(200, {}, body, asked="fetch", now=NOW).text

    assert text is not None
    assert text.startswith("errors: init: see [url] e")
    assert len(text.encode()) <= 1024


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Invalid URL: https://10.0.0.1/ answered 401", UNREADABLE_ADDRESS),
        ("unable to access init_video: connection refused", UNREADABLE_ADDRESS),
        ("no face found in init_image", "no face found in init_image"),
    ],
)
def test_what_the_provider_met_at_an_address_is_not_repeated(said: str, kept: str) -> None:
    body = json.dumps({"status": "error", "message": said}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).text == kept


def test_the_track_id_is_found_in_meta_too() -> None:
    body = b'{"status":"processing","id":1,"meta":{"track_id":"900001"}}'

    assert interpret(200, {}, body, asked="submit", now=NOW).track_id == "900001"


@pytest.mark.parametrize(
    "words",
    [
        "Failed to load init_video: [Errno 111] Connection refused",
        "HTTP 404 while reading init_video",
        "got HTTP/1.1 401 Unauthorized from 10.0.0.5:8443 (Server: Jenkins)",
        "getaddrinfo ENOTFOUND internal-db.corp",
        "SSL: self signed certificate CN=internal.corp",
        "no route to 10.0.0.1",
        "must be a video, got text/html: <title>Grafana</title>",
    ],
)
@pytest.mark.parametrize("asked", ["submit", "fetch", "webhook"])
@pytest.mark.parametrize("status", [200, 500])
def test_nobody_learns_from_the_provider_what_lies_behind_an_address(
    words: str, asked: Request, status: int
) -> None:
    body = json.dumps({"status": "error", "message": words}).encode()

    reply = interpret(status, {}, body, asked=asked, now=NOW)

    told = f"{reply.text} {reply.unread}"
    for telling in ("Errno", "404 while", "401", "10.0.0", "Jenkins", "corp", "Grafana"):
        assert telling not in told


@pytest.mark.parametrize(
    "spelling",
    [
        "oursecret/key+1",
        "oursecret%2Fkey%2B1",
        "&#111;ursecret/key+1",
        "\\u006fursecret/key+1",
        "\\\\u006fursecret/key+1",
        "%6fursecret%2fkey%2b1",
    ],
)
def test_our_key_is_kept_in_no_spelling_and_in_no_place(spelling: str) -> None:
    secret = "oursecret/key+1"
    links = [f"https://cdn.example/v.mp4?key={spelling}", "https://cdn.example/ok.mp4"]
    failed = json.dumps({"status": "error", "message": f"bad {spelling}"}).encode()
    done = json.dumps({"status": "success", "id": 298, "output": links}).encode()

    refused = interpret(200, {}, failed, asked="fetch", now=NOW, secret=secret)
    success = interpret(200, {}, done, asked="fetch", now=NOW, secret=secret)

    assert "ursecret" not in f"{refused.text} {refused.unread}"
    assert success.urls == ("https://cdn.example/ok.mp4",)


def test_our_key_is_no_id_and_our_own_addresses_are_no_results() -> None:
    ours = "https://api.example/v1/webhooks/modelslab/job_x/token"
    body = json.dumps({"status": "success", "id": "key-123456", "output": [ours, OK]}).encode()

    reply = interpret(200, {}, body, asked="submit", now=NOW, secret="key-123456")

    assert (reply.request_id, reply.urls) == (None, (OK,))


OK = "https://cdn.example/ok.mp4"

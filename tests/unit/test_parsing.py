"""The bounds within which the provider's irregular fields are read."""

import codecs
import json
from datetime import UTC, datetime, timedelta

import pytest

from faceswap.provider.modelslab import parsing

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
DAY = 86400


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(
    mark: bytes, encoding: str
) -> None:
    assert parsing.decoded(mark + "é".encode(encoding)) == "é"
    assert parsing.decoded(mark + "é".encode(encoding)[:-1]) == "\ufffd"


@pytest.mark.parametrize("around", [" ", "\t", "\r\n", "\0", "\ufeff"])
def test_what_stands_around_json_and_means_nothing_is_left_out(around: str) -> None:
    assert parsing.parse(f'{around}{{"a":1}}{around}'.encode()) == {"a": 1}
    assert parsing.parse(b'X{"a":1}X') is None


def test_what_escapes_hide_is_uncovered() -> None:
    assert parsing.unescaped("a\\u0052\0b\\u00e9\\u00Eg") == "aRbé\\u00Eg"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NaN", None),
        ("[Infinity, -Infinity]", [None, None]),
        ("1e999", None),
        ("9" * 300, int("9" * 300)),
        ("9" * 301, None),
        ('"a\nb"', "a\nb"),
        ('{"\\ud800": "\\udfff"}', {"\ufffd": "\ufffd"}),
        ('{"a": {"b": 1}}', {"a": {"b": 1}}),
    ],
)
def test_json_is_read_leniently(text: str, value: object) -> None:
    assert parsing.parse_any(text.encode()) == value


@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_deeper_than_32_is_left_out(open_: str, close: str) -> None:
    whole, deeper = (open_ * depth + "1" + close * depth for depth in (32, 33))

    assert parsing.parse_any(whole.encode()) == json.loads(whole)
    cut = open_ * 32 + "null" + close * 32
    assert parsing.parse_any(deeper.encode()) == json.loads(cut)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a" * 128, "a" * 128), ("a" * 129, None), (298.5, None), ("-a", None), ("a.b_c-d", "a.b_c-d")],
)  # fmt: skip
def test_an_id_has_at_most_128_characters(value: object, text: str | None) -> None:
    assert parsing.identifier(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), (0.5, 0.5), (" 5 ", 5.0), (0, None), (-1, None), (True, None), ("inf", None),
     ("nan", None), (10**400, None), (None, None), ([], None)],
)  # fmt: skip
def test_a_number_is_positive_and_finite(value: object, number: float | None) -> None:
    assert parsing.number(value) == number


def test_eight_links_are_kept() -> None:
    links = [f"https://a.example/{number}" for number in range(9)]

    assert parsing.urls(links) == tuple(links[:8])
    assert parsing.urls([*links[:7], links[0], links[8]]) == (*links[:7], links[8])


def test_a_link_has_at_most_8_kib_and_all_of_them_32() -> None:
    longest = [f"https://a.example/{number}".ljust(8192, "x") for number in range(5)]

    assert parsing.urls(longest[0] + "x") == ()
    assert parsing.urls(["https://a.example/" + "é" * 4090, "https://a.example/v"]) == (
        "https://a.example/v",
    )
    assert parsing.urls([*longest, "https://a.example/v"]) == tuple(longest[:4])
    assert parsing.urls([*longest[:3], "https://a.example/v"]) == (
        *longest[:3],
        "https://a.example/v",
    )


@pytest.mark.parametrize(
    "ending", ["jpg", "jpeg", "png", "webp", "gif", "avif", "bmp", "svg#x", "PNG?w=1"]
)
def test_pictures_come_last(ending: str) -> None:
    picture = f"https://a.example/v.{ending}"

    assert parsing.urls([picture, "https://a.example/v.mp4"]) == (
        "https://a.example/v.mp4",
        picture,
    )


@pytest.mark.parametrize("between", [" ", "\t", "\r\n", ", ", "; ", " | "])
def test_links_in_one_text_are_told_apart(between: str) -> None:
    links = ("https://a.example/vX", "http://a.example/w;")

    assert parsing.urls(between.join(links)) == links


@pytest.mark.parametrize(
    "text",
    ['["https://a.example/v"]', '{"url": "https://a.example/v"}', '"https://a.example/v"', ' ["https://a.example/v"]',
     "('https://a.example/v',)", "{'a': \"https://a.example/v\"}"],
)  # fmt: skip
def test_a_text_that_holds_a_value_counts_as_what_it_holds(text: str) -> None:
    assert parsing.urls(text) == ("https://a.example/v",)


@pytest.mark.parametrize(
    "text",
    ['["https://a.example/my v"]', '{"url":"https://a.example/my v"}', '"https://a.example/my v"'],
)
def test_json_in_a_text_is_read_as_json(text: str) -> None:
    assert parsing.urls(text) == ("https://a.example/my v",)


@pytest.mark.parametrize(
    ("body", "headers", "text", "seconds"),
    [
        ({"retry_after": 0.2}, {}, "", 1),
        ({"retry_after": DAY + 1}, {}, "", DAY),
        ({"retry_after": 0}, {}, "", None),
        ({}, {"retry-after": " 7 "}, "", 7),
        ({}, {"retry-after": "-7"}, "", None),
        ({}, {"retry-after": "Sat, 31 Jan 2026 09:29:00 GMT"}, "", None),
        ({}, {"retry-after": "Sat, 31 Jan 2026 09:30:00 GMT"}, "", None),
        ({}, {"retry-after": "Sat, 31 Jan 2026 09:31:00"}, "", None),
        ({}, {"x-ratelimit-reset": str(DAY)}, "", DAY),
        ({}, {"x-ratelimit-reset": str(DAY + 1)}, "", None),
        ({}, {}, "try again in 20 seconds", 20),
        ({}, {}, "Wait 2 Minutes, or try again in 1 hour", 3600),
        ({}, {}, "wait 3 minutes, wait 5 seconds", 180),
        ({}, {}, "wait 999999 hours", DAY),
        ({}, {}, "wait 2 days", None),
    ],
)
def test_a_wait_is_found_wherever_it_is_named(
    body: dict[str, object], headers: dict[str, str], text: str, seconds: int | None
) -> None:
    assert parsing.wait(body, headers, text, NOW) == seconds


def test_a_reset_is_a_moment_if_it_is_more_than_a_day() -> None:
    reset = (NOW + timedelta(seconds=90)).timestamp()

    assert parsing.wait({}, {"x-ratelimit-reset": str(reset)}, "", NOW) == 90


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        (["a", "", ["b", 5]], "a b"),
        ({"x": "a", "y": "", "z": ["b"]}, "x: a z: b"),
        (5, ""),
        (None, ""),
    ],
)
def test_a_message_is_one_text(value: object, text: str) -> None:
    assert parsing.flatten(value) == text

"""How what is wrong in a request is told: where, and in what words."""

from typing import Any

import pytest

from faceswap.contract.validation import faults_of, parsed, readable


def error(*location: str | int, msg: str = "is odd") -> dict[str, Any]:
    return {"loc": location, "msg": msg}


def told(found: dict[str, Any], within: str | None = None) -> tuple[str, str]:
    [fault] = faults_of([found], within=within)
    return fault.pointer, fault.detail


@pytest.mark.parametrize(
    ("location", "pointer"),
    [
        ((), "#"),
        (("size",), "#/size"),
        (("numbers", 0), "#/numbers/0"),
        # RFC 6901 §3.
        (("a/b~c",), "#/a~1b~0c"),
        (("\ud800",), "#/?"),
        # What is too long to be repeated ends the pointer.
        (("a" * 64, "b"), "#/" + "a" * 64 + "/b"),
        (("first", "a" * 65, "b"), "#/first"),
    ],
)
def test_a_fault_points_to_its_field(location: tuple[str | int, ...], pointer: str) -> None:
    assert told(error(*location)) == (pointer, "is odd")


@pytest.mark.parametrize(
    ("location", "pointer", "detail"),
    [
        (("body",), "#", "is odd"),
        (("body", "size"), "#/size", "is odd"),
        (("body", "consent", "attested"), "#/consent/attested", "is odd"),
        (("query", "limit"), "#", "query limit: is odd"),
        (("header", "x", "key"), "#", "header key: is odd"),
        (("query",), "#", "is odd"),
        ((), "#", "is odd"),
    ],
)
def test_what_is_not_in_the_body_is_named_in_words(
    location: tuple[str, ...], pointer: str, detail: str
) -> None:
    assert told(error(*location), within="body") == (pointer, detail)


def test_an_answer_does_not_grow_with_what_was_sent() -> None:
    faults = faults_of([error(str(number)) for number in range(1000)])

    assert [fault.pointer for fault in faults] == [f"#/{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ('{"a": [1, 2.5, null, true, "é"]}', {"a": [1, 2.5, None, True, "é"]}),
        (b'"\xc3\xa9"', "é"),
        # Half a character, as escapes can say it.
        ('{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a": "\\uDE00"}', {"a": "\ude00"}),
    ],
)
def test_json_is_read_even_if_it_says_half_a_character(content: str | bytes, value: object) -> None:
    assert parsed(content) == value


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        b"\xff",
        "NaN",
        "[Infinity]",
        '["\\ud83d", NaN]',
        '["\\ud83d", -Infinity]',
        '["\\ud83d"',
        '["\\ud83d", ' + "[" * 100_000,
    ],
    ids=lambda content: repr(content)[:20],
)
def test_what_is_no_json_is_refused(content: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words are
        parsed(content)


def test_half_a_character_is_shown_as_a_question_mark() -> None:
    assert readable("a \ud83d b") == "a ? b"
    assert told(error("a", msg="not \ud83d")) == ("#/a", "not ?")

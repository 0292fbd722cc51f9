"""What is kept of foreign words, and what is blotted out."""

import pytest

from faceswap.rules.sanitize import sanitize, single_line, without


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("HTTPS://h.example/x?sig=1 y", "[url] y"),
        ('see "http://h.example/x"<b>', 'see "[url]"<b>'),
        ("/v1/webhooks/modelslab/job_x/t y", "[token] y"),
        ("/v1/inputs/job_x y", "[token] y"),
        ("/v1/results/job_x y", "[token] y"),
        ("a%2Fv1%2Finputs%2Fjob_x y", "a[token] y"),
        ("%252Fv1%252Finputs%252Fjob_x y", "[token] y"),
        ("20%2525 of it and \\u002f at 100% & more", "20%2525 of it and \\u002f at 100% & more"),
        ("a" * 20 + "%2D" + "a" * 22, "[token]"),
        ("a" * 20 + "&#45;" + "%5F" * 22, "[token]"),
        ("\\/v1\\/inputs\\/job_x y", "[token] y"),
        ("/v1/jobs/job_x y", "/v1/jobs/job_x y"),
        ("a" * 42, "a" * 42),
        ("a" * 43, "[token]"),
        ("a\x00\x1fb", "a b"),
        ("a\x7f\x9fb", "a b"),
        ("a\u2028\u2029b", "a b"),
        ("X a X", "X a X"),
    ],
)
def test_addresses_tokens_and_control_characters_are_replaced(text: str, kept: str) -> None:
    assert sanitize(text) == kept


def test_one_line_of_a_kibibyte_is_kept() -> None:
    assert single_line("a b " * 500) == ("a b " * 256)
    assert single_line("a\n\nhttps://h.example/x") == "a https://h.example/x"


@pytest.mark.parametrize(
    "written",
    ['a/"<k', 'a/\\"<k', 'a/\\\\\\"<k', "a%2F%22%3Ck", "a/&quot;&lt;k", 'a\\/"<k', 'a\\/\\"<k', "a\\/&quot;&lt;k"],
)  # fmt: skip
def test_a_secret_is_blotted_out_in_each_spelling(written: str) -> None:
    assert without('a/"<k', f"the key {written} is odd") == "the key [key] is odd"


@pytest.mark.parametrize("secret", [None, ""])
def test_where_there_is_no_secret_nothing_is_blotted_out(secret: str | None) -> None:
    assert without(secret, "abc") == "abc"

"""What is kept of foreign words, and what is blotted out."""

import pytest

from faceswap.rules.sanitize import holds, is_our_own, sanitize, single_line, without

FOUR_TIMES = "%2525252Fv1%2525252Finputs%2525252Fjob_x y"


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
        ("\\u002fv1\\u002Finputs\\\\u002fjob_x y", "[token] y"),
        # Escaped three times, and four times.
        ("%25252Fv1%25252Finputs%25252Fjob_x y", "[token] y"),
        (FOUR_TIMES, FOUR_TIMES),
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


def test_of_a_text_that_still_holds_the_secret_nothing_is_kept() -> None:
    assert without('a/"<k', "the key a%252F%2522%253Ck is odd") == "[key]"


@pytest.mark.parametrize(
    ("secret", "text", "is_held"),
    [
        ("a/k", "the a/k", True),
        ("a/k", "the a%2Fk", True),
        ("a%2Fk", "the a%2Fk", True),
        ("a/k", "the a/l", False),
        ("", "the a/k", False),
        (None, "the a/k", False),
    ],
)
def test_whether_a_text_holds_a_secret_is_known_in_each_spelling(
    secret: str | None, text: str, is_held: bool
) -> None:
    assert holds(secret, text) is is_held


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://api.example/v1/webhooks/modelslab/job_x/t", True),
        ("https://api.example/X/v1/inputs/job_x/t", True),
        ("https://api.example/v1%2Fresults%252Fjob_x", True),
        ("https://api.example/v1/jobs/job_x", False),
        ("https://api.example/v1/results", False),
    ],
)
def test_links_of_ours_that_hold_a_token_are_known(url: str, is_ours: bool) -> None:
    assert is_our_own(url) is is_ours


@pytest.mark.parametrize("secret", [None, ""])
def test_where_there_is_no_secret_nothing_is_blotted_out(secret: str | None) -> None:
    assert without(secret, "abc") == "abc"

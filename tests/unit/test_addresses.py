"""Which foreign URLs are admitted."""

import ipaddress

import pytest

from faceswap.rules.addresses import ForbiddenUrlError, check_url, is_fetchable, without_query


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example.com/a.mp4?sig=1",
        " https://8.8.8.8/a ",
        "https://[2606:4700::1111]/",
        "https://a.b:8443/x",
        "https://my_bucket.s3.amazonaws.com./x",
        "https://MEDIA.example.com/x",
    ],
)
def test_a_public_https_url_is_admitted(url: str) -> None:
    assert check_url(url, allow_loopback=False) == url.strip()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://media.example.com/a", "must begin with https://"),
        ("ftp://media.example.com/a", "must begin with https://"),
        ("https://10.0.0.1/", "public address"),
        ("https://169.254.169.254/latest", "public address"),
        ("https://127.0.0.1/", "public address"),
        ("https://2130706433/", "public address"),
        ("https://0x7f.1/", "public address"),
        ("https://0177.0.0.1/", "public address"),
        ("https://1.2.3.999/", "public address"),
        ("https://[::1]/", "public address"),
        ("https://[::ffff:10.0.0.1]/", "public address"),
        ("https://[fe80::1%25eth0]/", "public address"),
        ("https://224.0.0.1/", "public address"),
        ("https://localhost/", "public host"),
        ("https://intranet/", "public host"),
        ("https://printer.local/", "public host"),
        ("https://localhost./", "public host"),
        ("https://printer.local./", "public host"),
        ("https://../x", "public host"),
        ("https://a..example/", "public host"),
        ("https://-a.example/", "public host"),
        ("https://a%2eexample.com/", "public host"),
        ("https://" + "a" * 64 + ".example/", "public host"),
        ("https://a.example,b.example/", "public host"),
        ("https://u:p@media.example.com/", "credentials"),
        ("https:///nohost", "with a host"),
        ("https://[broken/", "is not a URL"),
        ("https://media.example.com:99999/", "is not a URL"),
        ("https://media.example.com/a b", "blanks"),
        ("https://médias.example.com/", "outside ASCII"),
        ("https://media.example.com/" + "a" * 2048, "longer than 2048"),
    ],
)
def test_any_other_url_is_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(ForbiddenUrlError, match=reason):
        check_url(url, allow_loopback=False)


def test_loopback_is_admitted_only_where_allowed_and_nothing_else_with_it() -> None:
    assert check_url("http://127.0.0.1:9000/a", allow_loopback=True)
    for url in (
        "http://10.0.0.1/",
        "http://media.example.com/",
        "https://169.254.1.1/",
        "http://[::1]/",
    ):
        with pytest.raises(ForbiddenUrlError):
            check_url(url, allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::ffff:127.0.0.1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "100.64.0.1",
    ],
)
def test_an_address_is_judged_by_where_it_leads(address: str) -> None:
    assert not is_fetchable(ipaddress.ip_address(address), allow_loopback=True)


def test_five_parts_make_a_name_not_an_address() -> None:
    assert check_url("https://1.2.3.4.example/", allow_loopback=False)
    assert check_url("https://1.2.3.4.5/", allow_loopback=False)


def test_a_url_is_shown_without_query_and_fragment() -> None:
    assert without_query("https://a.example/v.mp4?sig=1#t") == "https://a.example/v.mp4"

"""Which foreign URLs are admitted."""

import ipaddress

import pytest

from faceswap.rules.addresses import (
    ForbiddenUrlError,
    check_url,
    host_of,
    is_fetchable,
    without_query,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example.com/a.mp4?sig=1",
        " https://8.8.8.8/a ",
        "https://[2606:4700::1111]/",
        "https://a.b:443/x",
        "https://media.example.com/" + "a" * 8000,
        "https://my_bucket.s3.amazonaws.com./x",
        "https://MEDIA.example.com/x",
        "https://media.example.com/{X}`X!",
        "https://media.example.com/X",
        "https://media.example.com/" + "a" * (8192 - 26),
        # Public ones in the notations that resolvers take.
        "https://8.8.2056/",
        "https://8.8.0x8.8/",
        "https://1.2.3.255/",
        "https://1.2.3.0xff/",
        "https://1_0.2.3.4.example/",
        "https://12.255.1/",
        "https://0x8.0x/",
        "https://8.0.8/",
        "https://8.0x/",
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
        ("https://0177.0.0.1/", "leading zeros"),
        ("https://1.2.3.999/", "public address"),
        ("https://1.2.3.256/", "public address"),
        ("https://1.256.3.4/", "public address"),
        ("https://1.2.65536/", "public address"),
        ("https://4294967296/", "public address"),
        ("https://10.1/", "public address"),
        ("https://0x7f.0x/", "public address"),
        ("https://0xa9.0xfe.0xa9fe/", "public address"),
        ("https://0xc0.0250.1.1/", "leading zeros"),
        ("https://0xC0.168.257./", "public address"),
        ("https://[::1]/", "public address"),
        ("https://[::ffff:10.0.0.1]/", "public address"),
        ("https://[fe80::1%25eth0]/", "public host"),
        ("https://010.0.0.1/", "leading zeros"),
        ("https://127.0.0.08/", "public host"),
        ("https://8.8.8.8%2elocalhost/", "public host"),
        ("https://[2606:4700::1%25eth0]/", "public host"),
        ("https://[3fff::1]/", "public address"),
        ("https://192.0.0.9/", "public address"),
        ("https://192.88.99.1/", "public address"),
        ("https://1.2.3.4.0/", "public host"),
        ("https://1_0.2.3.4/", "public host"),
        ("https://01.2.3.4/", "leading zeros"),
        ("https://nas.lan/", "public host"),
        ("https://printer.home.arpa/", "public host"),
        ("https://a.example.0x7f/", "public host"),
        ("https://224.0.0.1/", "public address"),
        ("https://localhost/", "public host"),
        ("https://intranet/", "public host"),
        ("https://printer.local/", "public host"),
        ("https://a.localhost/", "public host"),
        ("https://metadata.internal/", "public host"),
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
        ("https://media.example.com:8443/", "port 443"),
        ("https://media.example.com/" + "a" * (8192 - 25), "longer than 8192 characters$"),
        ("https://@media.example.com/", "credentials"),
        ("https://u@é.example/", "credentials"),
        (
            "https://media.example.com/" + "é" * 3000,
            "longer than 8192 characters once it is encoded",
        ),
        ("https://médias .example.com/", "is not a URL"),
        ("https://\uff11\uff10.0.0.1/é", "public address"),
        ("https://ⓛocalhost/", "public host"),
        ("https://é:pä@media.example.com/", "credentials"),
        ("https://☃☃☃.example/", "is not a URL"),
        ("https://media.example.com/\ud800", "is not a URL"),
        ("https://media.example.com/?\ud800", "is not a URL"),
        ("http://localhost:8000/a", "must begin with https://"),
    ],
)
def test_any_other_url_is_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(ForbiddenUrlError, match=reason):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://a.example/my clip.mp4", "https://a.example/my%20clip.mp4"),
        ("https://a.example/café.mp4?n=ü b#ß", "https://a.example/caf%C3%A9.mp4?n=%C3%BC%20b#%C3%9F"),
        ("https://médias.example.com/x", "https://xn--mdias-bsa.example.com/x"),
        ("https://a。example/x y", "https://a.example/x%20y"),
        ("https://a.example/50%25 off%zz", "https://a.example/50%25%20off%zz"),
        ("https://a.example/a\tb\n.mp4", "https://a.example/ab.mp4"),
        ("\u0001 https://a.example/x\u0000", "https://a.example/x"),
        ('https://a.example/"a"<b>', "https://a.example/%22a%22%3Cb%3E"),
        ("https://a.example/a\u007fb", "https://a.example/a%7Fb"),
        ("https://a.example/{a} b?{c}", "https://a.example/%7Ba%7D%20b?{c}"),
        ("https://a.example/a b#c;d", "https://a.example/a%20b#c;d"),
        ("https://é.example:443/", "https://xn--9ca.example:443/"),
        ("https://a.example\\@é.example:444/", "https://a.example/@%C3%A9.example:444/"),
        ("https://a.example\\b/ c", "https://a.example/b/%20c"),
        ("https://a.example//generations/x.mp4?a=b/c?d", "https://a.example//generations/x.mp4?a=b/c?d"),
    ],
)  # fmt: skip
def test_a_url_is_encoded_as_browsers_do_and_then_judged(url: str, sent: str) -> None:
    assert check_url(url, allow_loopback=False) == sent
    assert check_url(sent, allow_loopback=False) == sent


def test_localhost_is_told_to_be_written_as_an_address() -> None:
    for url in ("http://localhost:8000/a", "https://localhost/a", "https://localhost./a"):
        with pytest.raises(ForbiddenUrlError, match=r"127\.0\.0\.1, not as localhost"):
            check_url(url, allow_loopback=True)


def test_loopback_is_admitted_only_where_allowed_and_nothing_else_with_it() -> None:
    assert check_url("http://127.0.0.1:9000/a", allow_loopback=True)
    for url in (
        "http://10.0.0.1/",
        "http://media.example.com/",
        "https://169.254.1.1/",
        "http://[::1]/",
        "ftp://127.0.0.1/",
        "https://media.example.com:8443/",
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
        # Not even around a public one: who is public has a plain address.
        "64:ff9b::808:808",
        "2002:808:808::1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "::127.0.0.1",
        "64:ff9b:1::808:808",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:a00:1",
        "fd00::1",
        "fe80::1",
        "4000::1",
    ],
)
def test_an_address_is_judged_by_where_it_leads(address: str) -> None:
    assert not is_fetchable(ipaddress.ip_address(address), allow_loopback=True)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "2a00:1450:4001::200e", "2606:4700::5eff:7f00:1"]
)
def test_a_plain_public_address_is_admitted(address: str) -> None:
    assert is_fetchable(ipaddress.ip_address(address), allow_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::127.0.0.1]/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2606:4700::5efe:7f00:1]/",
    ],
)
def test_no_notation_leads_inside(url: str) -> None:
    with pytest.raises(ForbiddenUrlError):
        check_url(url, allow_loopback=False)


def test_what_ends_in_a_number_is_no_name() -> None:
    assert check_url("https://1.2.3.4.example/", allow_loopback=False)
    with pytest.raises(ForbiddenUrlError):
        check_url("https://1.2.3.4.5/", allow_loopback=False)


def test_a_url_is_shown_without_query_and_fragment() -> None:
    assert without_query("https://a.example/v.mp4?sig=1#t") == "https://a.example/v.mp4"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example:444/v.mp4", "a.example"),
        ("mailto:a@b.example", ""),
        ("https://[broken/", ""),
    ],
)
def test_the_host_of_a_url_is_told(url: str, host: str) -> None:
    assert host_of(url) == host

"""The place for the web page, read where SAM has expanded it. It was never made on AWS."""

import json
import re
from typing import Any

import pytest

from local.emulator.references import referred
from local.emulator.transform import load, local_sources, transform
from tests.support.template.expanded import ROOT, of_type
from tests.support.template.settled import Stack

ISSUED = {
    "JwtIssuer": "https://i.example",
    "JwtAudience": "api",
    "WebClientId": "page",
    "WebIssuerOrigins": "https://i.example/",
}


def stack(**given: str) -> Stack:
    template = load(ROOT / "template.yaml")
    local_sources(template, ROOT)
    declared = {n: str(p.get("Default", "")) for n, p in template["Parameters"].items()}
    values = declared | {"AllowedOrigins": "https://a.example", "WebPage": "true"} | given
    return Stack(transform(template, values), "faceswap", values)


def directives(**given: str) -> dict[str, list[str]]:
    """The content security policy."""
    headers = stack(**given).resources()["WebHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    told = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    words = (each.split() for each in told.split(";"))
    return {name: sources for name, *sources in words}


def test_it_is_made_only_where_it_is_asked_for(expanded: dict[str, Any]) -> None:
    page = {name: each for name, each in expanded.items() if re.match("Web[A-Z]", name)}

    assert len(page) == 5, sorted(page)
    assert all(each["Condition"] == "HasWebPage" for each in page.values())
    assert not {*page} & {*stack(WebPage="false").resources()}
    outputs = load(ROOT / "template.yaml")["Outputs"]
    shown = {name for name, each in outputs.items() if each.get("Condition") == "HasWebPage"}
    assert shown == {"WebUrl", "WebBucketName", "WebDistributionId", "WebConfig"}


def test_only_the_distribution_reads_its_files(expanded: dict[str, Any]) -> None:
    bucket = of_type(expanded, "AWS::S3::Bucket")["WebBucket"]
    policy = of_type(expanded, "AWS::S3::BucketPolicy")["WebBucketPolicy"]["PolicyDocument"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    denied, allowed = policy["Statement"]
    assert denied["Effect"] == "Deny"
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert "WebDistribution" in set(referred(allowed["Condition"]["StringEquals"]["AWS:SourceArn"]))


def test_it_goes_by_https_and_with_its_headers(expanded: dict[str, Any]) -> None:
    (distribution,) = of_type(expanded, "AWS::CloudFront::Distribution").values()
    (headers,) = of_type(expanded, "AWS::CloudFront::ResponseHeadersPolicy").values()

    behaviour = distribution["DistributionConfig"]["DefaultCacheBehavior"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behaviour["ResponseHeadersPolicyId"] == {"Ref": "WebHeaders"}
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000


@pytest.mark.parametrize("given", [ISSUED, {"JwtIssuer": ""}], ids=["issued", "own"])
def test_the_page_may_run_nothing_but_its_own_and_call_nobody_but_us(given: dict[str, str]) -> None:
    policy = directives(**given)

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    everything = [source for sources in policy.values() for source in sources]
    assert not [s for s in everything if "unsafe" in s or "*" in s or s in {"data:", "https:"}]
    own, api, media, *issuer = policy["connect-src"]
    assert own == "'self'"
    assert policy["media-src"] == ["blob:", api, media]
    if given["JwtIssuer"]:
        assert issuer == ["https://i.example/"]
    else:
        documents, login = issuer
        assert documents == "https://cognito-idp.us-gov-west-1.amazonaws.com/"
        assert login.startswith("https://")
        assert login.endswith(".auth.us-gov-west-1.amazoncognito.com/")


def test_its_configuration_is_an_output() -> None:
    def told(**given: str) -> dict[str, str]:
        made = stack(**given)
        read: dict[str, str] = json.loads(
            made.settle(made.template["Outputs"]["WebConfig"]["Value"])
        )
        return read

    issued = told(PublicBaseUrl="https://api.example.com", **ISSUED)
    assert issued == {
        "api": "https://api.example.com",
        "issuer": "https://i.example",
        "client_id": "page",
        "scope": "openid jobs.read jobs.write",
    }
    own = told(JwtIssuer="")
    assert own["issuer"].startswith("https://cognito-idp.us-gov-west-1.amazonaws.com/")
    assert own["scope"] == "openid faceswap/jobs.read faceswap/jobs.write"

"""What the template refuses before anything is made, and what the functions refuse when they start."""

import re
from typing import Any

import pytest

from faceswap.rules.quotas import UPLOADS_A_JOB
from faceswap.settings import JobsSettings, SettingsError
from local.configurations import CONFIGURATIONS, EVERYTHING, parameters
from local.emulator.transform import load
from tests.support.template.expanded import ROOT

TEMPLATE = load(ROOT / "template.yaml")
ISSUED = {
    "JwtIssuer": "https://issuer.example.com/",
    "JwtAudience": "a",
    "AllowedOrigins": "https://app.example.com",
}
OWN = {"AllowedOrigins": "https://app.example.com", "CallbackUrls": "https://app.example.com/back"}


def refused(given: dict[str, str]) -> list[str]:
    """The words of each rule that a deploy with these parameters breaks."""
    values = {n: str(p.get("Default", "")) for n, p in TEMPLATE["Parameters"].items()} | given
    return [
        assertion["AssertDescription"]
        for rule in TEMPLATE["Rules"].values()
        if judged(rule.get("RuleCondition", True), values)
        for assertion in rule["Assertions"]
        if not judged(assertion["Assert"], values)
    ]


def judged(node: Any, values: dict[str, str]) -> Any:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html."""
    match node:
        case {"Ref": name}:
            is_list = TEMPLATE["Parameters"][name]["Type"] == "CommaDelimitedList"
            return [v for v in values[name].split(",") if v] if is_list else values[name]
        case {"Fn::Equals": [left, right]}:
            return judged(left, values) == judged(right, values)
        case {"Fn::Not": [inner]}:
            return not judged(inner, values)
        case {"Fn::And": inner}:
            return all(judged(each, values) for each in inner)
        case {"Fn::Or": inner}:
            return any(judged(each, values) for each in inner)
        case {"Fn::Contains": [listed, wanted]}:
            return judged(wanted, values) in judged(listed, values)
        case _:
            return node


@pytest.mark.parametrize("given", [ISSUED, OWN, ISSUED | {"AllowedOrigins": "*"}])
def test_what_is_right_is_admitted(given: dict[str, str]) -> None:
    assert refused(given) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (OWN | {"AllowedOrigins": "*"}, "AllowedOrigins"),
        (OWN | {"AllowedOrigins": "https://a.example,*"}, "AllowedOrigins"),
        (OWN | {"AllowedOrigins": "https://*"}, "AllowedOrigins"),
        (OWN | {"CallbackUrls": "none"}, "CallbackUrls"),
        (ISSUED | {"JwtAudience": ""}, "JwtAudience"),
        (ISSUED | {"WebPage": "true"}, "With WebPage and JwtIssuer"),
        (ISSUED | {"WebPage": "true", "WebClientId": "page"}, "WebIssuerOrigins"),
        (ISSUED | {"UploadRetentionDays": "8"}, "UploadRetentionDays"),
        (ISSUED | {"UploadRetentionDays": "7"}, "UploadRetentionDays"),
        (ISSUED | {"UploadRetentionDays": "2", "QueueDeadlineSeconds": "5"}, "UploadRetentionDays"),
        (ISSUED | {"InboxRetentionDays": "8"}, "InboxRetentionDays"),
        (ISSUED | {"InboxRetentionDays": "2", "QueueDeadlineSeconds": "5"}, "InboxRetentionDays"),
    ],
)
def test_what_is_wrong_is_refused_in_words(given: dict[str, str], words: str) -> None:
    told = refused(given)

    assert told
    assert all(words in each for each in told)


@pytest.mark.parametrize("name", ["PricePerJob", "DailyBudget"])
@pytest.mark.parametrize(
    ("amount", "right"),
    [
        ("0", True),
        ("0.16", True),
        ("0.10", True),
        ("0.00001", True),
        ("12", True),
        ("100.50", True),
        ("0.0", False),
        ("0.00", False),
        ("00", False),
        ("00.16", False),
        ("1e2", False),
        (".5", False),
        ("-1", False),
    ],
)
def test_no_amount_but_0_is_nothing(name: str, amount: str, right: bool) -> None:
    """Conditions compare texts: 0.00 would be a price that costs nothing, and a budget that stops nobody."""
    parameter = TEMPLATE["Parameters"][name]

    assert bool(re.fullmatch(parameter["AllowedPattern"], amount)) is right


def test_each_limit_fits_into_a_structured_field() -> None:
    """An integer has at most 15 digits there (RFC 9651 section 3.3.1)."""
    most = {
        name: parameter["MaxValue"]
        for name, parameter in TEMPLATE["Parameters"].items()
        if name.startswith("Owner")
    }

    assert len(most) == 4
    assert max(*most.values(), UPLOADS_A_JOB * most["OwnerJobsPerDay"]) < 10**15


def read(given: dict[str, str]) -> JobsSettings:
    """The settings of the jobs function under these parameters."""
    names = {
        "UploadDeadlineSeconds",
        "QueueDeadlineSeconds",
        "UploadRetentionDays",
        "InboxRetentionDays",
    }
    values = {n: str(TEMPLATE["Parameters"][n]["Default"]) for n in names} | given
    others = {
        name.upper(): "true" if info.annotation is bool else "1"
        for name, info in JobsSettings.model_fields.items()
    }
    others |= {"PROVIDER_BASE_URL": "https://p.example", "INPUT_LINKS": "redirect"}
    others |= {"EVENTS_OUT": "callbacks", "PRICE_CURRENCY": "USD"}
    return JobsSettings.read(others | {variable(n): values[n] for n in names})


def variable(parameter: str) -> str:
    """The environment's name of a parameter."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).upper()


@pytest.mark.parametrize("kind", ["Upload", "Inbox"])
@pytest.mark.parametrize(
    ("days", "upload", "queue", "right"),
    [
        ("9", "86400", "604800", True),
        ("8", "86400", "604800", False),
        ("2", "43200", "43200", True),
        ("2", "43200", "43201", False),
        ("2", "1", "1", True),
        ("3650", "15552000", "15552000", True),
        ("360", "15552000", "15552000", False),
    ],
)
def test_files_are_kept_as_long_as_a_job_may_wait_for_them(
    days: str, upload: str, queue: str, right: bool, kind: str
) -> None:
    """CloudFormation's rules cannot add; the functions refuse to start, and name the variable."""
    enough = {"UploadRetentionDays": "3650", "InboxRetentionDays": "3650"}
    given = enough | {
        f"{kind}RetentionDays": days,
        "UploadDeadlineSeconds": upload,
        "QueueDeadlineSeconds": queue,
    }
    if right:
        assert getattr(read(given), f"{kind.lower()}_retention_days") == int(days)
        return
    told = rf"{kind.upper()}_RETENTION_DAYS: .*both deadlines and a day"
    with pytest.raises(SettingsError, match=told):
        read(given)


@pytest.mark.parametrize("name", [*CONFIGURATIONS, EVERYTHING])
def test_each_set_of_parameters_that_comes_with_it_is_admitted(name: str) -> None:
    given = parameters(name)

    limits = (
        "UploadDeadlineSeconds",
        "QueueDeadlineSeconds",
        "UploadRetentionDays",
        "InboxRetentionDays",
    )
    assert refused(given) == []
    kept = read({n: given[n] for n in limits if n in given})
    assert kept.upload_retention_days == int(given.get("UploadRetentionDays", "9"))
    assert kept.inbox_retention_days == int(given.get("InboxRetentionDays", "9"))

"""Which times a client may name."""

import pytest
from pydantic import ValidationError

from faceswap.contract.callbacks import RecoverRequest
from faceswap.contract.validation import faults_of
from faceswap.rules.times import to_text


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"),
        ("2026-01-31T09:30:00.25+02:00", "2026-01-31T07:30:00.250Z"),
        ("1970-01-01T00:00:00+14:00", "1969-12-31T10:00:00.000Z"),
        ("9998-12-31T23:59:59-12:00", "9999-01-01T11:59:59.000Z"),
    ],
)
def test_a_time_of_rfc_3339_is_taken(since: str, moment: str) -> None:
    request = RecoverRequest.model_validate({"since": since})

    assert to_text(request.since) == moment


@pytest.mark.parametrize(
    "since",
    [
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1769851870", "1769851870.5", 1769851870,
        "2026-01-31", "2026-01-31T00:00:00", "2026-02-30T00:00:00Z", "2026-01-31T24:30:00Z", "now", "", None,
        "2026-01-31T00:00:00Z\x00", "\uff12026-01-31T00:00:00Z", "2026-01-31T00:00:00+99:00", ["2026-01-31T00:00:00Z"],
    ],
)  # fmt: skip
def test_what_is_no_time_or_without_bound_is_pointed_at(since: object) -> None:
    with pytest.raises(ValidationError) as caught:
        RecoverRequest.model_validate({"since": since})

    assert [fault.pointer for fault in faults_of(caught.value.errors())] == ["#/since"]

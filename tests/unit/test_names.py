"""Names and tokens that are derived: what is stored or was handed out has to be found again by the next version."""

from datetime import timedelta, timezone

import pytest

from faceswap.rules import ids, links, media
from faceswap.rules.media import UploadLimits
from faceswap.rules.owner import owner_of
from faceswap.rules.times import is_moment, is_text, to_text
from tests.support.samples import JOB_ID, START


def test_ids_are_made_of_16_bytes() -> None:
    assert ids.job_id(bytes(16)) == "job_" + "a" * 26
    assert ids.upload_id(bytes([255] * 16)) == "upl_" + "7" * 25 + "4"


def test_an_idempotency_key_leads_to_the_same_job_for_ever() -> None:
    assert ids.job_id_for_key("me", "k") == "job_lbj77tfqlkncglsvcyddg6h7tu"


def test_a_key_and_a_number_of_the_vendor_s_contract_lead_to_the_same_job_for_ever() -> None:
    assert ids.number_for_key("me", "k") == 565_120_986_560_763
    assert ids.job_id_for_number("me", 298) == "job_elllvghwtsq6rm7abqmvxklemq"


def test_a_job_has_the_same_track_id_for_ever() -> None:
    assert ids.track_id(JOB_ID) == 8_216_758_996_832_774


@pytest.mark.parametrize(
    ("claims", "owner"),
    [
        (
            {"sub": "auth0|5", "iss": "https://a.example"},
            "h-rkkujb3qoxyjllnxom3364v7ilgpryd65ihz4d5ak76a5aofow5q",
        ),
        ({"sub": "auth0|5"}, "h-izfxxqsdw2j3lw76dn7ru232tsexkhzcckhouu7mn4ydemm4gq4q"),
        (
            {"client_id": "batch", "iss": "https://a.example"},
            "h-si52j4uvbj6xxwf2ycwpnkz7bqib6tk42s34t3idzzahxgd3c32a",
        ),
        (
            {"sub": "", "client_id": "batch", "iss": "https://a.example"},
            "h-si52j4uvbj6xxwf2ycwpnkz7bqib6tk42s34t3idzzahxgd3c32a",
        ),
        ({"sub": "ana", "client_id": "batch"}, "ana"),
    ],
)
def test_an_owner_is_the_same_for_ever(claims: dict[str, str], owner: str) -> None:
    assert owner_of(claims) == owner


def test_tokens_are_the_same_for_ever() -> None:
    assert links.webhook_token("secret", JOB_ID) == "JN7T9t2wk1l7QSKrj3Z1rj1xahAAiUmEZSfIE-Q8IxE"
    assert (
        links.input_token("secret", JOB_ID, "init_video")
        == "C1VQ_UffHSUH70ld6gLgeD9ZDm4EH4Teg-D4o-TR2pQ"
    )


def test_links_of_ours_lie_below_the_public_address() -> None:
    for base in ("https://api.example/X", "https://api.example/X/"):
        assert (
            links.webhook_url(base, "job_x", "t")
            == "https://api.example/X/v1/webhooks/modelslab/job_x/t"
        )
        assert (
            links.input_url(base, "job_x", "t", "init_video", "mp4")
            == "https://api.example/X/v1/inputs/job_x/t/init_video.mp4"
        )
        assert links.result_url(base, "job_x", "t") == "https://api.example/X/v1/results/job_x/t"
        assert (
            links.fetch_url(base, "faceswap", 298)
            == "https://api.example/X/api/v6/faceswap/fetch/298"
        )


def test_a_token_may_be_made_of_any_secret() -> None:
    assert links.is_one_of("b", ["a", "b"])
    assert not links.is_one_of("é", ["a", "b"])
    assert not links.is_one_of("a", [])


@pytest.mark.parametrize(
    ("purpose", "types"),
    [
        ("init_video", {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}),
        ("init_image", {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}),
        ("reference_image", {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}),
    ],
)
def test_these_types_are_accepted(purpose: media.Purpose, types: dict[str, str]) -> None:
    assert media.extensions(purpose) == types
    for content_type, extension in types.items():
        assert media.upload_key("upl_x", purpose, content_type) == f"uploads/upl_x.{extension}"
    assert media.max_bytes(purpose, UploadLimits(video=2, image=1)) == 1 + (purpose == "init_video")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("image/jpg", "image/jpeg"),
        ("image/pjpeg", "image/jpeg"),
        ("video/x-m4v", "video/mp4"),
        ("VIDEO/MP4 ; codecs=x;y", "video/mp4"),
        ("text/plain", "text/plain"),
    ],
)
def test_a_type_has_one_name(written: str, plain: str) -> None:
    assert media.plain_type(written) == plain


def test_keys_are_taken_apart() -> None:
    assert media.upload_of_key("uploads/upl_x.tar.gz") == "upl_x"
    assert media.upload_of_key("outbox/upl_x.mp4") is None
    assert media.extension_of_key("uploads/upl_x.tar.gz") == "gz"
    assert media.results_prefix("job_x") == "results/job_x/"
    assert media.PURPOSES == ("init_video", "init_image", "reference_image")
    assert media.UPLOAD_PREFIX == "upload:"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1970-01-01T00:00:00Z", True),
        ("9998-12-31T23:59:59.999999Z", True),
        ("2026-01-31t09:30:00.25z", True),
        ("2026-01-31 09:30:00+02:00", True),
        ("1969-12-31T23:59:59Z", False),
        ("9999-01-01T00:00:00Z", False),
        ("2026-01-31T09:30:00", False),
        ("1970", False),
        ("now", False),
    ],
)
def test_a_moment_of_somebody_else_is_recognised(text: str, is_one: bool) -> None:
    assert is_moment(text) is is_one


def test_moments_are_written_in_utc_and_recognised() -> None:
    east = START.astimezone(timezone(timedelta(hours=3)))

    assert to_text(east) == "2026-01-31T09:30:00.000Z"
    assert is_text(to_text(east))
    for text in ("2026-01-31T09:30:00Z", " 2026-01-31T09:30:00.000Z", "2026-01-31T09:30:00.0000Z"):
        assert not is_text(text)

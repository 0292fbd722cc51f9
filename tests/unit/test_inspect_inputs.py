"""Inputs are looked at before the provider is paid: once, with few reads, and what is wrong ends the job."""

import base64
import hashlib
from collections.abc import Generator

import pytest

from faceswap.rules.errors import Fault
from faceswap.rules.job import Job
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.media import Purpose
from tests.support.boxes import FTYP, MDAT, MOOV, VIDEO, box
from tests.support.faked_use_cases import FakedUseCases
from tests.support.pictures import chunk, jpeg, png
from tests.support.samples import a_job, an_upload

_PAGE = 64 * 1024
_SHA256 = base64.b64encode(hashlib.sha256(VIDEO).digest()).decode()


def a_job_of(use_cases: FakedUseCases, **contents: bytes) -> Job:
    """A queued job whose media are uploads with these contents; the others are URLs."""
    media = dict(a_job().media)
    purposes: dict[str, Purpose] = {name: name for name in media}
    for name, content in contents.items():
        purpose = purposes[name]
        upload_id = f"upl_{name}"
        picture = "jpg" if content.startswith(b"\xff\xd8") else "png"
        ending = "mp4" if purpose == "init_video" else picture
        upload = an_upload(
            upload_id=upload_id,
            purpose=purpose,
            key=f"media/{upload_id}.{ending}",
            size=len(content),
        )
        use_cases.uploads.create(upload, forget_at=use_cases.clock.now)
        use_cases.put(upload.key, content)
        media[purpose] = UploadedMedia(key=upload.key)
    return use_cases.job(media=media)


@pytest.fixture
def reads(use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Key and offset of each request to the bucket that reads."""
    made: list[tuple[str, int]] = []
    real, all_of = use_cases.media.read, use_cases.media.pieces

    def read(key: str, etag: str, max_bytes: int, at: int = 0) -> bytes | None:
        made.append((key, at))
        assert max_bytes <= _PAGE
        return real(key, etag, max_bytes, at)

    def pieces(key: str, etag: str) -> Generator[bytes, None, None] | None:
        made.append((key, 0))
        with monkeypatch.context() as undone:
            undone.setattr(use_cases.media, "read", real)
            return all_of(key, etag)

    monkeypatch.setattr(use_cases.media, "read", read)
    monkeypatch.setattr(use_cases.media, "pieces", pieces)
    return made


def test_each_medium_that_is_wrong_is_told_and_the_provider_is_not_asked(
    use_cases: FakedUseCases,
) -> None:
    job = a_job_of(
        use_cases, init_video=jpeg(640, 480), init_image=png(64, 64), reference_image=png(9, 9)
    )

    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, use_cases.asked("specific")) == ("failed", 0)
    assert after.error is not None
    assert after.error.type == "input-invalid"
    assert after.error.errors == (
        Fault(pointer="#/init_video", detail="This is a JPEG picture, not a video."),
        Fault(
            pointer="#/reference_image",
            detail="This picture has 9 x 9 pixels; each side has to have 64 to 8192.",
        ),
    )
    assert after.error.detail.startswith("init_video: This is a JPEG picture, not a video.")
    assert use_cases.admission.state().leases == {}


def test_three_good_uploads_are_three_reads(
    use_cases: FakedUseCases, reads: list[tuple[str, int]]
) -> None:
    large = png(64, 64, pixels=2_000_000)
    job = a_job_of(use_cases, init_video=VIDEO, init_image=png(64, 64), reference_image=large)

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"
    assert [at for _, at in reads] == [0, 0, 0]


@pytest.mark.parametrize(
    "cut",
    [png(64, 64, pixels=2_000_000)[:-12], png(64, 64)[:-1], jpeg(64, 64)[:-2]],
    ids=["PNG without its end", "PNG within its end", "JPEG"],
)
def test_a_picture_that_was_cut_off_is_told(use_cases: FakedUseCases, cut: bytes) -> None:
    job = a_job_of(use_cases, init_image=cut)

    use_cases.submit(job)

    error = use_cases.read(job).error
    assert error is not None
    detail = "This picture is damaged or was cut off."
    assert error.errors == (Fault(pointer="#/init_image", detail=detail),)
    assert use_cases.asked("specific") == 0


def test_no_more_of_a_picture_is_read_than_tells_what_is_wrong(use_cases: FakedUseCases) -> None:
    read: list[int] = []
    closed: list[bool] = []

    def pieces(key: str, etag: str) -> Generator[bytes, None, None]:  # noqa: ARG001
        try:
            for _ in range(20):
                read.append(1)
                yield jpeg(9, 9, pixels=_PAGE)
        finally:
            closed.append(True)

    use_cases.media.pieces = pieces  # type: ignore[method-assign]
    job = a_job_of(use_cases, init_image=jpeg(64, 64))

    use_cases.submit(job)

    assert use_cases.read(job).status == "failed"
    assert (len(read), closed) == (1, [True])


@pytest.mark.parametrize("end", ["slow", "long", "gone"])
def test_a_picture_that_cannot_be_read_to_its_end_passes(
    use_cases: FakedUseCases, end: str
) -> None:
    def pieces(key: str, etag: str) -> Generator[bytes, None, None] | None:  # noqa: ARG001
        return None if end == "gone" else endless()

    def endless() -> Generator[bytes, None, None]:
        yield jpeg(64, 64)[:-2]
        if end == "slow":
            raise TimeoutError
        while True:
            yield bytes(8 << 20)

    use_cases.media.pieces = pieces  # type: ignore[method-assign]
    job = a_job_of(use_cases, init_image=jpeg(64, 64)[:-1])

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"


@pytest.mark.parametrize(("more", "status"), [(0, "failed"), (1, "processing")])
def test_whether_a_picture_was_cut_off_is_looked_for_within_32_mib(
    use_cases: FakedUseCases, more: int, status: str
) -> None:
    begin = png(64, 64, pixels=0)[: -len(chunk(b"IEND"))]
    pixels = bytes(32 * 1024 * 1024 + more - len(begin) - len(chunk(b"IDAT")) - len(b"sizeIEND"))
    job = a_job_of(use_cases, init_image=begin + chunk(b"IDAT", pixels))

    use_cases.submit(job)

    assert use_cases.read(job).status == status


def test_a_video_that_vanishes_while_it_is_looked_at_passes(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job_of(use_cases, init_video=VIDEO[:-1])
    monkeypatch.setattr(use_cases.media, "read", lambda *_asked, **_more: None)

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"


def test_an_index_at_the_end_is_read_where_it_lies(
    use_cases: FakedUseCases, reads: list[tuple[str, int]]
) -> None:
    before = FTYP + box(b"mdat", bytes(10 * _PAGE))
    job = a_job_of(use_cases, init_video=before + MOOV)

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"
    assert [at for _, at in reads] == [0, len(before) // _PAGE * _PAGE]


def test_an_index_across_two_pages_is_read(use_cases: FakedUseCases) -> None:
    before = FTYP + box(b"free", bytes(_PAGE - len(FTYP) - 12))
    job = a_job_of(use_cases, init_video=before + MOOV + MDAT)

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"


def test_no_more_than_so_much_of_a_medium_is_read(
    use_cases: FakedUseCases, reads: list[tuple[str, int]]
) -> None:
    job = a_job_of(use_cases, init_video=FTYP + box(b"free", bytes(_PAGE)) * 20 + MOOV + MDAT)

    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"
    assert len(reads) == 5


def test_urls_are_not_read(use_cases: FakedUseCases, reads: list[tuple[str, int]]) -> None:
    job = use_cases.job()

    use_cases.submit(job)

    assert (use_cases.read(job).status, reads) == ("processing", [])


def test_who_waits_for_a_slot_is_looked_at_before_and_not_again(
    use_cases: FakedUseCases, reads: list[tuple[str, int]]
) -> None:
    use_cases.enabled = False
    job = a_job_of(use_cases, init_video=VIDEO)

    use_cases.submit(job)
    assert (use_cases.read(job).status, len(reads)) == ("queued", 1)
    use_cases.enabled = True
    use_cases.clock.forward(1)
    use_cases.jobs.note(use_cases.read(job), submit_after=None)
    use_cases.admission.take(job.job_id, use_cases.clock.now, use_cases.clock.now)
    use_cases.submit(job)

    assert (use_cases.read(job).status, len(reads)) == ("processing", 1)


def test_what_the_bucket_gives_to_nobody_is_told(use_cases: FakedUseCases) -> None:
    job = a_job_of(use_cases, init_video=VIDEO)
    use_cases.media.unreadable.add("media/upl_init_video.mp4")

    use_cases.submit(job)

    error = use_cases.read(job).error
    assert error is not None
    assert "init_video: This file cannot be read" in error.detail


# The checksum of what was sent in parts.


def in_parts(use_cases: FakedUseCases, sha256: str, content: bytes = VIDEO) -> Job:
    media = use_cases.uploaded(content, sha256=sha256, multipart_id="m")
    return use_cases.job(media=media)


def test_a_checksum_that_the_bucket_could_not_compare_is_compared_and_noted(
    use_cases: FakedUseCases,
) -> None:
    job = in_parts(use_cases, _SHA256)

    use_cases.submit(job)

    after = use_cases.read(job)
    assert after.status == "processing"
    receipt = after.consent_receipt
    assert receipt is not None
    assert receipt.inputs["init_video"].model_dump() == {
        "kind": "upload", "size": len(VIDEO), "sha256": _SHA256, "etag": None,
    }  # fmt: skip
    [upload] = use_cases.uploads.now.values()
    assert (upload.is_unverified, upload.mismatch) == (False, None)


def test_another_content_than_announced_ends_the_job(use_cases: FakedUseCases) -> None:
    job = in_parts(use_cases, "another")

    use_cases.submit(job)

    error = use_cases.read(job).error
    assert error is not None
    assert (error.type, use_cases.asked("specific")) == ("input-invalid", 0)
    assert error.detail == "init_video: This file has another SHA-256 than declared."
    [upload] = use_cases.uploads.now.values()
    assert upload.mismatch == "has another SHA-256 than declared"


def test_what_vanishes_while_it_is_read_is_missing(use_cases: FakedUseCases) -> None:
    job = in_parts(use_cases, _SHA256)
    use_cases.media.sha256 = lambda key, etag: None  # type: ignore[method-assign]  # noqa: ARG005

    use_cases.submit(job)

    error = use_cases.read(job).error
    assert error is not None
    assert error.type == "upload-missing"

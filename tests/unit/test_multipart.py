"""Uploads in parts: gone on with after a break, put together once, given up; and requests that are signed anew."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from faceswap.contract.uploads import (
    ReservedMultipart,
    ReservedPut,
    SignRequest,
    UploadRequest,
)
from faceswap.ports.media import Part
from faceswap.rules.errors import (
    ConflictError,
    GoneError,
    InvalidError,
    NotFoundError,
    QuotaError,
)
from faceswap.rules.media import UploadLimits
from faceswap.rules.parts import PART_BYTES
from faceswap.rules.quotas import NO_QUOTAS, Quotas
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.usecases.complete_upload import CompleteUpload
from faceswap.usecases.create_upload import CreateUpload
from faceswap.usecases.delete_upload import DeleteUpload
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.list_parts import ListParts
from faceswap.usecases.sign_parts import SignParts
from faceswap.usecases.sign_upload import SignUpload
from tests.fakes import FakeJobs, FakeMedia, FakeMultipart, FakeUploads
from tests.support.creating import keep_quotas_on
from tests.support.samples import START

SIZE = 2 * PART_BYTES + 3
PARTS = {1: bytes(PART_BYTES), 2: bytes(PART_BYTES), 3: b"end"}
WHOLE = str(PART_BYTES)
OTHERS = "multipart-of-uppy"


@dataclass
class Lab:
    """The use cases of one upload of the owner `me`, reserved at the start."""

    method: str = "multipart"
    now: datetime = START
    uploads: FakeUploads = field(default_factory=FakeUploads)
    media: FakeMedia = field(default_factory=FakeMedia)

    def __post_init__(self) -> None:
        self.multipart = FakeMultipart(self.media)
        self.reserved = self.reserve()
        self.upload_id = self.reserved.upload_id
        find_upload = FindUpload(uploads=self.uploads, find=self.media.find)
        self.complete_upload = CompleteUpload(
            uploads=self.uploads, multipart=self.multipart, find_upload=find_upload
        )
        self.list_parts = ListParts(
            uploads=self.uploads, multipart=self.multipart, find_upload=find_upload
        )

    def reserve(
        self, quotas: Quotas = NO_QUOTAS, new_bytes: bytes = bytes(16)
    ) -> ReservedPut | ReservedMultipart:
        keep = keep_quotas_on(FakeJobs(), self.uploads, quotas) if quotas != NO_QUOTAS else None
        create_upload = CreateUpload(
            uploads=self.uploads, bucket=self.media, multipart=self.multipart,
            limits=UploadLimits(video=10 * SIZE, image=1), retention_days=9,
            clock=self.clock, new_bytes=lambda: new_bytes, keep_quotas=keep,
        )  # fmt: skip
        body = {"purpose": "init_video", "content_type": "video/mp4", "size": SIZE}
        request = UploadRequest.model_validate(body | {"method": self.method})
        return create_upload.run(request, "me").root

    def clock(self) -> datetime:
        return self.now

    @property
    def upload(self) -> Upload:
        return self.uploads.now[self.upload_id]

    @property
    def multipart_id(self) -> str:
        assert self.upload.multipart_id
        return self.upload.multipart_id

    def send(self, *numbers: int) -> None:
        for number in numbers or PARTS:
            self.multipart.send(self.multipart_id, number, PARTS[number])

    def sign(self, method: str, **more: object) -> tuple[str, dict[str, str]]:
        """The path and query, and the headers, of a request that is signed."""
        sign_upload = SignUpload(
            uploads=self.uploads, media=self.media, multipart=self.multipart, clock=self.clock
        )
        asked = SignRequest.model_validate({"method": method, "key": "anything", **more})
        signed = sign_upload.run(self.upload_id, asked, "me")
        return signed.url, signed.headers

    def presign(self, *numbers: int, owner: str = "me") -> list[tuple[int, int]]:
        sign_parts = SignParts(uploads=self.uploads, multipart=self.multipart, clock=self.clock)
        signed = sign_parts.run(self.upload_id, numbers, owner)
        assert signed.expires_at <= self.now + timedelta(hours=1)
        assert [asked(part.url)["number"] for part in signed.parts] == list(map(str, numbers))
        return [(part.number, part.size) for part in signed.parts]

    def arrived(self, owner: str = "me") -> list[tuple[int, int]]:
        listed = self.list_parts.run(self.upload_id, owner)
        return [(part.number, part.size) for part in listed.parts]

    def complete(self, owner: str = "me") -> str:
        return self.complete_upload.run(self.upload_id, owner).status

    def give_up(self) -> None:
        DeleteUpload(
            uploads=self.uploads, jobs=FakeJobs(), media=self.media, multipart=self.multipart,
            clock=self.clock,
        ).run(self.upload_id, "me")  # fmt: skip


@pytest.fixture
def lab() -> Lab:
    return Lab()


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


# In parts.


def test_it_tells_how_it_is_cut_and_can_be_filled_for_a_day(lab: Lab) -> None:
    assert isinstance(lab.reserved, ReservedMultipart)
    assert (lab.reserved.parts, lab.reserved.part_size) == (3, PART_BYTES)
    assert lab.reserved.expires_at == START + timedelta(days=1)


def test_after_a_break_only_what_is_missing_is_sent(lab: Lab) -> None:
    assert lab.presign(1, 3) == [(1, PART_BYTES), (3, 3)]
    lab.send(1, 3)

    assert lab.arrived() == [(1, PART_BYTES), (3, 3)]
    lab.now += timedelta(hours=23)
    assert lab.presign(2) == [(2, PART_BYTES)]
    lab.send(2)

    assert lab.complete() == "landed"
    assert lab.media.objects == {lab.upload.key: b"".join(PARTS.values())}
    assert lab.arrived() == [(1, PART_BYTES), (2, PART_BYTES), (3, 3)]


def test_what_is_missing_is_told(lab: Lab) -> None:
    lab.send(1)
    lab.multipart.send(lab.multipart_id, 3, b"longer")

    with pytest.raises(ConflictError, match="2 parts") as caught:
        lab.complete()

    assert [fault.pointer for fault in caught.value.faults] == ["#/parts/2", "#/parts/3"]
    assert lab.media.objects == {}


def test_of_many_parts_that_are_missing_the_first_twenty_are_told(lab: Lab) -> None:
    large = lab.upload.model_copy(update={"size": 30 * PART_BYTES})
    lab.uploads.now[lab.upload_id] = large

    with pytest.raises(ConflictError, match="30 parts") as caught:
        lab.complete()

    assert [fault.pointer for fault in caught.value.faults] == [
        f"#/parts/{number}" for number in range(1, 21)
    ]


def test_it_is_put_together_once_and_repeating_it_is_fine(lab: Lab) -> None:
    lab.send()

    assert [lab.complete(), lab.complete()] == ["landed", "landed"]


def test_who_dies_after_the_parts_were_put_together_completes_again(lab: Lab) -> None:
    lab.send()
    parts = lab.multipart.arrived(lab.upload.key, lab.multipart_id)
    assert parts
    lab.multipart.complete(lab.upload.key, lab.multipart_id, parts)

    assert lab.arrived() == [(1, PART_BYTES), (2, PART_BYTES), (3, 3)]
    assert lab.complete() == "landed"


def test_what_lies_there_is_not_replaced(lab: Lab) -> None:
    lab.send()
    lab.media.objects[lab.upload.key] = b"first"

    assert lab.complete() == "landed"

    assert lab.media.objects == {lab.upload.key: b"first"}
    assert lab.upload.mismatch == f"has 5 bytes, {SIZE} were declared"


def test_parts_that_change_meanwhile_are_not_put_together(lab: Lab) -> None:
    lab.send()
    real = lab.multipart.complete

    def changed(key: str, multipart_id: str, parts: list[Part]) -> bool:
        lab.multipart.send(multipart_id, 3, b"new")
        return real(key, multipart_id, parts)

    lab.multipart.complete = changed  # type: ignore[method-assign,assignment]

    with pytest.raises(ConflictError, match="at this moment"):
        lab.complete()
    assert lab.media.objects == {}


@pytest.mark.parametrize("what", ["complete", "arrived"])
def test_parts_that_the_bucket_has_dropped_are_gone(lab: Lab, what: str) -> None:
    lab.send(1)
    lab.multipart.abandon(lab.upload.key)

    with pytest.raises(GoneError, match="Reserve another"):
        getattr(lab, what)()


def test_giving_it_up_drops_every_part_also_of_what_a_library_has_begun(lab: Lab) -> None:
    lab.send()
    lab.multipart.begun[OTHERS], lab.multipart.sent[OTHERS] = lab.upload.key, {1: b"x"}

    lab.give_up()

    assert (lab.multipart.begun, lab.media.objects) == ({}, {})
    with pytest.raises(NotFoundError):
        lab.complete()


def test_who_dies_before_the_parts_are_dropped_gives_up_again(lab: Lab) -> None:
    lab.send()
    lab.uploads.erase(lab.upload, lab.now)

    lab.give_up()

    assert lab.multipart.begun == {}


def test_there_are_no_other_parts_than_its_own(lab: Lab) -> None:
    with pytest.raises(InvalidError) as caught:
        lab.presign(3, 4)

    assert [(fault.pointer, fault.detail) for fault in caught.value.faults] == [
        ("#/numbers/1", "must be from 1 to 3")
    ]


@pytest.mark.parametrize("what", ["presign", "arrived", "complete"])
def test_it_is_nobody_else_s(lab: Lab, what: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(lab, what)(owner="you")


@pytest.mark.parametrize("what", ["presign", "arrived", "complete"])
def test_one_for_a_single_put_has_no_parts(what: str) -> None:
    with pytest.raises(ConflictError, match="one PUT"):
        getattr(Lab("PUT"), what)()


def test_a_checksum_that_the_bucket_cannot_compare_is_no_mismatch_yet(lab: Lab) -> None:
    landed = StoredObject(size=SIZE, etag="e")
    upload = lab.upload.model_copy(update={"sha256": "s", "landed": landed})

    assert (upload.mismatch, upload.is_unverified) == (None, True)
    other = landed.model_copy(update={"sha256": "t"})
    assert (
        upload.model_copy(update={"landed": other}).mismatch == "has another SHA-256 than declared"
    )
    put = upload.model_copy(update={"multipart_id": None})
    assert put.mismatch == "has another SHA-256 than declared"


# Signed anew.


def test_a_put_is_signed_anew_for_a_day_and_can_be_named_meanwhile() -> None:
    lab = Lab("PUT")
    lab.now += timedelta(hours=20)

    url, headers = lab.sign("PUT")

    assert asked(url) == {"for": "3600"}
    assert headers == {"Content-Type": "video/mp4", "If-None-Match": "*"}
    assert lab.upload.expires_at == START + timedelta(hours=21)
    lab.now = START + timedelta(hours=23, minutes=30)
    assert asked(lab.sign("PUT")[0]) == {"for": "1800"}
    lab.now = START + timedelta(days=1)
    with pytest.raises(GoneError, match="Reserve another"):
        lab.sign("PUT")


def test_signing_at_once_writes_nothing() -> None:
    lab = Lab("PUT")
    before = lab.upload

    lab.sign("PUT")

    assert lab.upload is before


@pytest.mark.parametrize(
    ("request_", "signed", "headers"),
    [
        ({"method": "POST"}, {"does": "create"}, {"Content-Type": "video/mp4"}),
        ({"method": "PUT", "uploadId": "u", "partNumber": 1}, {"does": "part", "number": "1", "length": WHOLE}, {}),
        ({"method": "PUT", "uploadId": "u", "partNumber": 3}, {"does": "part", "number": "3", "length": "3"}, {}),
        ({"method": "GET", "uploadId": "u"}, {"does": "list"}, {}),
        ({"method": "POST", "uploadId": "u"}, {"does": "complete"}, {"If-None-Match": "*"}),
        ({"method": "DELETE", "uploadId": "u"}, {"does": "abort"}, {}),
    ],
)  # fmt: skip
def test_what_a_library_asks_for_is_signed_for_this_upload(
    lab: Lab, request_: dict[str, str], signed: dict[str, str], headers: dict[str, str]
) -> None:
    url, sent = lab.sign(**request_)

    about = {"id": "u"} if "uploadId" in request_ else {}
    assert asked(url) == {"for": "3600"} | signed | about
    assert (urlsplit(url).path.lstrip("/"), sent) == (lab.upload.key, headers)


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({"method": "DELETE"}, "#/uploadId"),
        ({"method": "PUT"}, "#/uploadId"),
        ({"method": "GET"}, "#/uploadId"),
        ({"method": "PUT", "uploadId": "u"}, "#/partNumber"),
        ({"method": "PUT", "uploadId": "u", "partNumber": 4}, "#/partNumber"),
    ],
)
def test_what_is_wrong_with_another_request_is_told(
    lab: Lab, request_: dict[str, str], pointer: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        lab.sign(**request_)

    assert [fault.pointer for fault in caught.value.faults] == [pointer]


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST"},
        {"method": "PUT", "uploadId": "u", "partNumber": 1},
        {"method": "DELETE"},
    ],
)
def test_nothing_about_parts_is_signed_for_what_is_sent_whole(request_: dict[str, str]) -> None:
    with pytest.raises(ConflictError):
        Lab("PUT").sign(**request_)


@pytest.mark.parametrize("method", ["PUT", "multipart"])
def test_once_the_file_is_there_nothing_more_is_signed(method: str) -> None:
    lab = Lab(method)
    lab.uploads.land(lab.upload_id, StoredObject(size=SIZE, etag="e"))

    with pytest.raises(ConflictError, match="Go on"):
        lab.sign("PUT")


def test_one_beyond_a_limit_is_not_reserved_and_leaves_nothing_in_the_bucket() -> None:
    lab = Lab()
    limits = Quotas(upload_bytes_a_day=2 * SIZE - 1)
    lab.reserve(limits, b"a" * 16)

    with pytest.raises(QuotaError) as refused:
        lab.reserve(limits, b"b" * 16)

    assert refused.value.policies == ["upload-bytes"]
    assert len(lab.uploads.now) == 2
    assert set(lab.multipart.begun.values()) == {each.key for each in lab.uploads.now.values()}

"""What use cases rely on of uploads, the bucket, the slots and the executions."""

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from faceswap.rules import ids
from faceswap.rules.uploads import MOST_JOBS, StoredObject, Upload
from tests.support.samples import a_job, an_upload
from tests.support.stores import Stores

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


NOBODY: frozenset[str] = frozenset()
LANDED = StoredObject(size=5, etag="e", sha256="s")


def reserved(stores: Stores) -> Upload:
    upload = an_upload(upload_id=ids.upload_id(secrets.token_bytes(16)), sha256="s")
    stores.uploads.create(upload, forget_at=NOW + timedelta(days=3650))
    return upload


def test_an_upload_knows_who_names_it_and_who_waits(stores: Stores) -> None:
    upload = reserved(stores)

    stores.uploads.add_user(upload.upload_id, "job_a", waits=True)
    stores.uploads.add_user(upload.upload_id, "job_b", waits=False)
    stores.uploads.add_user(upload.upload_id, "job_b", waits=False)

    found = stores.uploads.get(upload.upload_id)
    assert found is not None
    assert (found.named_by, found.waiters) == (
        frozenset({"job_a", "job_b"}),
        frozenset({"job_a"}),
    )
    assert stores.uploads.get("upl_none") is None


def test_an_upload_is_forgotten_with_the_last_job_that_names_it(stores: Stores) -> None:
    upload = reserved(stores)
    for job_id in ("job_a", "job_b"):
        stores.uploads.add_user(upload.upload_id, job_id, waits=False)

    assert stores.uploads.remove_user(upload.upload_id, "job_a") is False
    assert stores.uploads.remove_user(upload.upload_id, "job_b") is True
    assert stores.uploads.get(upload.upload_id) is None
    assert stores.uploads.remove_user(upload.upload_id, "job_b") is True


def test_an_upload_lands_once(stores: Stores) -> None:
    upload = reserved(stores)
    stores.uploads.add_user(upload.upload_id, "job_a", waits=True)

    first = stores.uploads.land(upload.upload_id, LANDED)
    again = stores.uploads.land(upload.upload_id, StoredObject(size=6, etag="f"))

    assert first is not None
    assert (first.landed, first.waiters) == (LANDED, frozenset({"job_a"}))
    assert again is None
    assert stores.uploads.land("upl_none", LANDED) is None
    stores.uploads.remove_waiters(upload.upload_id, frozenset({"job_a", "job_b"}))
    found = stores.uploads.get(upload.upload_id)
    assert found is not None
    assert (found.landed, found.waiters, found.named_by) == (LANDED, NOBODY, frozenset({"job_a"}))


def test_so_many_jobs_name_an_upload_and_no_more(stores: Stores) -> None:
    upload_id = reserved(stores).upload_id
    for number in range(MOST_JOBS):
        noted = stores.uploads.add_user(upload_id, f"job_{number}", waits=True)
        assert noted is not None
        assert len(noted.named_by) == number + 1

    assert stores.uploads.add_user(upload_id, "job_x", waits=True) is None
    assert stores.uploads.add_user(upload_id, "job_0", waits=True) is not None
    assert stores.uploads.remove_user(upload_id, "job_0") is False
    found = stores.uploads.get(upload_id)
    assert found is not None
    assert {"job_0", "job_x"}.isdisjoint(found.named_by | found.waiters)
    assert stores.uploads.add_user(upload_id, "job_x", waits=False) is not None
    assert stores.uploads.add_user("upl_none", "job_x", waits=True) is None


def test_an_upload_that_is_given_up_takes_nothing_more(stores: Stores) -> None:
    upload = reserved(stores)
    stores.uploads.add_user(upload.upload_id, "job_a", waits=True)

    assert stores.uploads.erase(upload, NOW) is False
    current = stores.uploads.get(upload.upload_id)
    assert current is not None
    assert stores.uploads.erase(current, NOW) is True

    after = stores.uploads.get(upload.upload_id)
    assert after is not None
    assert (after.erased_at, after.owner, after.key) == (NOW, upload.owner, upload.key)
    assert (after.sha256, after.landed, after.named_by, after.waiters) == (
        None,
        None,
        NOBODY,
        NOBODY,
    )
    assert stores.uploads.land(upload.upload_id, LANDED) is None
    assert stores.uploads.add_user(upload.upload_id, "job_b", waits=True) is None


def test_a_request_finds_the_job_and_the_uploads_that_are_there(stores: Stores) -> None:
    job, upload = a_job(), an_upload()
    assert stores.jobs.create(job) is None
    stores.uploads.create(upload, forget_at=NOW)
    absent = "upl_" + "z" * 26

    known = stores.requests.read(job.job_id, {upload.upload_id, absent})

    assert known.job == stores.jobs.get(job.job_id)
    assert known.uploads == {upload.upload_id: stores.uploads.get(upload.upload_id)}
    assert stores.requests.read(None, set()) == (None, {}, None)
    assert stores.requests.read("job_" + "z" * 26, set()) == (None, {}, None)


def test_objects_are_found_and_deleted(stores: Stores) -> None:
    prefix = f"results/{secrets.token_hex(4)}/"
    for name in ("a", "b", "c"):
        stores.put(prefix + name, b"abc")

    md5 = hashlib.md5(b"abc", usedforsecurity=False)
    found = stores.media.find(prefix + "a")
    assert found is not None
    assert (found.size, found.etag, found.sha256) == (3, md5.hexdigest(), None)
    stores.media.delete(prefix + "a")
    stores.media.delete(prefix + "a")
    stores.media.delete_below(prefix, keep=prefix + "b")

    left = [name for name in ("a", "b", "c") if stores.media.find(prefix + name)]
    assert left == ["b"]


def test_what_breaks_while_it_is_read_is_not_stored(stores: Stores) -> None:
    class Broken:
        def read(self, _size: int = -1, /) -> bytes:
            raise ValueError("the connection broke")

    with pytest.raises(ValueError, match="broke"):
        stores.media.archive("results/broken.mp4", Broken(), "video/mp4")

    assert stores.media.find("results/broken.mp4") is None


def test_waking_nobody_is_fine(stores: Stores) -> None:
    stores.executions.wake(None)
    stores.executions.wake("not a token of ours")


def in_parts(stores: Stores) -> tuple[Upload, str]:
    """An upload whose parts may be sent, and the bucket's id of it."""
    upload_id = ids.upload_id(secrets.token_bytes(16))
    upload = an_upload(upload_id=upload_id, size=5)
    return upload, stores.multipart.begin(upload)


def test_parts_that_were_dropped_are_none(stores: Stores) -> None:
    upload, begun = in_parts(stores)

    assert stores.multipart.arrived(upload.key, begun) == []
    stores.multipart.abandon(upload.key)
    stores.multipart.abandon(upload.key)

    assert stores.multipart.arrived(upload.key, begun) is None
    assert stores.multipart.complete(upload.key, begun, []) is True
    assert stores.media.find(upload.key) is None


def test_only_the_parts_of_this_object_are_dropped(stores: Stores) -> None:
    (one, _), (other, begun) = in_parts(stores), in_parts(stores)

    stores.multipart.abandon(one.key)

    assert stores.multipart.arrived(other.key, begun) == []
    stores.multipart.abandon(other.key)


def test_a_checksum_is_noted_of_the_same_content_only(stores: Stores) -> None:
    upload = reserved(stores)
    stores.uploads.land(upload.upload_id, LANDED)

    stores.uploads.verify(upload, LANDED.model_copy(update={"sha256": "s", "etag": "other"}))
    before = stores.uploads.get(upload.upload_id)
    stores.uploads.verify(upload, LANDED.model_copy(update={"sha256": "s"}))

    after = stores.uploads.get(upload.upload_id)
    assert before is not None
    assert after is not None
    assert (before.landed, after.landed) == (LANDED, LANDED.model_copy(update={"sha256": "s"}))


def test_a_request_that_is_signed_anew_ends_later(stores: Stores) -> None:
    upload = reserved(stores)
    later = upload.expires_at + timedelta(hours=1)

    stores.uploads.renew(upload.upload_id, later)
    stores.uploads.renew("upl_none", later)

    found = stores.uploads.get(upload.upload_id)
    assert found is not None
    assert found.expires_at == later


def test_a_piece_of_an_object_and_its_checksum_are_read_of_the_content_that_is_meant(
    stores: Stores,
) -> None:
    key = f"results/{secrets.token_hex(4)}/x"
    stores.put(key, b"0123456789")
    found = stores.media.find(key)
    assert found is not None

    def read(at: int) -> bytes | None:
        return stores.media.read(key, found.etag, 4, at=at)

    assert [read(0), read(3), read(8), read(10)] == [b"0123", b"3456", b"89", b""]
    sha256 = base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode()
    assert stores.media.sha256(key, found.etag) == sha256
    assert b"".join(stores.media.pieces(key, found.etag) or ()) == b"0123456789"
    for gone in ((key, "0" * 32), (key + "x", found.etag)):
        assert stores.media.sha256(*gone) is None
        assert stores.media.pieces(*gone) is None
        assert stores.media.read(*gone, 4, at=2) is None

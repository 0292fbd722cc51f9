"""What use cases rely on of the inbox's records, and of small objects in the bucket."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from faceswap.rules.inbox import Manifest
from tests.support.stores import Stores

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3650)


def manifest(sequencer: str, key: str = "inbox/ann/a.job.json") -> Manifest:
    return Manifest(key=key, sequencer=sequencer, etag="e")


def test_only_a_newer_event_of_a_manifest_or_the_same_counts(stores: Stores) -> None:
    told = [
        stores.inbox.advance(manifest(sequencer), "job_a", forget_at=LATER)
        for sequencer in ("00A5", "00A5", "00A4FF", "00A50", "00A501", "00A5", "00B")
    ]

    # The shorter one is filled up with zeros.
    assert told == [True, True, False, True, True, False, True]
    other = manifest("01", key="inbox/ann/b.job.json")
    assert stores.inbox.advance(other, None, forget_at=LATER)


def test_a_job_answers_a_manifest_that_is_not_about_another_one_by_now(stores: Stores) -> None:
    inbox = stores.inbox
    assert inbox.current(manifest("00A"), "job_a") == manifest("00A")

    inbox.advance(manifest("00b"), "job_b", forget_at=LATER)

    told = [inbox.current(manifest(each), "job_a") for each in ("00A", "00b", "00C")]
    assert told == [None, None, manifest("00C")]
    assert inbox.current(manifest("00A"), "job_b") == manifest("00b")
    inbox.advance(manifest("00C"), None, forget_at=LATER)
    assert inbox.current(manifest("00b"), "job_b") is None


def test_a_manifest_is_forgotten_unless_a_newer_one_is_known(stores: Stores) -> None:
    inbox = stores.inbox
    inbox.advance(manifest("00B"), "job_b", forget_at=LATER)

    inbox.forget(manifest("00A"))
    assert inbox.current(manifest("00A"), "job_b") == manifest("00B")

    inbox.forget(manifest("00B"))
    inbox.forget(manifest("00B"))
    assert inbox.current(manifest("00A"), "job_a") == manifest("00A")
    assert inbox.advance(manifest("00A"), "job_a", forget_at=LATER)


def test_a_name_as_long_as_a_key_can_be_is_known(stores: Stores) -> None:
    inbox, key = stores.inbox, "inbox/ann/" + "\uac01" * 338

    assert inbox.add_user(key, "job_a", waits=True, forget_at=LATER)
    assert inbox.waiters(key) == {"job_a"}
    assert inbox.advance(manifest("01", key), "job_a", forget_at=LATER)
    assert inbox.remove_user(key, "job_a")


def test_a_file_knows_who_names_it_and_who_waits(stores: Stores) -> None:
    inbox, key = stores.inbox, "inbox/ann/Größe +1.mp4"
    assert inbox.waiters(key) == frozenset()

    inbox.add_user(key, "job_a", waits=True, forget_at=LATER)
    inbox.add_user(key, "job_b", waits=True, forget_at=LATER)
    inbox.add_user(key, "job_c", waits=False, forget_at=LATER)

    assert inbox.waiters(key) == {"job_a", "job_b"}
    inbox.remove_waiters(key, frozenset({"job_a"}))
    assert inbox.waiters(key) == {"job_b"}
    assert [inbox.remove_user(key, job_id) for job_id in ("job_a", "job_b", "job_c")] == [
        False,
        False,
        True,
    ]
    assert inbox.waiters(key) == frozenset()
    assert inbox.remove_user(key, "job_c") is True


@pytest.mark.parametrize("name", ["a b+c.json", "Größe.json", "Gro\u0308ße.json", "🎬 %20.json"])
def test_small_objects_are_read_in_part_and_as_they_are_known(stores: Stores, name: str) -> None:
    key = f"probe/{secrets.token_hex(4)}/{name}"
    stores.media.put(key, b"0123456789", "application/json")
    known = stores.media.find(key)
    assert known is not None

    assert stores.media.read(key, known.etag, 4) == b"0123"
    assert stores.media.read(key, known.etag, 100) == b"0123456789"
    stores.media.put(key, b"other", "application/json")
    assert stores.media.read(key, known.etag, 4) is None
    stores.media.delete(key)
    assert stores.media.read(key, known.etag, 4) is None


def test_an_empty_object_is_empty(stores: Stores) -> None:
    key = f"probe/{secrets.token_hex(4)}"
    stores.media.put(key, b"", "application/json")
    known = stores.media.find(key)
    assert known is not None

    assert stores.media.read(key, known.etag, 4) == b""


def test_a_copy_is_the_same_and_takes_the_place_of_what_was_there(stores: Stores) -> None:
    source, target = (f"probe/{secrets.token_hex(4)} é+.mp4" for _ in range(2))
    stores.put(source, b"video")
    stores.put(target, b"another")

    stores.media.copy(source, target)

    found, copied = stores.media.find(source), stores.media.find(target)
    assert found is not None
    assert copied is not None
    assert (copied.size, copied.etag) == (found.size, found.etag)


def test_of_a_video_that_is_gone_there_is_no_copy(stores: Stores) -> None:
    source, target = (f"probe/{secrets.token_hex(4)}.mp4" for _ in range(2))
    stores.put(target, b"another")

    assert stores.media.copy(source, target) is False

    assert stores.media.find(target) is not None


def test_only_the_content_that_is_known_is_deleted(stores: Stores) -> None:
    key = f"probe/{secrets.token_hex(4)} é+.png"
    stores.put(key, b"first")
    first = stores.media.find(key)
    assert first is not None
    stores.put(key, b"second")

    stores.media.delete(key, first.etag)
    second = stores.media.find(key)
    assert second is not None

    stores.media.delete(key, second.etag)
    assert stores.media.find(key) is None
    stores.media.delete(key, second.etag)


def test_a_gone_object_was_never_written(stores: Stores) -> None:
    key = f"probe/{secrets.token_hex(4)}"
    stores.put(key, b"x")
    stores.media.delete(key)

    assert stores.media.written_at(key) is None


def test_the_newest_writing_is_known_with_its_job_or_its_refusal(stores: Stores) -> None:
    inbox = stores.inbox
    assert inbox.newest(manifest("01").key) is None

    inbox.advance(manifest("01"), None, forget_at=LATER, refusal='{"problem": {}}')
    refused = inbox.newest(manifest("01").key)
    inbox.advance(manifest("02"), "job_a", forget_at=LATER)

    assert refused == (manifest("01"), None, '{"problem": {}}')
    assert inbox.newest(manifest("01").key) == (manifest("02"), "job_a", None)

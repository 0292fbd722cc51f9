"""Erasing a job: what dies half way, what moves meanwhile, and what the provider still keeps."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from faceswap.rules.callbacks import CallbackMessage
from faceswap.rules.errors import ConflictError
from faceswap.rules.inbox import Manifest
from faceswap.rules.job import Job
from faceswap.rules.links import webhook_token
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.samples import START
from tests.support.scripted import success
from tests.support.servers import Answer


def test_a_delete_that_died_can_be_repeated(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing(callback="url", callback_url="https://a.example/hook")
    message = CallbackMessage(job_id=job.job_id, owner="me", version=1)
    use_cases.deliveries.begin(message, START, START + timedelta(seconds=30))
    with monkeypatch.context() as patch:
        patch.setattr(
            use_cases.jobs, "erase", lambda *_args: (_ for _ in ()).throw(SystemError("killed"))
        )
        with pytest.raises(SystemError):
            use_cases.delete_job.run(job.job_id, "me")
    assert use_cases.read(job).erased_at is None
    assert use_cases.deliveries.get(job.job_id) is None

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.read(job).erased_at == use_cases.clock.now
    assert use_cases.read(job).is_draining


def test_a_delete_that_loses_its_last_write_says_so(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job(status="failed")
    monkeypatch.setattr(use_cases.jobs, "erase", lambda *_args: None)

    with pytest.raises(ConflictError, match="at this moment"):
        use_cases.delete_job.run(job.job_id, "me")


def test_what_is_told_of_a_job_while_it_is_deleted_goes_with_it(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = Manifest(key="inbox/me/a.job.json", sequencer="1", etag="e")
    job = use_cases.job(status="failed", callback="outbox", manifest=manifest, closed_at=START)
    message = CallbackMessage(job_id=job.job_id, owner="me", version=1)
    erase = use_cases.jobs.erase

    def tell_and_erase(*args: Any) -> Job | None:
        view = {"manifest": {"key": manifest.key}, "job": {"job_id": job.job_id}}
        use_cases.media.put(manifest.answer_key, json.dumps(view).encode(), "application/json")
        use_cases.media.put(manifest.video_key, b"video", "video/mp4")
        use_cases.deliveries.begin(message, START, START + timedelta(seconds=30))
        return erase(*args)

    monkeypatch.setattr(use_cases.jobs, "erase", tell_and_erase)
    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.media.objects == {}
    assert use_cases.deliveries.get(job.job_id) is None


def test_what_was_never_sent_has_nothing_to_delete_at_the_provider(
    use_cases: FakedUseCases,
) -> None:
    job, unknown = use_cases.job(), use_cases.submitting()

    use_cases.delete_job.run(job.job_id, "me")
    use_cases.delete_job.run(unknown.job_id, "me")
    assert use_cases.collect(job).next == "done"
    assert use_cases.collect(unknown).next == "wait"

    assert use_cases.read(job).provider_deletion == "not_applicable"
    assert use_cases.read(unknown).is_draining  # a message may yet tell an id
    assert use_cases.asked("delete") == 0
    use_cases.clock.now = unknown.deadline_at
    assert use_cases.collect(unknown).next == "done"


def test_an_id_that_came_after_the_end_is_enough_to_delete_what_was_made(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.submitting()
    use_cases.clock.now = job.deadline_at
    assert use_cases.collect(job).next == "done"
    said = (
        f'{{"status":"success","id":298,"track_id":{job.track_id},"output":["https://a.example/v"]}}'
    ).encode()
    token = webhook_token("secret", job.job_id)
    use_cases.receive_webhook.run(job.job_id, token, said, None)
    assert use_cases.read(job).late_request_id == "298"

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.asked("delete") == 1
    assert use_cases.read(job).provider_deletion == "done"


def test_after_the_provider_s_day_a_refused_deletion_is_not_asked_for_again(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    use_cases.script.delete = Answer(body=b'{"status":"failed"}')
    job = use_cases.processing()
    use_cases.collect(job)
    use_cases.clock.forward(86_400)

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.read(job).provider_deletion == "refused"
    assert use_cases.read(job).closed_at
    assert not use_cases.not_deleted


def test_a_job_that_closes_while_it_is_deleted_is_erased_all_the_same(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    use_cases.script.fetch = success(use_cases.link())
    real = use_cases.jobs.erase

    def closes_first(read: Job, *args: Any) -> Job | None:
        if use_cases.read(job).closed_at is None:
            assert use_cases.collect(job).next == "done"
        return real(read, *args)

    monkeypatch.setattr(use_cases.jobs, "erase", closes_first)
    use_cases.delete_job.run(job.job_id, "me")

    after = use_cases.read(job)
    assert (after.erased_at, after.provider_deletion) == (use_cases.clock.now, "done")
    assert use_cases.asked("delete") == 1


def test_the_provider_is_asked_to_delete_until_it_has(use_cases: FakedUseCases) -> None:
    job = use_cases.processing()
    use_cases.delete_job.run(job.job_id, "me")
    use_cases.script.fetch = success(use_cases.link())
    use_cases.script.delete = Answer(body=b'{"status":"failed"}')

    waits = [use_cases.collect(job) for _ in range(3)]
    use_cases.script.delete = Answer(body=b'{"status":"success"}')
    last = use_cases.collect(job)

    assert [step.next for step in waits] == ["wait"] * 3
    assert (last.next, use_cases.read(job).provider_deletion) == ("done", "done")
    assert (use_cases.asked("fetch"), use_cases.asked("delete")) == (1, 4)
    assert job.job_id not in use_cases.admission.leases
    assert use_cases.results(job) == []


def test_a_provider_that_refuses_to_delete_for_a_day_is_told_of(use_cases: FakedUseCases) -> None:
    job = use_cases.processing()
    use_cases.delete_job.run(job.job_id, "me")
    use_cases.script.fetch = success(use_cases.link())
    use_cases.script.delete = Answer(body=b'{"status":"failed"}')

    for _ in range(10):
        assert use_cases.collect(job).next == "wait"
    assert not use_cases.not_deleted
    use_cases.clock.forward(86_400)

    assert use_cases.collect(job).next == "done"
    assert use_cases.read(job).provider_deletion == "refused"
    assert use_cases.not_deleted == [True]


def test_what_a_closed_job_left_there_is_asked_for_at_once_and_again_if_refused(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    use_cases.script.delete = Answer(body=b'{"status":"failed"}')
    job = use_cases.processing()
    use_cases.collect(job)
    assert use_cases.read(job).closed_at

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.asked("delete") == 1
    assert use_cases.read(job).is_draining
    use_cases.script.delete = Answer(body=b'{"status":"success"}')
    assert use_cases.collect(job).next == "done"
    assert use_cases.read(job).provider_deletion == "done"


def test_uploads_go_with_the_last_job_that_names_them(use_cases: FakedUseCases) -> None:
    media = use_cases.uploaded()
    [upload] = use_cases.uploads.now.values()
    jobs = [use_cases.job(media=media) for _ in range(2)]
    for job in jobs:
        use_cases.uploads.add_user(upload.upload_id, job.job_id, waits=False)

    use_cases.delete_job.run(jobs[0].job_id, "me")
    assert list(use_cases.media.objects) == [upload.key]
    use_cases.delete_job.run(jobs[1].job_id, "me")

    assert (use_cases.media.objects, use_cases.uploads.now) == ({}, {})


def test_parts_of_an_upload_that_was_not_sent_go_with_its_job(use_cases: FakedUseCases) -> None:
    job = use_cases.job(status="awaiting_upload", media=use_cases.uploaded(None))
    [upload] = use_cases.uploads.now.values()
    multipart_id = use_cases.multipart.begin(upload)

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.multipart.arrived(upload.key, multipart_id) is None


def test_of_two_deletes_at_once_one_erases_the_job(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()
    use_cases.collect(job)
    meanwhile(use_cases.jobs, "erase", partial(use_cases.delete_job.run, job.job_id, "me"))

    use_cases.delete_job.run(job.job_id, "me")

    erased = [change for change, after in use_cases.jobs.past[job.job_id] if after.erased_at]
    assert len(erased) == 1

"""What use cases rely on of a table of jobs."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from faceswap.ports.jobs import JobLists, Jobs, Position, Wakeup
from faceswap.rules import ids
from faceswap.rules.consent import Consent, hmacs_of
from faceswap.rules.job import Evidence, Failure, Job, Result
from faceswap.rules.job_media import LinkedMedia, UploadedMedia
from tests.support.samples import a_job
from tests.support.stores import Stores

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
SAID = Evidence(
    at=NOW,
    by="webhook",
    is_tracked=True,
    request_id="298",
    urls=("https://a.example/v",),
    generation_time=4.5,
)
CONSENT = Consent(
    statement="All agreed.", caller="me", terms="v1", subject="x", token_id="j",
    auth_time="1",
)  # fmt: skip


def stored(jobs: Jobs, **changes: object) -> Job:
    job = a_job(job_id=ids.job_id(secrets.token_bytes(16)), **changes)
    assert jobs.create(job) is None
    return job


def drains(jobs: Jobs, **changes: object) -> Job:
    return stored(jobs, **{"status": "cancelled", "submitted_at": NOW} | changes)


def read(jobs: Jobs, job: Job) -> Job:
    found = jobs.get(job.job_id)
    assert found is not None
    return found


def test_a_job_is_read_as_it_was_created(stores: Stores) -> None:
    upload = UploadedMedia(key="uploads/x.mp4")
    media = dict(a_job().media) | {"init_video": upload}
    job = stored(stores.jobs, media=media, eta_seconds=20.9379869184, client_reference="é")

    assert read(stores.jobs, job) == job
    assert stores.jobs.get("job_" + "z" * 26) is None


def test_who_creates_a_job_again_gets_the_first(stores: Stores) -> None:
    job = stored(stores.jobs)

    assert stores.jobs.create(job.model_copy(update={"owner": "other"})) == job
    assert read(stores.jobs, job).owner == "me"


def due(jobs: JobLists) -> list[str]:
    """All that are not closed, as the sweep sees them in the end."""
    return list(jobs.due(NOW + timedelta(days=365)))


def test_a_move_names_the_status_and_version_that_it_leaves(stores: Stores) -> None:
    job = stored(stores.jobs)

    moved = stores.jobs.move(job, "submitting", NOW, submitted_at=NOW, submit_after=None)

    assert moved is not None
    assert (moved.status, moved.version, moved.updated_at) == ("submitting", 2, NOW)
    assert (moved.submitted_at, moved.wakeup_count) == (NOW, 0)
    assert read(stores.jobs, job) == moved
    assert stores.jobs.move(job, "failed", NOW) is None
    assert stores.jobs.note(job, polls=1) is None
    assert read(stores.jobs, job) == moved


def test_a_move_may_remove_a_field_and_count_a_wake_up(stores: Stores) -> None:
    job = stored(stores.jobs, status="submitting", submitted_at=NOW)

    moved = stores.jobs.move(job, "queued", NOW, wake=True, submitted_at=None)

    assert moved is not None
    assert (moved.submitted_at, moved.wakeup_count) == (None, 1)


def test_a_change_of_status_that_is_not_allowed_is_a_mistake(stores: Stores) -> None:
    with pytest.raises(ValueError, match="does not change"):
        stores.jobs.move(stored(stores.jobs), "succeeded", NOW)


def test_a_final_job_knows_when_it_ended_and_is_open_until_it_is_closed(stores: Stores) -> None:
    job, other = stored(stores.jobs), stored(stores.jobs, task_token="t")

    ended = stores.jobs.move(job, "failed", NOW, error=Failure(type="internal", detail="x"))
    closed = stores.jobs.move(other, "cancelled", NOW, closed_at=NOW)

    assert ended is not None
    assert closed is not None
    assert (ended.finished_at, ended.error) == (NOW, Failure(type="internal", detail="x"))
    assert (ended.is_draining, closed.is_draining, closed.task_token) == (True, False, None)
    assert due(stores.job_lists) == [job.job_id]


def test_a_draining_job_is_closed_unless_it_was_woken(stores: Stores) -> None:
    job = drains(stores.jobs, task_token="t", evidence_pending=SAID.essentials)
    assert stores.jobs.wake(job.job_id) is not None

    assert stores.jobs.close(job, NOW, None) is None
    closed = stores.jobs.close(read(stores.jobs, job), NOW, "done")

    assert closed is not None
    assert (closed.closed_at, closed.provider_deletion, closed.request_id) == (NOW, "done", "298")
    assert (closed.task_token, closed.evidence_pending) == (None, None)
    assert due(stores.job_lists) == []
    assert stores.jobs.close(closed, NOW, None) is None


def test_an_erased_job_is_reopened_for_an_id_that_is_news(stores: Stores) -> None:
    job, other = drains(stores.jobs), drains(stores.jobs)
    for each in (job, other):
        assert stores.jobs.close(each, NOW, None) is not None
    assert stores.jobs.erase(read(stores.jobs, job), NOW, "not_applicable") is not None

    stores.jobs.reopen(job.job_id, "298")
    stores.jobs.reopen(job.job_id, "299")
    stores.jobs.reopen(other.job_id, "298")

    reopened = read(stores.jobs, job)
    assert (reopened.is_draining, reopened.request_id) == (True, "298")
    assert reopened.provider_deletion is None
    assert read(stores.jobs, other).request_id is None
    assert due(stores.job_lists) == [job.job_id]


def test_a_note_changes_neither_status_nor_version(stores: Stores) -> None:
    job = stored(stores.jobs)

    noted = stores.jobs.note(job, polls=1, last_unread="odd")

    assert noted is not None
    assert (noted.status, noted.version, noted.polls, noted.last_unread) == ("queued", 1, 1, "odd")
    assert stores.jobs.note(job, polls=2) is not None


def test_a_wake_up_is_counted_with_what_was_said(stores: Stores) -> None:
    job = stored(stores.jobs, status="processing")

    woken = stores.jobs.wake(job.job_id, evidence_succeeded=SAID)

    assert woken is not None
    after = woken.job
    assert woken.is_counted
    assert (after.wakeup_count, after.version, after.evidence_succeeded) == (1, 1, SAID)
    again = after.model_copy(update={"wakeup_count": 2})
    assert stores.jobs.wake(job.job_id) == Wakeup(again, is_counted=True)


def test_the_first_message_of_a_kind_stays(stores: Stores) -> None:
    job = stored(stores.jobs, status="processing", request_id="298")
    later = SAID.model_copy(update={"urls": ("https://evil.example/v",)})

    stores.jobs.wake(job.job_id, evidence_succeeded=SAID)
    woken = stores.jobs.wake(job.job_id, evidence_succeeded=later)

    assert woken is not None
    assert (woken.job.evidence_succeeded, woken.job.wakeup_count) == (SAID, 2)


def test_a_message_that_names_another_request_only_wakes(stores: Stores) -> None:
    job = stored(stores.jobs, status="processing", request_id="298")
    foreign = SAID.model_copy(update={"request_id": "299"})

    woken = stores.jobs.wake(job.job_id, evidence_succeeded=foreign)

    assert woken is not None
    assert (woken.job.evidence_succeeded, woken.job.wakeup_count) == (None, 1)


def test_a_message_that_came_before_the_id_was_known_gives_way_to_the_job_s_own(
    stores: Stores,
) -> None:
    foreign = SAID.model_copy(update={"request_id": "299"})
    job = stored(stores.jobs, status="submitting")
    stores.jobs.wake(job.job_id, evidence_succeeded=foreign)
    stores.jobs.wake(job.job_id, evidence_succeeded=SAID)
    assert read(stores.jobs, job).evidence_succeeded == foreign
    stores.jobs.move(job, "processing", NOW, request_id="298")

    stores.jobs.wake(job.job_id, evidence_succeeded=SAID)

    assert read(stores.jobs, job).evidence_succeeded == SAID


def test_while_the_request_is_not_known_only_who_names_the_job_is_heard(stores: Stores) -> None:
    job = stored(stores.jobs, status="submitting")
    stray = SAID.model_copy(update={"is_tracked": False})

    woken = [
        stores.jobs.wake(job.job_id, once="succeeded", evidence_succeeded=stray) for _ in range(2)
    ]

    assert [each.is_counted for each in woken if each] == [True, False]
    assert read(stores.jobs, job).evidence_succeeded is None
    own = stores.jobs.wake(job.job_id, once="succeeded", evidence_succeeded=SAID)
    assert own is not None
    assert own.job.evidence_succeeded == SAID


def test_of_what_is_said_about_a_draining_job_only_the_id_is_kept(stores: Stores) -> None:
    job = drains(stores.jobs)

    woken = stores.jobs.wake(job.job_id, evidence_succeeded=SAID)

    assert woken is not None
    assert (woken.job.evidence_succeeded, woken.job.wakeup_count) == (SAID.essentials, 1)


def test_a_closed_job_is_not_woken_and_an_unknown_one_is_none(stores: Stores) -> None:
    job = drains(stores.jobs)
    closed = stores.jobs.close(job, NOW, None)

    assert closed is not None
    left_alone = Wakeup(closed, is_counted=False)
    assert stores.jobs.wake(job.job_id, evidence_failed=SAID) == left_alone
    assert stores.jobs.wake("job_" + "z" * 26) is None


def test_a_job_that_is_ended_and_woken_is_due_at_once(stores: Stores) -> None:
    job, other = stored(stores.jobs, due_at=NOW), stored(stores.jobs, due_at=NOW)
    later = NOW - timedelta(days=2)

    assert stores.jobs.move(job, "cancelled", later, wake=True) is not None
    assert stores.jobs.move(other, "failed", later) is not None

    assert list(stores.job_lists.due(later)) == [job.job_id]


def test_a_job_that_is_woken_in_its_status_is_due_at_once(stores: Stores) -> None:
    waiting, other = stored(stores.jobs, status="awaiting_upload"), stored(stores.jobs)

    for job in (waiting, other):
        assert stores.jobs.wake(job.job_id, only_in="awaiting_upload") is not None

    assert list(stores.job_lists.due(NOW - timedelta(days=1))) == [waiting.job_id]


def test_of_the_jobs_that_are_due_the_most_overdue_comes_first(stores: Stores) -> None:
    times = [NOW + timedelta(seconds=n) for n in (2, 0, 1)]
    made = [stored(stores.jobs, due_at=time) for time in times]
    ended = stored(stores.jobs, due_at=NOW - timedelta(days=2))
    stores.jobs.move(ended, "cancelled", NOW, closed_at=NOW)

    assert due(stores.job_lists) == [made[n].job_id for n in (1, 2, 0)]
    assert list(stores.job_lists.due(NOW - timedelta(milliseconds=1))) == []
    assert list(stores.job_lists.due(NOW)) == [made[1].job_id]


def test_an_owner_s_jobs_are_paged_newest_first(stores: Stores) -> None:
    times = [NOW + timedelta(seconds=n) for n in range(3)]
    made = [stored(stores.jobs, owner="pager", created_at=time) for time in times]
    stored(stores.jobs, owner="other")

    first = stores.job_lists.page("pager", 2, None)
    assert [job.job_id for job in first.jobs] == [made[2].job_id, made[1].job_id]
    assert isinstance(first.following, Position)
    second = stores.job_lists.page("pager", 2, first.following)

    assert [job.job_id for job in second.jobs] == [made[0].job_id]
    assert second.following is None


def test_of_an_erased_job_a_fixed_list_of_fields_stays(stores: Stores) -> None:
    everything = a_job(
        job_id=ids.job_id(secrets.token_bytes(16)), status="succeeded", wakeup_count=3, version=4,
        media=dict(a_job().media) | {"init_image": LinkedMedia(url="https://a.example/me.png")},
        client_reference="mine", queued_at=NOW, submit_after=NOW, queue_tag="1#x",
        submitted_at=NOW, accepted_at=NOW, finished_at=NOW, task_token="t", request_id="298",
        eta_seconds=5, generation_time=5, evidence_immediate=SAID, evidence_succeeded=SAID,
        evidence_failed=SAID, evidence_pending=SAID, fetch_failures=1, fetch_failing_since=NOW,
        archive_failures=1, archive_failing_since=NOW, collect_failures=1,
        collect_failing_since=NOW, polls=1, unread_polls=1, last_unread="x",
        consent=CONSENT, consent_hmacs=hmacs_of(CONSENT, "key"),
        result=Result(key="results/x", size=1, sha256="s"), closed_at=NOW, executions=2,
        provider_done=True, deletion_failures=1, deletion_failing_since=NOW, result_hosts=("a",),
        error=Failure(type="internal", detail="x"), late_successes=1, late_request_id="299",
    )  # fmt: skip
    assert stores.jobs.create(everything) is None

    erased = stores.jobs.erase(everything, NOW, None)

    assert erased is not None
    assert read(stores.jobs, everything) == erased
    stays = {name for name, value in erased if value != Job.model_fields[name].default}
    assert stays == {
        "accepted_at", "created_at", "deadline_at", "due_at", "erased_at", "erased_receipt",
        "executions", "finished_at", "job_id", "late_request_id", "late_successes", "media", "owner",
        "provider_done", "queued_at", "submit_after", "request_id", "wakeup_count", "status", "submitted_at",
        "task_token", "updated_at", "version",
    }  # fmt: skip
    assert (erased.media, erased.wakeup_count) == ({}, 4)
    assert erased.consent_receipt == everything.consent_receipt
    assert erased.consent_receipt is not None
    assert erased.consent_receipt.result_sha256 == "s"
    assert stores.job_lists.page("me", 5, None).jobs == []


def test_a_job_that_closed_meanwhile_is_not_erased_as_if_it_were_draining(stores: Stores) -> None:
    job = drains(stores.jobs)
    closed = stores.jobs.close(job, NOW, None)

    assert stores.jobs.erase(job, NOW, None) is None
    assert closed is not None
    erased = stores.jobs.erase(closed, NOW, None)

    assert erased is not None
    assert erased.is_draining  # the provider is to be asked again
    assert due(stores.job_lists) == [job.job_id]


def test_an_id_that_came_since_a_job_was_read_is_not_lost_by_its_erasure(stores: Stores) -> None:
    job = drains(stores.jobs)
    stores.jobs.note_answer(job.job_id, "298", provider_done=False)

    assert stores.jobs.erase(job, NOW, None) is None
    erased = stores.jobs.erase(read(stores.jobs, job), NOW, None)

    assert erased is not None
    assert erased.request_id == "298"


def test_a_move_may_leave_alone_what_was_woken(stores: Stores) -> None:
    job = stored(stores.jobs, status="submitting", submitted_at=NOW)
    stores.jobs.wake(job.job_id, evidence_pending=SAID)

    assert stores.jobs.move(job, "cancelled", NOW, unless_woken=True) is None
    current = read(stores.jobs, job)
    fields = current.final_fields
    moved = stores.jobs.move(current, "cancelled", NOW, wake=False, unless_woken=True, **fields)

    assert moved is not None
    assert (moved.request_id, moved.evidence_pending) == ("298", None)


def test_what_a_submit_told_of_a_job_that_ended_meanwhile_is_kept(stores: Stores) -> None:
    job = drains(stores.jobs)

    stores.jobs.note_answer(job.job_id, "298", provider_done=False)
    assert not read(stores.jobs, job).provider_done
    stores.jobs.note_answer(job.job_id, "299", provider_done=True)

    after = read(stores.jobs, job)
    assert (after.request_id, after.provider_done) == ("298", True)


def test_only_a_job_that_nobody_woke_since_it_was_seen_is_woken_if_that_is_named(
    stores: Stores,
) -> None:
    job = stored(stores.jobs, status="awaiting_upload")

    woken = [stores.jobs.wake(job.job_id, only_in="awaiting_upload", seen=0) for _ in range(2)]

    assert [wakeup.is_counted for wakeup in woken if wakeup] == [True, False]
    assert read(stores.jobs, job).wakeup_count == 1


def test_only_a_job_in_that_status_is_woken_if_one_is_named(stores: Stores) -> None:
    waits = stored(stores.jobs, status="awaiting_upload")
    queued = stored(stores.jobs)

    woken = stores.jobs.wake(waits.job_id, only_in="awaiting_upload")
    spared = stores.jobs.wake(queued.job_id, only_in="awaiting_upload")

    assert woken is not None
    assert (woken.is_counted, woken.job.wakeup_count) == (True, 1)
    assert spared == Wakeup(queued, is_counted=False)
    assert read(stores.jobs, queued).wakeup_count == 0


@pytest.mark.parametrize("status", ["submitting", "processing", "drains"])
def test_a_message_that_comes_again_wakes_nobody(stores: Stores, status: str) -> None:
    job = drains(stores.jobs) if status == "drains" else stored(stores.jobs, status=status)
    foreign = SAID.model_copy(update={"request_id": "299"})

    counted = [
        [
            woken.is_counted
            for _ in range(3)
            if (
                woken := stores.jobs.wake(
                    job.job_id, only_in=None, seen=None, once=kind, **evidence
                )
            )
        ]
        for kind, evidence in (
            ("unreadable", {}),
            ("succeeded", {"evidence_succeeded": SAID}),
            ("succeeded", {"evidence_succeeded": foreign}),
            ("failed", {"evidence_failed": SAID}),
        )
    ]

    once, never = [True, False, False], [False, False, False]
    assert counted[0] == counted[1] == counted[3] == once
    assert counted[2] in (once, never)
    assert read(stores.jobs, job).wakeup_count == sum(map(sum, counted))


def test_a_message_of_another_job_wakes_once(stores: Stores) -> None:
    job = stored(stores.jobs, status="processing", request_id="298")
    foreign = SAID.model_copy(update={"request_id": "299"})

    for _ in range(3):
        stores.jobs.wake(job.job_id, once="succeeded", evidence_succeeded=foreign)
    own = stores.jobs.wake(job.job_id, once="succeeded", evidence_succeeded=SAID)

    assert own is not None
    assert (own.job.wakeup_count, own.job.evidence_succeeded) == (2, SAID)


def test_the_first_late_success_is_noted(stores: Stores) -> None:
    job = stored(stores.jobs, status="failed")

    for request_id in ("298", "299", None, "298"):
        stores.jobs.count_late_success(job.job_id, request_id)

    after = read(stores.jobs, job)
    assert (after.late_successes, after.late_request_id, after.version) == (1, "298", 1)


def test_the_address_of_a_callback_is_kept_without_its_query_unless_the_job_is_erased(
    stores: Stores,
) -> None:
    url = "https://app.example.com/hook?key=1#x"
    job = stored(stores.jobs, status="succeeded", callback="url", callback_url=url, closed_at=NOW)
    erased = stored(
        stores.jobs, status="succeeded", callback="url", callback_url=url, closed_at=NOW
    )
    assert stores.jobs.erase(erased, NOW, "done") is not None

    for _ in range(2):
        stores.jobs.cut_callback(job)
        stores.jobs.cut_callback(erased)

    after = read(stores.jobs, job)
    assert (after.callback_url, after.callback_is_cut) == ("https://app.example.com/hook", True)
    assert (after.version, after.wakeup_count) == (job.version, job.wakeup_count)
    assert read(stores.jobs, erased).callback_url is None


def test_an_address_without_a_query_stays_as_it_is(stores: Stores) -> None:
    url = "https://app.example.com/hook"
    job = stored(stores.jobs, status="succeeded", callback="url", callback_url=url)
    before = read(stores.jobs, job)

    stores.jobs.cut_callback(job)

    assert read(stores.jobs, job) == before

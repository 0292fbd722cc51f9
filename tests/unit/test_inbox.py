"""The inbox: a manifest makes a job once or is refused in words, files wake who waits, and the outbox answers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from faceswap.contract.inbox import ManifestAnswer
from faceswap.rules.callbacks import CallbackMessage
from faceswap.rules.errors import GoneError
from faceswap.rules.ids import job_id_for_key
from faceswap.rules.inbox import LARGEST_MANIFEST, Manifest
from faceswap.rules.job import Failure, Job, Result
from faceswap.rules.job_media import InboxMedia
from faceswap.rules.links import input_token
from faceswap.rules.quotas import NO_QUOTAS, Quotas
from faceswap.usecases.answer_manifest import AnswerManifest
from faceswap.usecases.correct_answer import CorrectAnswer
from faceswap.usecases.inbox_landed import InboxLanded
from faceswap.usecases.read_manifest import ReadManifest
from tests.support.boxes import VIDEO
from tests.support.creating import create_job_on
from tests.support.faked_use_cases import FakedUseCases, faked_use_cases
from tests.support.meanwhile import meanwhile
from tests.support.pictures import jpeg, png

KEY, ANSWER = "inbox/ann/a b/ü+.job.json", "outbox/ann/a b/ü+.result.json"
VIDEO_ANSWER = "outbox/ann/a b/ü+.mp4"
MEDIA = {"init_video": "s3:clip.mp4", "init_image": "s3:f/face.png", "reference_image": "s3:p.jpg"}
BODY: dict[str, Any] = MEDIA | {"consent": {"attested": True, "statement": "All agreed."}}
FILES = [f"inbox/ann/{source.removeprefix('s3:')}" for source in MEDIA.values()]

_FAILED = {"status": "failed", "error": Failure(type="internal", detail="It failed.")}
_SAMPLES = {"png": png(64, 64), "jpg": jpeg(64, 64)}


class Lab:
    """The inbox on fakes; events are numbered as they come."""

    def __init__(self) -> None:
        self.cases: FakedUseCases = faked_use_cases()
        self.jobs, self.inbox, self.media = self.cases.jobs, self.cases.inbox, self.cases.media
        self.late: list[bool] = []
        self.superseded: list[bool] = []
        self.told: list[CallbackMessage] = []
        self.quotas = NO_QUOTAS
        self._events = 0

    def drop(self, *keys: str, content: bytes | None = None) -> None:
        """Let files land; who waits for them is woken."""
        for key in keys:
            usual = _SAMPLES.get(key.rpartition(".")[2], VIDEO)
            self.media.objects[key] = usual if content is None else content
            InboxLanded(inbox=self.inbox, wake_when_complete=self.cases.wake_when_complete).run(key)

    def write(self, body: object, key: str = KEY) -> Manifest:
        """A manifest lies there; what its event says of it."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.media.objects[key] = content
        self._events += 1
        found = self.media.find(key)
        assert found is not None
        return Manifest(key=key, sequencer=f"{self._events:018X}", etag=found.etag)

    def read(self, manifest: Manifest) -> Job | None:
        """The job that is made of it."""
        create_job = create_job_on(
            self.jobs,
            self.cases.uploads,
            self.media,
            self.inbox,
            clock=self.cases.clock,
            quotas=self.quotas,
        )
        read_manifest = ReadManifest(
            create_job=create_job,
            inbox=self.inbox,
            media=self.media,
            correct_answer=self.correct_answer,
            tell=self.told.extend,
            late=lambda: self.late.append(True),
            retention_days=9,
            clock=self.cases.clock,
        )
        job_id = read_manifest.run(manifest)
        return self.jobs.now[job_id] if job_id else None

    def answer(self, job: Job) -> None:
        AnswerManifest(
            jobs=self.jobs,
            inbox=self.inbox,
            media=self.media,
            correct_answer=self.correct_answer,
            link_secret=lambda: "link",
            superseded=lambda: self.superseded.append(True),
        ).run(job, "https://api.example")

    @property
    def correct_answer(self) -> CorrectAnswer:
        return CorrectAnswer(jobs=self.jobs, inbox=self.inbox, media=self.media)

    def finish(self, job: Job) -> Job:
        """The job, succeeded."""
        key = f"results/{job.job_id}/x.mp4"
        self.media.objects[key] = b"video"
        result = Result(key=key, size=5, sha256="s")
        changes: dict[str, Any] = {
            "status": "succeeded", "result": result, "closed_at": self.cases.clock(), "version": 4
        }  # fmt: skip
        self.jobs.now[job.job_id] = job.model_copy(update=changes)
        return self.jobs.now[job.job_id]

    def answered(self, key: str = ANSWER) -> dict[str, Any]:
        """What lies in the outbox."""
        told: dict[str, Any] = json.loads(self.media.objects[key])
        ManifestAnswer.model_validate(told)
        return told


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_manifest_whose_files_are_there_is_queued(lab: Lab) -> None:
    lab.drop(*FILES)
    manifest = lab.write(BODY)

    job = lab.read(manifest)

    assert job is not None
    assert (job.owner, job.status, job.callback) == ("ann", "queued", "outbox")
    assert job.manifest == manifest
    assert [media.source for media in job.media.values()] == list(MEDIA.values())
    now = lab.cases.clock()
    assert lab.inbox.forgotten_at == dict.fromkeys([KEY, *FILES], now + timedelta(days=10))
    assert job.consent is not None
    assert job.consent.caller == "inbox/ann/"
    assert ANSWER not in lab.media.objects


def test_the_last_of_the_files_that_land_later_wakes_who_waits_for_exactly_them_once(
    lab: Lab,
) -> None:
    job = lab.read(lab.write(BODY))
    assert job is not None
    assert job.status == "awaiting_upload"

    lab.drop("inbox/ann/other.mp4", "inbox/bob/clip.mp4")
    assert lab.jobs.now[job.job_id].wakeup_count == 0
    for key, wakeups in zip(FILES, (0, 0, 1), strict=True):
        lab.drop(key)
        assert lab.jobs.now[job.job_id].wakeup_count == wakeups
        lab.drop(key)
        assert lab.jobs.now[job.job_id].wakeup_count == wakeups

    lab.cases.submit(job)
    assert lab.jobs.now[job.job_id].status in {"submitting", "processing"}


def test_a_file_that_lands_between_two_looks_is_not_waited_for(lab: Lab) -> None:
    add_user = lab.inbox.add_user

    def lands_meanwhile(key: str, job_id: str, **more: Any) -> bool:
        lab.drop(key)
        return add_user(key, job_id, **more)

    lab.inbox.add_user = lands_meanwhile  # type: ignore[method-assign]

    job = lab.read(lab.write(BODY))

    assert job is not None
    assert job.status == "queued"


@pytest.mark.parametrize("lies_as", ["NFC", "NFD"])
def test_names_in_either_form_of_unicode_are_found(lab: Lab, lies_as: str) -> None:
    forms = {"NFC": "Gr\u00f6\u00dfe.mp4", "NFD": "Gro\u0308\u00dfe.mp4"}
    named = forms["NFD" if lies_as == "NFC" else "NFC"]
    job = lab.read(lab.write(BODY | {"init_video": f"s3:{named}"}))
    assert job is not None
    lab.drop(*FILES[1:], f"inbox/ann/{forms[lies_as]}")
    assert lab.jobs.now[job.job_id].wakeup_count == 1

    lab.cases.submit(job)

    sent = lab.jobs.now[job.job_id].media["init_video"]
    assert isinstance(sent, InboxMedia)
    assert sent.key == f"inbox/ann/{forms[lies_as]}"
    assert sent.sent is not None


def test_a_name_that_two_files_have_is_refused(lab: Lab) -> None:
    mixed = "\u00f6o\u0308.mp4"
    lab.drop("inbox/ann/\u00f6\u00f6.mp4", "inbox/ann/o\u0308o\u0308.mp4", *FILES[1:])

    assert lab.read(lab.write(BODY | {"init_video": f"s3:{mixed}"})) is None

    [fault] = lab.answered()["problem"]["errors"]
    assert fault["pointer"] == "#/init_video"
    assert "a name that two files have" in fault["detail"]
    # Named byte by byte there is no doubt.
    assert lab.read(lab.write(BODY | {"init_video": "s3:\u00f6\u00f6.mp4"})) is not None


@pytest.mark.parametrize(
    ("body", "kind", "pointers"),
    [
        (b"{", "malformed", None),
        (b"", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        (b"[]", "invalid", ["#"]),
        (b'"x"', "invalid", ["#"]),
        (b'{"\\ud800": NaN}', "malformed", None),
        (b'{"\\ud800": ' + b"[" * 60_000, "malformed", None),
        (BODY | {"\udfff": 1}, "invalid", ["#"]),
        (BODY | {"client_reference": "\ud800"}, "invalid", ["#/client_reference"]),
        (BODY | {"idempotency_key": "k\udfff"}, "invalid", ["#/idempotency_key"]),
        (BODY | {"init_video": "s3:\ud800.mp4"}, "invalid", ["#/init_video"]),
        (BODY | {"consent": {"attested": True, "statement": "\ud800"}}, "invalid", ["#/consent/statement"]),
        (b" " * LARGEST_MANIFEST + b"{}", "about:blank", None),
        (BODY | {"init_video": "s3:../bob/clip.mp4"}, "invalid", ["#/init_video"]),
        (BODY | {"init_video": "s3:inbox/bob/clip.mp4"}, "invalid", ["#/init_video"]),
        (BODY | {"init_video": "s3:"}, "invalid", ["#/init_video"]),
        (BODY | {"init_image": "s3:face.gif"}, "invalid", ["#/init_image"]),
        (BODY | {"init_image": "http://10.0.0.1/x"}, "invalid", ["#/init_image"]),
        (BODY | {"init_image": "upload:upl_" + "a" * 26}, "invalid", ["#/init_image"]),
        (BODY | {"consent": {"attested": False, "statement": "x"}}, "invalid", ["#/consent/attested"]),
        (BODY | {"callback": {"url": "http://10.0.0.1/"}}, "invalid", ["#/callback/url"]),
        (BODY | {"idempotency_key": "a b"}, "invalid", ["#/idempotency_key"]),
        (BODY | {"owner": "bob"}, "invalid", ["#/owner"]),
    ],
)  # fmt: skip
def test_what_is_not_valid_is_answered_in_the_outbox(
    lab: Lab, body: object, kind: str, pointers: list[str] | None
) -> None:
    manifest = lab.write(body)

    assert lab.read(manifest) is None

    told = lab.answered()
    assert told["manifest"] == manifest.model_dump()
    assert lab.media.types[ANSWER] == "application/json"
    assert told["problem"]["instance"] == "/inbox/ann/a%20b/%C3%BC%2B.job.json"
    assert "job" not in told
    assert told["problem"]["type"].rpartition("/")[2] == kind.rpartition("/")[2]
    faults = told["problem"].get("errors")
    assert (faults and [fault["pointer"] for fault in faults]) == pointers
    assert lab.jobs.now == {}
    assert lab.inbox.named_by == {}


@pytest.mark.parametrize("owner", ["", "..", "ann smith", "ä" * 3, "x" * 65])
def test_a_folder_of_nobody_is_answered(lab: Lab, owner: str) -> None:
    assert lab.read(lab.write(BODY, key=f"inbox/{owner}/a.job.json")) is None

    told = lab.answered(f"outbox/{owner}/a.result.json")
    assert "names no owner" in told["problem"]["detail"]


def test_a_file_that_is_too_large_is_refused_at_once_or_when_it_is_sent(lab: Lab) -> None:
    lab.drop(FILES[0], content=b"x" * 1001)
    assert lab.read(lab.write(BODY)) is None
    assert lab.answered()["problem"]["errors"][0]["detail"].startswith("names a file that has 1001")

    job = lab.read(lab.write(BODY | {"init_video": "s3:later.mp4"}))
    assert job is not None
    lab.drop(*FILES[1:])
    lab.drop("inbox/ann/later.mp4", content=b"x" * 1001)
    lab.cases.submit(job)

    assert lab.cases.error_of(job)[:2] == ("failed", "input-invalid")
    assert lab.cases.asked("specific_video_swap") == 0


def test_an_event_that_comes_again_makes_one_job(lab: Lab) -> None:
    manifest = lab.write(BODY)

    jobs = [lab.read(manifest) for _ in range(3)]

    assert len({job.job_id for job in jobs if job}) == len(lab.jobs.now) == 1
    assert lab.late == []


def test_each_writing_of_a_manifest_makes_a_job_and_an_older_event_none(lab: Lab) -> None:
    first, second = lab.write(BODY), lab.write(BODY)

    newer, older = lab.read(second), lab.read(first)

    assert newer is not None
    assert older is None
    assert (len(lab.jobs.now), lab.late) == (1, [True])
    third = lab.read(lab.write(BODY))
    assert third is not None
    assert third.job_id != newer.job_id


def test_an_event_whose_manifest_is_another_one_by_now_makes_none(lab: Lab) -> None:
    first = lab.write(BODY)
    second = lab.write(BODY | {"watermark": False})

    assert lab.read(first) is None
    assert lab.read(second) is not None
    assert (len(lab.jobs.now), lab.late) == (1, [True])
    gone = lab.write(BODY)
    del lab.media.objects[KEY]
    assert lab.read(gone) is None
    assert lab.late == [True, True]


def test_the_same_key_is_the_same_job_and_is_answered_in_one_place(lab: Lab) -> None:
    body = BODY | {"idempotency_key": "order-4711"}

    elsewhere = KEY.replace("a b", "c")
    jobs = [lab.read(lab.write(body)) for _ in range(2)]

    assert {job.job_id for job in jobs if job} == {job_id_for_key("ann", "order-4711")}
    assert lab.read(lab.write(body, elsewhere)) is None
    told = lab.answered("outbox/ann/c/ü+.result.json")["problem"]
    assert told["type"] == "/problems/conflict"
    assert ANSWER in told["detail"]
    other = lab.write(body | {"watermark": False})
    assert lab.read(other) is None
    assert lab.answered()["problem"]["type"] == "/problems/idempotency-mismatch"


def test_a_key_that_made_a_job_over_http_is_answered(lab: Lab) -> None:
    job = lab.read(lab.write(BODY | {"idempotency_key": "k"}))
    assert job is not None
    lab.jobs.now[job.job_id] = job.model_copy(update={"manifest": None, "callback": "none"})

    assert lab.read(lab.write(BODY | {"idempotency_key": "k"})) is None

    assert "without a manifest" in lab.answered()["problem"]["detail"]


def test_a_job_whose_manifest_was_dropped_again_under_its_key_is_answered(lab: Lab) -> None:
    lab.drop(*FILES)
    body = BODY | {"idempotency_key": "order-4711"}
    job = lab.read(lab.write(body))
    assert job is not None
    lab.read(lab.write(body))

    lab.answer(lab.finish(job))

    assert lab.answered()["job"]["job_id"] == job.job_id
    assert lab.superseded == []


def test_a_newer_writing_that_is_refused_stays_answered_so(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.read(lab.write(b"{"))

    lab.answer(lab.finish(job))

    assert "problem" in lab.answered()
    assert lab.superseded == [True]


def test_a_newer_writing_that_is_refused_while_the_older_is_answered_has_the_last_word(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    copy = lab.media.copy

    def copy_slowly(source: str, target: str) -> object:
        lab.read(lab.write(b"{"))
        return copy(source, target)

    monkeypatch.setattr(lab.media, "copy", copy_slowly)
    lab.answer(lab.finish(job))

    assert "problem" in lab.answered()
    assert lab.media.types[ANSWER] == "application/json"
    assert ANSWER.replace(".result.json", ".mp4") not in lab.media.objects


def test_a_newer_job_that_is_not_over_is_not_answered_with_the_older(lab: Lab) -> None:
    lab.drop(*FILES)
    older = lab.read(lab.write(BODY))
    assert older is not None
    meanwhile(lab.media, "copy", lambda: lab.read(lab.write(BODY)))

    lab.answer(lab.finish(older))

    assert lab.answered()["job"]["job_id"] == older.job_id


def test_an_older_slip_that_is_read_late_leaves_the_newer_answer(lab: Lab) -> None:
    slip = lab.write(b"{")
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.answer(lab.finish(job))
    lab.media.objects[KEY] = b"{"

    assert lab.read(slip) is None

    assert lab.answered()["job"]["job_id"] == job.job_id
    assert (VIDEO_ANSWER in lab.media.objects, lab.late) == (True, [True])


def test_a_job_is_answered_although_its_manifest_is_forgotten(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.inbox.known.clear()

    lab.answer(lab.finish(job))

    assert lab.answered()["job"]["job_id"] == job.job_id


@pytest.mark.parametrize("path", [None, "x" * 1012])
def test_where_no_answer_can_lie_none_is_written(lab: Lab, path: str | None) -> None:
    manifest = Manifest(key=f"inbox/a/{path}.job.json", sequencer="1", etag="e") if path else None
    job = lab.finish(lab.cases.job(manifest=manifest))
    before = list(lab.media.objects)

    lab.answer(job)

    assert (list(lab.media.objects), lab.superseded) == (before, [])


def test_the_largest_manifest_is_read(lab: Lab) -> None:
    content = json.dumps(BODY).encode()

    assert lab.read(lab.write(content + b" " * (LARGEST_MANIFEST - len(content)))) is not None
    assert lab.read(lab.write(content + b" " * (LARGEST_MANIFEST + 1 - len(content)))) is None


def test_a_newer_job_that_is_answered_while_the_older_is_has_the_last_word(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.drop(*FILES)
    older = lab.read(lab.write(BODY))
    assert older is not None
    copy, newer = lab.media.copy, []

    def copy_slowly(source: str, target: str) -> object:
        monkeypatch.setattr(lab.media, "copy", copy)
        job = lab.read(lab.write(BODY))
        assert job is not None
        newer.append(job.job_id)
        lab.answer(lab.finish(job))
        return copy(source, target)

    monkeypatch.setattr(lab.media, "copy", copy_slowly)
    lab.answer(lab.finish(older))

    assert lab.answered()["job"]["job_id"] == newer[0]


def test_a_refusal_that_comes_late_does_not_stay_over_a_newer_answer(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.drop(*FILES)
    put = lab.media.put

    def put_slowly(key: str, content: bytes, content_type: str) -> None:
        monkeypatch.setattr(lab.media, "put", put)
        job = lab.read(lab.write(BODY))
        assert job is not None
        lab.answer(lab.finish(job))
        put(key, content, content_type)

    slip = lab.write(b"{")
    monkeypatch.setattr(lab.media, "put", put_slowly)
    lab.read(slip)

    assert [(message.again, message.job_id in lab.jobs.now) for message in lab.told] == [
        (True, True)
    ]


def test_the_end_is_answered_with_the_job_and_its_video(lab: Lab) -> None:
    lab.drop(*FILES)
    manifest = lab.write(BODY)
    job = lab.read(manifest)
    assert job is not None

    for _ in range(2):
        lab.answer(lab.finish(job))

    assert lab.media.types[ANSWER] == "application/json"
    told = lab.answered()
    assert told["manifest"] == manifest.model_dump()
    assert (told["job"]["job_id"], told["job"]["status"]) == (job.job_id, "succeeded")
    assert told["job"]["result"]["link"].startswith(f"https://api.example/v1/results/{job.job_id}/")
    assert "eta" in told["job"]
    assert lab.media.objects[VIDEO_ANSWER] == b"video"


def test_a_manifest_may_name_an_address_too(lab: Lab) -> None:
    job = lab.read(lab.write(BODY | {"callback": {"url": "https://app.example.com/hook"}}))

    assert job is not None
    assert (job.callback, job.callback_url) == ("outbox", "https://app.example.com/hook")


def test_a_failed_job_has_an_answer_and_no_video(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None

    lab.answer(job.model_copy(update=_FAILED | {"closed_at": lab.cases.clock()}))

    assert lab.answered()["job"]["status"] == "failed"
    assert VIDEO_ANSWER not in lab.media.objects


def test_of_two_writings_the_newer_is_answered(lab: Lab) -> None:
    lab.drop(*FILES)
    first, second = lab.read(lab.write(BODY)), lab.read(lab.write(BODY))
    assert first is not None
    assert second is not None

    lab.answer(lab.finish(second))
    lab.answer(lab.finish(first))

    assert lab.answered()["job"]["job_id"] == second.job_id
    assert lab.superseded == [True]


def test_what_is_answered_while_the_job_is_erased_is_gone_again(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    done = lab.finish(job)
    lab.jobs.now[job.job_id] = done.model_copy(update={"erased_at": lab.cases.clock()})

    lab.answer(done)

    assert not [key for key in lab.media.objects if key.startswith("outbox/")]


def test_deleting_a_job_erases_its_files_but_those_of_others(lab: Lab) -> None:
    lab.drop(*FILES, "inbox/ann/second.mp4")
    first = lab.read(lab.write(BODY))
    other = lab.write(BODY | {"init_video": "s3:second.mp4"}, key="inbox/ann/o.job.json")
    second = lab.read(other)
    assert first is not None
    assert second is not None
    lab.answer(lab.finish(first))

    lab.cases.delete_job.run(first.job_id, "ann")

    assert sorted(lab.media.objects) == sorted([*FILES[1:], "inbox/ann/second.mp4", other.key])
    lab.finish(second)
    lab.cases.delete_job.run(second.job_id, "ann")
    assert lab.media.objects == {}
    assert lab.jobs.now[first.job_id].manifest is None


def test_deleting_a_job_leaves_what_was_written_anew(lab: Lab) -> None:
    lab.drop(*FILES)
    first = lab.read(lab.write(BODY))
    second = lab.read(lab.write(BODY | {"watermark": False}))
    assert first is not None
    assert second is not None
    lab.answer(lab.finish(second))
    lab.finish(first)

    lab.cases.delete_job.run(first.job_id, "ann")

    assert {KEY, ANSWER, VIDEO_ANSWER, *FILES} <= set(lab.media.objects)


@pytest.mark.parametrize("is_sent", [True, False])
def test_deleting_a_job_leaves_a_file_whose_name_only_looks_the_same(
    lab: Lab, is_sent: bool
) -> None:
    composed, decomposed = "inbox/ann/\u00f6.mp4", "inbox/ann/o\u0308.mp4"
    lab.drop(composed, decomposed, *FILES[1:])
    job = lab.read(lab.write(BODY | {"init_video": "s3:\u00f6.mp4"}))
    assert job is not None
    if is_sent:
        lab.cases.submit(job)
        job = lab.finish(lab.jobs.now[job.job_id])

    lab.cases.delete_job.run(job.job_id, "ann")

    assert set(lab.media.objects) == {decomposed}


def test_deleting_a_job_erases_a_file_that_lies_in_the_other_form(lab: Lab) -> None:
    lab.drop("inbox/ann/o\u0308.mp4", *FILES[1:])
    job = lab.read(lab.write(BODY | {"init_video": "s3:\u00f6.mp4"}))
    assert job is not None

    lab.cases.delete_job.run(job.job_id, "ann")

    assert lab.media.objects == {}


@pytest.mark.parametrize("slip", [b"{", BODY | {"idempotency_key": "k", "watermark": False}])
def test_after_a_slip_the_manifest_of_before_is_answered_again(lab: Lab, slip: object) -> None:
    lab.drop(*FILES)
    body = BODY | {"idempotency_key": "k"}
    job = lab.read(lab.write(body))
    assert job is not None
    lab.answer(lab.finish(job))
    assert lab.read(lab.write(slip)) is None
    assert "problem" in lab.answered()
    assert VIDEO_ANSWER not in lab.media.objects

    corrected = lab.write(body)
    again = lab.read(corrected)

    assert again is not None
    [message] = lab.told
    assert (message.job_id, message.again, message.public_base_url) == (job.job_id, True, "")
    lab.answer(again)
    told = lab.answered()
    assert told["job"]["job_id"] == job.job_id
    assert told["manifest"] == corrected.model_dump()
    assert lab.media.objects[VIDEO_ANSWER] == b"video"


def test_a_manifest_that_asks_again_for_what_is_not_over_is_answered_at_its_end(lab: Lab) -> None:
    lab.drop(*FILES)
    body = BODY | {"idempotency_key": "k"}
    jobs = [lab.read(lab.write(body)) for _ in range(2)]

    assert [job is not None for job in jobs] == [True, True]
    assert lab.told == []


def test_a_slip_while_the_job_runs_stays_answered_by_its_problem(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY | {"idempotency_key": "k"}))
    assert job is not None
    lab.read(lab.write(BODY | {"idempotency_key": "k", "watermark": False}))

    lab.answer(lab.finish(job))

    assert lab.answered()["problem"]["type"] == "/problems/idempotency-mismatch"
    assert lab.superseded == [True]


def test_no_video_of_an_older_writing_stays_beside_an_answer(lab: Lab) -> None:
    lab.drop(*FILES)
    first, second = lab.read(lab.write(BODY)), lab.read(lab.write(BODY))
    assert first is not None
    assert second is not None
    lab.media.objects[VIDEO_ANSWER] = b"of the first"

    lab.answer(second.model_copy(update=_FAILED | {"closed_at": lab.cases.clock()}))

    assert VIDEO_ANSWER not in lab.media.objects


def test_a_result_that_has_expired_leaves_an_answer_that_says_what_it_can(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    done = lab.finish(job)
    assert done.result is not None
    del lab.media.objects[done.result.key]

    lab.answer(done)

    assert lab.answered()["job"]["status"] == "succeeded"


def test_deleting_a_job_leaves_a_file_that_was_written_anew_since_it_was_sent(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.cases.submit(job)
    lab.finish(lab.jobs.now[job.job_id])
    lab.drop(FILES[1], content=b"for the next order")

    lab.cases.delete_job.run(job.job_id, "ann")

    assert lab.media.objects == {FILES[1]: b"for the next order"}


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_of_a_job_that_was_never_sent_files_stay_that_came_after_its_end(
    lab: Lab, seconds: int
) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.cases.cancel_job.run(job.job_id, "ann")
    lab.media.written[FILES[1]] = lab.cases.clock() + timedelta(seconds=seconds)

    lab.cases.delete_job.run(job.job_id, "ann")

    assert list(lab.media.objects) == ([FILES[1]] if seconds > 0 else [])


def test_deleting_a_job_erases_the_newest_writing_that_it_answers_and_what_is_known_of_it(
    lab: Lab,
) -> None:
    lab.drop(*FILES)
    body = BODY | {"idempotency_key": "k"}
    job = lab.read(lab.write(body))
    assert job is not None
    lab.read(lab.write(json.dumps(body).encode() + b"\n"))
    lab.answer(lab.finish(job))

    lab.cases.delete_job.run(job.job_id, "ann")

    assert lab.media.objects == {}
    assert lab.inbox.known == {}


def test_deleting_a_job_erases_a_video_that_has_no_answer_yet(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.finish(job)
    lab.media.objects[VIDEO_ANSWER] = b"video"  # and whoever wrote it died before the answer

    lab.cases.delete_job.run(job.job_id, "ann")

    assert lab.media.objects == {}


def test_deleting_a_job_leaves_the_video_of_a_newer_writing_that_is_answered_just_now(
    lab: Lab,
) -> None:
    lab.drop(*FILES)
    first, second = lab.read(lab.write(BODY)), lab.read(lab.write(BODY))
    assert first is not None
    assert second is not None
    lab.finish(first)
    lab.media.objects[VIDEO_ANSWER] = b"of the second"

    lab.cases.delete_job.run(first.job_id, "ann")

    assert lab.media.objects[VIDEO_ANSWER] == b"of the second"


def test_deleting_a_job_leaves_a_newer_writing_of_the_same_content(lab: Lab) -> None:
    lab.drop(*FILES)
    first, second = lab.read(lab.write(BODY)), lab.read(lab.write(BODY))
    assert first is not None
    assert second is not None
    lab.finish(first)

    lab.cases.delete_job.run(first.job_id, "ann")

    assert KEY in lab.media.objects
    assert KEY in lab.inbox.known


def test_deleting_a_job_erases_its_answer_while_a_newer_writing_waits(lab: Lab) -> None:
    lab.drop(*FILES)
    first = lab.read(lab.write(BODY))
    assert first is not None
    lab.answer(lab.finish(first))
    assert lab.read(lab.write(BODY)) is not None

    lab.cases.delete_job.run(first.job_id, "ann")

    assert {KEY, *FILES} == set(lab.media.objects)


def test_a_file_that_is_exchanged_after_it_was_sent_is_not_served(lab: Lab) -> None:
    lab.drop(*FILES)
    job = lab.read(lab.write(BODY))
    assert job is not None
    lab.cases.submit(job)
    token = input_token("secret", job.job_id, "init_image")
    link_input = lab.cases.link_input
    asked = (job.job_id, token, "init_image.png", "GET")
    assert f"{FILES[1]}?for=60" in link_input.run(*asked)  # type: ignore[arg-type]

    lab.drop(FILES[1], content=b"another face")

    with pytest.raises(GoneError):
        link_input.run(*asked)  # type: ignore[arg-type]
    del lab.media.objects[FILES[1]]
    with pytest.raises(GoneError):
        link_input.run(*asked)  # type: ignore[arg-type]


def test_a_name_whose_other_form_is_no_key_is_looked_for_as_it_is(lab: Lab) -> None:
    name = "\uac01" * 330 + ".mp4"
    lab.drop(f"inbox/ann/{name}", *FILES[1:])

    job = lab.read(lab.write(BODY | {"init_video": f"s3:{name}"}))

    assert job is not None
    assert job.status == "queued"
    assert max(len(key.encode()) for key in lab.inbox.named_by) <= 1024


def test_a_manifest_whose_answer_has_no_key_makes_no_job(lab: Lab) -> None:
    lab.drop(*FILES)
    name = "inbox/ann/" + "x" * (1021 - len("inbox/ann/.job.json")) + ".job.json"

    assert lab.read(lab.write(BODY, name)) is None
    assert not [key for key in lab.media.objects if key.startswith("outbox/")]
    assert lab.read(lab.write(BODY, name.replace("xx", "x", 1))) is not None

    assert len(lab.jobs.now) == 1


def test_a_manifest_without_a_folder_is_nobodys(lab: Lab) -> None:
    assert lab.read(lab.write(BODY, "inbox/ann.job.json")) is None

    assert "names no owner" in lab.answered("outbox/ann.result.json")["problem"]["detail"]


def test_a_mark_of_the_byte_order_is_no_fault(lab: Lab) -> None:
    assert lab.read(lab.write(b"\xef\xbb\xbf" + json.dumps(BODY).encode())) is not None


def test_a_manifest_that_the_bucket_does_not_give_out_is_answered(lab: Lab) -> None:
    manifest = lab.write(BODY)
    lab.media.unreadable.add(KEY)

    assert lab.read(manifest) is None

    assert "does not give the manifest out" in lab.answered()["problem"]["detail"]
    assert (lab.late, lab.jobs.now) == ([], {})


def test_who_is_over_a_limit_is_answered_in_the_outbox(lab: Lab) -> None:
    lab.quotas = Quotas(open_jobs=1)
    first = lab.read(lab.write(BODY, "inbox/ann/first.job.json"))
    assert first is not None

    assert lab.read(lab.write(BODY)) is None

    problem = lab.answered()["problem"]
    assert (problem["status"], problem["violated-policies"]) == (429, ["open"])
    lab.jobs.move(first, "cancelled", lab.cases.clock())
    assert lab.read(lab.write(BODY)) is not None

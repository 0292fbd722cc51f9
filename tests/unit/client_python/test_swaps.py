"""A whole swap: one call, one job, whatever breaks off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faceswap_adapter import Consent, InvalidError, NetworkError
from tests.support.client_service import Service, answers, cut, lost

Connect = Callable[..., Any]
GIVE_UP = (lost,) * 4
LOST_ANSWERS = (cut,) * 4
AGREED = "They agreed."


def test_files_are_sent_and_the_job_is_made_of_them(
    client: Any, service: Service, media: dict[str, Path]
) -> None:
    consent = Consent(statement=AGREED, subject="two friends")

    handle = client.swap(
        **media, consent=consent, watermark=False, client_reference="4711", callback_url="https://a"
    )

    assert handle.job.job_id == "job_1"
    assert service.bodies == [
        {
            "init_video": "upload:upl_1",
            "init_image": "upload:upl_2",
            "reference_image": "upload:upl_3",
            "consent": {"attested": True, "statement": AGREED, "subject": "two friends"},
            "watermark": False,
            "client_reference": "4711",
            "callback": {"url": "https://a"},
        }
    ]


def test_what_the_api_takes_is_not_sent(
    client: Any, service: Service, media: dict[str, Path]
) -> None:
    sources = {**media, "video": "https://media.example/a.mp4", "face": "upload:upl_9"}

    client.swap(**sources, consent=AGREED)

    assert [*service.uploads] == ["upl_1"]
    [body] = service.bodies
    assert (body["init_video"], body["init_image"]) == (sources["video"], "upload:upl_9")


def test_the_job_is_told_of_while_it_is_waited_for(
    client: Any, media: dict[str, Path], tmp_path: Path
) -> None:
    told: list[str] = []

    handle = client.swap(**media, consent=AGREED, on_update=lambda job: told.append(job.status))
    assert told == []
    handle.download(tmp_path / "out.mp4")

    assert told == ["queued", "processing", "succeeded"]


def test_two_calls_are_two_jobs(client: Any, service: Service, media: dict[str, Path]) -> None:
    client.swap(**media, consent=AGREED)
    client.swap(**media, consent=AGREED)

    assert [*service.jobs] == ["job_1", "job_2"]


def test_a_key_of_ones_own_is_one_job(
    client: Any, service: Service, media: dict[str, Path]
) -> None:
    client.swap(**media, consent=AGREED, idempotency_key="mine")

    assert [*service.keys] == ["mine"]


@pytest.mark.parametrize("fault", [lost, cut])
def test_answers_that_are_lost_make_no_second_job(
    client: Any, service: Service, media: dict[str, Path], fault: Any
) -> None:
    service.goes_wrong("POST", "/jobs", fault, fault, fault)

    client.swap(**media, consent=AGREED)

    assert [*service.jobs] == ["job_1"]
    assert service.asked("POST", "/jobs") == 4


@pytest.mark.parametrize(
    ("method", "end"), [("PUT", "/upl_1"), ("PUT", "/upl_3"), ("POST", "/jobs")]
)
@pytest.mark.parametrize("faults", [GIVE_UP, LOST_ANSWERS])
def test_another_process_goes_on_where_one_was_broken_off(
    connect: Connect,
    service: Service,
    media: dict[str, Path],
    tmp_path: Path,
    method: str,
    end: str,
    faults: Any,
) -> None:
    service.goes_wrong(method, end, *faults)
    if (method, faults) == ("PUT", LOST_ANSWERS):
        service.goes_wrong(method, end, cut, lost, lost, lost)
    with pytest.raises(NetworkError):
        connect(store=tmp_path / "state").swap(**media, consent=AGREED)

    handle = connect(store=tmp_path / "state").swap(**media, consent=AGREED)

    assert handle.wait().status == "succeeded"
    assert [*service.jobs] == ["job_1"]
    assert [*service.uploads] == ["upl_1", "upl_2", "upl_3"]
    assert [*(tmp_path / "state").iterdir()] == []


def test_the_same_call_comes_back_to_its_job_until_that_is_over(
    connect: Connect, service: Service, media: dict[str, Path], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = connect(store=state).swap(**media, consent=AGREED)
    uploads = service.asked("POST", "/uploads")

    again = connect(store=state).swap(**media, consent=AGREED)
    assert again.job_id == first.job_id
    assert service.asked("POST", "/uploads") == uploads
    again.wait()

    assert connect(store=state).swap(**media, consent=AGREED).job_id == "job_2"


@pytest.mark.parametrize("end", ["cancel", "delete"])
def test_a_job_that_was_ended_is_not_come_back_to(
    connect: Connect, media: dict[str, Path], tmp_path: Path, end: str
) -> None:
    client = connect(store=tmp_path / "state")
    getattr(client.swap(**media, consent=AGREED), end)()

    assert client.swap(**media, consent=AGREED).job_id == "job_2"


def test_a_job_that_was_erased_elsewhere_is_made_anew(
    connect: Connect, service: Service, media: dict[str, Path], tmp_path: Path
) -> None:
    client = connect(store=tmp_path / "state")
    client.swap(**media, consent=AGREED)
    service.jobs.clear()

    assert client.swap(**media, consent=AGREED).job_id == "job_2"


def test_another_consent_is_another_job(
    connect: Connect, service: Service, media: dict[str, Path], tmp_path: Path
) -> None:
    client = connect(store=tmp_path / "state")
    client.swap(**media, consent=AGREED)
    client.swap(**media, consent="They said so again.")

    assert [*service.jobs] == ["job_1", "job_2"]


def test_what_is_kept_says_nothing_of_people_and_is_the_users_own(
    connect: Connect, service: Service, media: dict[str, Path], tmp_path: Path
) -> None:
    service.goes_wrong("POST", "/jobs", *GIVE_UP)
    with pytest.raises(NetworkError):
        connect(store=tmp_path / "state").swap(**media, consent="Ana agreed.")

    [kept] = (tmp_path / "state").iterdir()
    assert kept.stat().st_mode & 0o77 == 0
    assert "Ana" not in kept.read_text()
    assert "good" not in kept.read_text()


def test_a_request_that_is_refused_is_not_come_back_to(
    connect: Connect, service: Service, media: dict[str, Path], tmp_path: Path
) -> None:
    service.goes_wrong("POST", "/jobs", answers(422))
    with pytest.raises(InvalidError):
        connect(store=tmp_path / "state").swap(**media, consent=AGREED)

    assert [*(tmp_path / "state").iterdir()] == []


def test_what_was_kept_and_is_broken_is_nothing(
    connect: Connect, media: dict[str, Path], tmp_path: Path
) -> None:
    client = connect(store=tmp_path / "state")
    client.swap(**media, consent=AGREED)
    [kept] = (tmp_path / "state").iterdir()
    kept.write_text("{")

    assert client.swap(**media, consent=AGREED).job_id == "job_2"

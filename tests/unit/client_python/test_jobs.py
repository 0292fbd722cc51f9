"""Jobs: how they are waited for, what their ends are, and how a video comes into a file."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from faceswap_adapter import (
    AsyncClient,
    DownloadError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    NetworkError,
    NotFoundError,
)
from tests.support.client_driven import API, GOOD, Time
from tests.support.client_service import VIDEO, Service, answers, cut, lost

Connect = Callable[..., Any]


def made(client: Any) -> Any:
    return client.create_job({}, "key-1")


def test_it_waits_as_long_as_it_is_asked_to_and_a_little_longer(client: Any, time: Time) -> None:
    told: list[str] = []

    assert made(client).wait(on_update=lambda job: told.append(job.status)).status == "succeeded"
    assert told == ["queued", "processing", "succeeded"]
    assert time.pauses == [pytest.approx(7.7)] * 2


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("7", 7, 8.4), ("0", 1, 1.2), ("999999", 120, 144), (None, 5, 6), ("soon", 5, 6)],
)
def test_pauses_are_bounded_and_spread(
    connect: Connect, service: Service, time: Time, asked: str | None, least: float, most: float
) -> None:
    service.retry_after = asked
    for random in (0.0, 1.0):
        time.pauses.clear()
        made(connect(random=random)).wait()
        assert time.pauses[:1] == [pytest.approx(most if random else least)]
        service.keys.clear()


def test_what_has_not_changed_is_not_sent_and_not_told(
    client: Any, service: Service, time: Time
) -> None:
    service.statuses = ["queued", "queued", "queued", "succeeded"]
    told: list[str] = []

    made(client).wait(on_update=lambda job: told.append(job.status))

    assert told == ["queued", "succeeded"]
    known = [each.get("if-none-match") for each in service.headers]
    assert known == [None, '"1"', '"1"', '"1"']
    assert len(time.pauses) == 3


def test_iterating_gives_each_change(client: Any, service: Service) -> None:
    service.statuses = ["queued", "queued", "processing", "failed"]

    assert [job.status for job in made(client)] == ["queued", "processing", "failed"]


def test_it_stops_when_the_time_is_over_and_can_be_waited_for_again(
    client: Any, service: Service, time: Time
) -> None:
    service.statuses = ["queued"] * 5 + ["succeeded"]
    handle = made(client)

    with pytest.raises(JobTimeoutError, match="queued after 10 s; it goes on") as caught:
        handle.wait(timeout=10)
    assert isinstance(caught.value, TimeoutError)
    assert time.now == 10
    assert handle.wait(timeout=100).status == "succeeded"


def test_it_stops_where_whoever_waits_raises(client: Any, service: Service) -> None:
    def stop(job: Any) -> None:
        if job.status == "processing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(client).wait(on_update=stop)
    assert service.asked("GET", "/job_1") == 1


def test_a_network_that_is_gone_ends_the_wait_and_not_the_job(
    client: Any, service: Service
) -> None:
    handle = made(client)
    service.goes_wrong("GET", "/job_1", lost, lost, lost, lost)

    with pytest.raises(NetworkError):
        handle.wait()
    assert handle.wait().status == "succeeded"


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        ("failed", JobFailedError, "Not usable: Two faces."),
        ("cancelled", JobCancelledError, "cancelled"),
    ],
)
def test_there_is_no_result_of_a_job_that_did_not_succeed(
    client: Any, service: Service, tmp_path: Path, status: str, kind: type[Exception], said: str
) -> None:
    service.statuses = ["queued", status]

    with pytest.raises(kind, match=said):
        made(client).result()
    with pytest.raises(kind):
        client.job("job_1").download(tmp_path / "out.mp4")
    assert [*tmp_path.iterdir()] == []


def test_a_result_is_a_fresh_link(client: Any) -> None:
    assert made(client).result().url == "https://bucket.example/result"


def test_a_job_is_cancelled_and_deleted(client: Any, service: Service) -> None:
    handle = made(client)

    assert handle.cancel().status == handle.job.status == "cancelled"
    handle.delete()
    assert service.asked("DELETE", "/job_1") == 1
    with pytest.raises(NotFoundError):
        handle.refresh()


def test_an_erasure_whose_answer_is_lost_is_one(client: Any, service: Service) -> None:
    handle = made(client)
    service.goes_wrong("DELETE", "/job_1", cut)

    handle.delete()

    assert service.jobs == {}
    assert service.asked("DELETE", "/job_1") == 2


def test_a_video_is_written_whole(client: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    target = tmp_path / "out.mp4"

    made(client).download(target, on_progress=lambda done, size: told.append((done, size)))

    assert target.read_bytes() == VIDEO
    assert [*tmp_path.iterdir()] == [target]
    assert told[-1] == (len(VIDEO), len(VIDEO))


def test_a_file_that_is_there_stays(client: Any, service: Service, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"mine")
    handle = made(client)

    with pytest.raises(FileExistsError):
        handle.download(target)
    assert target.read_bytes() == b"mine"
    assert service.asked("GET", "/result") == 0

    handle.download(target, overwrite=True)
    assert target.read_bytes() == VIDEO


def test_a_file_that_comes_while_the_video_does_stays(
    client: Any, service: Service, tmp_path: Path
) -> None:
    target = tmp_path / "out.mp4"

    def meanwhile(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
        del request
        target.write_bytes(b"mine")
        return do()

    service.goes_wrong("GET", "/result", meanwhile)

    with pytest.raises(FileExistsError):
        made(client).download(target)
    assert target.read_bytes() == b"mine"
    assert [*tmp_path.iterdir()] == [target]


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The beginning of a body, then a break."""

    def __iter__(self) -> Any:
        yield VIDEO[:10]
        raise httpx.ReadError("reset")

    async def __aiter__(self) -> Any:
        yield VIDEO[:10]
        raise httpx.ReadError("reset")


def in_bucket(service: Service, *faults: Any) -> None:
    service.goes_wrong("GET", "/result", lambda _, do: do(), *faults)


def test_a_break_goes_on_where_it_was(client: Any, service: Service, tmp_path: Path) -> None:
    in_bucket(service, lambda _, __: httpx.Response(200, stream=Broken()))

    made(client).download(tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_bytes() == VIDEO
    assert service.headers[-1]["range"] == "bytes=10-"


def test_a_bucket_that_begins_anew_is_fine(client: Any, service: Service, tmp_path: Path) -> None:
    in_bucket(
        service,
        lambda _, __: httpx.Response(200, stream=Broken()),
        lambda _, __: httpx.Response(200, content=VIDEO),
    )

    made(client).download(tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_bytes() == VIDEO


def test_a_link_that_has_expired_is_asked_for_again(
    client: Any, service: Service, tmp_path: Path
) -> None:
    in_bucket(service, answers(403))

    made(client).download(tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_bytes() == VIDEO


def test_a_download_that_is_stopped_leaves_nothing(client: Any, tmp_path: Path) -> None:
    def stop(_done: int, _size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(client).download(tmp_path / "out.mp4", on_progress=stop)
    assert [*tmp_path.iterdir()] == []


def test_a_cancelled_task_asks_nothing_more(service: Service) -> None:
    asleep = asyncio.Event()

    async def sleep(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    async def wait() -> None:
        transport = httpx.MockTransport(service.answer)
        client = AsyncClient(API, GOOD, http=httpx.AsyncClient(transport=transport), sleep=sleep)
        task = asyncio.create_task((await client.create_job({}, "key-1")).wait())
        await asleep.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(wait())

    assert service.requests == [("POST", "/v1/jobs")]


def test_another_video_than_announced_is_not_kept(
    client: Any, service: Service, tmp_path: Path
) -> None:
    in_bucket(service, lambda _, __: httpx.Response(200, content=VIDEO[:-1] + b"?"))

    with pytest.raises(DownloadError):
        made(client).download(tmp_path / "out.mp4")
    assert [*tmp_path.iterdir()] == []

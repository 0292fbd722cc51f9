"""Uploads: one request or parts, and what is sent again after a break."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from faceswap_adapter import NetworkError, ProblemError, Progress
from faceswap_adapter.files import CHUNK
from faceswap_adapter.uploads import MULTIPART_FROM
from tests.support.client_service import Service, answers, cut, lost

GIVE_UP = (lost,) * 4
SMALL = b"ten bytes."


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(SMALL)
    return path


def test_a_small_file_is_one_request(client: Any, service: Service, clip: Path) -> None:
    told: list[Progress] = []

    assert client.upload(clip, "init_video", told.append) == "upload:upl_1"
    assert service.objects == {"upl_1": SMALL}
    assert told[-1] == Progress("init_video", len(SMALL), len(SMALL))
    [sent] = [each for each in service.headers if each["host"] == "bucket.example"]
    assert (sent["content-type"], sent["if-none-match"]) == ("video/mp4", "*")


@pytest.mark.parametrize(
    ("size", "method"), [(MULTIPART_FROM - 1, "PUT"), (MULTIPART_FROM, "multipart")]
)
def test_the_size_says_how(
    client: Any, service: Service, clip: Path, size: int, method: str
) -> None:
    with clip.open("wb") as file:
        file.truncate(size)
    service.goes_wrong("POST", "/uploads", answers(422))

    with pytest.raises(ProblemError):
        client.upload(clip, "init_video")
    assert service.bodies == []
    assert service.requests == [("POST", "/v1/uploads")]
    assert method in str(service.sent[0])


def test_an_empty_file_is_told_before_anything_is_sent(
    client: Any, service: Service, clip: Path
) -> None:
    clip.write_bytes(b"")

    with pytest.raises(OSError, match=r"clip\.mp4 is empty"):
        client.upload(clip, "init_video")
    assert service.requests == []


def test_progress_is_told_piece_by_piece(client: Any, clip: Path) -> None:
    clip.write_bytes(bytes(2 * CHUNK + 1))
    told: list[Progress] = []

    client.upload(clip, "init_video", told.append)

    assert [each.sent for each in told] == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


def test_a_file_that_has_arrived_before_its_answer_was_lost_is_there(
    client: Any, service: Service, clip: Path
) -> None:
    service.goes_wrong("PUT", "/upl_1", cut)

    assert client.upload(clip, "init_video") == "upload:upl_1"
    assert service.asked("PUT", "/upl_1") == 2


@pytest.mark.parametrize("status", [409, 500, 503])
def test_the_bucket_is_asked_again_as_it_wants(
    client: Any, service: Service, clip: Path, status: int
) -> None:
    service.goes_wrong("PUT", "/upl_1", answers(status))

    client.upload(clip, "init_video")

    assert service.objects == {"upl_1": SMALL}


def test_a_request_that_has_expired_is_signed_again_once(
    client: Any, service: Service, clip: Path
) -> None:
    service.goes_wrong("PUT", "/upl_1", answers(403))

    assert client.upload(clip, "init_video") == "upload:upl_1"
    assert service.headers[-1]["x-signed"] == "2"


def test_what_the_bucket_refuses_is_told_without_its_secrets(
    client: Any, service: Service, clip: Path
) -> None:
    told = "<Error><Code>BadDigest</Code><AWSAccessKeyId>hidden</AWSAccessKeyId></Error>"
    service.goes_wrong("PUT", "/upl_1", lambda _, __: httpx.Response(400, text=told))

    with pytest.raises(ProblemError, match="the bucket refused: BadDigest") as caught:
        client.upload(clip, "init_video")
    assert "hidden" not in str(caught.value)


@pytest.mark.usefixtures("in_parts")
class TestInParts:
    def test_all_parts_are_sent_and_put_together(
        self, client: Any, service: Service, clip: Path
    ) -> None:
        told: list[Progress] = []

        assert client.upload(clip, "init_video", told.append) == "upload:upl_1"
        assert service.objects == {"upl_1": SMALL}
        assert [each.sent for each in told] == [0, 4, 8, 10]

    def test_after_a_break_only_the_missing_ones_are_sent(
        self, connect: Callable[..., Any], service: Service, clip: Path, tmp_path: Path
    ) -> None:
        service.goes_wrong("PUT", "/upl_1/2", *GIVE_UP)
        with pytest.raises(NetworkError):
            connect(store=tmp_path / "state").upload(clip, "init_video")
        service.parts["upl_1"][3] = b"?"  # cut short on its way
        service.requests.clear()

        assert connect(store=tmp_path / "state").upload(clip, "init_video") == "upload:upl_1"

        assert [path for method, path in service.requests if method == "PUT"] == [
            "/upl_1/2",
            "/upl_1/3",
        ]
        assert service.asked("POST", "/uploads") == 0
        assert service.objects == {"upl_1": SMALL}
        assert [*(tmp_path / "state").iterdir()] == []

    def test_a_part_whose_request_has_expired_is_signed_again(
        self, client: Any, service: Service, clip: Path
    ) -> None:
        service.goes_wrong("PUT", "/upl_1/2", answers(403))

        client.upload(clip, "init_video")

        assert service.objects == {"upl_1": SMALL}

    def test_a_part_that_has_not_arrived_after_all_is_sent_again(
        self, client: Any, service: Service, clip: Path
    ) -> None:
        service.goes_wrong("PUT", "/upl_1/2", lambda _, __: httpx.Response(200))

        client.upload(clip, "init_video")

        assert service.objects == {"upl_1": SMALL}
        assert service.asked("PUT", "/upl_1/1") == 1

    def test_it_does_not_go_on_for_ever(self, client: Any, service: Service, clip: Path) -> None:
        service.goes_wrong("PUT", "/upl_1/2", *([lambda _, __: httpx.Response(200)] * 9))

        with pytest.raises(ProblemError):
            client.upload(clip, "init_video")
        assert service.asked("POST", "/complete") == 3

    def test_what_another_process_has_put_together_is_there(
        self, client: Any, service: Service, clip: Path
    ) -> None:
        def other(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
            del request, do
            service.parts["upl_1"] = {1: SMALL}
            return httpx.Response(404, text="<Error><Code>NoSuchUpload</Code></Error>")

        service.goes_wrong("PUT", "/upl_1/2", other)

        assert client.upload(clip, "init_video") == "upload:upl_1"


def test_a_file_in_one_request_goes_on_under_its_id(
    connect: Callable[..., Any], service: Service, clip: Path, tmp_path: Path
) -> None:
    service.goes_wrong("PUT", "/upl_1", *GIVE_UP)
    with pytest.raises(NetworkError):
        connect(store=tmp_path / "state").upload(clip, "init_video")

    assert connect(store=tmp_path / "state").upload(clip, "init_video") == "upload:upl_1"
    assert service.asked("POST", "/uploads") == 1


def test_an_upload_that_is_not_kept_any_longer_begins_anew(
    connect: Callable[..., Any], service: Service, clip: Path, tmp_path: Path
) -> None:
    service.goes_wrong("PUT", "/upl_1", *GIVE_UP)
    with pytest.raises(NetworkError):
        connect(store=tmp_path / "state").upload(clip, "init_video")
    service.goes_wrong("GET", "/upl_1", answers(404))

    assert connect(store=tmp_path / "state").upload(clip, "init_video") == "upload:upl_2"


def test_another_content_is_another_upload(
    connect: Callable[..., Any], service: Service, clip: Path, tmp_path: Path
) -> None:
    service.goes_wrong("PUT", "/upl_1", *GIVE_UP)
    with pytest.raises(NetworkError):
        connect(store=tmp_path / "state").upload(clip, "init_video")
    clip.write_bytes(b"other bytes")

    assert connect(store=tmp_path / "state").upload(clip, "init_video") == "upload:upl_2"


def test_a_file_that_shrinks_while_it_is_sent_is_told(
    client: Any, service: Service, clip: Path
) -> None:
    def shrink(request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
        del request
        clip.write_bytes(b"")
        return do()

    service.goes_wrong("POST", "/uploads", shrink)

    with pytest.raises(OSError, match="has become shorter"):
        client.upload(clip, "init_video")

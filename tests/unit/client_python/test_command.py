"""The command without a network: what it refuses before anything is sent, what it says, and its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from faceswap_adapter.cli.__main__ import main
from faceswap_adapter.client import Client
from tests.support.client_driven import API, GOOD, Time
from tests.support.client_service import VIDEO, Service, answers, job, lost

FILES = ("clip.mp4", "face.png", "person.png")
SWAP = ("swap", *FILES, "-o", "out.mp4", "--consent", "They agreed.")
Run = Callable[..., int]


@pytest.fixture(autouse=True)
def _surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service, time: Time
) -> None:
    """A folder with three files, and an environment that leads to the service in memory."""
    for name in FILES:
        (tmp_path / name).write_bytes(f"bytes of {name}".encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACESWAP_API_URL", API)
    monkeypatch.setenv("FACESWAP_TOKEN", GOOD)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("FACESWAP_CALLBACK_SECRET", raising=False)

    def connect(api_url: str, token: Any, *, store: Path | None) -> Client:
        http = httpx.Client(transport=httpx.MockTransport(service.answer))
        return Client(api_url, token, store=store, http=http, sleep=time.sleep, clock=time.clock)

    monkeypatch.setattr("faceswap_adapter.cli.settings.Client", connect)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of an error."""
    told = capsys.readouterr()
    assert told.out == ""
    line = told.err.splitlines()[-1]
    assert line.startswith("faceswap: ")
    return line


def test_a_swap_leaves_the_video_and_nothing_else(tmp_path: Path, service: Service) -> None:
    assert main(SWAP) == 0

    assert (tmp_path / "out.mp4").read_bytes() == VIDEO
    assert [*(tmp_path / "state/faceswap").iterdir()] == []
    assert service.bodies[0]["consent"] == {"attested": True, "statement": "They agreed."}
    assert service.bodies[0]["watermark"] is True


def test_with_json_there_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWAP, "--json"]) == 0

    told = capsys.readouterr()
    assert told.err == ""
    assert json.loads(told.out) == {
        "job": {**job("job_1", "succeeded"), "version": 3},
        "output": "out.mp4",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"output": "clip.mp4"}, "clip.mp4 is an input, which is never overwritten"),
        ({"output": "./face.png"}, "face.png is an input"),
        ({"output": "link.png"}, "link.png is an input"),
        ({"output": "nowhere/out.mp4"}, "its folder is missing"),
        ({"output": "."}, "cannot be written"),
        ({"video": "none.mp4"}, "none.mp4 is no file"),
        ({"video": "empty.mp4"}, "empty.mp4 is empty"),
        ({"consent": " "}, "nothing is sent without --consent"),
        ({"consent": "x" * 1001}, "at most 1000 characters"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_what_is_wrong_is_told_before_anything_is_sent(
    service: Service,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    words: str,
    force: bool,
) -> None:
    Path("link.png").symlink_to("person.png")
    Path("empty.mp4").touch()
    before = {name: Path(name).read_bytes() for name in FILES}
    video, output = change.get("video", "clip.mp4"), change.get("output", "out.mp4")
    consent = change.get("consent", "They agreed.")

    code = main(
        ["swap", video, *FILES[1:], "-o", output, "--consent", consent, *["--force"] * force]
    )

    assert code == 2
    assert words in said(capsys)
    assert service.requests == []
    assert {name: Path(name).read_bytes() for name in FILES} == before


def test_a_file_that_is_there_stays_without_force(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out.mp4").write_bytes(b"mine")

    assert main(SWAP) == 2
    assert "out.mp4 exists; --force overwrites it" in said(capsys)
    assert (Path("out.mp4").read_bytes(), service.requests) == (b"mine", [])

    assert main([*SWAP, "--force"]) == 0
    assert Path("out.mp4").read_bytes() == VIDEO


@pytest.mark.parametrize(
    ("statuses", "faults", "code", "words"),
    [
        (["queued", "failed"], [], 3, "Not usable: Two faces."),
        (["queued", "cancelled"], [], 4, "The job was cancelled."),
        (["queued"], [lost] * 4, 5, "api.example cannot be reached"),
        (["queued"], [answers(422)], 1, "no reason was given (HTTP 422)"),
        (["queued"], [answers(401), answers(401)], 1, "HTTP 401"),
    ],
)
def test_each_end_has_its_code_and_words(
    service: Service,
    capsys: pytest.CaptureFixture[str],
    statuses: list[str],
    faults: list[Any],
    code: int,
    words: str,
) -> None:
    service.statuses = statuses
    service.goes_wrong("POST", "/jobs", *faults)

    assert main(SWAP) == code
    assert words in said(capsys)
    assert not Path("out.mp4").exists()


@pytest.mark.parametrize(
    ("faults", "document"),
    [
        ([lost] * 4, {"type": "NetworkError"}),
        ([answers(422)], {"type": "about:blank", "status": 422}),
    ],
)
def test_with_json_an_error_is_a_document(
    service: Service,
    capsys: pytest.CaptureFixture[str],
    faults: list[Any],
    document: dict[str, Any],
) -> None:
    service.goes_wrong("POST", "/jobs", *faults)

    assert main([*SWAP, "--json"]) != 0
    assert document.items() <= json.loads(capsys.readouterr().out)["error"].items()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["swap", "clip.mp4", "--json"], "are required"),
        ([*SWAP, "--json", "--unknown"], "--unknown"),
        (["jobs", "--json", "--status", "odd"], "invalid choice: 'odd'"),
        (["--json"], "are required"),
        ([*SWAP[:1], "none.mp4", *SWAP[2:], "--json"], "none.mp4 is no file"),
    ],
)
def test_a_wrong_call_is_told_as_a_document_and_in_words(
    service: Service, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2

    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert error["type"] == "UsageError"
    assert words in error["detail"]
    assert told.err.splitlines()[-1] == f"faceswap: {error['detail']}"
    assert service.requests == []


def test_a_wrong_call_without_json_leaves_the_standard_output_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["swap"]) == 2
    assert "are required" in said(capsys)


def test_a_system_that_refuses_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("state").write_text("a file where a folder should be")

    assert main(SWAP) == 1
    assert "state" in said(capsys)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FACESWAP_API_URL", "", "where is the API?"),
        ("FACESWAP_API_URL", "api.example", "is no address of an API"),
        ("FACESWAP_TOKEN", "", "who are you?"),
    ],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setenv(variable, value)

    assert main(["jobs"]) == 2
    assert words in said(capsys)


def test_a_token_in_a_file_is_read_again_once_it_is_refused(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("token").write_text("old\n")

    def renewed(_: httpx.Request, __: object) -> httpx.Response:
        Path("token").write_text("good\n")
        return httpx.Response(401, json={"message": "Unauthorized"})

    service.goes_wrong("GET", "/jobs", renewed)

    assert main(["jobs", "--token-file", "token", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_jobs_are_listed_for_people(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    service.jobs = {"job_1": job("job_1", "failed"), "job_2": job("job_2", "queued")}

    assert main(["jobs", "--limit", "1"]) == 0

    told = capsys.readouterr().out
    assert "job_1" in told
    assert "Not usable" in told
    assert "job_2" not in told


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([], "these headers are missing: webhook-id, webhook-timestamp, webhook-signature"),
        (["webhook-signature: nonsense"], "is not what this stack has signed"),
        (["webhook-signature: v1,AAAA"], "is not what this stack has signed"),
        (["webhook-signature: v1,é"], "is not what this stack has signed"),
    ],
)
def test_a_callback_that_is_not_right_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    headers: list[str],
    words: str,
) -> None:
    monkeypatch.setenv("FACESWAP_CALLBACK_SECRET", "whsec_" + "A" * 43 + "=")
    Path("body").write_bytes(b'{"type": "job.\xff"}')
    if headers:
        headers = ["webhook-id: msg_1", "webhook-timestamp: 1", *headers]
    options = [option for header in headers for option in ("-H", header)]

    assert main(["callbacks", "verify", "body", *options]) in {1, 2}
    assert words in said(capsys)

"""Nothing of this machine's AWS configuration reaches the local clients and processes."""

from pathlib import Path

import pytest

from local.emulator import server
from local.emulator.aws import client
from local.emulator.transform import load, local_sources, transform
from local.stack.environment import own_environment
from tests.support.sampled import SAMPLE


@pytest.fixture(params=["profile", "broken", "binary", "settings"])
def disturbed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configuration that real clients would stumble over."""
    home = tmp_path / ".aws"
    home.mkdir()
    contents = {"broken": b"[profile\nx", "binary": b"\xff\xfe\0[", "settings": b""}
    for name in ("config", "credentials"):
        (home / name).write_bytes(contents.get(request.param, b""))
    monkeypatch.setenv("HOME", str(tmp_path))
    if request.param == "profile":
        monkeypatch.setenv("AWS_PROFILE", "nobody")
        monkeypatch.setenv("AWS_DEFAULT_PROFILE", "nobody")
    if request.param == "settings":
        (home / "config").write_text("[default]\nuse_fips_endpoint = true\nregion = nowhere\n")
        monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
        monkeypatch.setenv("AWS_RETRY_MODE", "never")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "of another account")


@pytest.mark.usefixtures("disturbed")
@pytest.mark.parametrize("service", ["s3", "cloudformation", "dynamodb"])
def test_a_client_is_made_all_the_same(service: str) -> None:
    made = client(service, "http://127.0.0.1:9")

    assert made.meta.region_name == "us-east-1"
    assert made.meta.endpoint_url == "http://127.0.0.1:9"
    credentials = made._request_signer._credentials
    assert (credentials.access_key, credentials.token) == ("test", None)


@pytest.mark.usefixtures("disturbed")
def test_a_template_is_transformed_all_the_same() -> None:
    template = load(SAMPLE)
    local_sources(template, SAMPLE.parent)

    assert transform(template, {"JwtIssuer": "http://127.0.0.1", "JwtAudience": "a"})["Resources"]


def test_processes_are_told_none_of_it_nor_what_misleads_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misleading = ("PYTHONSAFEPATH", "PYTHONHOME", "PYTHONPATH", "PYTHONIOENCODING")
    for name in (*misleading, "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LC_ALL", "C")

    own, emulators = own_environment(KEY="k"), server.environment(1, tmp_path)

    assert own["KEY"] == "k"
    assert own["PYTHONUTF8"] == emulators["PYTHONUTF8"] == "1"
    assert not {*misleading, "AWS_PROFILE", "AWS_CONFIG_FILE"} & (own.keys() | emulators.keys())
    # Functions get the emulator's home, where no configuration lies.
    assert emulators["HOME"] == str(tmp_path)

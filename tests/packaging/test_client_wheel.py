"""The wheel of `clients/python`: small, whole, and of use where it is installed. Built without a network."""

import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "clients/python"
UV = ROOT / ".venvs/uv/bin/uv"
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by uv's own backend, which is part of uv."""
    out = tmp_path_factory.mktemp("wheel")
    command = [str(UV), "build", "--offline", "--wheel", "--no-config", "--out-dir", str(out)]
    ended = subprocess.run(
        [*command, str(SOURCE)], capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    [built] = out.glob("*.whl")
    return built


def test_it_is_small_and_holds_the_package_and_nothing_else(wheel: Path) -> None:
    files = {path.relative_to(SOURCE / "src").as_posix() for path in (SOURCE / "src").rglob("*")}
    package = {name for name in files if name.endswith((".py", "/py.typed"))}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}

    assert wheel.stat().st_size <= MOST_BYTES
    assert {name for name in names if ".dist-info/" not in name} == package
    assert "faceswap_adapter/py.typed" in package


def test_it_says_what_it_is_and_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith("/METADATA")]
        told = message_from_string(archive.read(name).decode())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert (told["Name"], told["Version"]) == ("faceswap-adapter-client", version)
    needed = told.get_all("Requires-Dist") or []
    assert [each.split(">")[0] for each in needed if "extra" not in each] == ["httpx", "pydantic"]
    body = told.get_payload()
    assert isinstance(body, str)
    assert "# The client for Python" in body


def test_it_is_of_use_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    install = [str(UV), "pip", "install", "--offline", "--no-deps", "--no-config", "--quiet"]
    target = ["--python", sys.executable, "--target", str(tmp_path), str(wheel)]
    subprocess.run([*install, *target], check=True, timeout=120)

    told = subprocess.run(
        [sys.executable, str(tmp_path / "bin/faceswap"), "--help"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert "exit codes:" in told.stdout

"""The Makefile on machines that are not like ours: what is downloaded lands below the checkout, whatever is set."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"
WHEEL = "uv-0.1-py3-none-any.whl"
CACHES = (
    *("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache", "MYPY_CACHE_DIR", "RUFF_CACHE_DIR"),
    *("HYPOTHESIS_STORAGE_DIRECTORY", "MPLCONFIGDIR", "__SAM_CLI_APP_DIR"),
)
MISLEADING = {
    "PYTHONSAFEPATH": "1",
    "PYTHONPATH": "/nowhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONIOENCODING": "ascii",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C",
}
AWS = {"AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": "/nowhere"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile and a requirement that is found on this disk."""
    folder = tmp_path / "check out"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(MAKEFILE, folder)
    digest = hashlib.sha256(wheel(folder / "packages" / WHEEL).read_bytes()).hexdigest()
    (folder / "requirements" / "uv.txt").write_text(f"uv==0.1 --hash=sha256:{digest}\n")
    return folder


def wheel(path: Path) -> Path:
    """A package with one script, called uv."""
    files = {
        "uv-0.1.data/scripts/uv": "#!python\nprint('uv')\n",
        "uv-0.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 0.1\n",
        "uv-0.1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{digest(text)},{len(text)}\n" for name, text in files.items())
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, "uv-0.1.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return path


def digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()


def make(checkout: Path, *words: str, **environment: str) -> str:
    """Run make without a home and with no variables but these; what it prints."""
    ended = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def seen(checkout: Path, goal: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment that a recipe of the Makefile gets."""
    printed = make(checkout, f"--eval={goal}: ; @env", goal, **environment)
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def test_what_is_downloaded_lands_below_the_checkout(checkout: Path) -> None:
    got = seen(checkout, "show", {"UV_CACHE_DIR": "/nowhere", "HOME": "/nowhere"})

    for name in CACHES:
        assert Path(got[name]).is_relative_to(checkout / ".cache"), name


def test_what_misleads_python_and_aws_is_left_out(checkout: Path) -> None:
    got = seen(checkout, "show", MISLEADING | AWS)

    assert not {*MISLEADING, "AWS_PROFILE"} - {"LC_ALL"} & got.keys()
    assert got["PYTHONUTF8"] == "1"
    assert got["AWS_CONFIG_FILE"] == got["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_a_deployed_stack_is_asked_with_the_users_aws_configuration(checkout: Path) -> None:
    makefile = (checkout / "Makefile").read_text().replace("$(LOCAL) -m local.smoke", "env #")
    (checkout / "Makefile").write_text(makefile)
    ready = checkout / ".venvs" / "local" / ".ready"
    ready.parent.mkdir(parents=True)
    (checkout / "requirements" / "local.txt").touch()
    (checkout / ".venvs" / "uv" / "bin").mkdir(parents=True)
    (checkout / ".venvs" / "uv" / "bin" / "uv").touch()
    ready.touch()

    printed = make(checkout, "smoke", **AWS).splitlines()

    assert {f"{name}={value}" for name, value in AWS.items()} <= set(printed)


@pytest.mark.parametrize("by", ["environment", "file"])
def test_pip_installs_into_the_checkout_whatever_its_settings_say(checkout: Path, by: str) -> None:
    places = {
        "user": "true",
        "target": f"{checkout}/target",
        "prefix": f"{checkout}/prefix",
        "root": f"{checkout}/root",
    }
    index = {"no-index": "true", "find-links": "packages"}
    if by == "file":
        settings = "".join(f"{key} = {value}\n" for key, value in (places | index).items())
        (checkout / "pip.conf").write_text(f"[global]\n{settings}")
        environment = {"PIP_CONFIG_FILE": str(checkout / "pip.conf")}
    else:
        environment = {
            "PIP_" + key.upper().replace("-", "_"): value for key, value in (places | index).items()
        }

    make(checkout, f"PYTHON={sys.executable}", ".venvs/uv/bin/uv", **environment, **MISLEADING)

    assert (checkout / ".venvs" / "uv" / "bin" / "uv").exists()
    assert not {"target", "prefix", "root"} & {path.name for path in checkout.iterdir()}

"""Two builds of one source, in two folders, are the same to the byte, and neither names its folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from faceswap.store.aws import SERVICES
from local.packaging import Budget, differing, look_at

ROOT = Path(__file__).parents[2]
PARTS = {
    "JobsFunction": ("functions/jobs", "/var/task/jobs_app.py"),
    "ResultsFunction": ("functions/results", "/var/task/results_app.py"),
    "FaceswapLayer": ("layers/faceswap", "/opt/python/faceswap/settings.py"),
    "RuntimeLayer": ("layers/runtime", "/opt/python/some/module.py"),
}
# What stands in for uv: it puts a package where the layer's wheels would go, and lists a script that names its
# builder's Python, so that the list is another one in each folder.
INSTALLER = """#!/bin/sh
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/some" "$2/some-1.dist-info" "$2/boto3/data/s3" "$2/botocore/data"
for service in dynamodb ec2 events s3 secretsmanager sqs stepfunctions; do mkdir "$2/botocore/data/$service"; done
echo {} > "$2/botocore/data/endpoints.json"
touch "$2/boto3/data/s3/resources.json" "$2/botocore/data/ec2/service.json" "$2/botocore/data/s3/service.json"
printf 'bin/some,sha256=%s,380\\nbotocore/data/ec2/service.json,sha256=0,0\\nsome/module.py,sha256=0,80\\n' "$2" \\
  > "$2/some-1.dist-info/RECORD"
printf 'NAMES = {"a", "b", "c"}\\ndef named(name):\\n    return name in {"x", "y", "z"}\\n' > "$2/some/module.py"
"""


def build(name: str, folder: Path, python: str = sys.executable) -> Path:
    """Build one artifact below a folder, by its own recipe and with byte code of this Python."""
    source, artifact = folder / "source", folder / "build" / name
    shutil.copytree(ROOT / PARTS[name][0], source, ignore=shutil.ignore_patterns("__pycache__"))
    artifact.mkdir(parents=True)
    installer = folder / "uv"
    installer.write_text(INSTALLER)
    installer.chmod(0o755)
    subprocess.run(
        ["make", "--silent", f"build-{name}", f"ARTIFACTS_DIR={artifact}", f"UV={installer}",
         f"BYTECODE_PYTHON={python}"],
        cwd=source, env=os.environ, check=True, capture_output=True,
    )  # fmt: skip
    return artifact


@pytest.mark.parametrize("name", PARTS)
def test_the_folder_that_it_was_built_in_leaves_no_trace(name: str, tmp_path: Path) -> None:
    one = build(name, tmp_path / "one")
    two = build(name, tmp_path / "a" / "longer" / "one")

    assert list(one.rglob("*.pyc"))
    assert differing(one, two) == []
    assert not [path for path in one.rglob("*.pyc") if str(tmp_path).encode() in path.read_bytes()]


@pytest.mark.parametrize("name", PARTS)
def test_byte_code_names_the_file_where_lambda_has_it(name: str, tmp_path: Path) -> None:
    built = build(name, tmp_path)

    wanted = PARTS[name][1].encode()
    assert [path for path in built.rglob("*.pyc") if wanted in path.read_bytes()]


def test_a_build_without_that_python_ships_sources_only(tmp_path: Path) -> None:
    built = build("JobsFunction", tmp_path, python="no-such-python")

    assert (built / "jobs_app.py").exists()
    assert list(built.rglob("*.pyc")) == []


def test_of_boto3_s_descriptions_those_of_the_services_in_use_stay(tmp_path: Path) -> None:
    python = build("RuntimeLayer", tmp_path) / "python"

    data = python / "botocore/data"
    assert sorted(path.name for path in data.iterdir()) == sorted([*SERVICES, "endpoints.json"])
    assert (data / "s3/service.json").exists()
    assert not (python / "boto3/data").exists()
    assert (python / "some-1.dist-info/RECORD").read_text() == "some/module.py,sha256=0,80\n"


def test_what_differs_is_named(tmp_path: Path) -> None:
    for folder, text in (("one", "x"), ("two", "y")):
        (tmp_path / folder / "python").mkdir(parents=True)
        (tmp_path / folder / "python/a.py").write_text(text)
        (tmp_path / folder / f"{folder}.py").write_text("")

    assert differing(tmp_path / "one", tmp_path / "two") == ["one.py", "python/a.py", "two.py"]


def test_a_file_that_names_the_build_folder_is_told(tmp_path: Path) -> None:
    root = tmp_path / "FaceswapLayer"
    root.mkdir()
    (root / "a.cpython-313.pyc").write_bytes(b"..." + str(root).encode() + b"/a.py...")

    (fault,) = look_at(root, Budget(zipped=1, unpacked=1)).faults

    assert fault == "a.cpython-313.pyc names the folder that it was built in"

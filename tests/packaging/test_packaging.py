"""The look into what was built finds what would not run, or does not belong there."""

import shutil
import struct
from pathlib import Path

import boto3
import pytest

from local.packaging import Budget, faults_of_clients, look_at

BUDGET = Budget(zipped=1, unpacked=1)


def elf(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + struct.pack("<H", machine) + bytes(44)


def test_sources_and_the_right_binaries_are_fine(tmp_path: Path) -> None:
    root = tmp_path / "FaceswapLayer"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    (root / "b.cpython-313-aarch64-linux-gnu.so").write_bytes(elf(183))

    assert look_at(root, BUDGET).faults == []


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("b.cpython-313-aarch64-linux-gnu.so", elf(62), "not for arm64"),
        ("b.cpython-311-aarch64-linux-gnu.so", elf(183), "not for Python 3.13"),
        ("pkg/tests/test_a.py", b"", "does not belong there"),
        ("pkg/__pycache__/a.cpython-311.pyc", b"", "does not belong there"),
        ("big.bin", bytes(2_000_000), "over its budget"),
    ],
)
def test_what_would_not_run_or_does_not_belong_is_told(
    tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    path = tmp_path / "FaceswapLayer" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    assert [fault in told for told in look_at(tmp_path / "FaceswapLayer", BUDGET).faults] == [True]


def test_another_version_than_the_locked_one_is_told(tmp_path: Path) -> None:
    info = tmp_path / "RuntimeLayer/python/pydantic-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("")

    (fault,) = look_at(tmp_path / "RuntimeLayer", BUDGET).faults

    assert "pydantic 1.0.0 is not what the lock names" in fault


def test_a_layer_whose_boto3_lacks_a_service_is_told(tmp_path: Path) -> None:
    packages, ours = Path(boto3.__file__).parents[1], Path(__file__).parents[2]
    runtime = tmp_path / "RuntimeLayer/python"
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3"):
        shutil.copytree(
            packages / name, runtime / name, ignore=shutil.ignore_patterns("data", "__pycache__")
        )
    shutil.copy(packages / "six.py", runtime)
    models = runtime / "botocore/data"
    for name in ("dynamodb", "events", "s3", "secretsmanager", "sqs", "stepfunctions"):
        shutil.copytree(packages / "botocore/data" / name, models / name)
    for path in (packages / "botocore/data").glob("*.json"):
        shutil.copy(path, models)
    shutil.copytree(ours / "layers/faceswap/python", tmp_path / "FaceswapLayer/python")
    assert faults_of_clients(tmp_path) == []

    shutil.rmtree(models / "secretsmanager")

    (fault,) = faults_of_clients(tmp_path)
    assert "Unable to load data for: secretsmanager" in fault

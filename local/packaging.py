"""Opens what `sam build` made, and proves that it fits the platform it is deployed to.

`python -m local.packaging BUILD OTHER` prints a line for each artifact, fails on what does not belong there, and on
what is not the same in a build of the same sources in another folder.
"""

import io
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_LOCK = ROOT / "layers/runtime/requirements.txt"
_ARM64 = 183
_PYTHON = "cpython-313-aarch64-linux-gnu"
_BYTE_CODE = "cpython-313.pyc"
_UNWANTED = re.compile(
    r"(^|/)(tests?|__pycache__|\.pytest_cache|\.mypy_cache)/|\.(pyi?c|orig|swp)$"
)


# boto3 is Python alone, so that any Python can tell whether what the layer holds of it is enough.
_MAKE_CLIENTS = """
import sys
sys.path[:0] = sys.argv[1:]
from botocore.config import Config
from faceswap.store.aws import SERVICES, client
for service in SERVICES:
    client(service, Config(region_name="us-east-1"))
"""


class Budget(NamedTuple):
    """The largest an artifact may be: zipped and unpacked, in MB (10^6 bytes)."""

    zipped: float
    unpacked: float


BUDGETS = {
    "RuntimeLayer": Budget(zipped=10.5, unpacked=30),
    "FaceswapLayer": Budget(zipped=0.5, unpacked=1),
    "JobsFunction": Budget(zipped=0.1, unpacked=0.2),
    "ResultsFunction": Budget(zipped=0.1, unpacked=0.2),
}


class Artifact(NamedTuple):
    """What one folder of the build holds; sizes in MB."""

    name: str
    files: int
    unpacked: float
    zipped: float
    byte_code: bool
    faults: list[str]


def look_at(folder: Path, budget: Budget) -> Artifact:
    """Measure an artifact and find what is wrong with it."""
    files = _files(folder)
    names = [str(path.relative_to(folder)) for path in files]
    faults = [f"{name} does not belong there" for name in names if _is_unwanted(name)]
    for path in files:
        faults += _faults_of_binary(path)
        faults += _traces_of(folder, path)
    if folder.name == "RuntimeLayer":
        faults += _faults_of_versions(folder / "python")
    unpacked = sum(path.stat().st_size for path in files) / 1e6
    zipped = _zipped(folder, files) / 1e6
    if zipped > budget.zipped or unpacked > budget.unpacked:
        faults.append(
            f"over its budget of {budget.zipped} MB zipped, {budget.unpacked} MB unpacked"
        )
    has_byte_code = any(name.endswith(_BYTE_CODE) for name in names)
    return Artifact(folder.name, len(files), unpacked, zipped, has_byte_code, faults)


def differing(one: Path, other: Path) -> list[str]:
    """The files, by their names below both folders, that are not the same in both to the byte."""
    names = {str(path.relative_to(root)) for root in (one, other) for path in _files(root)}
    return sorted(name for name in names if _bytes(one / name) != _bytes(other / name))


def faults_of_clients(build: Path) -> list[str]:
    """What keeps the built layers from making each client of AWS that the functions use, in boto3's words."""
    layers = [str(build / name / "python") for name in ("RuntimeLayer", "FaceswapLayer")]
    command = [sys.executable, "-I", "-S", "-B", "-c", _MAKE_CLIENTS, *layers]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return []
    return [f"it makes no clients of AWS: {made.stderr.strip().splitlines()[-1]}"]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _traces_of(folder: Path, path: Path) -> Iterator[str]:
    if str(folder.resolve()).encode() in path.read_bytes():
        yield f"{path.relative_to(folder)} names the folder that it was built in"


def _is_unwanted(name: str) -> bool:
    return bool(_UNWANTED.search(name)) and not name.endswith(_BYTE_CODE)


def _faults_of_binary(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        head = file.read(20)
    if head[:4] != b"\x7fELF":
        return
    (machine,) = struct.unpack_from("<H", head, 18)
    if machine != _ARM64:
        yield f"{path.name} is not for arm64"
    if ".cpython-" in path.name and _PYTHON not in path.name:
        yield f"{path.name} is not for Python 3.13"


def _faults_of_versions(python: Path) -> Iterator[str]:
    locked = dict(
        re.findall(r"^([\w.-]+)==([^\s;]+)(?: ;[^\\]*)?", _LOCK.read_text(), re.MULTILINE)
    )
    for info in python.glob("*.dist-info"):
        name, version = info.name.removesuffix(".dist-info").rsplit("-", 1)
        wanted = locked.get(name.replace("_", "-").lower())
        if wanted != version:
            yield f"{name} {version} is not what the lock names ({wanted})"


def _zipped(folder: Path, files: list[Path]) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for path in files:
            package.write(path, path.relative_to(folder))
    return buffer.tell()


def main(arguments: list[str]) -> int:
    """Command line: 0 when every artifact is as it should be."""
    build, other = map(Path, arguments)
    artifacts = [look_at(build / name, budget) for name, budget in BUDGETS.items()]
    artifacts[0].faults.extend(faults_of_clients(build))
    for each in artifacts:
        differ = differing(build / each.name, other / each.name)
        each.faults.extend(f"{name} is not the same in another folder" for name in differ)
    for each in artifacts:
        code = "with byte code" if each.byte_code else "without byte code"
        print(
            f"{each.name:<16} {each.files:>5} files {each.zipped:>6.2f} MB zipped {each.unpacked:>6.2f} MB, {code}"
        )
        for fault in each.faults:
            print(f"  {fault}", file=sys.stderr)
    return 1 if any(each.faults for each in artifacts) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Deployment packages for the emulator: small archives, and layers installed for this machine."""

import hashlib
import io
import os
import shutil
import subprocess
import sysconfig
import tempfile
import zipfile
from pathlib import Path

_EPOCH = (2020, 1, 1, 0, 0, 0)
_INSTALL_SECONDS = 300


class PackageError(Exception):
    """A layer's packages cannot be installed; the message holds the installer's words."""


def source_digest(root: Path) -> str:
    """A digest of names and contents below a folder, compiled files left out."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def archive(files: dict[str, str]) -> bytes:
    """A zip of executable text files that depends on names and contents only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o755 << 16
            package.writestr(entry, text)
    return buffer.getvalue()


def layer_paths(source: Path, cache: Path, installer: Path, python: Path) -> list[Path]:
    """Folders that a layer adds to sys.path: its own `python/`, and its packages installed here.

    Packages are kept in the cache under a digest of the requirements, so that every stack of
    the checkout shares them. Raises PackageError.
    """
    paths = []
    requirements = source / "requirements.txt"
    if requirements.exists():
        paths.append(_installed(requirements, cache, installer, python))
    if (source / "python").is_dir():
        paths.append(source / "python")
    return paths


def _installed(requirements: Path, cache: Path, installer: Path, python: Path) -> Path:
    key = f"{sysconfig.get_platform()} {sysconfig.get_python_version()}".encode()
    digest = hashlib.sha256(key + requirements.read_bytes()).hexdigest()[:16]
    target = cache / "layers" / digest
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="installing-") as scratch:
            built = Path(scratch) / "python"
            _install(requirements, built, installer, python, cache / "uv")
            _publish(built, target)
    return target


def _install(
    requirements: Path, target: Path, installer: Path, python: Path, downloads: Path
) -> None:
    options = ["--quiet", "--require-hashes", "--compile-bytecode"]
    places = ["--python", str(python), "--target", str(target), "-r", str(requirements)]
    outcome = subprocess.run(
        [str(installer), "pip", "install", *options, *places],
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
        env=os.environ | {"UV_CACHE_DIR": str(downloads)},
    )
    if outcome.returncode:
        raise PackageError(f"{requirements}: {outcome.stderr.strip()}")


def _publish(built: Path, target: Path) -> None:
    """Move a finished folder into place; another stack may have been faster with the same."""
    try:
        built.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(built)

"""The revision whose engine is measured beside the current one: which it is, and its checkout in .cache/bench."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

ENGINE = "local/provider/engine/swapping.py"
_SECONDS = 60


class BaseError(Exception):
    """There is no such revision to measure against; says why in one line."""


class Base(NamedTuple):
    """A revision to measure against."""

    name: str
    """What a reader knows it by: a tag or what was asked for, with its commit."""
    checkout: Path
    """Where its `local` lies."""


def check_out_base(project: Path, asked: str = "") -> Base:
    """Check out what was asked for, else the newest tag, else the first commit that has the engine.

    A checkout that is there already is kept. Raises BaseError if the revision is not in this clone or has no engine.
    """
    if not _git(project, "rev-parse", "--git-dir"):
        raise BaseError(f"{project} is no git repository, so no earlier engine is at hand")
    revision = asked or _newest_tag(project) or _first_with_engine(project)
    commit = _told(
        project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if not commit:
        hint = "; the clone is shallow: git fetch --unshallow" if _shallow(project) else ""
        raise BaseError(f"no revision {revision} in this clone{hint}")
    if not _git(project, "cat-file", "-e", f"{commit}:./{ENGINE}"):
        raise BaseError(f"revision {revision} has no engine ({ENGINE})")
    short, name = commit[:7], revision.removeprefix("refs/tags/")
    name = short if commit.startswith(name) else f"{name} ({short})"
    return Base(name, _check_out(project, commit))


def _check_out(project: Path, commit: str) -> Path:
    kept = project / ".cache" / "bench"
    checkout = kept / commit
    if checkout.is_dir():
        return checkout
    archive = _git(project, "archive", "--format=zip", commit, "local")
    if not archive:
        raise BaseError(f"git cannot read all files of {commit}")
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        whole = Path(folder) / "whole"
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            files.extractall(whole)
        try:
            whole.rename(checkout)
        except OSError:
            if not checkout.is_dir():  # else another run was first
                raise
    return checkout


def _newest_tag(project: Path) -> str:
    newest = ("--sort=-creatordate", "--count=1", "--format=%(refname)")
    return _told(project, "for-each-ref", *newest, "refs/tags")


def _first_with_engine(project: Path) -> str:
    if _shallow(project):
        raise BaseError(
            "the clone is shallow and has no tag: git fetch --unshallow, or name a revision by BASE="
        )
    added = _told(project, "log", "--diff-filter=A", "--format=%H", "--", ENGINE)
    if not added:
        raise BaseError(f"no commit has the engine ({ENGINE})")
    return added.splitlines()[-1]


def _shallow(project: Path) -> bool:
    return _told(project, "rev-parse", "--is-shallow-repository") == "true"


def _told(project: Path, *arguments: str) -> str:
    return (_git(project, *arguments) or b"").decode().strip()


def _git(project: Path, *arguments: str) -> bytes | None:
    """What git printed, at least a line; None if it failed."""
    git = shutil.which("git")
    if git is None:
        raise BaseError("git is not on the path, so no earlier engine is at hand")
    ended = subprocess.run(
        [git, "-C", str(project), *arguments], capture_output=True, timeout=_SECONDS, check=False
    )
    return (ended.stdout or b"\n") if ended.returncode == 0 else None

"""The bench measures against the engine of another revision: which one, where it lies, and why there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.bench import __main__ as bench
from local.bench.base import ENGINE, BaseError, check_out_base
from local.bench.one_swap import swap_once
from local.bench.rows import Row

FAKE_ENGINE = """
from pathlib import Path
from types import SimpleNamespace

def swap(video, face, reference, output, progress):
    progress(("analyse", 1, 1))
    return SimpleNamespace(frames=7)
"""


class Repository:
    """A project of three commits: without an engine, with one, with another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet")
        self.commits = [
            self.commit({"README.md": "nothing yet"}, day=1),
            self.commit({ENGINE: "one", "local/__init__.py": ""}, day=2),
            self.commit({ENGINE: "two"}, day=3),
        ]

    def git(self, *arguments: str, day: int = 1) -> str:
        dates = {
            f"GIT_{who}_DATE": f"2026-01-{day:02}T00:00:00Z" for who in ("AUTHOR", "COMMITTER")
        }
        people = ("-c", "user.name=n", "-c", "user.email=e@example.com")
        command = ["git", "-C", str(self.path), *people, *arguments]
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **dates}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return ended.stdout.strip()

    def commit(self, files: dict[str, str], day: int) -> str:
        for name, text in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text)
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "a commit", day=day)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return Repository(tmp_path / "project")


def test_without_a_tag_it_is_the_first_commit_that_has_the_engine(repository: Repository) -> None:
    base = check_out_base(repository.path)
    assert base.name == repository.commits[1][:7]
    assert (base.checkout / ENGINE).read_text() == "one"


def test_with_tags_it_is_the_newest_by_date(repository: Repository) -> None:
    repository.git("tag", "-m", "later", "v1", repository.commits[2], day=9)
    repository.git("tag", "-m", "earlier", "v2", repository.commits[1], day=8)
    base = check_out_base(repository.path)
    assert base.name == f"v1 ({repository.commits[2][:7]})"
    assert (base.checkout / ENGINE).read_text() == "two"


def test_what_was_asked_for_goes_first(repository: Repository) -> None:
    repository.git("tag", "v1", repository.commits[2])
    base = check_out_base(repository.path, "HEAD~1")
    assert base.name == f"HEAD~1 ({repository.commits[1][:7]})"
    assert (base.checkout / ENGINE).read_text() == "one"


def test_a_checkout_is_made_once_and_nothing_else_is_left(repository: Repository) -> None:
    first = check_out_base(repository.path)
    (first.checkout / "mark").touch()
    assert check_out_base(repository.path) == first
    assert (first.checkout / "mark").exists()
    assert list((repository.path / ".cache" / "bench").iterdir()) == [first.checkout]


@pytest.mark.parametrize("asked", ["no-such", "--all", "0" * 40])
def test_an_unknown_revision_is_said(repository: Repository, asked: str) -> None:
    with pytest.raises(BaseError, match=f"^no revision {asked} in this clone$"):
        check_out_base(repository.path, asked)


def test_a_revision_without_an_engine_is_said(repository: Repository) -> None:
    with pytest.raises(BaseError, match=f"^revision HEAD~2 has no engine .*{ENGINE}"):
        check_out_base(repository.path, "HEAD~2")


def test_a_shallow_clone_does_not_take_its_oldest_commit_for_the_first(
    repository: Repository, tmp_path: Path
) -> None:
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.path}", str(shallow))
    with pytest.raises(BaseError, match=r"shallow.*--unshallow.*BASE="):
        check_out_base(shallow)
    with pytest.raises(BaseError, match=r"no revision .* shallow.*--unshallow"):
        check_out_base(shallow, repository.commits[1])


@pytest.mark.usefixtures("repository")
def test_a_folder_outside_git_is_said(tmp_path: Path) -> None:
    with pytest.raises(BaseError, match="no git repository"):
        check_out_base(tmp_path)


def test_a_swap_is_made_by_the_checkouts_own_engine(tmp_path: Path) -> None:
    engine = tmp_path / ENGINE
    engine.parent.mkdir(parents=True)
    engine.write_text(FAKE_ENGINE)
    taken = swap_once(tmp_path, *(tmp_path / name for name in ("video", "face", "who", "out")))
    assert (taken.frames, taken.stages) == (7, {})


def test_only_what_needs_the_base_fails_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "bench.json"
    row = Row("cold-start", "measured", "ms", 1.0)
    for group in bench._ALONE:
        monkeypatch.setitem(bench._ALONE, group, lambda _: iter([row]))
    monkeypatch.setattr(
        sys, "argv", ["bench", "--base", "no-such", "--json", str(kept), *bench.GROUPS]
    )
    assert bench.main() == 1
    assert "measured" in kept.read_text()
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if line.startswith("cold-start:")] == []
    assert len([line for line in told if line.startswith("engine-")]) == 2

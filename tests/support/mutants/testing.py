"""Tests that need no stack, run in a process that was forked for them, on the product as it is or as a mutant."""

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.support.mutants.mutant import Mutant

PROJECT = Path(__file__).resolve().parents[3]
PACKAGE = PROJECT / "layers/faceswap/python/faceswap"
WORK = PROJECT / ".cache/mutants"
# Loaded once, before the forks. Nothing of the product: a mutant has to be there before what uses it.
_LOADED_BEFORE = (
    *(
        "boto3.dynamodb.conditions",
        "boto3.s3.transfer",
        "boto3.session",
        "coverage",
        "httpx",
        "hypothesis.stateful",
    ),
    *(
        "jsonschema",
        "jwt",
        "local.stack",
        "pdb",
        "pydantic",
        "samtranslator.translator.translator",
        "yaml",
    ),
)


class _WithoutStack:
    """Leaves out what needs the local stack."""

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        left_out = [item for item in items if _needs_stack(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


class _Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module's mutant in the place of the module. No file is written."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._mutated = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutated, self.get_filename(fullname), "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._name = "faceswap." + mutant.module.removesuffix(".py").replace("/", ".")
        self._path = str(PACKAGE / mutant.module)
        self._source = mutant.source

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        loader = _Mutated(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def load_before() -> None:
    """What every child needs, so that none loads it again."""
    for name in _LOADED_BEFORE:
        importlib.import_module(name)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(WORK / "hypothesis")
    hypothesis = importlib.import_module("hypothesis")
    # Nobody reads the example that fails, so it need not be made small.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases
    )
    hypothesis.settings.load_profile("mutants")
    early = [name for name in sys.modules if name.partition(".")[0] == "faceswap"]
    if early:
        raise RuntimeError(f"loaded before its mutants: {early}")
    gc.collect()
    gc.freeze()


def run_tests(files: Sequence[str], log: Path | None, *plugins: object) -> int:
    """Run the tests of some files until one fails. pytest's exit code."""
    out = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    cache = ("-o", f"cache_dir={WORK / 'pytest'}")
    options = ("--exitfirst", "--quiet", "--no-header", *cache)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - the descriptor, not a file
    return int(pytest.main([*options, *files], plugins=[_WithoutStack(), *plugins]))


def try_mutant(mutant: Mutant, files: Sequence[str]) -> int:
    """Run the tests on the mutant, the first file alone: it mostly decides. pytest's exit code."""
    sys.meta_path.insert(0, _Finder(mutant))
    code = run_tests(files[:1], None)
    return run_tests(files[1:], None) if code == 0 and files[1:] else code


def _needs_stack(item: pytest.Item) -> bool:
    needed: Sequence[str] = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("stack")) or "session_world" in needed

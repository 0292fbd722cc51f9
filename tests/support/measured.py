"""Coverage of the shared package inside the functions' own processes."""

import os
from pathlib import Path

import coverage

PROJECT = Path(__file__).parents[2]


def in_functions(work: Path) -> tuple[dict[str, str], list[Path]]:
    """Environment and import paths that let functions measure themselves, if this run is measured."""
    data_file = os.environ.get("FUNCTIONS_COVERAGE_FILE")
    if data_file is None:
        return {}, []
    packages = work / "measure"
    packages.mkdir()
    (packages / "coverage").symlink_to(Path(coverage.__file__).parent)
    environment = {
        "COVERAGE_PROCESS_START": str(PROJECT / "pyproject.toml"),
        "COVERAGE_FILE": data_file,
    }
    return environment, [packages]

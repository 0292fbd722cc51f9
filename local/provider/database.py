"""The jobs on disk, in one SQLite file: what was accepted outlives the server that accepted it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from local.provider.jobs import Job

FILE = "jobs.sqlite"

# A commit is on the disk when it returns; one server alone has the file.
_PRAGMAS = (
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
)
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    counted INTEGER NOT NULL DEFAULT 1,
    job TEXT NOT NULL
)
"""
_WRITE = """
INSERT INTO jobs (id, job) VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET job = excluded.job
"""
_JOB = TypeAdapter(Job)


class DatabaseError(Exception):
    """The file cannot be used; the text says why."""


class Database:
    """The file of one server."""

    def __init__(self, folder: Path) -> None:
        """Open the file in a folder, or make it.

        Raises:
            DatabaseError: another server has it, or it is not such a file.
        """
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # It holds addresses with signatures; SQLite gives its companions the same mode.
            path.touch(mode=0o600)
            self._database = sqlite3.connect(path, isolation_level=None, timeout=0)
            for statement in (*_PRAGMAS, _TABLE):
                self._database.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise DatabaseError(f"{folder} cannot be used: another provider uses it") from error
            raise DatabaseError(f"{path} cannot be used: {error}") from error
        except (OSError, sqlite3.Error) as error:
            raise DatabaseError(f"{path} cannot be used: {error}") from error

    def write(self, job: Job) -> None:
        """Put a job on the disk, as it is now. Raises sqlite3.Error."""
        self._database.execute(_WRITE, (job.id, _JOB.dump_json(job).decode()))

    def read(self) -> Iterator[tuple[Job, bool]]:
        """Every job by its id, and whether it counts since the last reset."""
        for counted, job in self._database.execute("SELECT counted, job FROM jobs ORDER BY id"):
            yield _JOB.validate_json(job), bool(counted)

    def reset(self) -> None:
        """Count none of the jobs so far."""
        self._database.execute("UPDATE jobs SET counted = 0")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

"""Answers word for word, for chosen jobs: every irregularity of the provider contract can be said.

A script belongs to the jobs whose `init_video` holds its name. In what it says, `$ID`, `$TRACK` and `$URL` stand
for the job's id, its track id and where its result really lies.
"""

from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from local.provider.jobs import Job

Part = Literal["submit", "fetch", "webhook", "file"]


class Says(BaseModel):
    """One answer; `times` bounds how often it is given before the server answers as usual.

    `cut` bytes at the end of the body are announced and not sent. `taken` is for a submit: whether the job is
    taken all the same, and runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(default=200, ge=200, le=599)
    headers: dict[str, str] = {}
    body: str = ""
    times: int | None = Field(default=None, ge=1)
    cut: int = Field(default=0, ge=0)
    taken: bool = True


class Scripts(RootModel[dict[str, dict[Part, Says]]]):
    """What is said by whom: names of scripts, each with what it says where."""


class Prompter:
    """Knows the scripts and how often each line was said."""

    def __init__(self) -> None:
        self._scripts = Scripts({})
        self._said: Counter[tuple[str, Part]] = Counter()

    def learn(self, scripts: Scripts) -> None:
        """Take these scripts in the place of all others."""
        self._scripts = scripts
        self._said.clear()

    def line(self, part: Part, init_video: str) -> Says | None:
        """What is to be said here for a job with this video, if anything; counts as said."""
        for name, parts in self._scripts.root.items():
            says = parts.get(part)
            if name in init_video and says is not None:
                self._said[name, part] += 1
                return says if says.times is None or self._said[name, part] <= says.times else None
        return None


def spoken(says: Says, job: Job | None) -> str:
    """The body of a line, with the job's own id, track id and address."""
    if job is None:
        return says.body
    words = {"$ID": str(job.id), "$TRACK": str(job.track_id), "$URL": job.output_url}
    body = says.body
    for name, value in words.items():
        body = body.replace(name, value)
    return body

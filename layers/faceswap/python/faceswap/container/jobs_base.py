"""What every part of the jobs function builds on."""

from functools import cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import Container
from faceswap.settings import JobsSettings

if TYPE_CHECKING:
    from faceswap.usecases.read_job import ReadJob


class JobsBase(Container):
    """The settings of the jobs function, and jobs read."""

    def __init__(self, settings: JobsSettings) -> None:
        super().__init__(settings)
        self.settings = settings

    @cached_property
    def read_job(self) -> "ReadJob":
        """Reads jobs."""
        from faceswap.usecases.read_job import ReadJob

        return ReadJob(jobs=self.jobs)

"""The use cases on a table and a bucket that no state machine looks after, with a clock and a provider by script."""

from dataclasses import dataclass
from typing import Any

from faceswap.rules.job import Job
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from tests.support.scripted import Script, success
from tests.support.servers import Server
from tests.support.wired_use_cases import DEADLINES, Clock, WiredUseCases
from tests.support.world import World

__all__ = ["DEADLINES", "TABLE", "Clock", "Script", "UseCases", "success"]
TABLE = "lab-jobs"


@dataclass(kw_only=True)
class UseCases(WiredUseCases):
    """The use cases on real stores, with time and provider in the hands of the test."""

    jobs: JobStore
    media: MediaStore
    world: World
    server: Server
    table: str

    def item(self, job: Job) -> dict[str, Any]:
        """The job's item with all its attributes."""
        answer = self.world.aws("dynamodb").get_item(
            TableName=self.table, Key={"pk": {"S": f"job#{job.job_id}"}}, ConsistentRead=True
        )
        item: dict[str, Any] = answer["Item"]
        return item

    def asked(self, word: str) -> int:
        """How many requests had this word in their path."""
        return sum(word in path for _, path, _, _ in self.server.requests)

    def results(self, job: Job) -> list[str]:
        """The keys of the job's copies in the bucket."""
        prefix = f"results/{job.job_id}/"
        listed = self.world.aws("s3").list_objects_v2(
            Bucket=self.world.stack.media_bucket, Prefix=prefix
        )
        return [entry["Key"] for entry in listed.get("Contents", [])]

"""The inbox as an integration uses it: files into the bucket, answers out of it."""

import json
from typing import Any
from uuid import uuid4

from tests.support.until import until
from tests.support.world import CONSENT, PNG, VIDEO, World

NAMES = {"init_video": "clip.mp4", "init_image": "face.png", "reference_image": "person.png"}


class Inbox:
    """One owner's folder for one test, and what answers it."""

    def __init__(self, world: World, owner: str = "demo", folder: str | None = None) -> None:
        self._world = world
        self._s3 = world.aws("s3")
        self._bucket = world.stack.media_bucket
        self.owner = owner
        self.folder = uuid4().hex if folder is None else folder

    def path(self, name: str) -> str:
        """A path below the owner's folder."""
        return f"{self.folder}/{name}"

    def key(self, name: str) -> str:
        """A file's key."""
        return f"inbox/{self.owner}/{self.path(name)}"

    def request(self, **changes: Any) -> dict[str, Any]:
        """A manifest whose media lie beside it, with changes; None leaves a field out."""
        media = {purpose: f"s3:{self.path(name)}" for purpose, name in NAMES.items()}
        body = media | {"consent": CONSENT} | changes
        return {name: value for name, value in body.items() if value is not None}

    def put(self, name: str, content: bytes) -> None:
        """Drop a file."""
        self._s3.put_object(Bucket=self._bucket, Key=self.key(name), Body=content)

    def put_media(self) -> None:
        """Drop the three files that a manifest names."""
        for purpose, name in NAMES.items():
            self.put(name, VIDEO if purpose == "init_video" else PNG)

    def write(self, body: object, name: str = "a.job.json") -> None:
        """Drop a manifest."""
        self.put(name, body if isinstance(body, bytes) else json.dumps(body).encode())

    def answer(self, name: str = "a") -> dict[str, Any]:
        """The answer, once it is there."""
        told = until(lambda: self.object(f"outbox/{self.owner}/{self.path(name)}.result.json"))
        answer: dict[str, Any] = json.loads(told or b"")
        return answer

    def video(self, name: str = "a") -> bytes | None:
        """The video that goes with an answer."""
        return self.object(f"outbox/{self.owner}/{self.path(name)}.mp4")

    def object(self, key: str) -> bytes | None:
        """What lies under a key."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return None
        content: bytes = answer["Body"].read()
        return content

    def keys(self) -> list[str]:
        """All that lies in the folder and in what answers it."""
        found = []
        for place in ("inbox", "outbox"):
            listed = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=f"{place}/{self.owner}/{self.folder}/"
            )
            found += [entry["Key"] for entry in listed.get("Contents", [])]
        return found

    def jobs(self) -> list[str]:
        """The jobs that were made of manifests of this folder."""
        return [
            item["job_id"]["S"]
            for item in self._world.scanned()
            if item["pk"]["S"].startswith("job#")
            and self.folder in item.get("manifest", {}).get("M", {}).get("key", {}).get("S", "")
        ]

"""Manifests that are dropped into the bucket."""

from datetime import datetime
from typing import NamedTuple, Protocol

from faceswap.rules.inbox import Manifest


class NewestManifest(NamedTuple):
    """The newest writing of a manifest: the job that was made of it, or else the answer that says why there is none."""

    manifest: Manifest
    job_id: str | None
    refusal: str | None


class Inbox(Protocol):
    """What is known of the inbox: the newest event of each manifest, and who names and waits for each file."""

    def advance(
        self,
        manifest: Manifest,
        job_id: str | None,
        *,
        forget_at: datetime,
        refusal: str | None = None,
    ) -> bool:
        """Note the newest event of a manifest, and the job that is made of it, or the answer that refuses it.

        Returns:
            Whether it is the newest: not if a newer one was noted before.
        """

    def newest(self, key: str) -> NewestManifest | None:
        """The newest writing of a manifest; None if nothing is known of it."""

    def current(self, manifest: Manifest, job_id: str) -> Manifest | None:
        """The newest writing of the manifest if this job answers it; None if it is about another job, or none."""

    def forget(self, manifest: Manifest) -> None:
        """Forget a manifest, unless something newer is known of it."""

    def add_user(self, key: str, job_id: str, *, waits: bool, forget_at: datetime) -> bool:
        """Note that a job names this file, and whether it waits for it. Whether as many may."""

    def waiters(self, key: str) -> frozenset[str]:
        """The jobs that wait for this file."""

    def remove_waiters(self, key: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""

    def remove_user(self, key: str, job_id: str) -> bool:
        """Forget that a job names this file, and the file once none does. Whether it is nobody's then."""

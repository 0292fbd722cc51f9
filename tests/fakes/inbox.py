"""The inbox's records in memory."""

from datetime import datetime

from faceswap.ports.inbox import NewestManifest
from faceswap.rules.inbox import MOST_JOBS, Manifest, ordered
from tests.fakes.calls import Before, at_once


class FakeInbox:
    """The newest event of each manifest; who names and waits for each file."""

    def __init__(self, before: Before = at_once) -> None:
        self.known: dict[str, NewestManifest] = {}
        self.named_by: dict[str, frozenset[str]] = {}
        self.waiting: dict[str, frozenset[str]] = {}
        self.forgotten_at: dict[str, datetime] = {}
        """Until when what is known of a manifest or a file is kept, by its key."""
        self._before = before

    def advance(
        self,
        manifest: Manifest,
        job_id: str | None,
        *,
        forget_at: datetime,
        refusal: str | None = None,
    ) -> bool:
        self._before("advance")
        known = self.known.get(manifest.key)
        if known and ordered(known.manifest.sequencer) > ordered(manifest.sequencer):
            return False
        self.known[manifest.key] = NewestManifest(manifest, job_id, refusal)
        self.forgotten_at[manifest.key] = forget_at
        return True

    def newest(self, key: str) -> NewestManifest | None:
        self._before("newest")
        return self.known.get(key)

    def current(self, manifest: Manifest, job_id: str) -> Manifest | None:
        self._before("current")
        unknown = NewestManifest(manifest, job_id, None)
        newest, answered_by, _ = self.known.get(manifest.key, unknown)
        if ordered(newest.sequencer) < ordered(manifest.sequencer):
            return manifest
        return newest if answered_by == job_id else None

    def forget(self, manifest: Manifest) -> None:
        self._before("forget")
        known = self.known.get(manifest.key)
        if known and ordered(known.manifest.sequencer) <= ordered(manifest.sequencer):
            del self.known[manifest.key]

    def add_user(self, key: str, job_id: str, *, waits: bool, forget_at: datetime) -> bool:
        self._before("add_user")
        named_by = self.named_by.get(key, frozenset()) | {job_id}
        if len(named_by) > MOST_JOBS:
            return False
        self.named_by[key], self.forgotten_at[key] = named_by, forget_at
        if waits:
            self.waiting[key] = self.waiting.get(key, frozenset()) | {job_id}
        return True

    def waiters(self, key: str) -> frozenset[str]:
        self._before("waiters")
        return self.waiting.get(key, frozenset())

    def remove_waiters(self, key: str, job_ids: frozenset[str]) -> None:
        self._before("remove_waiters")
        self.waiting[key] = self.waiting.get(key, frozenset()) - job_ids

    def remove_user(self, key: str, job_id: str) -> bool:
        self._before("remove_user")
        left = self.named_by.get(key, frozenset()) - {job_id}
        self.named_by[key] = left
        self.remove_waiters(key, frozenset({job_id}))
        return not left

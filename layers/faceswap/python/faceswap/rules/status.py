"""Which statuses a job can have, and which changes of status are allowed."""

from typing import Literal

Status = Literal[
    "awaiting_upload", "queued", "submitting", "processing", "succeeded", "failed", "cancelled"
]
ErrorType = Literal[
    "upload-missing",
    "input-invalid",
    "input-expired",
    "provider-rejected",
    "provider-failed",
    "provider-timeout",
    "queue-timeout",
    "submission-unknown",
    "result-unusable",
    "internal",
]
FinalStatus = Literal["succeeded", "failed", "cancelled"]
ProviderStatus = Literal["queued", "submitting", "processing"]
"""Where the answer to a submit may leave a job that is not over."""

FINAL: frozenset[Status] = frozenset({"succeeded", "failed", "cancelled"})

NEXT: dict[Status, frozenset[Status]] = {
    "awaiting_upload": frozenset({"queued", "failed", "cancelled"}),
    "queued": frozenset({"submitting", "failed", "cancelled"}),
    "submitting": frozenset({"queued", "processing", *FINAL}),
    "processing": FINAL,
    "succeeded": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""Each status and the ones it may change to."""

OVERDUE: dict[Status, ErrorType] = {
    "awaiting_upload": "upload-missing",
    "queued": "queue-timeout",
    "submitting": "submission-unknown",
    "processing": "provider-timeout",
}
"""The error of a job whose deadline passes in each status."""

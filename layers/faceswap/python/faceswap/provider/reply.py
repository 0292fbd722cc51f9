"""What a message of the provider means to us."""

from dataclasses import dataclass
from typing import Literal

from faceswap.provider.classes import ErrorClass

Outcome = Literal[
    "accepted",
    "succeeded",
    "failed",
    "not_started",
    "ambiguous",
    "pending",
    "missing",
    "unclear",
]
"""To a submit: `accepted`, `succeeded`, `failed`, `not_started` (nothing was started, ask again later) or `ambiguous`
(it may have been started). To a fetch, and from a webhook: `succeeded`, `failed`, `pending` (not yet), `missing`
(the provider does not know the id) or `unclear` (it says nothing about the job)."""

Asked = Literal["submit", "fetch", "webhook"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One interpreted message; absent is None or empty.

    `request_id` is the provider's id, `track_id` ours as it came back, `urls` where a finished result lies,
    `eta` and `generation_time` seconds, `retry_after` whole seconds, `text` its words, tamed; `location` where a
    redirect points, without query; `unread` what came, in at most 300 bytes, if nothing could be made of it.
    """

    outcome: Outcome
    request_id: str | None = None
    track_id: str | None = None
    urls: tuple[str, ...] = ()
    eta: float | None = None
    generation_time: float | None = None
    retry_after: int | None = None
    error_class: ErrorClass | None = None
    text: str | None = None
    location: str | None = None
    unread: str | None = None

"""What a message of a provider means to us, whichever vendor sent it."""

from dataclasses import dataclass
from typing import Literal

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

Remedy = Literal["retry", "replace_key", "fix_account", "update_address", "reject_input"]
"""What helps: asking again later; another key; credit or another plan; the address that a redirect names; or nothing
but other media."""

Request = Literal["submit", "fetch", "webhook"]
"""What a message answers to; a webhook answers to nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One interpreted message; absent is None or empty.

    `request_id` is the provider's id, `track_id` ours as it came back, `urls` where a finished result lies,
    `eta` and `generation_time` seconds, `retry_after` whole seconds, `remedy` what helps if it went wrong,
    `text` its words, sanitized; `location` where a redirect points, without query; `unread` what came, in at most
    300 bytes, if nothing could be made of it.
    """

    outcome: Outcome
    request_id: str | None = None
    track_id: str | None = None
    urls: tuple[str, ...] = ()
    eta: float | None = None
    generation_time: float | None = None
    retry_after: int | None = None
    remedy: Remedy | None = None
    text: str | None = None
    location: str | None = None
    unread: str | None = None

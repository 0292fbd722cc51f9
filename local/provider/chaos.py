"""Misbehaviour by order or by chance: which job meets which, as a pure function of the seed and the job."""

import hashlib
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from local.provider.canned_answers import CannedAnswer, Part, Posts
from local.provider.jobs import Customer
from local.provider.misbehaviours import ANSWERS, PART_OF, POSTS


class Chaos(BaseModel):
    """What goes wrong, and for whom.

    `orders` names what the first, second … job meets. Every other job meets each misbehaviour with the
    probability in `share`, at most one in each part; the same seed and the same track ids (or order, for jobs
    without one) meet the same. What hangs does so for `hang_seconds`, then the connection is reset.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    share: Mapping[str, float] = {}
    orders: Mapping[int, tuple[str, ...]] = {}
    hang_seconds: float = Field(default=600.0, ge=0, le=600)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        named = {*self.share, *(name for names in self.orders.values() for name in names)}
        if unknown := named - PART_OF.keys():
            raise ValueError(f"there is no misbehaviour {', '.join(sorted(unknown))}")
        for part in set(PART_OF.values()):
            shares = [each for name, each in self.share.items() if PART_OF[name] == part]
            if min(shares, default=0) < 0 or sum(shares) > 1:
                raise ValueError(f"the shares of {part} are not between 0 and 1 together")
        return self

    def drawn(self, part: Part, customer: Customer) -> str | None:
        """The misbehaviour that a job meets in one part, if any."""
        if customer.order in self.orders:
            names = self.orders[customer.order]
            return next((name for name in names if PART_OF[name] == part), None)
        known_as = customer.order if customer.track_id is None else f"track {customer.track_id}"
        left = _draw(f"{self.seed}/{known_as}/{part}")
        for name in PART_OF:
            if PART_OF[name] == part:
                left -= self.share.get(name, 0.0)
                if left < 0:
                    return name
        return None

    def says(self, name: str | None) -> CannedAnswer | None:
        """What is answered then."""
        says = ANSWERS.get(name or "")
        if says is None or says.delay <= self.hang_seconds:
            return says
        return says.model_copy(update={"delay": self.hang_seconds})

    def posts(self, name: str | None) -> Posts | None:
        """What is posted then."""
        return POSTS.get(name or "")


def _draw(text: str) -> float:
    """A number in [0, 1) that depends on nothing but the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64

"""How the server behaves; well, unless told otherwise by its control side."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Dialect = Literal["documented", "seen"]


class Behaviour(BaseModel):
    """One word for each thing that can go differently.

    `webhook`: sent, withheld, twice, or early (before the submit is answered). `submit`: answered, or reset
    (the connection breaks after the job was taken). `result`: what the engine makes, or the canned file after
    `seconds`; `benched`: the canned file, too, waits for one of the engine's places. `room`: how many jobs at
    once, if not as many as at the start. `dialect`: refusals and fetches as the provider's OpenAPI types them,
    or as they were seen and are poorer (provider contract §2.1, §4.2).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    webhook: Literal["sent", "withheld", "twice", "early"] = "sent"
    submit: Literal["answered", "reset"] = "answered"
    result: Literal["engine", "canned"] = "engine"
    benched: bool = False
    room: int | None = Field(default=None, ge=1)
    seconds: float = Field(default=0.0, ge=0, le=600)
    dialect: Dialect = "documented"

    @property
    def in_line(self) -> bool:
        """Whether a job waits for one of the engine's places."""
        return self.result == "engine" or self.benched

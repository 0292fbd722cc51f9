"""How the server behaves; well, unless told otherwise by its control side."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Behaviour(BaseModel):
    """One word for each thing that can go differently.

    `webhook`: sent, withheld, twice, or early (before the submit is answered). `submit`: answered, or reset
    (the connection breaks after the job was taken). `result`: what the engine makes, or the canned file after
    `seconds`. `room`: how many jobs at once, if not as many as at the start.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    webhook: Literal["sent", "withheld", "twice", "early"] = "sent"
    submit: Literal["answered", "reset"] = "answered"
    result: Literal["engine", "canned"] = "engine"
    room: int | None = Field(default=None, ge=1)
    seconds: float = Field(default=0.0, ge=0, le=600)

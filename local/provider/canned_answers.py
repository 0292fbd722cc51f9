"""What can be said in the place of the truth: answers, webhooks, and scripts made of them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Answered = Literal["submit", "fetch", "file"]
Part = Literal["submit", "fetch", "file", "webhook"]


Charset = Literal["utf-8", "latin-1"]


class CannedAnswer(BaseModel):
    """One answer; `times` bounds how often it is given before the server answers as usual.

    With `truth` the usual answer's body follows the `body`, which goes out in a `charset`; `coding` packs all of it
    and says so. It comes after `delay` seconds. `cut` bytes at the end of the body are announced and not sent; an
    `endless` body goes on with zeros; on a `reset` there is no answer at all. `taken` is for a submit: whether the
    job is taken all the same, and runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(default=200, ge=200, le=599)
    headers: dict[str, str] = {}
    body: str = ""
    truth: bool = False
    charset: Charset = "utf-8"
    coding: Literal["gzip", "deflate"] | None = None
    times: int | None = Field(default=None, ge=1)
    delay: float = Field(default=0.0, ge=0, le=600)
    cut: int = Field(default=0, ge=0)
    endless: bool = False
    reset: bool = False
    taken: bool = True


class Post(BaseModel):
    """One webhook, sent `delay` seconds after the one before it (the first: after the job).

    Without a `body` it tells the truth. `forged` gives the URL another end.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: str | None = None
    charset: Charset = "utf-8"
    delay: float = Field(default=0.0, ge=0, le=600)
    forged: bool = False


class Posts(BaseModel):
    """The webhooks of one job; none is a lost one. `early`: they arrive before the submit is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    posts: tuple[Post, ...] = Field(default=(), max_length=10)
    early: bool = False


class Script(BaseModel):
    """What is said to one job in each part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    submit: CannedAnswer | None = None
    fetch: CannedAnswer | None = None
    webhook: Posts | None = None
    file: CannedAnswer | None = None


class Scripts(RootModel[dict[str, Script]]):
    """What is said by whom: names of scripts, each with what it says where."""

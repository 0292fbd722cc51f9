"""Keys as their owners see them."""

from pydantic import BaseModel, ConfigDict, Field

from faceswap.contract.jobs import ConsentStatement
from faceswap.rules.keys import KEY_PATTERN, ApiKey
from faceswap.rules.times import Time


class KeyRequest(BaseModel):
    """A key for programs that speak the vendor's contract."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(
        min_length=1, max_length=128, description="What it is for, in its owner's own words."
    )
    consent: ConsentStatement = Field(
        description="Stands for every job that the key makes: the vendor's requests have no place for one."
    )


class KeyView(BaseModel):
    """A key without its secret."""

    key_id: str
    name: str
    created_at: Time


class NewKey(KeyView):
    """A new key, with its secret this once."""

    key: str = Field(
        pattern=KEY_PATTERN,
        description="The secret. It is kept as a hash only: it is not shown again.",
    )


class KeyList(BaseModel):
    """The caller's keys, the newest first."""

    items: list[KeyView]


def key_view(key: ApiKey) -> KeyView:
    """A key as its owner sees it."""
    return KeyView(key_id=key.key_id, name=key.name, created_at=key.created_at)

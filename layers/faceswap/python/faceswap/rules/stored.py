"""What every model has that is kept in the table, or in a message."""

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """Never changed, and read although a later version wrote more, which pydantic passes over."""

    model_config = ConfigDict(frozen=True)

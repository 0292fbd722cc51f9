"""The caller's callbacks that were given up, page by page."""

from faceswap.contract.callbacks import CallbackList, delivery_view
from faceswap.ports.callbacks import Deliveries
from faceswap.usecases.cursors import cursor_of, position_of


class ListCallbacks:
    """Lists callbacks that were given up."""

    def __init__(self, *, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    def run(self, owner: str, *, limit: int, cursor: str | None) -> CallbackList:
        """A page, newest first.

        Raises:
            InvalidError: the cursor is none of ours.
        """
        position = position_of(cursor) if cursor else None
        found, following = self._deliveries.given_up(owner, limit, position)
        return CallbackList(
            items=[delivery_view(each) for each in found],
            next_cursor=cursor_of(following) if following else None,
        )

"""The whole client without a network: the parts, put together."""

import uuid
from collections.abc import Callable
from pathlib import Path

from faceswap_adapter.exchange import Exchange
from faceswap_adapter.jobs import Jobs
from faceswap_adapter.store import FolderStore, NoStore
from faceswap_adapter.swaps import Swaps
from faceswap_adapter.uploads import Uploads


class Core:
    """What both drivers drive."""

    def __init__(
        self,
        api_url: str,
        folder: Path | str | None,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        store = NoStore() if folder is None else FolderStore(Path(folder))
        exchange = Exchange(api_url, random)
        self.jobs = Jobs(exchange, store, clock, random)
        self.swaps = Swaps(
            exchange.api_url, Uploads(exchange), self.jobs, store, lambda: str(uuid.uuid4())
        )

"""A program that speaks the vendor's contract, to us or to the provider."""

from typing import Any

from tests.support.until import until
from tests.support.world import TYPES, World

URLS = {purpose: f"https://media.example.com/{purpose}" for purpose in TYPES}
SWAP = "/api/v6/faceswap/specific_video_swap"


class Vendor:
    """A server that speaks the vendor's contract: ours, or the provider."""

    def __init__(self, world: World, url: str, key: str) -> None:
        self._world, self._url, self._key = world, url, key

    def post(self, path: str, /, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = self._world.http.post(self._url + path, json={"key": self._key, **body})
        told: dict[str, Any] = answer.json()
        return answer.status_code, told

    def swap(self, **changes: Any) -> dict[str, Any]:
        status, told = self.post(SWAP, **URLS | changes)
        assert status == 200, told
        return told

    def over(self, number: int) -> dict[str, Any]:
        """What is told once it is over."""
        _, told = until(
            lambda: self.post(f"/api/v6/faceswap/fetch/{number}"),
            holds=lambda answer: answer[1]["status"] != "processing",
            seconds=180,
        )
        return told

"""Keys in memory."""

from faceswap.rules.keys import ApiKey


class FakeKeys:
    """Keys by id; `reads` counts the gets."""

    def __init__(self) -> None:
        self.now: dict[str, ApiKey] = {}
        self.reads = 0

    def create(self, key: ApiKey) -> None:
        self.now[key.key_id] = key

    def get(self, key_id: str) -> ApiKey | None:
        self.reads += 1
        return self.now.get(key_id)

    def of(self, owner: str) -> list[ApiKey]:
        found = [key for key in self.now.values() if key.owner == owner]
        return sorted(found, key=lambda key: key.created_at, reverse=True)

    def revoke(self, key_id: str, owner: str) -> bool:
        key = self.now.get(key_id)
        if key is None or key.owner != owner:
            return False
        del self.now[key_id]
        return True

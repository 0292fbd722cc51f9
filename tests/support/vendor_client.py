"""Orders a swap with the vendor's own client and fetches it; prints both answers as lines of JSON.

`python vendor_client.py SERVER KEY VIDEO IMAGE REFERENCE`. A process of its own, for the client leans on what
pydantic has given up, and would sleep for minutes after a fault.
"""

import json
import sys

from modelslab_py.core.apis import deepfake  # type: ignore[import-untyped]


def main(server: str, key: str, *urls: str) -> None:
    """Submit, then fetch until success or 1,200 tries."""
    client = deepfake.Client(api_key=key, fetch_retry=1200, fetch_timeout=0.25)
    client.base_url = f"{server}/api/"
    vendor = deepfake.DeepFake(client)
    video, image, reference = urls
    order = deepfake.SpecificVideoSwap(
        init_video=video, init_image=image, reference_image=reference, track_id="900001"
    )
    submitted = vendor.multiple_video_swap(order)
    _say(submitted)
    # It takes only text for the id, which the contract says is an integer.
    _say(vendor.fetch(str(submitted["id"])))


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

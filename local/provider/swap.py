"""The engine as a process: `python -m local.provider.swap VIDEO SOURCE REFERENCE OUTPUT yes|no`.

It writes its progress as lines of JSON, and in the last one why it failed, if it did.
"""

import json
import sys
from pathlib import Path

from local.provider.engine import Progress, SwapError, swap


def main(arguments: list[str]) -> int:
    """Swap once."""
    *paths, watermark = arguments
    video, source, reference, output = map(Path, paths)
    try:
        swap(video, source, reference, output, watermark=watermark == "yes", progress=_tell)
    except SwapError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    return 0


def _tell(progress: Progress) -> None:
    print(json.dumps(progress._asdict()), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

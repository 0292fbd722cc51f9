"""The engine as a process: `python -m local.provider.swap VIDEO SOURCE REFERENCE OUTPUT yes|no`.

It writes its progress as lines of JSON, and in the last one why it failed, if it did. What other
people's media make it use is bounded.
"""

import json
import sys
from pathlib import Path

import cv2

from local.provider.engine.errors import SwapError
from local.provider.engine.limits import Limits
from local.provider.engine.report import Progress
from local.provider.engine.swapping import swap

LIMITS = Limits(memory=6 << 30, seconds=1800, file_bytes=1 << 30)
_TOO_MUCH = "Unsupported media: they need more memory than a swap may use."


def main(arguments: list[str]) -> int:
    """Swap once."""
    *paths, watermark = arguments
    video, source, reference, output = map(Path, paths)
    LIMITS.set()
    try:
        swap(video, source, reference, output, watermark=watermark == "yes", progress=_tell)
    except SwapError as error:
        return _fail(str(error))
    except MemoryError:
        return _fail(_TOO_MUCH)
    except cv2.error as error:
        if error.code != cv2.Error.STS_NO_MEM:
            raise
        return _fail(_TOO_MUCH)
    return 0


def _fail(reason: str) -> int:
    print(json.dumps({"error": reason}), flush=True)
    return 1


def _tell(progress: Progress) -> None:
    print(json.dumps(progress._asdict()), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Starts the proxy of `faults.py` in its own environment, with a seed, and nearer to what it stands before.

`python faults_proxy.py SEED OPTION …`. The proxy has no option for this: it draws from Python's generator; it
names its upstream in `Host`, which the caller has signed under another name; and it drops the length of bodies,
which a HEAD of S3 is about.
"""

import random
import sys
from typing import Any

from microburst import cli, forward  # type: ignore[import-not-found]

_as_it_is = forward.Upstream._outbound_headers


def _with_the_signed_host(upstream: Any, request: Any) -> dict[str, str]:
    headers: dict[str, str] = _as_it_is(upstream, request)
    headers["host"] = request.headers["Host"]
    return headers


if __name__ == "__main__":
    random.seed(int(sys.argv[1]))
    forward.HOP_BY_HOP -= {"content-length"}
    forward.Upstream._outbound_headers = _with_the_signed_host
    sys.exit(cli.main(sys.argv[2:]))

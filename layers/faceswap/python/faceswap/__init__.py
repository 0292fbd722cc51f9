"""The adapter's own package, shared by both functions.

`contract` what clients send and read · `rules` pure decisions, no clock, no network ·
`provider` the vendor's API and what its messages mean · `store` AWS: table, bucket, secrets, executions ·
`usecases` one thing the product does, a file each.
`usecases` know what they need of the world by `ports`; `container` wires both.
`api`, `settings`, `telemetry` what the handlers of both functions share. Nothing points back.
"""

import gc

VERSION = "1.1.0"
USER_AGENT = f"faceswap-adapter/{VERSION}"
"""Who calls, for everybody that is called: some servers refuse a library's own name (provider contract §8.37)."""

# Loading makes about 100,000 objects that live as long as the process. At Python's own threshold (700) the collector
# walks all of them again and again meanwhile: a fifth of a cold start. Here it first looks once they are there.
gc.set_threshold(150_000)

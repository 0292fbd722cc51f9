"""The adapter's own package, shared by both functions.

`contract` what clients send and read · `rules` pure decisions, no clock, no network ·
`provider` the vendor's API and what its messages mean · `store` AWS: table, bucket, secrets, executions ·
`usecases` one thing the product does, a file each.
`api`, `services`, `settings`, `telemetry` what the handlers of both functions share.
A handler calls a use case, a use case calls store or provider; nothing points back.
"""

"""What use cases need of the world, as Protocols with just the methods that are called; a file a subject.

`store`, `provider` and `egress` implement them on AWS and HTTP, `tests/fakes` in memory; both pass the same contract
tests. An implementation raises what a method names here, and whatever its transport raises when that fails.
"""

"""What `make bench` measures: each row beside its reference, both taken in the same run.

A file holds a group of rows; `__main__` says which there are. The engine's reference is the engine of another
revision, the `base`; each runs in a process of its own, on the media of this checkout.
"""

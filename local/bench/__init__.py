"""What `make bench` measures: each row beside its reference, both taken in the same run.

A file holds a group of rows; `__main__` says which there are. `reference` is the first engine, frozen.
"""

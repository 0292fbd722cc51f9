"""One small fault in one module of the product."""

from typing import NamedTuple

Name = tuple[str, str, str, str]
"""What a mutant is found by: module, function, the lines before and after."""


class Mutant(NamedTuple):
    """A module's source with one fault.

    `module` is its path below the package `faceswap`, `function` the qualified name around the fault, empty at the
    module's own level. `before` and `after` are the lines that differ, joined and without indentation: together with
    the first two they name the mutant, so that it is found again when lines above it have moved. `lines` are the
    first and last of the lines in the source as it is.
    """

    module: str
    function: str
    before: str
    after: str
    lines: tuple[int, int]
    operator: str
    source: str

    @property
    def name(self) -> Name:
        """What it is found by."""
        return self.module, self.function, self.before, self.after

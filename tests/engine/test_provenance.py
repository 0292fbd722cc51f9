"""The file carries a signed statement that it is synthetic, and any change to it shows."""

from pathlib import Path

import pytest

from local.provider.engine.certificates import development_chain
from local.provider.engine.provenance import SOURCE_TYPE, read_statement
from tests.support.swaps import Swapped


def test_the_statement_is_there_with_and_without_the_mark(swapped: Swapped, unmarked: Path) -> None:
    for path in (swapped.after, unmarked):
        statement = read_statement(path)
        assert statement.state == "Valid"
        assert statement.source_types == {SOURCE_TYPE}
        assert statement.codes == {"signingCredential.untrusted"}


@pytest.mark.parametrize("place", ["pictures", "end"])
def test_a_flipped_bit_is_noticed(swapped: Swapped, tmp_path: Path, place: str) -> None:
    data = bytearray(swapped.after.read_bytes())
    data[data.index(b"mdat") + 5000 if place == "pictures" else -1] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(data)

    statement = read_statement(changed)

    assert statement.state == "Invalid"
    assert "assertion.bmffHash.mismatch" in statement.codes


def test_the_key_is_this_processs_own() -> None:
    chain = development_chain()
    assert development_chain() is chain
    development_chain.cache_clear()
    assert development_chain().key != chain.key

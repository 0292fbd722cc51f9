"""The middle of values is what NumPy says it is."""

import numpy as np
import pytest

from local.provider.engine.medians import median, medians

_VALUES = np.random.default_rng(7).normal(size=(9, 4, 5)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9])
def test_the_middle_is_numpys(count: int) -> None:
    values = _VALUES[:count]
    before = values.copy()
    assert median(values) == np.median(values)
    np.testing.assert_array_equal(medians(values), np.median(values, 0))
    np.testing.assert_array_equal(values, before)

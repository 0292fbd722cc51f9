"""The use cases on fakes, for each test anew."""

import pytest

from tests.support.faked_use_cases import FakedUseCases, faked_use_cases


@pytest.fixture
def use_cases() -> FakedUseCases:
    """One test's use cases."""
    return faked_use_cases()

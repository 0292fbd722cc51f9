"""A part of the soak, small enough for every run of the tests."""

from pathlib import Path

from local.provider.misbehaviours import PART_OF
from tests.support.soak.plan import PART, SHARE
from tests.support.soak.report import table
from tests.support.soak.soak import soak


def test_thirty_jobs_leave_the_books_in_order(tmp_path: Path) -> None:
    told = soak(PART, tmp_path, print)

    assert not any(told["wrong"].values()), table(told)
    assert sum(told["ends"].values()) == PART.jobs
    assert told["ends"]["succeeded"] > 0
    assert told["provider"]["misbehaved"] > PART.jobs
    assert told["aws"]["broken_calls"] > PART.jobs


def test_every_misbehaviour_there_is_has_a_share() -> None:
    assert SHARE.keys() == PART_OF.keys()

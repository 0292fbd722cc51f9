"""All links of one Collect share the time that is left."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from faceswap.ports.results import DownloadError, Video
from faceswap.usecases.archive_result import ArchiveResult, UnusableResultError
from tests.fakes import FakeMedia
from tests.fakes.provider import FakeVideo
from tests.support.samples import a_job

BUDGET = 780.0


class DrippingLinks:
    """Links that take all the time that they are given; `good` ones give a video after a second."""

    def __init__(self, good: frozenset[str] = frozenset()) -> None:
        self.given: list[float] = []
        self.spent = 0.0
        self._good = good

    def seconds_left(self) -> float:
        return BUDGET - self.spent

    @contextmanager
    def open(self, url: str, seconds: float) -> Iterator[Video]:
        self.given.append(seconds)
        self.spent += 1 if url in self._good else seconds
        if url not in self._good:
            raise DownloadError("it took too long")
        yield FakeVideo()


def test_links_that_drip_take_no_more_than_the_time_that_is_left_all_together() -> None:
    links, media = DrippingLinks(), FakeMedia()
    archive_result = ArchiveResult(media=media, reader=links, attempt=lambda: "x")

    with pytest.raises(UnusableResultError, match="too long"):
        archive_result.run(
            a_job(), ("https://a.example/1", "https://a.example/2"), links.seconds_left
        )

    assert links.given == [BUDGET / 2, BUDGET / 2]
    assert links.spent == BUDGET
    assert media.objects == {}


def test_a_link_that_drips_leaves_the_next_one_its_turn() -> None:
    links, media = DrippingLinks(good=frozenset({"https://a.example/2"})), FakeMedia()
    archive_result = ArchiveResult(media=media, reader=links, attempt=lambda: "x")

    result = archive_result.run(
        a_job(), ("https://a.example/1", "https://a.example/2"), links.seconds_left
    )

    assert list(media.objects) == [result.key]
    assert media.types == {result.key: "video/mp4"}


def test_without_time_no_link_is_opened() -> None:
    links = DrippingLinks()
    archive_result = ArchiveResult(media=FakeMedia(), reader=links, attempt=lambda: "x")

    with pytest.raises(UnusableResultError, match="too long"):
        archive_result.run(a_job(), ("https://a.example/1",), lambda: 0.0)

    assert links.given == []


def test_a_link_is_opened_as_long_as_any_time_is_left() -> None:
    links, media = DrippingLinks(good=frozenset({"https://a.example/1"})), FakeMedia()
    archive_result = ArchiveResult(media=media, reader=links, attempt=lambda: "x")

    archive_result.run(a_job(), ("https://a.example/1",), lambda: 0.5)

    assert links.given == [0.5]

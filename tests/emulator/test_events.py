"""Events on the emulator: from the bucket, from the table's stream, and through a pipe."""

from collections.abc import Callable

from tests.support.sampled import Sampled

Eventually = Callable[[Callable[[], object]], bool]


def test_an_object_that_lands_reaches_the_function(
    sampled: Sampled, eventually: Eventually
) -> None:
    sampled.stack.client("s3").put_object(
        Bucket=sampled.stack.media_bucket, Key="uploads/landed.jpg", Body=b"x"
    )

    assert eventually(lambda: sampled.item("seen#landed#uploads/landed.jpg"))


def test_the_stream_reaches_the_function_through_its_filter(
    sampled: Sampled, eventually: Eventually
) -> None:
    sampled.put("other-1", kind="other")
    sampled.put("job-1", kind="job")

    assert eventually(lambda: sampled.item("seen#stream#job-1"))
    assert sampled.item("seen#stream#other-1") is None


def test_a_pipe_turns_a_stream_record_into_an_event(
    sampled: Sampled, eventually: Eventually
) -> None:
    sampled.put("quiet-1", kind="other")
    sampled.put("loud-1", kind="announced")

    assert eventually(lambda: sampled.item("seen#announced#item loud-1"))
    assert sampled.item("seen#announced#item quiet-1") is None

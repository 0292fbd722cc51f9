"""What the jobs function is wired of: callbacks that clients ask about."""

from functools import cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import AWS, now
from faceswap.container.jobs_base import JobsBase
from faceswap.store.aws import client

if TYPE_CHECKING:
    from faceswap.store.callback_queue import CallbackQueueStore
    from faceswap.usecases.list_callbacks import ListCallbacks
    from faceswap.usecases.read_callback import ReadCallback
    from faceswap.usecases.recover_callbacks import RecoverCallbacks
    from faceswap.usecases.resend_callback import ResendCallback
    from faceswap.usecases.rotate_callback_secret import RotateCallbackSecret


class CallbacksContainer(JobsBase):
    """Callbacks and their secrets."""

    @cached_property
    def callback_queue(self) -> "CallbackQueueStore":
        """The queue of callbacks."""
        from faceswap.store.callback_queue import CallbackQueueStore

        return CallbackQueueStore(client("sqs", AWS), self.settings.callback_queue_url)

    @cached_property
    def read_callback(self) -> "ReadCallback":
        """Tells what has become of callbacks."""
        from faceswap.usecases.read_callback import ReadCallback

        return ReadCallback(read_job=self.read_job, deliveries=self.deliveries)

    @cached_property
    def resend_callback(self) -> "ResendCallback":
        """Sends callbacks again."""
        from faceswap.usecases.resend_callback import ResendCallback

        return ResendCallback(
            read_job=self.read_job,
            deliveries=self.deliveries,
            queue=self.callback_queue,
            clock=now,
        )

    @cached_property
    def list_callbacks(self) -> "ListCallbacks":
        """Lists callbacks that were given up."""
        from faceswap.usecases.list_callbacks import ListCallbacks

        return ListCallbacks(deliveries=self.deliveries)

    @cached_property
    def recover_callbacks(self) -> "RecoverCallbacks":
        """Sends callbacks again that were given up."""
        from faceswap.usecases.recover_callbacks import RecoverCallbacks

        return RecoverCallbacks(deliveries=self.deliveries, queue=self.callback_queue, clock=now)

    @cached_property
    def rotate_callback_secret(self) -> "RotateCallbackSecret":
        """Gives owners other secrets."""
        from faceswap.usecases.rotate_callback_secret import RotateCallbackSecret

        return RotateCallbackSecret(numbers=self.secret_numbers, clock=now)

"""What the jobs function is wired of: uploads and files, and what owners may ask for."""

from functools import cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import AWS, new_bytes, now
from faceswap.container.jobs_base import JobsBase
from faceswap.store.aws import client
from faceswap.telemetry import count

if TYPE_CHECKING:
    from faceswap.rules.uploads import StoredObject
    from faceswap.store.multipart import MultipartStore
    from faceswap.store.usage import UsageStore
    from faceswap.usecases.complete_upload import CompleteUpload
    from faceswap.usecases.create_upload import CreateUpload
    from faceswap.usecases.delete_upload import DeleteUpload
    from faceswap.usecases.find_input import FindInput
    from faceswap.usecases.find_upload import FindUpload
    from faceswap.usecases.inbox_landed import InboxLanded
    from faceswap.usecases.keep_quotas import KeepQuotas
    from faceswap.usecases.keep_rate import KeepRate
    from faceswap.usecases.list_parts import ListParts
    from faceswap.usecases.read_upload import ReadUpload
    from faceswap.usecases.sign_parts import SignParts
    from faceswap.usecases.sign_upload import SignUpload
    from faceswap.usecases.upload_landed import UploadLanded
    from faceswap.usecases.wake_when_complete import WakeWhenComplete


class UploadsContainer(JobsBase):
    """Uploads, files and quotas."""

    @cached_property
    def keep_rate(self) -> "KeepRate | None":
        """Holds owners to a rate; None where there is none."""
        if not self.settings.owner_requests_per_minute:
            return None
        from faceswap.rules.rates import Rate
        from faceswap.store.rates import RATES_CONFIG, RateStore
        from faceswap.usecases.keep_rate import KeepRate

        rate = Rate(self.settings.owner_requests_per_minute)
        dynamodb = client("dynamodb", AWS.merge(RATES_CONFIG))
        rates = RateStore(dynamodb, self._common.jobs_table, rate)
        return KeepRate(rates=rates, refused=lambda: count("QuotaRefusals"), clock=now)

    @cached_property
    def usages(self) -> "UsageStore":
        """What is counted of owners."""
        from faceswap.store.usage import UsageStore

        return UsageStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def keep_quotas(self) -> "KeepQuotas | None":
        """Holds owners to their limits; None where there are none."""
        if not self.settings.limits_owners:
            return None
        from faceswap.usecases.keep_quotas import KeepQuotas

        return KeepQuotas(
            jobs=self.jobs,
            uploads=self.uploads,
            quotas=self.settings.quotas,
            refused=lambda: count("QuotaRefusals"),
            near=lambda: count("OwnersNearLimit"),
        )

    @cached_property
    def create_upload(self) -> "CreateUpload":
        """Reserves uploads."""
        from faceswap.usecases.create_upload import CreateUpload

        return CreateUpload(
            uploads=self.uploads,
            bucket=self.media,
            multipart=self.multipart,
            limits=self.settings.upload_limits,
            retention_days=self.settings.upload_retention_days,
            clock=now,
            new_bytes=new_bytes,
            keep_quotas=self.keep_quotas,
        )

    @cached_property
    def multipart(self) -> "MultipartStore":
        """Uploads that are sent in parts."""
        from faceswap.store.multipart import MultipartStore

        return MultipartStore(self._s3, self._common.media_bucket)

    @cached_property
    def sign_upload(self) -> "SignUpload":
        """Signs requests for uploads."""
        from faceswap.usecases.sign_upload import SignUpload

        return SignUpload(
            uploads=self.uploads, media=self.media, multipart=self.multipart, clock=now
        )

    @cached_property
    def sign_parts(self) -> "SignParts":
        """Presigns parts of uploads."""
        from faceswap.usecases.sign_parts import SignParts

        return SignParts(uploads=self.uploads, multipart=self.multipart, clock=now)

    @cached_property
    def list_parts(self) -> "ListParts":
        """Lists parts of uploads."""
        from faceswap.usecases.list_parts import ListParts

        return ListParts(
            uploads=self.uploads, multipart=self.multipart, find_upload=self.find_upload
        )

    @cached_property
    def complete_upload(self) -> "CompleteUpload":
        """Puts parts of uploads together."""
        from faceswap.usecases.complete_upload import CompleteUpload

        return CompleteUpload(
            uploads=self.uploads, multipart=self.multipart, find_upload=self.find_upload
        )

    @cached_property
    def read_upload(self) -> "ReadUpload":
        """Reads uploads."""
        from faceswap.usecases.read_upload import ReadUpload

        return ReadUpload(find_upload=self.find_upload)

    @cached_property
    def find_upload(self) -> "FindUpload":
        """Finds uploads as they are."""
        from faceswap.usecases.find_upload import FindUpload

        return FindUpload(uploads=self.uploads, find=self._find_object)

    @cached_property
    def find_input(self) -> "FindInput":
        """Finds inputs that lie in the bucket."""
        from faceswap.usecases.find_input import FindInput

        return FindInput(
            find_upload=self.find_upload,
            find=self._find_object,
            limits=self.settings.upload_limits,
        )

    @cached_property
    def delete_upload(self) -> "DeleteUpload":
        """Gives uploads up."""
        from faceswap.usecases.delete_upload import DeleteUpload

        return DeleteUpload(
            uploads=self.uploads,
            jobs=self.jobs,
            media=self.media,
            multipart=self.multipart,
            clock=now,
        )

    @cached_property
    def upload_landed(self) -> "UploadLanded":
        """Tells jobs that their upload has landed."""
        from faceswap.usecases.upload_landed import UploadLanded

        return UploadLanded(
            uploads=self.uploads,
            find=self._find_object,
            delete_object=self._delete_object,
            wake_when_complete=self.wake_when_complete,
        )

    @cached_property
    def inbox_landed(self) -> "InboxLanded":
        """Tells jobs that their file has landed."""
        from faceswap.usecases.inbox_landed import InboxLanded

        return InboxLanded(inbox=self.inbox, wake_when_complete=self.wake_when_complete)

    @cached_property
    def wake_when_complete(self) -> "WakeWhenComplete":
        """Wakes jobs whose inputs are all there."""
        from faceswap.usecases.wake_when_complete import WakeWhenComplete

        return WakeWhenComplete(jobs=self.jobs, find_input=self.find_input, wake_job=self.wake_job)

    def _delete_object(self, key: str) -> None:
        """Delete from the bucket, whose client is made only then: an event of an upload seldom needs it."""
        self.media.delete(key)

    def _find_object(self, key: str) -> "StoredObject | None":
        """Find in the bucket, whose client is made only then: the uploads' records mostly tell."""
        return self.media.find(key)

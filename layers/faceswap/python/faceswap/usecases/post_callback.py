"""Post a job's end to the address that its owner named, signed by Standard Webhooks."""

from collections.abc import Callable
from datetime import datetime

from standardwebhooks import Webhook

from faceswap.contract.callbacks import CallbackBody, EndType
from faceswap.contract.jobs import view_of
from faceswap.ports import CallbackSender
from faceswap.rules.callbacks import Answer, CallbackMessage, message_id
from faceswap.rules.job import Job
from faceswap.rules.links import result_token, result_url
from faceswap.usecases.callback_secrets import CallbackSecrets

_TYPES: dict[str, EndType] = {
    "succeeded": "job.succeeded",
    "failed": "job.failed",
    "cancelled": "job.cancelled",
}


class PostCallback:
    """Posts callbacks; results are linked by tokens of `link_secret`."""

    def __init__(
        self,
        *,
        sender: CallbackSender,
        callback_secrets: CallbackSecrets,
        link_secret: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._sender = sender
        self._callback_secrets = callback_secrets
        self._link_secret = link_secret
        self._clock = clock

    def run(self, job: Job, message: CallbackMessage) -> Answer:
        """One try. The body goes out byte for byte as it was signed; each try is signed anew."""
        if job.callback_is_cut:
            return Answer(seconds=0, trouble="its address is kept without its query by now")
        body = self._body(job, message.public_base_url)
        name, now = message_id(job.job_id, job.version), self._clock()
        signatures = [
            Webhook(secret.text).sign(name, now, body)
            for secret in self._callback_secrets.run(job.owner)
        ]
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        return self._sender.post(job.callback_url or "", body.encode(), headers)

    def _body(self, job: Job, public_base_url: str) -> str:
        """The same on every try: what is learned of a job after its end is left out."""

        def link(job_id: str) -> str:
            return result_url(public_base_url, job_id, result_token(self._link_secret(), job_id))

        view = view_of(job, link)
        if job.accepted_at is None:
            view.provider.request_id = None
        body = CallbackBody(type=_TYPES[job.status], timestamp=job.updated_at, data=view)
        return body.model_dump_json()

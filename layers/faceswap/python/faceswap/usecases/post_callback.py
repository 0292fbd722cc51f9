"""Post a job's end to the address that its owner named, signed by Standard Webhooks, in one shape or another."""

from collections.abc import Callable
from datetime import datetime

from standardwebhooks import Webhook

from faceswap.ports.callbacks import CallbackSender
from faceswap.rules.callbacks import Answer, CallbackMessage, message_id
from faceswap.rules.job import Job
from faceswap.rules.links import result_token, result_url
from faceswap.usecases.callback_secrets import CallbackSecrets

MakeBody = Callable[[Job, Callable[[str], str]], str]
"""What is posted of a final job, with the function that links results; the same on every try."""


class PostCallback:
    """Posts callbacks whose body `body` makes; results are linked by tokens of `link_secret`."""

    def __init__(
        self,
        *,
        sender: CallbackSender,
        callback_secrets: CallbackSecrets,
        link_secret: Callable[[], str],
        body: MakeBody,
        clock: Callable[[], datetime],
    ) -> None:
        self._sender = sender
        self._callback_secrets = callback_secrets
        self._link_secret = link_secret
        self._body = body
        self._clock = clock

    def run(self, job: Job, message: CallbackMessage) -> Answer:
        """One try. The body goes out byte for byte as it was signed; each try is signed anew."""
        if job.callback_is_cut:
            return Answer(seconds=0, trouble="its address is kept without its query by now")
        body = self._body(job, lambda job_id: self._link(job_id, message.public_base_url))
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

    def _link(self, job_id: str, public_base_url: str) -> str:
        return result_url(public_base_url, job_id, result_token(self._link_secret(), job_id))

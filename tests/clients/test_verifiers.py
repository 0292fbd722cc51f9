"""The official verifiers of Python and JavaScript, on what is posted: they accept it, and nothing that was changed."""

import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from faceswap.contract.callbacks import callback_body
from faceswap.rules.callbacks import Answer, CallbackMessage, owner_secret
from faceswap.usecases.callback_secrets import CallbackSecrets
from faceswap.usecases.post_callback import PostCallback
from tests.fakes import FakeSecretNumbers
from tests.support.samples import a_job

Case = dict[str, Any]
Verify = Callable[[list[Case]], list[bool]]
SCRIPT = Path(__file__).with_name("verify.mjs")
OTHER = owner_secret("stack", "you", 0)


class Mailbox:
    """Keeps what is posted."""

    posts: list[tuple[bytes, Mapping[str, str]]]

    def __init__(self) -> None:
        self.posts = []

    def post(self, _url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.posts.append((body, headers))
        return Answer(seconds=0, http_status=204)


def posted(at: datetime, numbers: FakeSecretNumbers) -> Case:
    """One callback, as it goes out at a moment."""
    mailbox = Mailbox()
    callback_secrets = CallbackSecrets(
        numbers=numbers, stack_secrets=lambda: ["stack"], clock=lambda: at
    )
    post_callback = PostCallback(
        sender=mailbox,
        callback_secrets=callback_secrets,
        link_secret=lambda: "link",
        body=callback_body,
        clock=lambda: at,
    )
    job = a_job(
        status="failed",
        callback="url",
        callback_url="https://app.example.com/é",
        client_reference='Größe "4711" 🎬 \u2028',
    )
    message = CallbackMessage(
        job_id=job.job_id, owner="me", version=1, public_base_url="https://api.example"
    )
    post_callback.run(job, message)
    [(body, headers)] = mailbox.posts
    return {"body": body.decode(), "headers": dict(headers)}


def in_python(cases: list[Case]) -> list[bool]:
    words = []
    for case in cases:
        try:
            Webhook(case["secret"]).verify(case["body"], case["headers"])
            words.append(True)
        except WebhookVerificationError:
            words.append(False)
    return words


def in_javascript(cases: list[Case]) -> list[bool]:
    done = subprocess.run(
        ["node", SCRIPT],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    words = json.loads(done.stdout)
    assert set(words) <= {"accepted", "WebhookVerificationError"}
    return [word == "accepted" for word in words]


@pytest.mark.parametrize("verify", [in_python, in_javascript])
def test_receivers_accept_what_is_posted_and_nothing_else(verify: Verify) -> None:
    now, numbers = datetime.now(UTC), FakeSecretNumbers()
    secret = owner_secret("stack", "me", 0)
    good = posted(now, numbers) | {"secret": secret}
    moved = {"webhook-timestamp": str(int(now.timestamp()) + 1)}
    bad = [
        good | {"body": good["body"].replace("failed", "fAiled")},
        good | {"body": good["body"] + " "},
        good | {"headers": good["headers"] | {"webhook-id": "msg_other"}},
        good | {"headers": good["headers"] | moved},
        good | {"secret": OTHER},
        posted(now - timedelta(minutes=6), numbers) | {"secret": secret},
        posted(now + timedelta(minutes=6), numbers) | {"secret": secret},
    ]

    assert verify([good, *bad]) == [True] + [False] * len(bad)


@pytest.mark.parametrize("verify", [in_python, in_javascript])
def test_during_a_rotation_both_secrets_fit_and_then_the_new_one(verify: Verify) -> None:
    now, numbers = datetime.now(UTC), FakeSecretNumbers()
    old, new = (owner_secret("stack", "me", number) for number in (0, 1))

    numbers.raise_number("me", now)
    during = posted(now, numbers)
    numbers.now["me"] = numbers.now["me"].model_copy(update={"rotated_at": now - timedelta(days=1)})
    after = posted(now, numbers)

    cases = [case | {"secret": secret} for case in (during, after) for secret in (old, new)]
    assert verify(cases) == [True, True, False, True]

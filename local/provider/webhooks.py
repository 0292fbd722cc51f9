"""Telling the webhooks: the one of the contract, or those that a script or chance wants instead."""

import asyncio
import json
from datetime import UTC, datetime

import httpx

from local.provider import messages
from local.provider.canned_answers import Post
from local.provider.jobs import Job
from local.provider.scripts import AnswerScripts, spoken

_SECONDS = 30.0

# How much of a webhook's URL a forged one has wrong.
_TOKEN_END = 8


class WebhookSender:
    """Posts what there is to post; whether it arrived is only written down."""

    def __init__(self, http: httpx.AsyncClient, scripts: AnswerScripts) -> None:
        self._http = http
        self._scripts = scripts

    async def tell(self, job: Job) -> None:
        """Post the webhooks that a job has, one after the other."""
        url = job.submit.webhook
        if url is None:
            return
        times = {"withheld": 0, "twice": 2}.get(job.behaviour.webhook, 1)
        told = self._scripts.posts(job.customer)
        self._scripts.note_posted(job.customer)
        for post in told.posts if told else (Post(),) * times:
            await asyncio.sleep(post.delay)
            forged = url[:-_TOKEN_END] + "x" * _TOKEN_END
            await self._post(job, forged if post.forged else url, post)

    async def _post(self, job: Job, url: str, post: Post) -> None:
        told: dict[str, object] = {"at": datetime.now(UTC).isoformat()}
        said = json.dumps(messages.webhook(job)) if post.body is None else spoken(post.body, job)
        content = said.encode(post.charset)
        try:
            answer = await self._http.post(
                url,
                content=content,
                headers={"content-type": "application/json"},
                timeout=_SECONDS,
                follow_redirects=False,
            )
            told["http_status"] = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told["error"] = type(error).__name__
        job.webhooks.append(told)

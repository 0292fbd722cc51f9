"""The inputs of a job, asked for by HEAD and then read by GET from where its submit says."""

import asyncio
from pathlib import Path

import httpx

from local.provider.errors import WorkError
from local.provider.requests import Submit

_LARGEST = {
    "init_video": 200 * 1024 * 1024,
    "init_image": 40 * 1024 * 1024,
    "reference_image": 40 * 1024 * 1024,
}
_SECONDS = 120.0
# What servers answer that know no HEAD.
_NO_HEAD = {405, 501}


async def fetch_inputs(http: httpx.AsyncClient, submit: Submit, folder: Path) -> list[Path]:
    """Video, source and reference as files in a folder. Raises WorkError."""
    return [
        await _fetch(http, purpose, getattr(submit, purpose), folder / purpose)
        for purpose in _LARGEST
    ]


async def _fetch(http: httpx.AsyncClient, purpose: str, url: str, target: Path) -> Path:
    kind = "video" if purpose == "init_video" else "image"
    size = 0
    try:
        async with asyncio.timeout(_SECONDS):
            headers = await http.head(url)
        if headers.status_code not in _NO_HEAD:
            headers.raise_for_status()
        async with asyncio.timeout(_SECONDS), http.stream("GET", url) as answer:
            answer.raise_for_status()
            with target.open("wb") as file:
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > _LARGEST[purpose]:
                        most = _LARGEST[purpose] >> 20
                        raise WorkError(f"The {kind} must be at most {most} MiB")
                    file.write(chunk)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        raise WorkError(f"Unable to fetch {kind} from provided URL") from None
    return target

"""The provider's answers and webhooks: as the seed's OpenAPI types them, and as they were seen (contract §7)."""

from typing import Any

from local.provider.jobs import Job

Message = dict[str, Any]

_TIP = "Get faster generation with an enterprise plan"
_SEED = 3230606555


def accepted(job: Job, base_url: str) -> Message:
    """To a submit: it was taken (V1, with the echoes of V2)."""
    text = "Try to fetch request after seconds estimated"
    return processing(job, base_url, job.eta, text)


def processing(job: Job, base_url: str, eta: int, text: str = "try again later.") -> Message:
    """The seed's `ProcessingVideoFaceSwapResponse`; `eta` in seconds from now."""
    return {
        "status": "processing",
        "tip": "processing in background, use fetch",
        "eta": eta,
        "message": text,
        "fetch_result": f"{base_url}/api/v6/{job.family}/fetch/{job.id}",
        "id": job.id,
        "output": [],
        "meta": _meta(job),
        "future_links": [job.output_url],
    }


def success(job: Job) -> Message:
    """The seed's `SuccessVideoFaceSwapResponse`."""
    return {
        "status": "success",
        "generationTime": round(job.generation_time, 1),
        "id": job.id,
        "output": [job.output_url],
        "proxy_links": [job.output_url],
        "meta": _meta(job),
    }


def seen_processing() -> Message:
    """To a fetch: not done yet (V14); poorer than what a submit says."""
    return {"status": "processing", "message": "try again later.", "output": "", "tip": _TIP}


def seen_success(job: Job) -> Message:
    """To a fetch: done (V15)."""
    return {
        "status": "success",
        "id": job.id,
        "output": [job.output_url],
        "tip": _TIP,
        "proxy_links": None,
    }


def seen_failed(message: str) -> Message:
    """To a fetch: failed, or not known (V16, V17)."""
    return {"status": "failed", "id": "", "message": message, "output": "", "tip": _TIP}


def webhook(job: Job) -> Message:
    """What is posted when a job is over (V18, V19)."""
    if job.error is not None:
        return {
            "status": "failed",
            "id": str(job.id),
            "message": f"Processing failed: {job.error}",
            "track_id": job.submit.track_id,
        }
    told = success(job)
    del told["proxy_links"]
    return told | {"track_id": _echo(job.submit.track_id)}


def error(message: str | dict[str, list[str]], **more: object) -> Message:
    """The seed's `Error`; an object as the message is one of the forms seen (V5 to V9)."""
    return {"status": "error", "message": message, **more}


def _echo(track_id: int | None) -> str | None:
    return None if track_id is None else str(track_id)


def _meta(job: Job) -> Message:
    submit = job.submit
    return {
        "file_prefix": str(job.id),
        "outdir": "out/",
        "output_format": submit.output_format,
        "reference_image": submit.reference_image,
        "seed": _SEED,
        "source_image": submit.init_image,
        "target_video_url": submit.init_video,
        "watermark": "yes" if submit.watermark else "no",
        "watermark_image": None,
        "webhook": submit.webhook,
        "track_id": _echo(submit.track_id),
        "output": [job.output_url],
    }

"""The provider's answers and webhooks, in the shapes of provider contract §7, oddities included."""

from typing import Any

from local.provider.jobs import Job

Message = dict[str, Any]

_TIP = "Get faster generation with an enterprise plan"


def accepted(job: Job, base_url: str) -> Message:
    """To a submit: it was taken (V1, with the echoes of V2)."""
    return {
        "status": "processing",
        "tip": "processing in background, use fetch",
        "eta": job.eta,
        "message": "Try to fetch request after seconds estimated",
        "fetch_result": f"{base_url}/api/v6/faceswap/fetch/{job.id}",
        "id": job.id,
        "output": [],
        "meta": _meta(job),
        "future_links": [job.output_url],
    }


def pending() -> Message:
    """To a fetch: not done yet (V14); poorer than what a submit says."""
    return {"status": "processing", "message": "try again later.", "output": "", "tip": _TIP}


def succeeded(job: Job) -> Message:
    """To a fetch: done (V15)."""
    return {
        "status": "success",
        "id": job.id,
        "output": [job.output_url],
        "tip": _TIP,
        "proxy_links": None,
    }


def failed(message: str) -> Message:
    """To a fetch: failed, or not known (V16, V17)."""
    return {"status": "failed", "id": "", "message": message, "output": "", "tip": _TIP}


def webhook(job: Job) -> Message:
    """What is posted when a job is over (V18, V19)."""
    if job.error is not None:
        return {
            "status": "failed",
            "id": str(job.id),
            "message": f"Processing failed: {job.error}",
            "track_id": job.track_id,
        }
    return {
        "status": "success",
        "id": job.id,
        "output": [job.output_url],
        "generationTime": round(job.generation_time, 1),
        "track_id": _echo(job.track_id),
        "meta": _meta(job),
    }


def error(message: str | dict[str, list[str]], **more: object) -> Message:
    """A refusal (V5 to V9)."""
    return {"status": "error", "message": message, **more}


def _echo(track_id: int | None) -> str | None:
    return None if track_id is None else str(track_id)


def _meta(job: Job) -> Message:
    return {
        "output_format": "mp4",
        "reference_image": job.reference_image,
        "seed": 3230606555,
        "source_image": job.init_image,
        "target_video_url": job.init_video,
        "watermark": "yes" if job.watermark else "no",
        "watermark_image": None,
        "webhook": job.webhook,
        "track_id": _echo(job.track_id),
        "output": [job.output_url],
    }

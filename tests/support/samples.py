"""A job to start from."""

from datetime import UTC, datetime, timedelta

from faceswap.rules.job import Consent, Job, LinkedMedia

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
JOB_ID = "job_" + "a" * 26


def a_job(**changes: object) -> Job:
    """A queued job of the owner `me`, with the given fields changed."""
    fields: dict[str, object] = {
        "job_id": JOB_ID,
        "owner": "me",
        "status": "queued",
        "created_at": START,
        "updated_at": START,
        "deadline_at": START + timedelta(days=7),
        "consent": Consent(statement="All agreed.", caller="me", at=START),
        "media": {
            "init_video": LinkedMedia(url="https://a.example/v.mp4?sig=1"),
            "init_image": LinkedMedia(url="https://a.example/i.png"),
            "reference_image": LinkedMedia(url="https://a.example/r.png"),
        },
        "request_hash": "0",
    }
    return Job.model_validate(fields | changes)

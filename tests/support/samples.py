"""A job to start from."""

from datetime import UTC, datetime, timedelta

from faceswap.rules.consent import Consent
from faceswap.rules.job import Failure, Job, Result
from faceswap.rules.job_media import LinkedMedia
from faceswap.rules.keys import ApiKey, hash_of, key_id_of, new_secret
from faceswap.rules.uploads import Upload

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
JOB_ID = "job_" + "a" * 26
UPLOAD_ID = "upl_" + "a" * 26
SECRET = new_secret(b"s" * 32)
"""Of a key."""

_END: dict[str, dict[str, object]] = {
    "succeeded": {"result": Result(key="results/x.mp4", size=9, sha256="s")},
    "failed": {"error": Failure(type="internal", detail="It failed.")},
}
"""What a job has once it has ended so."""


def an_upload(**changes: object) -> Upload:
    """A reserved video of 5 bytes of the owner `me`, with the given fields changed."""
    fields: dict[str, object] = {
        "upload_id": UPLOAD_ID,
        "owner": "me",
        "purpose": "init_video",
        "content_type": "video/mp4",
        "size": 5,
        "created_at": START,
        "expires_at": START + timedelta(hours=1),
    } | changes
    return Upload.model_validate({"key": f"uploads/{fields['upload_id']}.mp4"} | fields)


def a_job(**changes: object) -> Job:
    """A queued job of the owner `me`, with the given fields changed."""
    fields: dict[str, object] = {
        "job_id": JOB_ID,
        "owner": "me",
        "status": "queued",
        "created_at": START,
        "updated_at": START,
        "deadline_at": START + timedelta(days=7),
        "due_at": START + timedelta(minutes=15),
        "consent": Consent(statement="All agreed.", caller="me"),
        "media": {
            "init_video": LinkedMedia(url="https://a.example/v.mp4?sig=1"),
            "init_image": LinkedMedia(url="https://a.example/i.png"),
            "reference_image": LinkedMedia(url="https://a.example/r.png"),
        },
        "request_hash": "0",
    }
    return Job.model_validate(fields | _END.get(str(changes.get("status")), {}) | changes)


def a_key(secret: str = SECRET, **changes: object) -> ApiKey:
    """The key of the owner `me` with this secret, with the given fields changed."""
    hash_ = hash_of(secret)
    fields: dict[str, object] = {
        "key_id": key_id_of(hash_),
        "hash": hash_,
        "owner": "me",
        "name": "shop",
        "created_at": START,
        "caller": "me",
        "statement": "All agreed.",
    }
    return ApiKey.model_validate(fields | changes)

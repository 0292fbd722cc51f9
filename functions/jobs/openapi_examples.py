"""Examples for the OpenAPI document: of each request, each answer and each kind of refusal."""

from datetime import UTC, datetime
from typing import Any

from faceswap.contract.problems import PROBLEMS, ProblemKind, problem_of
from faceswap.rules.callbacks import owner_secret
from faceswap.rules.errors import DomainError, Fault, InvalidError, QuotaError
from faceswap.rules.keys import new_secret
from faceswap.rules.quotas import PolicyName, Quotas, refusal

_UPLOAD, _IMAGE = "upl_qmzs4ql7jmtxwdzvuf3c7cdl4e", "upl_5hb6s2r4ozdftqv3w7nkyx2a4i"
_JOB = "job_wtrv2hlsqd5ebgc4nk7oyfz3pa"
_KEY_ID = "key_b5mrx3zqf6ck2tnwyvo47hd5se"
_SHA256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_INSTANCE = "/requests/JKJaXmPLvHcESHA="
_MEDIA = {
    "init_video": f"upload:{_UPLOAD}",
    "init_image": f"upload:{_IMAGE}",
    "reference_image": "https://media.example.com/person.png",
}
_CONSENT = {"attested": True, "statement": "Both people agreed in writing on 30 January 2026."}
_ESTIMATE = {"amount": "0.16", "currency": "USD", "settled": False}
_RECEIPT: dict[str, Any] = {
    "statement_sha256": "6JPGrMgJs4v0b4rBNAxSe2H8fO8kZFZcGk1GPBLJuFE=",
    "terms_sha256": "uR0nEKfIvdOuyYR1uVmZ9ysQm6TEgaANWJEPfRUK8XY=",
    "subject_hmac": "y2ri0Q6iAFpmzIb9lPZ1gEPvZC5UeLB0sjaEy0gHBBI=",
    "caller_hmac": "dH3mnQ1lLsVRIBMTzzb0LAe4qFyPnhTmQNcvlgE3bzA=",
    "session_hmac": None,
    "attested_at": "2026-01-31T09:30:00.250Z",
    "inputs": {
        "init_video": {"kind": "upload", "size": 217000, "sha256": _SHA256, "etag": None},
        "init_image": {
            "kind": "upload",
            "size": 48210,
            "sha256": None,
            "etag": "b1946ac92492d2347c6235b4d2611184",
        },
        "reference_image": {
            "kind": "url",
            "url_sha256": "RLd0Dvs3kO9VtrFgeN0wKAvPuoGg9vWH1Z3JbW1Lm3U=",
        },
    },
    "result_sha256": None,
}

PARAMETERS: dict[str, Any] = {
    "upload_id": _UPLOAD,
    "job_id": _JOB,
    "key_id": _KEY_ID,
    "idempotency-key": "order-4711",
    "if-none-match": '"4"',
    "status": "succeeded",
    "limit": 20,
    "cursor": "WyIyMDI2LTAxLTMxVDA5OjMwOjAwLjI1MFoiLCAiam9iX3d0cnYyaGxzcWQ1ZWJnYzRuazdveWZ6M3BhIl0",
}
"""By a parameter's name."""
OWN_PARAMETERS = {("listCallbacks", "status"): "exhausted"}
"""By an operation and a parameter's name, where that means something else there."""

_MULTIPART = "dGhlIGJ1Y2tldCdzIG93biBpZA"
_IN_PARTS = {"purpose": "init_video", "content_type": "video/mp4", "size": 20000000}
_DECLARED = {"purpose": "init_video", "content_type": "video/mp4", "size": 217000}
REQUESTS: dict[str, dict[str, Any]] = {
    "createUpload": {
        "video": _DECLARED | {"sha256": _SHA256},
        "video in parts": _IN_PARTS | {"method": "multipart"},
    },
    "signUpload": {
        "the file once more": {"method": "PUT"},
        "a part": {"method": "PUT", "uploadId": _MULTIPART, "partNumber": 2},
    },
    "signParts": {"the first two": {"numbers": [1, 2]}},
    "createJob": {
        "uploads and a URL": _MEDIA | {"consent": _CONSENT, "client_reference": "order-4711"},
        "everything": {
            **_MEDIA,
            "output_format": "mp4",
            "watermark": False,
            "consent": _CONSENT | {"terms": "release form 3", "subject": "person-0815"},
            "client_reference": None,
            "callback": {"url": "https://app.example.com/hooks/faceswap?shop=7"},
        },
    },
    "recoverCallbacks": {"since a day": {"since": "2026-01-31T00:00:00Z"}},
    "createKey": {"for a shop": {"name": "the shop's server", "consent": _CONSENT}},
}
"""By operation; each has a name."""

_READ_UPLOAD = {
    "upload_id": _UPLOAD,
    "source": f"upload:{_UPLOAD}",
    "status": "landed",
    **_DECLARED,
    "sha256": _SHA256,
    "expires_at": "2026-01-31T10:30:00.250Z",
    "part_size": None,
    "parts": None,
}
_READ_PARTS = _READ_UPLOAD | {
    **_IN_PARTS,
    "sha256": None,
    "expires_at": "2026-02-01T09:30:00.250Z",
    "part_size": 8388608,
    "parts": 3,
}
_SIGNED = (
    f"https://faceswap-mediabucket-1a2b3c.s3.eu-central-1.amazonaws.com/uploads/{_UPLOAD}.mp4"
    "?{}X-Amz-Algorithm=AWS4-HMAC-SHA256&…"
)
_QUEUED = {
    "job_id": _JOB,
    "owner": "ana",
    "version": 1,
    "status": "queued",
    "created_at": "2026-01-31T09:30:00.250Z",
    "updated_at": "2026-01-31T09:30:00.250Z",
    "eta": "2026-01-31T09:32:00.000Z",
    **_MEDIA,
    "output_format": "mp4",
    "watermark": True,
    "client_reference": "order-4711",
    "callback": {"url": "https://app.example.com/hooks/faceswap"},
    "provider": {"name": "modelslab", "request_id": None, "generation_time": None},
    "result": None,
    "error": None,
    "notice": None,
    "consent_receipt": None,
    "cost": _ESTIMATE,
}
_SETTLED = _ESTIMATE | {"settled": True}
_AT_PROVIDER = {"name": "modelslab", "request_id": "298", "generation_time": None}
_RESULT = {"content_type": "video/mp4", "size": 181240, "sha256": _SHA256}
_SUCCEEDED = _QUEUED | {
    "version": 4,
    "status": "succeeded",
    "updated_at": "2026-01-31T09:31:10.000Z",
    "eta": None,
    "provider": _AT_PROVIDER | {"generation_time": 10.1},
    "result": _RESULT
    | {"link": f"https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/v1/results/{_JOB}/mX3…"},
    "consent_receipt": _RECEIPT | {"result_sha256": _RESULT["sha256"]},
    "cost": _SETTLED,
}
_FAILED = _QUEUED | {
    "version": 4,
    "status": "failed",
    "eta": None,
    "provider": _AT_PROVIDER,
    "consent_receipt": _RECEIPT,
    "cost": _SETTLED,
    "error": {
        "type": "/problems/input-invalid",
        "title": "The provider cannot use the input",
        "detail": "The provider cannot use the input.",
        "upstream": "No face detected in init_image",
        "errors": None,
    },
}
_TOO_LONG = "This video is 3 min 12 s long; the provider takes 60 s."
_REFUSED = _FAILED | {
    "version": 2,
    "provider": _QUEUED["provider"],
    "consent_receipt": None,
    "error": {
        "type": "/problems/input-invalid",
        "title": "The provider cannot use the input",
        "detail": f"init_video: {_TOO_LONG}",
        "upstream": None,
        "errors": [{"pointer": "#/init_video", "detail": _TOO_LONG}],
    },
}
_CANCELLED = _QUEUED | {
    "version": 4,
    "status": "cancelled",
    "eta": None,
    "provider": _AT_PROVIDER,
    "consent_receipt": _RECEIPT,
    "cost": _SETTLED,
    "notice": "The provider has no cancel: what it has accepted may still be billed.",
}

_TRY = {
    "at": "2026-01-31T09:31:10.100Z",
    "seconds": 0.21,
    "http_status": 204,
    "trouble": None,
    "answer": None,
}
_LATE_TRY = _TRY | {
    "seconds": 15.0,
    "http_status": None,
    "trouble": "it did not answer in time",
}
_DELIVERED = {
    "job_id": _JOB,
    "status": "delivered",
    "webhook_id": f"msg_{_JOB}_4",
    "next_at": None,
    "given_up_at": None,
    "tries": [_TRY],
}
_PLANNED = _DELIVERED | {
    "status": "pending",
    "next_at": "2026-01-31T09:32:25.000Z",
    "tries": [_LATE_TRY],
}
_GIVEN_UP = _DELIVERED | {
    "status": "exhausted",
    "given_up_at": "2026-02-01T12:00:00.000Z",
    "tries": [_LATE_TRY, _TRY | {"http_status": 500, "answer": "Internal Server Error"}],
}
_NEW_SECRET = {"secret": owner_secret("example", "ana", 1), "until": None}
_OLD_SECRET = {
    "secret": owner_secret("example", "ana", 0),
    "until": "2026-02-01T09:30:00.000Z",
}
_KEY = {
    "key_id": _KEY_ID,
    "name": "the shop's server",
    "created_at": "2026-01-31T09:30:00.250Z",
}

ANSWERS: dict[str, dict[str, Any]] = {
    "createUpload": {
        "one PUT": _READ_UPLOAD
        | {
            "status": "pending",
            "method": "PUT",
            "url": _SIGNED.format(""),
            "headers": {
                "Content-Type": "video/mp4",
                "If-None-Match": "*",
                "x-amz-checksum-sha256": _READ_UPLOAD["sha256"],
            },
        },
        "in parts": _READ_PARTS | {"status": "pending", "method": "multipart"},
    },
    "getUpload": {
        "landed": _READ_UPLOAD,
        "pending": _READ_UPLOAD | {"status": "pending"},
        "in parts": _READ_PARTS | {"status": "pending"},
    },
    "signUpload": {
        "the file once more": {
            "url": _SIGNED.format(""),
            "headers": {"Content-Type": "video/mp4", "If-None-Match": "*"},
        },
        "a part": {
            "url": _SIGNED.format(f"partNumber=2&uploadId={_MULTIPART}&"),
            "headers": {},
        },
    },
    "signParts": {
        "two of three": {
            "parts": [
                {
                    "number": number,
                    "url": _SIGNED.format(f"partNumber={number}&uploadId={_MULTIPART}&"),
                    "size": 8388608,
                }
                for number in (1, 2)
            ],
            "expires_at": "2026-01-31T10:30:00.250Z",
        }
    },
    "listParts": {
        "one of three": {"parts": [{"number": 1, "size": 8388608}]},
        "none": {"parts": []},
    },
    "completeUpload": {"landed": _READ_PARTS},
    "createJob": {
        "queued": _QUEUED,
        "awaiting an upload": _QUEUED | {"status": "awaiting_upload", "eta": None},
    },
    "getJob": {
        "queued": _QUEUED,
        "succeeded": _SUCCEEDED,
        "failed": _FAILED,
        "refused before the provider was asked": _REFUSED,
    },
    "listJobs": {
        "a page": {"items": [_SUCCEEDED], "next_cursor": PARAMETERS["cursor"]},
        "none": {"items": [], "next_cursor": None},
    },
    "cancelJob": {"cancelled": _CANCELLED},
    "getCallback": {"delivered": _DELIVERED, "tried again later": _PLANNED},
    "resendCallback": {"sent again": _DELIVERED},
    "listCallbacks": {
        "a page": {"items": [_GIVEN_UP], "next_cursor": PARAMETERS["cursor"]},
        "none": {"items": [], "next_cursor": None},
    },
    "recoverCallbacks": {"some": {"count": 12}},
    "getCallbackSecrets": {"one": {"secrets": [_NEW_SECRET]}},
    "rotateCallbackSecret": {"for a day two": {"secrets": [_NEW_SECRET, _OLD_SECRET]}},
    "createKey": {"made": _KEY | {"key": new_secret(bytes(32))}},
    "getUsage": {
        "limited": {
            "owner": "ana",
            "day": "2026-01-31",
            "jobs": 12,
            "open_jobs": 3,
            "uploads": 36,
            "upload_bytes": 734003200,
            "spent": "1.92",
            "currency": "USD",
            "limits": {
                "jobs_a_day": 100,
                "open_jobs": 20,
                "uploads_a_day": 1000,
                "upload_bytes_a_day": None,
            },
        }
    },
    "listKeys": {"one": {"items": [_KEY]}, "none": {"items": []}},
    "getResult": {
        "link": _RESULT
        | {
            "url": f"https://faceswap-mediabucket-1a2b3c.s3.eu-central-1.amazonaws.com/results/ana/{_JOB}/x.mp4?…",
            "expires_at": "2026-01-31T10:31:10.000Z",
        }
    },
}
"""By operation: what success looks like; each has a name."""

GATEWAY: dict[str, dict[str, Any]] = {
    "401": {"no valid token": {"message": "Unauthorized"}},
    "403": {"no scope": {"message": "Forbidden"}},
    "413": {"too large": {"message": "Request Entity Too Large"}},
    "429": {"too many": {"message": "Too Many Requests"}},
    "500": {"no answer": {"message": "Internal Server Error"}},
}
"""By status: what the gateway answers."""

_FAULTS: dict[str, list[Fault]] = {
    "createUpload": [Fault(pointer="#/size", detail="must be at most 104857600 bytes")],
    "signUpload": [Fault(pointer="#/partNumber", detail="must be from 1 to 3")],
    "signParts": [Fault(pointer="#/numbers/0", detail="must be from 1 to 3")],
    "createJob": [
        Fault(pointer="#/init_image", detail="must begin with https://"),
        Fault(pointer="#/consent/attested", detail="Value error, must be true"),
    ],
    "listJobs": [
        Fault(pointer="#", detail="query limit: Input should be less than or equal to 100")
    ],
}
_ANY_FAULT = [Fault(pointer="#", detail="header x: is not valid")]
_DETAILS = {
    ("getUpload", "not-found"): "There is no such upload.",
    ("signUpload", "conflict"): "The file is there already. Go on with it.",
    ("signParts", "conflict"): "This upload was reserved for one PUT, not for parts.",
    ("listParts", "conflict"): "This upload was reserved for one PUT, not for parts.",
    ("completeUpload", "conflict"): "2 parts are missing, or have another size than theirs.",
    ("listParts", "gone"): "The parts are not kept any longer. Reserve another upload.",
    ("signUpload", "gone"): "The time to send this file is over. Reserve another upload.",
    ("cancelJob", "conflict"): "The job has succeeded; it cannot be cancelled any more.",
    ("resendCallback", "conflict"): "The job names no callback.",
    (
        "rotateCallbackSecret",
        "conflict",
    ): "Two secrets are in use. The older one ends within a day.",
    ("createKey", "conflict"): "You have 100 keys. Revoke one first.",
    ("revokeKey", "not-found"): "There is no such key.",
    ("deleteJob", "conflict"): "The job is changing at this moment. Try again.",
    ("getResult", "conflict"): "The job is processing; only a succeeded job has a result.",
    ("createJob", "gone"): "The job of this Idempotency-Key was deleted.",
    ("getResult", "gone"): "The result is not kept any longer.",
}
_ONLY_OF = {"idempotency-mismatch": "createJob"}


def problems(operation: str, status: int) -> dict[str, Any]:
    """Each kind of refusal that an operation knows for a status, by its name."""
    return {
        kind.title: _document(operation, kind)
        for kind in PROBLEMS
        if kind.status == status and _ONLY_OF.get(kind.slug or "", operation) == operation
    }


def _document(operation: str, kind: ProblemKind) -> dict[str, Any]:
    faults = _FAULTS.get(operation, _ANY_FAULT) if kind.error is InvalidError else []
    detail = _DETAILS.get((operation, kind.slug or ""), kind.meaning)
    if kind.error is QuotaError:
        quotas = Quotas(jobs_a_day=100, open_jobs=20)
        if operation == "createKey":
            return _dumped(QuotaError(detail, policies=["minute"], retry_after=2))
        policy: PolicyName = "day" if operation == "createJob" else "uploads"
        return _dumped(refusal(quotas, [policy], datetime(2026, 1, 31, 12, tzinfo=UTC)))
    return _dumped(kind.error(detail, faults))


def _dumped(error: DomainError) -> dict[str, Any]:
    document = problem_of(error, _INSTANCE)
    return document.model_dump(mode="json", exclude_none=True)

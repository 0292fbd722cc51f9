"""Client of the face-swap adapter's API: `Client` for programs that wait, `AsyncClient` for asyncio."""

from faceswap_adapter.aio import AsyncClient, AsyncJobHandle
from faceswap_adapter.client import Client, JobHandle
from faceswap_adapter.errors import (
    AuthenticationError,
    ConflictError,
    DownloadError,
    FaceswapError,
    GoneError,
    InvalidError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    LimitError,
    NetworkError,
    NotFoundError,
    ProblemError,
    UnexpectedAnswerError,
)
from faceswap_adapter.models import (
    CancelledJob,
    Consent,
    FailedJob,
    Job,
    OpenJob,
    ResultLink,
    SucceededJob,
)
from faceswap_adapter.uploads import Progress

__all__ = [
    "AsyncClient",
    "AsyncJobHandle",
    "AuthenticationError",
    "CancelledJob",
    "Client",
    "ConflictError",
    "Consent",
    "DownloadError",
    "FaceswapError",
    "FailedJob",
    "GoneError",
    "InvalidError",
    "Job",
    "JobCancelledError",
    "JobFailedError",
    "JobHandle",
    "JobTimeoutError",
    "LimitError",
    "NetworkError",
    "NotFoundError",
    "OpenJob",
    "ProblemError",
    "Progress",
    "ResultLink",
    "SucceededJob",
    "UnexpectedAnswerError",
]

"""What goes wrong, as a small tree.

FaceswapError
├── NetworkError            nothing came back, or no whole answer, after all tries
├── UnexpectedAnswerError   what answered is not this API
├── ProblemError            the API or the bucket refused; `problem` says why, `status` is HTTP's
│   ├── AuthenticationError 401, 403
│   ├── NotFoundError       404
│   ├── ConflictError       409: the state does not allow it
│   ├── GoneError           410: it was here, and is not kept any longer
│   ├── InvalidError        422: `problem.errors` points at each fault
│   └── LimitError          429: `retry_after` says when to ask again
├── JobFailedError          the job is over without a video; `job.error` says why
├── JobCancelledError       the job was cancelled
├── JobTimeoutError         the job is not over yet, and goes on (a TimeoutError, too)
└── DownloadError           the video that came is not the one that was announced
"""

from faceswap_adapter.models import CancelledJob, FailedJob, OpenJob, Problem


class FaceswapError(Exception):
    """Whatever this package raises on purpose; the text is for people."""


class NetworkError(FaceswapError):
    """The network failed, or an answer was cut; what was asked for may have been done."""


class UnexpectedAnswerError(FaceswapError):
    """What answered does not speak as the API does."""


class ProblemError(FaceswapError):
    """A request was refused."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        faults = "".join(f"; {each.pointer}: {each.detail}" for each in problem.errors or ())
        super().__init__(f"{problem.detail}{faults}")
        self.problem = problem
        self.status = problem.status
        self.retry_after = retry_after
        """Seconds after which asking again may help, if that was said."""


class AuthenticationError(ProblemError):
    """The token is not valid, or does not allow it."""


class NotFoundError(ProblemError):
    """There is no such thing, or it is another's."""


class ConflictError(ProblemError):
    """The state of the thing does not allow it."""


class GoneError(ProblemError):
    """It was here, and is not kept any longer."""


class InvalidError(ProblemError):
    """The request is not what is asked for."""


class LimitError(ProblemError):
    """Too many requests, or a limit of the caller's is reached."""


class JobFailedError(FaceswapError):
    """There will be no video."""

    def __init__(self, job: FailedJob) -> None:
        faults = "".join(f"; {each.pointer}: {each.detail}" for each in job.error.errors or ())
        super().__init__(f"{job.error.title}: {job.error.detail}{faults}")
        self.job = job


class JobCancelledError(FaceswapError):
    """The job was cancelled."""

    def __init__(self, job: CancelledJob) -> None:
        super().__init__(job.notice or "The job was cancelled.")
        self.job = job


class JobTimeoutError(FaceswapError, TimeoutError):
    """The job was not over in time. It goes on: wait again, or cancel it."""

    def __init__(self, job: OpenJob, seconds: float) -> None:
        super().__init__(f"The job was {job.status} after {seconds:g} s; it goes on.")
        self.job = job


class DownloadError(FaceswapError):
    """What was downloaded is not what was announced; nothing of it is kept."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    401: AuthenticationError,
    403: AuthenticationError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    422: InvalidError,
    429: LimitError,
}


def refused(problem: Problem, retry_after: float | None) -> ProblemError:
    """The error of an answer."""
    return _BY_STATUS.get(problem.status, ProblemError)(problem, retry_after)

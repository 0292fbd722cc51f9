"""Tasks that run one call at a time: at each call that leaves the process somebody else may go on, or the task dies."""

from collections.abc import Callable
from threading import Semaphore, Thread, local

from faceswap.ports.jobs import RefusedContentError
from faceswap.rules.errors import DomainError

_SECONDS = 60
_running = local()
# What a task may raise: words for a client, or what leads the state machine to Pause.
EXPECTED = (DomainError, LookupError, RefusedContentError)


class KilledError(BaseException):
    """The task dies where it stands; nothing catches it."""


class Task:
    """One run of one use case."""

    def __init__(self, name: str, run: Callable[[], object]) -> None:
        self.name = name
        self.is_over = False
        self.was_killed = False
        self.answer: object = None
        """What it returned; None as well if it died or raised what it may."""
        self.bug: BaseException | None = None
        self._run = run
        self._go, self._stands = Semaphore(0), Semaphore(0)
        self._thread = Thread(target=self._main, daemon=True)
        self._thread.start()

    def step(self) -> None:
        """Let it make the call before which it stands, and go on to the next one.

        Raises:
            BaseException: what the use case raised and never should.
        """
        self._go.release()
        if not self._stands.acquire(timeout=_SECONDS):
            raise TimeoutError(f"{self.name} neither makes a call nor ends")
        if self.bug:
            raise self.bug

    def kill(self) -> None:
        """Let it die before the call at which it stands, which is after the one before."""
        self.was_killed = True
        self.step()

    def finish(self) -> None:
        """Let it run to its end."""
        while not self.is_over:
            self.step()

    def _main(self) -> None:
        _running.task = self
        try:
            self._wait()
            self.answer = self._run()
            self.stand()
        except KilledError:
            self.answer = None
        except EXPECTED:
            pass
        except BaseException as error:  # whatever it is, the machine has to hear of it
            self.bug = error
        finally:
            self.is_over = True
            self._stands.release()

    def stand(self) -> None:
        """Wait here until somebody lets it go on.

        Raises:
            KilledError: it was killed here.
        """
        self._stands.release()
        self._wait()

    def _wait(self) -> None:
        self._go.acquire()
        if self.was_killed:
            raise KilledError


def current() -> Task | None:
    """The task that runs here, None outside of tasks."""
    return getattr(_running, "task", None)


def leave(_method: str) -> None:
    """Called by every fake before it does what a call does."""
    task = current()
    if task:
        task.stand()

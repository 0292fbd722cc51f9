"""The provider has taken a job, after it took nobody for a while: all may be sent again."""

from faceswap.ports.admission import Admission
from faceswap.usecases.dispatch_slots import DispatchSlots


class LiftHold:
    """Ends the time in which one job at a time is tried."""

    def __init__(self, *, admission: Admission, dispatch_slots: DispatchSlots) -> None:
        self._admission = admission
        self._dispatch_slots = dispatch_slots

    def run(self) -> None:
        """Hand out what is free. Who dies before that leaves it to the sweep, or to that job's end."""
        if self._admission.state().refusals:
            self._admission.accept()
            self._dispatch_slots.run()

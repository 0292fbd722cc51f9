"""What a submit names: a clip, a new face, and the person to replace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.support.clips import ANA, CHO, cut_clip
from tests.support.servers import Answer, Server, http_server

_LONGEST = 60.0


@contextmanager
def served_media(folder: Path, frames: int, gate: Event | None = None) -> Iterator[Server]:
    """Serve them under /video (of so many frames), /donor and /person; behind a gate, once it is open."""
    clip = folder / "clip.mp4"
    cut_clip(clip, frames)
    bodies = {"/video": clip.read_bytes(), "/donor": CHO.read_bytes(), "/person": ANA.read_bytes()}

    def answer(path: str) -> Answer:
        if gate:
            gate.wait(_LONGEST)
        return Answer(200, bodies[path])

    with http_server(answer) as server:
        yield server

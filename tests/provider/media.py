"""What a submit names: a clip, a new face, and the person to replace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.media import ANA, CHO, cut_clip
from tests.support.servers import Answer, Server, http_server


@contextmanager
def served_media(folder: Path, frames: int) -> Iterator[Server]:
    """Serve them under /video (of so many frames), /donor and /person."""
    clip = folder / "clip.mp4"
    cut_clip(clip, frames)
    bodies = {"/video": clip.read_bytes(), "/donor": CHO.read_bytes(), "/person": ANA.read_bytes()}
    with http_server(lambda path: Answer(200, bodies[path])) as server:
        yield server

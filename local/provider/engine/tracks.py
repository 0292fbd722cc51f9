"""One face followed through consecutive frames."""

from dataclasses import dataclass, field

import numpy as np

from local.provider.engine.arrays import Floats, Image, Points
from local.provider.engine.geometry import centre, face_distance, face_width
from local.provider.engine.identity import Sighting, mean_identity

_FEW_TEXTURES, _MOST_TEXTURES = 8, 32
_STILL = 0.05
"""A face that moves less than this share of its width is expected where it was."""


@dataclass(eq=False)
class Track:
    """A face from its first frame on, without gaps."""

    first: int
    points: list[Points]
    alive: bool = True
    sightings: list[Sighting] = field(default_factory=list)
    textures: list[Image] = field(default_factory=list)
    texture_every: int = 2
    strains: list[float] = field(default_factory=list)
    """How far its form was off, for as many frames as have been watched."""
    guessed: int = 0
    """How many of the last points were not looked for but expected."""
    sure_until: int = -1
    """The last frame in which the face was seen to be the same person's as before."""
    hidden: set[int] = field(default_factory=set)
    """Frames between two looks in which the face was not found, such as behind a hand."""

    @property
    def last(self) -> int:
        """The number of its last frame."""
        return self.first + len(self.points) - 1

    @property
    def frames(self) -> range:
        """The numbers of its frames."""
        return range(self.first, self.last + 1)

    @property
    def identity(self) -> Floats:
        """Who it is, by all sightings; it needs one."""
        return mean_identity(self.sightings)

    def departs(self, embedding: Floats) -> float:
        """How far an embedding is from who it is; 0 as long as nobody knows."""
        if not self.sightings:
            return 0.0
        return float(np.linalg.norm(self.identity - embedding))

    def at(self, frame: int) -> Points | None:
        """The points in a frame, if it holds it."""
        return self.points[frame - self.first] if frame in self.frames else None

    def expected(self) -> Points:
        """Where the face will be in the next frame if it goes on as it moves."""
        last = self.points[-1]
        if len(self.points) < 2:
            return last
        step = centre(last) - centre(self.points[-2])
        if np.linalg.norm(step) < _STILL * face_width(last):
            return last
        moved = last.copy()
        moved[:, :2] += step
        return moved

    def coast(self) -> None:
        """Take a frame without looking."""
        self.points.append(self.expected())
        self.guessed += 1

    def settle(self, points: Points) -> None:
        """Take a frame's points; what was guessed before comes to lie evenly between."""
        start, steps = self.points[-1 - self.guessed], self.guessed + 1
        for step in range(1, steps):
            share = step / steps
            self.points[step - steps] = (1 - share) * start + share * points
        self.points.append(points)
        self.guessed = 0

    def lose(self) -> None:
        """End where the face was last seen."""
        self.alive = False
        del self.points[len(self.points) - self.guessed :]
        self.guessed = 0

    def covers(self, frame: int, points: Points) -> bool:
        """Say whether it is the face with these points in a frame that it holds or not."""
        own = self.at(frame)
        return own is not None and face_distance(own, points) < 0.4 * face_width(points)

    def add_texture(self, texture: Image) -> None:
        """Keep a look at the face: at first often; when there are many, every second is dropped."""
        self.textures.append(texture)
        if len(self.textures) == _FEW_TEXTURES:
            self.texture_every = max(self.texture_every, 4)
        if len(self.textures) > _MOST_TEXTURES:
            self.textures = self.textures[::2]
            self.texture_every *= 2

    def split(self, frame: int) -> "Track":
        """End before a frame; what came from there on is another track."""
        at = frame - self.first
        rest = Track(frame, self.points[at:], alive=self.alive, guessed=self.guessed)
        self.points, self.alive = self.points[:at], False
        return rest

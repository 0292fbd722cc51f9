"""One face followed through consecutive frames."""

from dataclasses import dataclass, field

from local.bench.reference.arrays import Image, Points
from local.bench.reference.geometry import face_distance, face_width
from local.bench.reference.identity import Sighting

_MOST_TEXTURES = 32


@dataclass
class Track:
    """A face from its first frame on, without gaps."""

    first: int
    points: list[Points]
    alive: bool = True
    sightings: list[Sighting] = field(default_factory=list)
    textures: list[Image] = field(default_factory=list)
    texture_every: int = 4

    @property
    def last(self) -> int:
        """The number of its last frame."""
        return self.first + len(self.points) - 1

    @property
    def frames(self) -> range:
        """The numbers of its frames."""
        return range(self.first, self.last + 1)

    def covers(self, frame: int, points: Points) -> bool:
        """Say whether it is the face with these points in a frame that it holds or not."""
        if frame not in self.frames:
            return False
        own = self.points[frame - self.first]
        return face_distance(own, points) < 0.4 * face_width(points)

    def add_texture(self, texture: Image) -> None:
        """Keep a look at the face; when there are many, every second is dropped."""
        self.textures.append(texture)
        if len(self.textures) > _MOST_TEXTURES:
            self.textures = self.textures[::2]
            self.texture_every *= 2

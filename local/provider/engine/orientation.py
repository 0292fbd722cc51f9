"""How a video's pictures are turned before they are shown: cameras write it beside the pictures."""

import math
import struct
from typing import TYPE_CHECKING, NamedTuple, cast

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

if TYPE_CHECKING:
    from local.provider.engine.arrays import Image


class Orientation(NamedTuple):
    """First rows and columns are exchanged, if at all; then the picture is mirrored."""

    exchanged: bool = False
    mirrored: bool = False
    upside_down: bool = False

    def apply(self, plane: "Image") -> "Image":
        """Turn one plane of a picture as it is shown (a view)."""
        turned = plane.T if self.exchanged else plane
        return turned[:: -1 if self.upside_down else 1, :: -1 if self.mirrored else 1]


UPRIGHT = Orientation()


def orientation_of(frame: VideoFrame) -> Orientation:
    """Read a frame's display matrix; turns by anything but quarters count as the nearest quarter."""
    matrix = cast("SideDataContainer", frame.side_data).get(Type.DISPLAYMATRIX)
    if matrix is None:
        return UPRIGHT
    # x' = a x + c y, y' = b x + d y
    a, b, _, c, d, *_ = struct.unpack("<9i", bytes(matrix))
    if math.hypot(a, d) >= math.hypot(b, c):
        return Orientation(exchanged=False, mirrored=a < 0, upside_down=d < 0)
    return Orientation(exchanged=True, mirrored=c < 0, upside_down=b < 0)

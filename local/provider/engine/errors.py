"""What a swap can refuse. Each message is written for the person who sent the media.

SwapError
├── UnreadableVideoError    not a video that the engine takes
├── UnreadableImageError    not a picture that the engine takes
├── NoFaceError             no face in a picture or in the video
├── SeveralFacesError       a picture leaves open whose face is meant
├── PersonNotFoundError     the referenced person is not in the video
└── UnwritableVideoError    the new video could not be written; the media are not to blame
"""


class SwapError(Exception):
    """The media that were given cannot be swapped; the text says why."""


class UnreadableVideoError(SwapError):
    """The video is no video, is damaged, or is beyond the limits."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The video cannot be used: {reason}.")
        self.reason = reason


class UnreadableImageError(SwapError):
    """A picture is no picture, is damaged, or is beyond the limits."""

    def __init__(self, picture: str, reason: str) -> None:
        super().__init__(f"The {picture} cannot be used: {reason}.")


class NoFaceError(SwapError):
    """No face was found in the named place."""

    def __init__(self, place: str, why: str | None = None) -> None:
        super().__init__(f"No face was found in the {place}{f': {why}' if why else ''}.")


class SeveralFacesError(SwapError):
    """A picture shows several faces, and nothing says which one is meant."""

    def __init__(self, picture: str, faces: int) -> None:
        super().__init__(f"The {picture} shows {faces} faces, and which one is meant is not clear.")


class PersonNotFoundError(SwapError):
    """The person of the reference picture does not appear in the video."""

    def __init__(self) -> None:
        super().__init__("The person of the reference picture does not appear in the video.")


class UnwritableVideoError(SwapError):
    """The new video could not be written, and not for want of room; nothing given is to blame."""

    def __init__(self) -> None:
        super().__init__("The new video could not be written.")

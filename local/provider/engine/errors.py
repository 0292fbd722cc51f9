"""What a swap can refuse. Each message is written for the person who sent the media.

What is wrong with the media is said in words that clients of the provider know for an error of the
input ("unsupported", "must be", "no face", "face not"): provider contract §8.4.

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
        super().__init__(f"The video (init_video) is unsupported: {reason}.")
        self.reason = reason


class UnreadableImageError(SwapError):
    """A picture is no picture, is damaged, or is beyond the limits."""

    def __init__(self, picture: str, reason: str) -> None:
        super().__init__(f"The {picture} is unsupported: {reason}.")


class NoFaceError(SwapError):
    """No face was found in the named place."""

    def __init__(self, place: str, why: str | None = None) -> None:
        super().__init__(f"No face was found in the {place}{f': {why}' if why else ''}.")


class SeveralFacesError(SwapError):
    """A picture shows several faces, and nothing says which one is meant."""

    def __init__(self, picture: str, faces: int) -> None:
        super().__init__(f"The {picture} shows {faces} faces; it must be clear which one is meant.")


class PersonNotFoundError(SwapError):
    """The person of the reference picture does not appear in the video."""

    def __init__(self) -> None:
        super().__init__(
            "Face not found: the person of the reference picture does not appear in the video, or "
            "is not to be recognised there: too far away, turned aside or covered."
        )


class UnwritableVideoError(SwapError):
    """The new video could not be written, and not for want of room; nothing given is to blame."""

    def __init__(self) -> None:
        super().__init__("The new video could not be written.")

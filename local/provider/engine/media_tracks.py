"""Which of a file's tracks are the picture and the sound; the others are left out, and named."""

from typing import NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from local.provider.engine.codecs import SOUND_OF_MP4, codec_name, codec_of
from local.provider.engine.errors import UnreadableVideoError

_NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_LAYOUTS = {
    1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1",
    16: "hexadecagonal",
}  # fmt: skip
"""How many channels there are, and which ones that usually are."""
_TRANSPARENT = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya")


class MediaTracks(NamedTuple):
    """The tracks that are used, and what is said about the others."""

    picture: VideoStream
    sound: AudioStream | None
    notes: tuple[str, ...]


def choose_tracks(container: InputContainer) -> MediaTracks:
    """Choose the default picture track, else the first, and the first sound that can come along.

    Cover art is no picture track. Raises UnreadableVideoError if there is none.
    """
    pictures = [s for s in container.streams.video if not s.disposition & _NO_FILM]
    if not pictures:
        raise UnreadableVideoError("it has no picture track")
    default = [stream for stream in pictures if stream.disposition & Disposition.default]
    picture = (default or pictures)[0]
    sounds = container.streams.audio
    sound = next((stream for stream in sounds if _comes_along(stream)), None)
    notes = [
        f"the picture track {place + 1} ({_described(stream)}) was left out"
        for place, stream in enumerate(pictures)
        if stream is not picture
    ]
    notes += [
        f"the sound track {place + 1} ({codec_name(stream)}) was left out"
        for place, stream in enumerate(sounds)
        if stream is not sound
    ]
    if sound is not None and codec_of(sound) not in SOUND_OF_MP4:
        notes.append(f"the sound ({codec_name(sound)}) was made AAC")
    if _is_transparent(picture):
        notes.append("the transparency was left out")
    return MediaTracks(picture, sound, tuple(notes))


def _comes_along(sound: AudioStream) -> bool:
    """Say whether sound can be copied or decoded; what is decoded is ready for it then."""
    codec = codec_of(sound)
    if codec is None or codec in SOUND_OF_MP4:
        return codec is not None
    context = sound.codec_context
    if context.is_open:
        return True
    # PyAV frees channels in an order of the file's own whenever it is asked for them. So it is asked
    # once, and they get the usual order at once.
    layout = _LAYOUTS.get(context.channels)
    context.layout = layout or _LAYOUTS[1]
    try:
        context.open(strict=False)
    except av.error.FFmpegError:
        return False
    return layout is not None


def _described(stream: VideoStream) -> str:
    if codec_of(stream) is None:
        return codec_name(stream)
    return f"{codec_name(stream)}, {stream.codec_context.width}x{stream.codec_context.height}"


def _is_transparent(stream: VideoStream) -> bool:
    # VP8 and VP9 keep it in a second picture beside each, which the file's tags announce.
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    announced = tags.get("alpha_mode", "0") != "0"
    form = None if codec_of(stream) is None else stream.codec_context.pix_fmt
    return announced or (form or "").startswith(_TRANSPARENT)

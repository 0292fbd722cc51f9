"""Sound on its way into an MP4: copied as it is where an MP4 can carry it, else made AAC."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from local.provider.engine.codecs import SOUND_OF_MP4, codec_of

SoundPacket: TypeAlias = "Packet[Stream]"
_AAC_RATES = (
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
)  # fmt: skip
_USUAL_RATE = 48000
_BITS_A_CHANNEL = 80_000
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


class SoundCopy:
    """Copies packets, one late; no two stand at one time."""

    def __init__(self, output: OutputContainer, like: AudioStream) -> None:
        self._track = output.add_stream_from_template(like)
        self._waiting: SoundPacket | None = None
        self._end: int | None = None
        self._last: int | None = None

    def take(self, packet: SoundPacket) -> Iterator[SoundPacket]:
        """Give the packet before for the output."""
        waiting, self._waiting = self._waiting, packet
        if waiting is not None:
            yield self._placed(waiting, _time(packet))

    def rest(self) -> Iterator[SoundPacket]:
        """Give the last packet."""
        if self._waiting is not None:
            yield self._placed(self._waiting, None)

    def _placed(self, packet: SoundPacket, following: int | None) -> SoundPacket:
        time, length = _time(packet), packet.duration or 1
        time = time if time is not None else self._end or 0
        if following is not None and self._end is not None and following <= time:
            # Recorders that write a fragment a packet say the next one's time of every second one.
            time = max(self._end, min(time, following - length))
        if self._last is not None and time <= self._last:
            time = max(self._end or 0, self._last + 1)
        if packet.pts is None or packet.dts is None or time != packet.dts:
            packet.pts = packet.dts = time
        self._last, self._end = time, time + length
        packet.stream = self._track
        return packet


def _time(packet: SoundPacket) -> int | None:
    return packet.dts if packet.dts is not None else packet.pts


class SoundAsAac:
    """Decodes packets and encodes them again."""

    def __init__(self, output: OutputContainer, like: AudioStream) -> None:
        self._like = like
        rate = like.rate if like.rate in _AAC_RATES else _USUAL_RATE
        channels = like.channels
        self._track = output.add_stream("aac", rate=rate)
        self._track.codec_context.layout = _LAYOUTS.get(channels, "stereo")
        self._track.codec_context.format = "fltp"
        self._track.codec_context.bit_rate = _BITS_A_CHANNEL * min(channels, 6)
        self._track.codec_context.time_base = Fraction(1, rate)
        self._track.codec_context.open()
        self._resampler = AudioResampler(
            "fltp",
            self._track.codec_context.layout,
            rate,
            self._track.codec_context.frame_size,
        )

    def take(self, packet: SoundPacket) -> Iterator[SoundPacket]:
        """Give the packets that are ready; what cannot be decoded is left out."""
        try:
            frames = [frame for frame in packet.decode() if isinstance(frame, AudioFrame)]
        except av.error.InvalidDataError:
            return
        yield from self._encoded(frames)

    def rest(self) -> Iterator[SoundPacket]:
        """Give what is left at the end."""
        yield from self._encoded(self._like.codec_context.decode(None))
        yield from self._encoded([None])
        yield from self._track.encode(None)

    def _encoded(self, frames: "list[AudioFrame] | list[None]") -> Iterator[SoundPacket]:
        for frame in frames:
            for part in self._resampler.resample(frame):
                yield from self._track.encode(part)


def sound_for(output: OutputContainer, like: AudioStream) -> SoundCopy | SoundAsAac:
    """Choose how a sound track comes along."""
    kind = SoundCopy if codec_of(like) in SOUND_OF_MP4 else SoundAsAac
    return kind(output, like)

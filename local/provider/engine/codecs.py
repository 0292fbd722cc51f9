"""Codecs by the names that people know, whatever the decoder is called."""

from typing import cast

from av.codec.context import CodecContext
from av.stream import Stream

TAKEN_PICTURES = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores"})
SOUND_OF_MP4 = frozenset({"aac", "ac3", "eac3", "opus", "flac", "alac"})
"""Sound that is copied as it is; all other sound becomes AAC."""
_NAMES = {
    "h264": "H.264",
    "hevc": "HEVC",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "mpeg4": "MPEG-4 Visual",
    "mpeg2video": "MPEG-2 video",
    "mpeg1video": "MPEG-1 video",
    "mjpeg": "Motion JPEG",
    "prores": "ProRes",
    "theora": "Theora",
    "dnxhd": "DNxHD",
    "dvvideo": "DV",
    "vvc": "VVC",
    "ffv1": "FFV1",
    "rawvideo": "uncompressed pictures",
    "qtrle": "QuickTime Animation",
    "cinepak": "Cinepak",
    "h263": "H.263",
    "aac": "AAC",
    "mp3": "MP3",
    "mp2": "MP2",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "flac": "FLAC",
    "alac": "ALAC",
    "pcm_mulaw": "G.711 mu-law",
    "pcm_alaw": "G.711 A-law",
    "amr_nb": "AMR",
    "amr_wb": "AMR-WB",
    "dts": "DTS",
    "truehd": "TrueHD",
}
_FAMILIES = {"pcm_": "PCM", "adpcm_": "ADPCM", "wma": "Windows Media Audio"}


def codec_of(stream: Stream) -> str | None:
    """FFmpeg's name of what a track is encoded with; None if it does not know it."""
    # A track without a decoder has no context, whatever the library's types say.
    context = cast("CodecContext | None", stream.codec_context)
    return None if context is None else context.codec.canonical_name


def codec_name(stream: Stream) -> str:
    """What people call it."""
    codec = codec_of(stream)
    if codec is None:
        return "unknown"
    family = next((name for start, name in _FAMILIES.items() if codec.startswith(start)), None)
    return _NAMES.get(codec) or family or stream.codec_context.codec.long_name

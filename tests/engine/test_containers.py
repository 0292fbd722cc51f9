"""Files as phones, recorders and editors write them: which tracks, which times, which part of the picture."""

import re
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.stream import Disposition
from av.video.frame import VideoFrame

from local.provider.engine.arrays import Image
from local.provider.engine.errors import UnreadableVideoError, UnwritableVideoError
from local.provider.engine.footage import frame_of, read_frames, read_parts
from local.provider.engine.frames import Frame
from local.provider.engine.inspection import inspecting
from local.provider.engine.probe import VideoFacts, open_video, probe
from local.provider.engine.report import Report
from local.provider.engine.stopwatch import Stopwatch
from local.provider.engine.swapping import swap
from local.provider.engine.writing import open_writer
from tests.support.clips import ANA, CHO, CLIP, images_of, times_of, write_video
from tests.support.recordings import (
    BEEP_AT,
    beep_of,
    picture_track,
    put_beep,
    put_pictures,
    sound_track,
    with_box_in_entry,
    without_type,
)

PLAIN: list[Image] = [np.full((96, 128, 3), 40 * i, np.uint8) for i in range(5)]
_AAC = 1024
"""In samples: how long a packet is."""
LARGE: list[Image] = [np.zeros((200, 300, 3), np.uint8)]


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return images_of(CLIP, 4)


def _inspect(video: Path) -> VideoFacts:
    with inspecting(video) as facts:
        return facts()


def _again(video: Path, output: Path) -> VideoFacts:
    """Write a video as the engine does, with nobody's face changed."""
    facts, watch = probe(video), Stopwatch()
    with open_video(video) as container, open_writer(output, container, facts, watch) as writer:
        for part in read_parts(container, watch):
            if isinstance(part, av.Packet):
                writer.sound(part)
            else:
                planes = part.reformat(format="yuv420p").to_ndarray()
                writer.frame(Frame(np.asarray(planes, np.uint8)), part)
    return facts


def _swapped(video: Path) -> Report:
    return swap(video, CHO, ANA, video.with_name("output.mp4"), watermark=False)


@pytest.mark.parametrize("first", [b"mdat", b"wide", b"skip", b"free", b"pnot"])
def test_quicktime_files_without_a_type_are_taken(tmp_path: Path, first: bytes) -> None:
    video = tmp_path / "old.mov"
    write_video(video, PLAIN)
    without_type(video, first)
    assert _inspect(video).frames == 5


def test_the_default_picture_track_is_taken_and_the_other_one_named(tmp_path: Path) -> None:
    video = tmp_path / "two.mp4"
    with av.open(str(video), "w") as target:
        small, large = (
            picture_track(target, PLAIN),
            picture_track(target, LARGE),
        )
        small.disposition, large.disposition = Disposition(0), Disposition.default
        put_pictures(target, small, PLAIN)
        put_pictures(target, large, LARGE * 5)
    facts = _inspect(video)
    assert (facts.width, facts.height) == (300, 200)
    assert facts.notes == ("the picture track 1 (H.264, 128x96) was left out",)
    [*frames] = read_frames(video, facts)
    assert frames[0].shape == (200, 300)


def test_a_cover_is_no_picture_track(tmp_path: Path) -> None:
    song, film = tmp_path / "song.mp4", tmp_path / "film.mp4"
    for path in (song, film):
        with av.open(str(path), "w") as target:
            cover = picture_track(target, PLAIN, "mjpeg", "yuvj420p")
            cover.disposition = Disposition.attached_pic
            stream = picture_track(target, PLAIN) if path is film else None
            put_pictures(target, cover, PLAIN[:1])
            if stream:
                put_pictures(target, stream, PLAIN)
    with pytest.raises(UnreadableVideoError, match="no picture track"):
        _inspect(song)
    assert _inspect(film).frames == 5


def test_sound_of_an_unknown_kind_makes_room_for_the_next(tmp_path: Path) -> None:
    video, output = tmp_path / "video.mov", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        picture = picture_track(target, PLAIN)
        first, second = sound_track(target, "pcm_s16le"), sound_track(target, "aac")
        put_pictures(target, picture, PLAIN)
        put_beep(target, first)
        put_beep(target, second)
    video.write_bytes(video.read_bytes().replace(b"sowt", b"apac"))
    facts = _again(video, output)
    assert facts.notes == ("the sound track 1 (unknown) was left out",)
    assert beep_of(output) == pytest.approx(BEEP_AT, abs=0.03)


@pytest.mark.parametrize(
    ("codec", "kind", "rate"),
    [
        ("libmp3lame", "matroska", 48000),
        ("pcm_mulaw", "mov", 8000),
        ("pcm_s16le", "mov", 44100),
    ],
)
def test_sound_that_an_mp4_should_not_carry_becomes_aac_at_its_time(
    tmp_path: Path, codec: str, kind: str, rate: int
) -> None:
    video, output = tmp_path / "video", tmp_path / "output.mp4"
    with av.open(str(video), "w", format=kind) as target:
        picture = picture_track(target, PLAIN)
        sound = sound_track(target, codec, rate)
        put_pictures(target, picture, PLAIN)
        put_beep(target, sound)
    facts = _again(video, output)
    assert [note for note in facts.notes if "was made AAC" in note]
    with av.open(str(output)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
    assert beep_of(output) == pytest.approx(beep_of(video), abs=0.004)


_BY_BITS = struct.pack(">II", 0x10000, 0x63F)
_IN_AN_ORDER_OF_ITS_OWN = struct.pack(">II", 0x800008, 0)


@pytest.mark.parametrize("order", [_BY_BITS, _IN_AN_ORDER_OF_ITS_OWN], ids=["usual", "own"])
def test_sound_of_many_channels_becomes_stereo(tmp_path: Path, order: bytes) -> None:
    video, output = tmp_path / "video.mov", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        picture = picture_track(target, PLAIN)
        sound = target.add_stream("pcm_s16le", rate=48000, layout="7.1")
        put_pictures(target, picture, PLAIN)
        frame = AudioFrame(format="s16", layout="7.1", samples=4800)
        frame.sample_rate = 48000
        target.mux(sound.encode(frame))
    video.write_bytes(video.read_bytes().replace(_BY_BITS, order))
    _again(video, output)
    with av.open(str(output)) as container:
        assert container.streams.audio[0].channels == 2


def test_sound_that_cannot_be_decoded_is_left_out_and_told(tmp_path: Path) -> None:
    video, output = tmp_path / "video.mkv", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        picture = picture_track(target, PLAIN)
        sound = sound_track(target, "pcm_s16le")
        put_pictures(target, picture, PLAIN)
        put_beep(target, sound)
    told = b"A_PCM/INT/LIT"
    video.write_bytes(video.read_bytes().replace(told, b"A_VORBIS".ljust(len(told), b"\0")))
    assert _again(video, output).notes == ("the sound track 1 (Vorbis) was left out",)


def test_sound_in_fragments_that_say_every_second_time_stays_whole(tmp_path: Path) -> None:
    video, output = tmp_path / "video.mp4", tmp_path / "output.mp4"
    options = {"movflags": "frag_every_frame+empty_moov+default_base_moof"}
    with av.open(str(video), "w", options=options) as target:
        sound, picture = sound_track(target, "aac"), picture_track(target, PLAIN)
        put_beep(target, sound)
        put_pictures(target, picture, PLAIN)
    count = _say_every_second_time(video)
    _again(video, output)
    with av.open(str(output)) as container:
        times = [packet.dts for packet in container.demux(audio=0) if packet.size]
    assert times == [number * _AAC for number in range(count)]


def _say_every_second_time(video: Path) -> int:
    """Give each second fragment of the first track the time of the next; count them."""
    data = bytearray(video.read_bytes())
    headers = [match.start() for match in re.finditer(b"tfhd", data)]
    own = [at for at in headers if data[at + 11] == 1]
    for number, header in enumerate(own):
        at = data.index(b"tfdt", header)
        length = 8 if data[at + 4] else 4
        time = (number + number % 2) * _AAC
        data[at + 8 : at + 8 + length] = time.to_bytes(length, "big")
        data[header + 12 : header + 16] = _AAC.to_bytes(4, "big")
    video.write_bytes(data)
    return len(own)


def test_of_two_sound_tracks_it_is_said_which_one_went(tmp_path: Path) -> None:
    video = tmp_path / "two.mp4"
    with av.open(str(video), "w") as target:
        picture = picture_track(target, PLAIN)
        sounds = [sound_track(target, "aac") for _ in range(2)]
        put_pictures(target, picture, PLAIN)
        for sound in sounds:
            put_beep(target, sound)
    assert _inspect(video).notes == ("the sound track 2 (AAC) was left out",)


@pytest.mark.parametrize("codec", ["libsvtav1", "prores_ks"])
def test_av1_and_prores_are_taken(tmp_path: Path, codec: str) -> None:
    video = tmp_path / "video.mov" if codec == "prores_ks" else tmp_path / "video.mp4"
    form = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    with av.open(str(video), "w") as target:
        put_pictures(target, picture_track(target, PLAIN, codec, form), PLAIN)
    facts = _inspect(video)
    assert len(list(read_frames(video, facts))) == 5


def test_equal_times_are_moved_apart_by_the_smallest_unit(
    tmp_path: Path, images: list[Image]
) -> None:
    video = tmp_path / "equal.mkv"
    _with_times(video, images, [0, 0, 80, 80])
    assert _swapped(video).swapped_frames == 4
    assert [1000 * time for time in times_of(tmp_path / "output.mp4")] == [0, 1, 80, 81]


def _with_times(video: Path, images: Sequence[Image], times: Sequence[int]) -> None:
    """Encode at even times, then say others."""
    even = video.with_name("even.mkv")
    with av.open(str(even), "w", format="matroska") as target:
        put_pictures(target, picture_track(target, images), images)
    with av.open(str(even)) as source, av.open(str(video), "w", format="matroska") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        for packet, time in zip(packets, times, strict=True):
            packet.stream, packet.pts, packet.dts = copy, time, time
            target.mux_one(packet)
    even.unlink()


def test_the_last_frame_is_shown_as_long_as_it_was(tmp_path: Path) -> None:
    video, output = tmp_path / "screen.mp4", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        stream = picture_track(target, PLAIN)
        stream.codec_context.flags |= av.codec.context.Flags.frame_duration
        for number, image in enumerate(PLAIN):
            frame = VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number * 40, Fraction(1, 1000)
            frame.duration = 40 if number < 4 else 1840
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    _again(video, output)
    with av.open(str(output)) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_clip_of_one_or_two_frames_is_swapped(
    tmp_path: Path, images: list[Image], frames: int
) -> None:
    video = tmp_path / "short.mp4"
    write_video(video, images[:frames], crf=12)
    assert _swapped(video).swapped_frames == frames


def test_what_an_edit_list_leaves_out_stays_out(tmp_path: Path) -> None:
    video, output = tmp_path / "edited.mp4", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        stream = picture_track(target, PLAIN)
        stream.options = {"crf": "16", "preset": "ultrafast", "bf": "0", "g": "100"}
        put_pictures(target, stream, PLAIN * 4)
    _show_only(video, [(0, 200), (400, 400)])
    assert _again(video, output).frames == 15
    assert len(images_of(output)) == 15
    with av.open(str(output)) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(0.6, abs=0.01)


def _show_only(video: Path, parts: Sequence[tuple[int, int]]) -> None:
    """Replace the edit list of an MP4 by parts: from which millisecond on, and how many."""
    data = bytearray(video.read_bytes())
    mdhd = data.rindex(b"mdhd")
    media, movie = (
        int.from_bytes(data[at : at + 4], "big") for at in (mdhd + 16, data.rindex(b"mvhd") + 16)
    )
    entries = b"".join(
        struct.pack(">IiI", length * movie // 1000, start * media // 1000, 0x10000)
        for start, length in parts
    )
    elst = (
        struct.pack(">I", 16 + len(entries)) + b"elst" + struct.pack(">II", 0, len(parts)) + entries
    )
    edts = struct.pack(">I", 8 + len(elst)) + b"edts" + elst
    at = data.rindex(b"edts") - 4
    old = int.from_bytes(data[at : at + 4], "big")
    data[at : at + old] = edts
    for kind in (b"moov", b"trak"):
        place = data.rindex(kind) - 4
        length = int.from_bytes(data[place : place + 4], "big") + len(edts) - old
        data[place : place + 4] = struct.pack(">I", length)
    video.write_bytes(data)


def _clap(*values: int) -> bytes:
    return struct.pack(">I", 40) + b"clap" + struct.pack(">IIIIiIiI", *values)


def test_what_the_clean_aperture_leaves_out_stays_out(tmp_path: Path) -> None:
    video = tmp_path / "cropped.mov"
    image = np.zeros((96, 160, 3), np.uint8)
    image[10:90, 20:120] = 200
    with av.open(str(video), "w") as target:
        put_pictures(target, picture_track(target, [image]), [image] * 3)
    with_box_in_entry(video, _clap(100, 1, 80, 1, -20, 2, 4, 2))
    facts = _inspect(video)
    assert (facts.width, facts.height) == (100, 80)
    assert all(frame.luma.min() > 150 for frame in read_frames(video, facts))


def test_what_matroska_crops_stays_out(tmp_path: Path) -> None:
    video = tmp_path / "cropped.mkv"
    image = np.zeros((96, 160, 3), np.uint8)
    image[10:90, 20:120] = 200
    with av.open(str(video), "w", format="matroska") as target:
        put_pictures(target, picture_track(target, [image]), [image] * 3)
    _crop(video, {0x54CC: 20, 0x54BB: 10, 0x54DD: 40, 0x54AA: 6})
    facts = _inspect(video)
    assert (facts.width, facts.height) == (100, 80)
    assert all(frame.luma.min() > 150 for frame in read_frames(video, facts))


def _crop(video: Path, crops: dict[int, int]) -> None:
    """Put crops into the video settings of a Matroska file's track, before its width of 160."""
    data = bytearray(video.read_bytes())
    added = b"".join(struct.pack(">HBB", kind, 0x81, value) for kind, value in crops.items())
    width = data.index(b"\xb0\x81\xa0")
    tracks = data.rindex(b"\x16\x54\xae\x6b")
    track, settings = data.index(b"\xae\x01", tracks), width - 2
    data[width:width] = added
    for length in (settings + 1, track + 1, tracks + 4, data.index(b"\x18\x53\x80\x67") + 4):
        _lengthen(data, length, len(added))
    video.write_bytes(data)


def _lengthen(data: bytearray, at: int, by: int) -> None:
    """Add to an element's length, which is written in as many bytes as its first one says."""
    size = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + size], "big")
    if value != (1 << 7 * size + 1) - 1:
        data[at : at + size] = (value + by).to_bytes(size, "big")


def test_interlaced_frames_become_whole_ones(tmp_path: Path) -> None:
    video = tmp_path / "interlaced.mp4"
    combed = [np.zeros((96, 128, 3), np.uint8) for _ in range(6)]
    for number, image in enumerate(combed):
        image[0::2, 20 + 8 * number : 60 + 8 * number] = 200
        image[1::2, 24 + 8 * number : 64 + 8 * number] = 200
    with av.open(str(video), "w") as target:
        stream = picture_track(target, combed)
        flags = av.codec.context.Flags
        stream.codec_context.flags |= flags.interlaced_dct | flags.interlaced_me
        stream.options = {"crf": "10", "preset": "ultrafast", "x264-params": "tff=1"}
        put_pictures(target, stream, combed)
    with av.open(str(video)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    facts = _inspect(video)
    frames = list(read_frames(video, facts))
    assert len(frames) == 6
    assert "interlaced frames were deinterlaced" in facts.notes

    def combing(luma: Image) -> float:
        rows = luma.astype(float)
        return float(np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean())

    assert combing(frames[3].luma) < 0.4 * combing(combed[3][..., 0])


@pytest.mark.parametrize(
    ("form", "codec"), [("gbrp", "libx264rgb"), ("yuvj420p", "libx264"), ("yuvj444p", "mjpeg")]
)
def test_colours_are_what_their_tags_say(tmp_path: Path, form: str, codec: str) -> None:
    video, output = tmp_path / "video.mov", tmp_path / "output.mp4"
    image = np.zeros((96, 128, 3), np.uint8)
    image[:, :64], image[:, 64:] = (40, 60, 220), (200, 120, 30)
    form = "bgr24" if codec == "libx264rgb" else form
    with av.open(str(video), "w") as target:
        stream = picture_track(target, [image], codec, form)
        if codec == "libx264":
            stream.codec_context.color_range = 2
        put_pictures(target, stream, [image] * 3)
    facts, watch = probe(video), Stopwatch()
    with open_video(video) as container, open_writer(output, container, facts, watch) as writer:
        for part in read_parts(container, watch):
            if isinstance(part, VideoFrame):
                writer.frame(frame_of(part, facts), part)
    with av.open(str(output)) as container:
        written = next(container.decode(video=0))
        assert written.color_range != 2
        assert written.colorspace != 0
        shown = written.reformat(
            format="bgr24", src_colorspace=written.colorspace if written.colorspace != 2 else 5
        ).to_ndarray()
    for side in (slice(8, 56), slice(72, 120)):
        assert np.abs(shown[8:88, side].mean((0, 1)) - image[8:88, side].mean((0, 1))).max() < 8


def test_mastering_display_and_light_levels_are_kept(tmp_path: Path) -> None:
    video, output = tmp_path / "hdr.mp4", tmp_path / "output.mp4"
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    with av.open(str(video), "w") as target:
        stream = picture_track(target, PLAIN, "libx265", "yuv420p10le")
        stream.options = {
            "preset": "ultrafast",
            "x265-params": f"hdr10=1:master-display={display}:max-cll=1000,400:log-level=none",
        }
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc = 9, 9, 16
        put_pictures(target, stream, PLAIN)
    facts = _again(video, output)
    assert facts.mastering is not None
    assert facts.mastering.as_parameters() == [f"mastering-display={display}", "cll=1000,400"]
    assert _inspect(output).mastering == facts.mastering
    data = output.read_bytes()
    assert struct.pack(">4s8H2I", b"mdcv", *facts.mastering.display or ()) in data
    assert struct.pack(">4s2H", b"clli", 1000, 400) in data
    assert len(images_of(output)) == len(PLAIN)
    with av.open(str(output)) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (9, 9, 16)


def test_transparency_that_is_left_out_is_said(tmp_path: Path) -> None:
    video = tmp_path / "clear.webm"
    with av.open(str(video), "w", format="webm") as target:
        stream = picture_track(target, PLAIN, "libvpx-vp9", "yuva420p")
        stream.metadata["alpha_mode"] = "1"
        put_pictures(target, stream, PLAIN)
    assert "the transparency was left out" in _inspect(video).notes


def test_a_phone_that_runs_a_little_fast_is_taken(tmp_path: Path) -> None:
    video = tmp_path / "fast.mkv"
    _with_times(video, PLAIN * 6, [round(number * 1000 / 120.5) for number in range(30)])
    assert _inspect(video).frames == 30


def test_what_goes_wrong_in_writing_is_not_blamed_on_the_video(
    tmp_path: Path, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = tmp_path / "video.mp4"
    write_video(video, images)

    def fail(*_: object) -> None:
        raise av.error.ArgumentError(22, "Invalid argument")

    monkeypatch.setattr("local.provider.engine.writing.Writer._encode", fail)
    with pytest.raises(UnwritableVideoError):
        _swapped(video)
    assert list(tmp_path.iterdir()) == [video]

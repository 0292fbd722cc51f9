"""Names in the inbox, and which event of a manifest is the newer."""

from pathlib import Path

import pytest

from faceswap.rules.inbox import (
    LARGEST_MANIFEST,
    MOST_JOBS,
    Manifest,
    MediaPathError,
    forms,
    is_manifest,
    is_nothing,
    is_owner,
    media_key,
    ordered,
    oversize,
)
from faceswap.rules.media import Purpose, UploadLimits

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    ("key", "nothing"),
    [
        ("inbox/ann/clip.mp4", False),
        ("inbox/ann/a.job.json", False),
        ("inbox/ann/part", False),
        ("inbox/ann/folder/", True),
        ("inbox/ann/a.job.json.filepart", True),
        ("inbox/ann/clip.mp4.PART", True),
        ("inbox/ann/clip.tmp", True),
        ("inbox/ann/.clip.mp4", True),
        ("inbox/ann/.hidden/clip.mp4", False),
        ("inbox/ann/.job.json", True),
    ],
)
def test_what_is_nothing(key: str, nothing: bool) -> None:
    assert is_nothing(key) is nothing


@pytest.mark.parametrize(
    ("key", "manifest"),
    [
        ("inbox/ann/a.job.json", True),
        ("inbox/ann/x y/ü+.job.json", True),
        ("inbox/ann/a.JOB.json", False),
        ("inbox/ann/a.json", False),
        ("uploads/a.job.json", False),
    ],
)
def test_what_is_a_manifest(key: str, manifest: bool) -> None:
    assert is_manifest(key) is manifest


def test_the_answer_lies_beside_the_video() -> None:
    told = Manifest(key="inbox/ann/2026/Größe +1.job.json", sequencer="0A", etag="e")

    assert told.owner == "ann"
    assert told.answer_key == "outbox/ann/2026/Größe +1.result.json"
    assert told.video_key == "outbox/ann/2026/Größe +1.mp4"
    assert told.can_be_answered
    assert Manifest(key="inbox/a.job.json", sequencer="0A", etag="e").owner == ""


def test_a_key_that_leaves_no_room_for_an_answer_has_none() -> None:
    key = "inbox/ann/" + "x" * (1024 - len("inbox/ann/.job.json")) + ".job.json"

    assert not Manifest(key=key, sequencer="0A", etag="e").can_be_answered
    assert Manifest(key=key.replace("xxxx", "", 1), sequencer="0A", etag="e").can_be_answered


@pytest.mark.parametrize(
    ("owner", "right"),
    [("ann", True), ("X", True), ("h-abc", True), ("a.b_c-d", True), ("", False), (".", False), ("..", False),
     ("ann smith", False), ("ä", False), ("x" * 64, True), ("x" * 65, False), ("ann\n", False)],
)  # fmt: skip
def test_who_can_be_an_owner(owner: str, right: bool) -> None:
    assert is_owner(owner) is right


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("clip.mp4", "init_video"),
        ("a b/Größe+1.MOV", "init_video"),
        ("c.m4v", "init_video"),
        ("d.webm", "init_video"),
        ("face.jpg", "init_image"),
        ("face.JPEG", "reference_image"),
        ("face.png", "init_image"),
        ("face.webp", "reference_image"),
        ("..hidden/..face.png", "init_image"),
    ],
)
def test_a_path_below_the_owners_folder(path: str, purpose: Purpose) -> None:
    if path.startswith("..hidden"):
        with pytest.raises(MediaPathError):
            media_key("ann", path, purpose)
        return
    assert media_key("ann", path, purpose) == f"inbox/ann/{path}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../bob/clip.mp4", "without .."),
        ("a/../../bob/clip.mp4", "without .."),
        ("./clip.mp4", "without .."),
        ("/clip.mp4", "empty parts"),
        ("a//clip.mp4", "empty parts"),
        ("", "empty parts"),
        ("inbox/bob/clip.mp4", "already"),
        (".clip.mp4", "hidden"),
        ("clip.mp4.part", "still being sent"),
        ("other.job.json", "manifest"),
        ("clip.gif", "must end in one of mp4"),
        ("clip", "must end in one of mp4"),
        ("x" * 1020 + ".mp4", "1024 bytes"),
        ("ü" * 510 + ".mp4", "1024 bytes"),
    ],
)
def test_a_path_that_is_none(path: str, words: str) -> None:
    with pytest.raises(MediaPathError, match=words):
        media_key("ann", path, "init_video")


def test_a_name_has_two_forms_in_unicode() -> None:
    composed, decomposed = "inbox/ann/Gr\u00f6\u00dfe.mp4", "inbox/ann/Gro\u0308\u00dfe.mp4"

    assert forms("inbox/ann/clip.mp4").keys == ("inbox/ann/clip.mp4",)
    assert forms(composed).keys == (composed, decomposed)
    assert forms(decomposed).keys == (decomposed, composed)
    mixed = "inbox/ann/\u00f6o\u0308.mp4"
    assert forms(mixed).keys == (mixed, "inbox/ann/öö.mp4", "inbox/ann/o\u0308o\u0308.mp4")


def test_sequencers_are_compared_as_texts_of_the_same_length() -> None:
    given = ["0055AED6DCD90281E5", "0055aed6dcd90281e6", "0055AED6DCD90281E50", "01"]

    assert sorted(given, key=ordered) == [given[0], given[2], given[1], given[3]]
    assert ordered(given[0]) == ordered(given[2])


def test_a_sequencer_is_kept_in_the_same_way_for_ever() -> None:
    assert ordered("0a") == "0A" + "0" * 62


@pytest.mark.parametrize(
    ("purpose", "size", "words"),
    [
        ("init_video", 20, None),
        ("init_video", 21, "has 21 bytes, at most 20 are taken"),
        ("init_image", 10, None),
        ("reference_image", 11, "has 11 bytes, at most 10 are taken"),
    ],
)
def test_how_much_too_large_a_file_is_is_told(
    purpose: Purpose, size: int, words: str | None
) -> None:
    assert oversize(purpose, size, UploadLimits(video=20, image=10)) == words


def test_the_document_of_the_inbox_tells_its_limits() -> None:
    told = (DOCS / "integrations.md").read_text(encoding="utf-8")

    assert LARGEST_MANIFEST % 1024 == 0
    assert f"more than {LARGEST_MANIFEST // 1024} KiB" in told
    assert f"At most {MOST_JOBS:,} jobs name one file" in told

"""The media that are measured on."""

from pathlib import Path

_LOCAL = Path(__file__).resolve().parents[1]
CAST = _LOCAL / "demo" / "cast"

CLIPS = {360: CAST / "cast360.mp4", 720: _LOCAL / "bench" / "media" / "cast720.mp4"}
PEOPLE = {name: CAST / f"cast_{name}.png" for name in ("ana", "ben", "cho")}
IN_CLIP = ("ana", "ben")
PAIRS = [(source, target) for target in IN_CLIP for source in PEOPLE if source != target]
"""Who becomes whom: the source's face on the target."""

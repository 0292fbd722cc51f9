"""The main job with nothing canned: the engine's own work comes out of the public API."""

from pathlib import Path

from tests.support.clips import ANA, ANA_FACE, BEN_FACE, CHO, cut_clip, difference, images_of
from tests.support.world import World


def test_a_face_really_changes_in_a_video_that_went_through_the_api(
    world: World, tmp_path: Path
) -> None:
    world.behave(result="engine")
    clip, result = tmp_path / "clip.mp4", tmp_path / "result.mp4"
    cut_clip(clip, frames=12)
    sources = {
        "init_video": world.upload("init_video", clip.read_bytes()),
        "init_image": world.upload("init_image", CHO.read_bytes()),
        "reference_image": world.upload("reference_image", ANA.read_bytes()),
    }

    job = world.final(world.create(world.request(**sources))["job_id"])
    link = world.call("GET", f"/v1/jobs/{job['job_id']}/result").json()
    result.write_bytes(world.http.get(link["url"]).content)

    before, after = images_of(clip), images_of(result)
    assert len(after) == 12
    assert difference(before, after, ANA_FACE) > 2 * difference(before, after, BEN_FACE)
    assert world.at_provider(job["job_id"])["submits"] == 1

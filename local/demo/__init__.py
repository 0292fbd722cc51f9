"""The main job, done twice on real video as a client would do it: `python -m local.demo`."""

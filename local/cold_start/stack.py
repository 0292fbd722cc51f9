"""A local stack on which fresh interpreters answer, and nobody else hurries to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from local.cold_start.fresh_interpreter import Functions
from local.stack import down, up
from local.stack.parts import PROJECT

_CANNED = PROJECT / "local/demo/cast/cast360.mp4"
_PARAMETERS = {"FirstPollSeconds": "60", "ProviderConcurrency": "500"}
_BEHAVIOUR = {"result": "canned", "seconds": 0.1, "webhook": "withheld"}


@contextmanager
def prepared(work: Path) -> Iterator[Functions]:
    """The functions of a stack that lives in the folder `work` meanwhile; its jobs are started by nobody else."""
    try:
        stack = up(work, parameters=_PARAMETERS, chaos=True, canned=_CANNED, say=lambda _: None)
        told = httpx.put(
            f"{stack.provider_control_url}/behaviour", json=_BEHAVIOUR, trust_env=False
        )
        told.raise_for_status()
        functions = stack.client("lambda")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        yield Functions(stack)
    finally:
        down(work)

"""Which files of tests come first where processes share them: the longest, so that none is begun last."""

from pathlib import PurePath

LONGEST_FIRST = (
    "crashes/test_other_deaths.py",
    "soak/test_soak.py",
    "crashes/test_crashes.py",
    "e2e/test_callbacks.py",
    "permissions/test_permissions.py",
    "e2e/test_every_answer.py",
    "cost/test_cost.py",
    "faults/test_faults.py",
    "clients/test_typescript.py",
    "clients/test_schemathesis.py",
    "e2e/test_past_the_deadline.py",
    "clients/test_hostile.py",
    "clients/test_python_client.py",
    "clients/test_python_command.py",
    "template/test_deploying.py",
    "e2e/test_redeploy.py",
    "e2e/test_bus.py",
    "events/test_events.py",
    "e2e/test_draining.py",
    "cold_start/test_modules.py",
    "model/test_model.py",
)
"""By how long they take; all others take less, in whatever order."""


def place(file: PurePath) -> int:
    """The place of a file (below the folder of tests) among all."""
    name = file.as_posix()
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

"""Which files of tests come first where processes share them: the longest, so that none is begun last."""

from pathlib import PurePath

LONGEST_FIRST = (
    "crashes/test_other_deaths.py",
    "soak/test_soak.py",
    "crashes/test_crashes.py",
    "browser/test_page.py",
    "e2e/test_callbacks.py",
    "e2e/test_every_answer.py",
    "crashes/test_counters.py",
    "clients/test_typescript.py",
    "faults/test_faults.py",
    "e2e/test_quotas.py",
    "cost/test_cost.py",
    "permissions/test_permissions.py",
    "cold_start/test_modules.py",
    "clients/test_vendor_clients.py",
    "clients/test_schemathesis.py",
    "clients/test_generated_clients.py",
    "e2e/test_room.py",
    "e2e/test_vendor_variants.py",
    "engine/test_command.py",
    "events/test_events.py",
    "clients/test_hostile.py",
    "e2e/test_redeploy.py",
    "e2e/test_past_the_deadline.py",
    "e2e/test_bus.py",
    "e2e/test_draining.py",
    "emulator/test_stack.py",
    "template/test_deploying.py",
    "model/test_model.py",
)
"""By how long they take; all others take less, in whatever order."""


def place(file: PurePath) -> int:
    """The place of a file (below the folder of tests) among all."""
    name = file.as_posix()
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

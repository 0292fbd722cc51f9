"""Which files of tests come first where processes share them: the longest, so that none is begun last."""

from pathlib import PurePath

LONGEST_FIRST = (
    "browser/test_page.py",
    "soak/test_soak.py",
    "crashes/test_other_deaths.py",
    "crashes/test_crashes.py",
    "e2e/test_callbacks.py",
    "crashes/test_counters.py",
    "e2e/test_room.py",
    "clients/test_typescript.py",
    "model/test_model.py",
    "e2e/test_every_answer.py",
    "events/test_events.py",
    "faults/test_faults.py",
    "cost/test_cost.py",
    "clients/test_python_client.py",
    "permissions/test_permissions.py",
    "clients/test_python_command.py",
    "clients/test_hostile.py",
    "e2e/test_smoke.py",
    "cold_start/test_modules.py",
    "e2e/test_inbox.py",
    "e2e/test_vendor_variants.py",
    "e2e/test_lifecycle.py",
    "clients/test_schemathesis.py",
    "integration/test_memory.py",
    "browser/test_client.py",
    "clients/test_generated_clients.py",
    "clients/test_front_end.py",
    "integration/test_scale.py",
    "e2e/test_quotas.py",
    "e2e/test_draining.py",
    "engine/test_foreign.py",
    "e2e/test_redeploy.py",
    "emulator/test_stack.py",
    "template/test_deploying.py",
)
"""By how long they take; all others take less, in whatever order."""


def place(file: PurePath) -> int:
    """The place of a file (below the folder of tests) among all."""
    name = file.as_posix()
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

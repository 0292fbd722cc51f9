"""The environment of the stack's own Python processes: what a user's settings must not disturb is left out."""

import os

# Each of these changes what `python -m local.…` finds; the AWS settings are for other clients than ours.
_LEFT_OUT = {"PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONIOENCODING"}
_AWS = "AWS_"


def own_environment(**more: str) -> dict[str, str]:
    """This process's environment without them; text is UTF-8 whatever the locale says."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _LEFT_OUT and not name.startswith(_AWS)
    }
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | more

"""What the functions have logged."""

from tests.support.world import World


def logged(world: World) -> str:
    """All that the functions have logged so far."""
    logs = world.aws("logs")
    groups = logs.describe_log_groups()["logGroups"]
    pages = [
        page
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
    ]
    return "\n".join(event["message"] for page in pages for event in page["events"])

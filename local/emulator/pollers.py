"""Runs the template's pipes and its mappings of queues beside the emulator, in one process.

`python -m local.emulator.pollers CONFIGURATION.json` prints `ready` and runs until it is ended.
"""

import argparse
import json
import threading
from functools import partial
from pathlib import Path

from local.emulator.aws import client
from local.emulator.pipe import Pipe, forward_for_ever
from local.emulator.queue_mappings import QueueMapping
from local.emulator.references import Json


def run(configuration: Json) -> None:
    """Run all that a configuration names for ever: the pipes one after the other, the mappings at once."""
    make = partial(client, endpoint_url=configuration["endpoint_url"])
    streams, events = make("dynamodbstreams"), make("events")
    pipes = [Pipe(name, each, streams, events) for name, each in configuration["pipes"].items()]
    for pipe in pipes:
        pipe.open()
    mappings = [QueueMapping(name, each, make) for name, each in configuration["mappings"].items()]
    threads = [
        threading.Thread(target=mapping.poll_for_ever, daemon=True)
        for mapping in mappings
        for _ in range(mapping.at_once)
    ]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    if pipes:
        forward_for_ever(pipes)
    for thread in threads:
        thread.join()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="local.emulator.pollers", description=__doc__)
    parser.add_argument("configuration", type=Path)
    run(json.loads(parser.parse_args().configuration.read_text()))


if __name__ == "__main__":
    main()

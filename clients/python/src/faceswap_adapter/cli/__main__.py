"""`faceswap`, also as `python -m faceswap_adapter.cli`: exit codes, and errors in one line."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError

try:
    from faceswap_adapter.cli import callbacks, jobs, swap
    from faceswap_adapter.cli.settings import UsageError
    from faceswap_adapter.cli.shown import error_document, print_json
except ModuleNotFoundError as missing:  # rich or standardwebhooks
    sys.exit(f"faceswap: {missing.name} is missing: pip install 'faceswap-adapter-client[cli]'")

from faceswap_adapter.errors import (
    FaceswapError,
    JobCancelledError,
    JobFailedError,
    NetworkError,
)

REFUSED, USAGE, FAILED, CANCELLED, NETWORK, INTERRUPTED = 1, 2, 3, 4, 5, 130
_CODES = f"""exit codes: 0 done; {REFUSED} refused, or the system could not; {USAGE} called wrongly;
{FAILED} the job failed; {CANCELLED} the job was cancelled; {NETWORK} no network; {INTERRUPTED} Ctrl-C"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    try:
        given = _parser().parse_args(arguments)
        as_json = given.json
        code: int = given.run(given)
    except UsageError as error:
        return _ended(as_json, error, USAGE)
    except ValidationError as error:
        first = error.errors()[0]
        return _ended(as_json, UsageError(f"{first['loc'][0]}: {first['msg']}"), USAGE)
    except JobFailedError as error:
        return _ended(as_json, error, FAILED)
    except JobCancelledError as error:
        return _ended(as_json, error, CANCELLED)
    except NetworkError as error:
        return _ended(as_json, error, NETWORK)
    except (FaceswapError, OSError) as error:
        return _ended(as_json, error, REFUSED)
    except KeyboardInterrupt:
        return _ended(as_json, UsageError("stopped"), INTERRUPTED)
    return code


def _ended(as_json: bool, error: Exception, code: int) -> int:
    if as_json:
        print_json({"error": error_document(error)})
    sys.stderr.write(f"faceswap: {error}\n")
    return code


class _Parser(argparse.ArgumentParser):
    """Ends as everything else does that is called wrongly; how it is called stands before."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        self.print_usage(sys.stderr)
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="faceswap",
        description="Face swaps in videos, by the adapter's API.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="swap | jobs | callbacks")
    for name, module, words in (
        ("swap", swap, "put a face into a video"),
        ("jobs", jobs, "list your jobs"),
        ("callbacks", callbacks, "verify what came to your server"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=module.run)
        module.add(command)
    return parser


def command() -> NoReturn:
    """What the console script runs."""
    sys.exit(main())


if __name__ == "__main__":
    command()

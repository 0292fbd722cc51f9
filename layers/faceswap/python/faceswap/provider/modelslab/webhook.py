"""Reading ModelsLab's webhooks."""

from datetime import datetime

from faceswap.egress.codings import CodingError, decode
from faceswap.provider.modelslab.interpret import interpret
from faceswap.provider.modelslab.parsing import parse_any
from faceswap.rules.errors import MalformedError, TooLargeError
from faceswap.rules.reply import Reply

MAX_BODY_BYTES = 64 * 1024


def read_webhook(body: bytes, content_encoding: str | None, now: datetime) -> Reply:
    """What a webhook's body means, read as leniently as an answer (provider contract §3, §8).

    Raises:
        TooLargeError: over 64 KiB.
        MalformedError: not JSON.
    """
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError(f"A webhook has at most {MAX_BODY_BYTES} bytes.")
    try:
        body = decode(body, content_encoding, MAX_BODY_BYTES)
        parse_any(body)
    except CodingError:
        raise MalformedError("A webhook's body cannot be unpacked.") from None
    except ValueError:
        raise MalformedError("A webhook's body must be JSON.") from None
    return interpret(200, {}, body, asked="webhook", now=now)

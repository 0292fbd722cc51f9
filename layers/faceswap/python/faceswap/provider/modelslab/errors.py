"""The provider's error texts, sorted into classes (provider contract §4, §8)."""

import re
from typing import Literal

from faceswap.rules.reply import Remedy

ErrorClass = Literal[
    "credentials", "billing", "rate", "plan", "moved", "input", "not_found", "transient", "unknown"
]
"""`moved`: the provider answers from another address (§8.35)."""

REMEDIES: dict[ErrorClass, Remedy] = {
    "credentials": "replace_key",
    "billing": "fix_account",
    "plan": "fix_account",
    "moved": "update_address",
    "rate": "retry",
    "transient": "retry",
    "input": "reject_input",
}
"""What helps against each class; nothing is known to help against the others."""
REDIRECTS = {301, 302, 303, 307, 308}
"""Statuses that send the client to another address."""
_PATTERNS: dict[ErrorClass, str] = {
    "credentials": r"(invalid|missing|required|revoked|expired).{0,20}api.?key"
    r"|api.?key.{0,20}(invalid|required|not valid)|invalid.credentials",
    "billing": r"(insufficient|not enough|exhausted|depleted|out of).{0,20}(credit|balance|fund|wallet)"
    r"|add (more )?credits|recharge|monthly limit exceeded",
    "rate": r"rate.?limit|too many requests|queued requests|try again in \d+|spam filter",
    "plan": r"requires a .{0,30}(subscription|plan)|feature not available|upgrade",
    "input": r"field is required|must be|invalid .*url|unable to (fetch|download|access)|unsupported"
    r"|no face|face not|shows (?:\d+|several|multiple|more than one) faces|does not appear in"
    r"|(?:video|clip|image|picture|photo)\b.{0,30}(?:can(?:not| ?not|'t) be used|is (?:too|longer|larger|damaged))",
    "not_found": r"request not found",
    "transient": r"internal server error|temporarily unavailable|gateway|timed? ?out",
}
"""In the order in which they are tried; kept as texts, since most runs never meet an error."""
_ABOUT_INPUT = (
    r"unable to (fetch|download|access)|\b(init_(video|image)|reference_image)\b|\bfor url\b"
)
# Words about one input: what its server says there of credit or rates is not said of our account.
_ABOUT_ADDRESS = r"\burls?\b|\blinks?\b|fetch|download|access|connect|resolv|reachable|\bhost\b"
# What a client meets on the way to an address and behind it: nobody shall learn that of other networks through us.
_MET_THERE = (
    r"errno|\beconn|enotfound|ehostun|etimedout|getaddrinfo|name or service|no route"
    r"|host unreachable|network unreachable|connection (?:refused|reset)"
    r"|\bssl\b|\btls\b|certificate|handshake|\bserver:|text/html|<title"
    r"|\bhttp(?:/[\d.]+)? [1-5]\d\d\b|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
)
_URL = re.compile(r"\bhttps?:\S+", re.IGNORECASE)
WITHHELD = "(words about an address, which are not repeated here)"
UNREADABLE_ADDRESS = "The provider could not read an input from its address."
"""Our own words for what is said about an input's address: the provider's would tell what is behind it."""
_STATUSES: dict[int, ErrorClass] = {
    401: "credentials",
    402: "billing",
    403: "plan",
    408: "transient",
    425: "transient",
    429: "rate",
}


def without_findings(kind: ErrorClass, text: str) -> str:
    """The words of an error, or ours if they tell what the provider met at an input's address."""
    if kind in {"credentials", "billing", "plan", "rate"}:
        return text
    if re.search(_MET_THERE, text, re.IGNORECASE):
        return UNREADABLE_ADDRESS
    is_telling = kind == "input" and re.search(_ABOUT_ADDRESS, text, re.IGNORECASE)
    return UNREADABLE_ADDRESS if is_telling else text


def withheld(words: str) -> str | None:
    """What is shown of an answer that nobody understood, if its words tell what lies behind an address."""
    return WITHHELD if re.search(_MET_THERE, words, re.IGNORECASE) else None


def error_class(http_status: int, text: str, *, about_fields: bool) -> ErrorClass:
    """The class of an error: by its HTTP status where that tells, else by its words.

    `about_fields`: the message was an object of field names, which only input errors are (§8.4).
    """
    if http_status >= 500:
        return "transient"
    if http_status in REDIRECTS:
        return "moved"
    if http_status in _STATUSES:
        return _STATUSES[http_status]
    text = _URL.sub(" ", text)  # a client's own address must not decide
    if re.search(_ABOUT_INPUT, text, re.IGNORECASE):
        return "input"
    for name, pattern in _PATTERNS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return "input" if about_fields else "unknown"

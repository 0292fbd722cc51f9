"""The page on which somebody signs in: a button for each owner of the demo, no password. For one machine only."""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 24rem; padding: 15vh 1.25rem 2rem }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem }
p { margin: 0 0 1.5rem }
button { display: block; width: 100%; box-sizing: border-box; margin: 0 0 .75rem; padding: .75rem 1rem;
  font: inherit; text-align: left; color: inherit; background: transparent;
  border: 1px solid color-mix(in srgb, currentColor 45%, transparent); border-radius: .5rem; cursor: pointer }
button:hover { border-color: currentColor }
button:focus-visible { outline: 3px solid #4c7dff; outline-offset: 2px }
"""


def page(fields: Mapping[str, str], owners: Sequence[str]) -> str:
    """The form; `fields` are sent along."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    buttons = "".join(
        f'<button name="owner" value="{escape(owner)}">Sign in as <strong>{escape(owner)}</strong></button>'
        for owner in owners
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/form.css"><main><h1>Sign in</h1>'
        "<p>This issuer is for this machine only. It asks for no password.</p>"
        f'<form method="post" action="/authorize">{hidden}{buttons}</form></main></html>'
    )


def headers(redirect_uri: str) -> dict[str, str]:
    """What goes with it: nothing but the form works, and nobody may frame it."""
    parts = urlsplit(redirect_uri)
    # A browser holds the redirect that answers the form to this, too.
    sent_to = f"'self' {parts.scheme}://{parts.netloc}"
    policy = (
        f"default-src 'none'; style-src 'self'; form-action {sent_to}; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
    return {"content-security-policy": policy, "cache-control": "no-store"}

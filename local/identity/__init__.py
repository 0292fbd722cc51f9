"""An OIDC issuer for one machine: publishes one RSA key, signs tokens, and lets pages sign in (code with PKCE)."""

from local.identity.tokens import mint

__all__ = ["mint"]

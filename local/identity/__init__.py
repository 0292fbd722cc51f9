"""An OIDC issuer for one machine: publishes one RSA key and signs tokens with it."""

from local.identity.tokens import mint

__all__ = ["mint"]

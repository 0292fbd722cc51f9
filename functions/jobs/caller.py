"""Who calls, by the token that the gateway has verified."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from faceswap.rules.consent import LONGEST_TOKEN_ID
from faceswap.rules.errors import UnknownCallerError
from faceswap.rules.owner import NoSubjectError, caller_in, owner_of
from faceswap.usecases.create_job import Caller


def caller_of(router: APIGatewayHttpRouter) -> Caller:
    """The caller of the current request.

    Raises:
        UnknownCallerError: the token names nobody.
    """
    authorizer = router.current_event.request_context.authorizer
    claims = (authorizer.jwt_claim if authorizer else None) or {}
    try:
        owner = owner_of(claims)
    except NoSubjectError as error:
        raise UnknownCallerError("The token has neither sub nor client_id.") from error
    return Caller(
        owner=owner,
        subject=caller_in(claims),
        token_id=_short(claims.get("jti")),
        auth_time=_short(claims.get("auth_time")),
    )


def _short(claim: object) -> str | None:
    """A claim as text; none that is longer than is kept."""
    text = "" if claim is None else str(claim)
    return text if 0 < len(text) <= LONGEST_TOKEN_ID else None

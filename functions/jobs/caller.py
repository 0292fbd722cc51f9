"""Who calls, by the token that the gateway has verified."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from faceswap.rules.errors import UnknownCallerError
from faceswap.rules.owner import NoSubjectError, owner_of
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
    return Caller(owner=owner, subject=claims.get("sub") or claims["client_id"])

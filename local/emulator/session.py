"""Sessions of boto3 that know nothing of this machine's AWS configuration: no profile, file or variable."""

import os

import boto3
import botocore.session

REGION = "us-east-1"

_NOWHERE = (None, None, os.devnull, None)
_OF_NOTHING = {
    **{
        name: (in_file, None, otherwise, convert)
        for name, (
            in_file,
            _,
            otherwise,
            convert,
        ) in botocore.session.Session.SESSION_VARIABLES.items()
    },
    "config_file": _NOWHERE,
    "credentials_file": _NOWHERE,
}


def own_session(region: str, key: str | None = None) -> boto3.session.Session:
    """A session in a region; a `key` is both id and secret of the credentials."""
    return boto3.session.Session(
        aws_access_key_id=key,
        aws_secret_access_key=key,
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=_OF_NOTHING),
    )

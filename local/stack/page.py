"""The page of a stack: whether there is one to serve, and what it is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.references import Json
from local.web.headers import RESOURCE, page_headers

_ORIGINS = "AllowedOrigins"
_LIMITS = {
    "max_video_bytes": "MaxVideoBytes",
    "max_image_bytes": "MaxImageBytes",
    "max_video_seconds": "MaxVideoSeconds",
}


def is_served(template: Json, folder: Path) -> bool:
    """Whether the page is built, and the template has one."""
    return RESOURCE in template["Resources"] and (folder / "index.html").exists()


def with_origin(values: Mapping[str, str], origin: str) -> dict[str, str]:
    """The parameters, with the page among those that may call the API."""
    origins = values.get(_ORIGINS, "").split(",")
    return {**values, _ORIGINS: ",".join([*filter(None, origins), origin])}


def configuration(
    template: Json, values: Mapping[str, str], *, api: str, media: str, issuer: str, client_id: str
) -> dict[str, Any]:
    """What `local.web` is told: the headers of each file, and what config.json holds."""
    prefix = values.get("JwtScopePrefix", "")
    declared = template["Parameters"]
    limits = {
        name: int(values.get(parameter, declared[parameter]["Default"]))
        for name, parameter in _LIMITS.items()
    }
    addresses = {"Api": api, "Media": media, "Issuer": f"{issuer}/"}
    return {
        "headers": page_headers(template, addresses),
        "config": {
            "api": api,
            "issuer": issuer,
            "client_id": client_id,
            "scope": f"openid {prefix}jobs.read {prefix}jobs.write",
            "limits": limits,
        },
    }

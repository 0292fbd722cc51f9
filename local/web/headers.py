"""The headers of the page, read from the template, so that there is one place that names them."""

import re
from collections.abc import Mapping

from local.emulator.references import Json

RESOURCE = "WebHeaders"
_NAME = re.compile(r"\$\{(\w+)\}")


def page_headers(template: Json, addresses: Mapping[str, str]) -> dict[str, str]:
    """What CloudFront would send with each file, for these addresses (`Api`, `Media`, `Issuer`).

    Without HSTS, which would be for https.
    """
    policy = template["Resources"][RESOURCE]["Properties"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    text, _ = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    custom = {each["Header"]: each["Value"] for each in policy["CustomHeadersConfig"]["Items"]}
    return {
        "Content-Security-Policy": _NAME.sub(lambda name: addresses[name[1]], text),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **custom,
    }

"""`python -m local.openapi FILE`: writes the published contract, made from the code."""

import json
import sys
from pathlib import Path

import document_routes  # noqa: F401
from jobs_http import app
from openapi_document import openapi

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(openapi(app), indent=2) + "\n")

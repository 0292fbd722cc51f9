"""The published contract is what the code makes."""

import json
from pathlib import Path

import document_routes  # noqa: F401 - a route that belongs to the document
from jobs_http import app
from openapi_document import openapi

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


def test_the_committed_contract_is_the_one_that_the_code_makes() -> None:
    assert openapi(app) == json.loads(COMMITTED.read_text()), "run `make openapi`"

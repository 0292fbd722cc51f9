"""The page's server: its files, its configuration, and the headers that the template gives it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.emulator.transform import load
from local.stack import page
from local.web.server import Page

ROOT = Path(__file__).resolve().parents[2]
API = "http://127.0.0.1:1/api"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[httpx.Client]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>page</title>")
    (tmp_path / "assets" / "a.js").write_text("0")
    template = load(ROOT / "template.yaml")
    told = page.configuration(
        template,
        {"MaxVideoSeconds": "30"},
        api=API,
        media="http://127.0.0.1:1",
        issuer="http://127.0.0.1:2",
        client_id="app",
    )
    with Page(0, tmp_path, told) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            yield client
        server.shutdown()
        thread.join()


def test_each_file_comes_with_the_templates_headers(served: httpx.Client) -> None:
    for path in ("/", "/?code=1&state=2", "/assets/a.js", "/config.json", "/nothing"):
        headers = served.get(path).headers
        policy = headers["content-security-policy"]
        assert f"connect-src 'self' {API}/ http://127.0.0.1:1/ http://127.0.0.1:2/;" in policy
        assert "default-src 'none';" in policy
        assert "${" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert "page" in served.get("/?code=1&state=2").text
    assert served.get("/assets/a.js").headers["content-type"] == "text/javascript"


def test_nothing_but_its_files_is_shown(served: httpx.Client) -> None:
    assert served.get("/assets/").status_code == 404
    assert served.get("/../identity.pem").status_code == 404


def test_its_configuration_says_where_it_is_and_what_it_may_send(served: httpx.Client) -> None:
    assert served.get("/config.json").json() == {
        "api": API,
        "issuer": "http://127.0.0.1:2",
        "client_id": "app",
        "scope": "openid jobs.read jobs.write",
        "limits": {
            "max_video_bytes": 104857600,
            "max_image_bytes": 20971520,
            "max_video_seconds": 30,
        },
    }


def test_its_origin_is_added_to_those_that_are_admitted() -> None:
    given = {"AllowedOrigins": "http://127.0.0.1"}

    added = page.with_origin(given, "http://127.0.0.1:5")

    assert added["AllowedOrigins"] == "http://127.0.0.1,http://127.0.0.1:5"


def test_a_page_that_is_not_built_is_not_served(tmp_path: Path) -> None:
    template = load(ROOT / "template.yaml")

    assert not page.is_served(template, tmp_path)
    (tmp_path / "index.html").touch()
    assert page.is_served(template, tmp_path)
    assert not page.is_served({"Resources": {}}, tmp_path)

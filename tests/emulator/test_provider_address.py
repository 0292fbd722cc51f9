"""PROVIDER_BASE_URL: what is no address is refused before anything is started, by the template too."""

import re
from pathlib import Path

import pytest

from local.emulator.transform import load
from local.stack import StackError, up
from local.stack.provider_address import checked
from tests.support.sampled import SAMPLE

PARAMETER = load(Path(__file__).resolve().parents[2] / "template.yaml")["Parameters"][
    "ProviderBaseUrl"
]
GOOD = [
    "https://modelslab.com/api/v6",
    "https://provider.example:8443/a/b",
    "https://provider.example",
    "http://127.0.0.1:8100",
    "http://127.0.0.1:8100/api/v6",
    "http://localhost:8100",
    "http://[::1]:8100",
    "https://provider.example/api v6".replace(" ", "%20"),
]
BAD = [
    "modelslab.com/api/v6",
    "//modelslab.com",
    "127.0.0.1:8100",
    "ftp://modelslab.com",
    "HTTP://127.0.0.1:8100",
    "Https://modelslab.com",
    "https://models lab.com",
    " https://modelslab.com",
    "https://modelslab.com ",
    "https://modelslab.com/api v6",
    "https://models\tlab.com",
    " ",
    "https://",
    "https:///api/v6",
    "http://:8100",
    "https://modelslab.com:port",
    "https://modelslab.com?x=1",
    "https://modelslab.com/api#v6",
    "https://möbel.example",
    "https://key@modelslab.com",
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_is_taken(address: str) -> None:
    assert checked(address) == address
    assert checked(address + "/") == address
    assert re.fullmatch(PARAMETER["AllowedPattern"], address)


@pytest.mark.parametrize("address", BAD)
def test_what_is_none_is_refused_with_how_one_is_written(address: str) -> None:
    with pytest.raises(StackError, match=r"PROVIDER_BASE_URL.*https://modelslab\.com") as refused:
        checked(address)

    assert "\n" not in str(refused.value)
    assert not re.fullmatch(PARAMETER["AllowedPattern"], address)


def test_a_port_out_of_range_is_refused() -> None:
    for port in ("0", "70000"):
        with pytest.raises(StackError, match="port"):
            checked(f"http://127.0.0.1:{port}")


def test_the_default_is_allowed() -> None:
    assert re.fullmatch(PARAMETER["AllowedPattern"], PARAMETER["Default"])


def test_nothing_is_started_for_a_wrong_address(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="capital letters in its scheme"):
        up(tmp_path, template=SAMPLE, provider_base_url="HTTP://127.0.0.1:9")

    assert not (tmp_path / "processes.json").exists()

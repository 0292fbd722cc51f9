"""The signed statement in the file (C2PA) that its pictures are partly made by a machine.

The signer's certificate is a development one, made when it is needed and never written down: it
proves that the file is unchanged since, not who made it.
"""

import json
from pathlib import Path
from typing import NamedTuple

import c2pa  # type: ignore[import-untyped]

from local.provider.engine.certificates import development_chain

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
_FORMAT = "video/mp4"
_MANIFEST = {
    "claim_generator_info": [{"name": "faceswap-adapter local engine", "version": "0.1.0"}],
    "title": "Face swap",
    "format": _FORMAT,
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": SOURCE_TYPE,
                        "description": "A person's face was replaced.",
                    }
                ]
            },
        }
    ],
}


class Statement(NamedTuple):
    """What a file's manifest says, and whether it still fits the file."""

    state: str
    """`Valid`, or `Invalid` if the file was changed; `Trusted` needs another certificate."""
    codes: frozenset[str]
    """What the checks found, such as `assertion.bmffHash.mismatch`."""
    source_types: frozenset[str]


def sign(unsigned: Path, signed: Path) -> None:
    """Copy an MP4 and put a signed manifest into the copy."""
    chain = development_chain()
    info = c2pa.C2paSignerInfo(
        alg=b"es256", sign_cert=chain.certificates, private_key=chain.key, ta_url=None
    )
    with (
        c2pa.Signer.from_info(info) as signer,
        c2pa.Builder(json.dumps(_MANIFEST)) as builder,
        unsigned.open("rb") as source,
        signed.open("w+b") as target,
    ):
        builder.sign(signer, _FORMAT, source, target)


def read_statement(path: Path) -> Statement:
    """Read and check the manifest of an MP4. Raises c2pa.C2paError if there is none."""
    with path.open("rb") as file, c2pa.Reader(_FORMAT, file) as reader:
        told = json.loads(reader.json())
    manifest = told["manifests"][told["active_manifest"]]
    actions = [
        action
        for assertion in manifest["assertions"]
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"]["actions"]
    ]
    return Statement(
        told["validation_state"],
        frozenset(status["code"] for status in told.get("validation_status", [])),
        frozenset(action["digitalSourceType"] for action in actions),
    )

"""Keys: shown once, kept as a hash, found with one read, revoked at once; a wrong one is told nothing."""

import secrets
from datetime import datetime

import pytest

from faceswap.contract.keys import KeyRequest, NewKey
from faceswap.rules.errors import ConflictError, NotFoundError
from faceswap.rules.keys import (
    WrongKeyError,
    hash_of,
    is_key_id,
    is_secret,
    key_id_of,
    new_secret,
)
from faceswap.usecases.create_job import Caller
from faceswap.usecases.create_key import CreateKey
from faceswap.usecases.find_key import FindKey
from faceswap.usecases.list_keys import ListKeys
from faceswap.usecases.revoke_key import RevokeKey
from tests.fakes import FakeKeys
from tests.support.samples import SECRET, START, a_key
from tests.support.world import CONSENT

ME = Caller(owner="me", subject="auth0|me")
REQUEST = KeyRequest.model_validate(
    {"name": "shop", "consent": CONSENT | {"terms": "v3", "subject": "Ann"}}
)


def clock() -> datetime:
    return START


def make(keys: FakeKeys, caller: Caller = ME) -> NewKey:
    create = CreateKey(keys=keys, clock=clock, new_bytes=lambda: secrets.token_bytes(32))
    return create.run(REQUEST, caller)


def test_a_key_is_kept_as_a_hash_with_its_consent() -> None:
    keys = FakeKeys()

    made = make(keys)

    [kept] = keys.now.values()
    assert kept.hash == hash_of(made.key)
    assert made.key.removeprefix("fsk_") not in kept.model_dump_json()
    assert (kept.owner, kept.caller) == ("me", "auth0|me")
    assert (kept.statement, kept.terms, kept.created_at) == (CONSENT["statement"], "v3", START)
    assert kept.subject == "Ann"
    assert ListKeys(keys=keys).run("me").model_dump(mode="json") == {
        "items": [made.model_dump(mode="json", exclude={"key"})]
    }


def test_a_key_is_found_by_one_read_and_no_other_is() -> None:
    keys = FakeKeys()
    made, find = make(keys), FindKey(keys=keys)

    assert find.run(made.key).key_id == made.key_id
    assert keys.reads == 1
    with pytest.raises(WrongKeyError):
        find.run(new_secret(secrets.token_bytes(32)))
    assert keys.reads == 2


@pytest.mark.parametrize(
    "nonsense", [None, 5, True, "", "fsk_", "fsk_" + "a" * 42, "x" * 47, ["a"], SECRET + "\n", " " + SECRET]
)  # fmt: skip
def test_what_cannot_be_a_key_is_not_even_looked_for(nonsense: object) -> None:
    keys = FakeKeys()
    keys.create(a_key())

    with pytest.raises(WrongKeyError):
        FindKey(keys=keys).run(nonsense)
    assert keys.reads == 0


def test_a_key_whose_id_fits_and_whose_hash_does_not_is_no_key() -> None:
    keys = FakeKeys()
    keys.create(a_key(hash=hash_of(SECRET)[:32] + "0" * 32))

    with pytest.raises(WrongKeyError):
        FindKey(keys=keys).run(SECRET)


def test_a_key_is_revoked_at_once_by_its_owner_alone() -> None:
    keys = FakeKeys()
    made = make(keys)

    for key_id, owner in ((made.key_id, "other"), ("key_" + "a" * 26, "me"), ("nonsense", "me")):
        with pytest.raises(NotFoundError):
            RevokeKey(keys=keys).run(key_id, owner)
    assert FindKey(keys=keys).run(made.key).owner == "me"
    RevokeKey(keys=keys).run(made.key_id, "me")

    with pytest.raises(WrongKeyError):
        FindKey(keys=keys).run(made.key)
    with pytest.raises(NotFoundError):
        RevokeKey(keys=keys).run(made.key_id, "me")


def test_an_owner_has_100_keys_and_no_more() -> None:
    keys = FakeKeys()
    for _ in range(100):
        made = make(keys)

    with pytest.raises(ConflictError, match="You have 100 keys"):
        make(keys)
    make(keys, Caller(owner="other", subject="other"))
    RevokeKey(keys=keys).run(made.key_id, "me")
    make(keys)


def test_secrets_have_256_bits_and_ids_tell_nothing_of_them() -> None:
    secret = new_secret(b"\xff" * 32)

    assert secret == "fsk_" + "_" * 42 + "8"
    assert is_secret(secret)
    assert is_key_id(key_id_of(hash_of(secret)))
    assert not is_key_id("key_" + "A" * 26)

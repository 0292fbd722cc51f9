"""What use cases rely on of keys."""

from datetime import timedelta

from faceswap.rules.keys import new_secret
from tests.support.samples import START, a_job, a_key
from tests.support.stores import Stores

KEYS = [
    a_key(new_secret(bytes([number]) * 32), created_at=START + timedelta(seconds=number))
    for number in range(3)
]


def test_a_key_is_found_as_it_was_stored(stores: Stores) -> None:
    key = a_key(terms="v3", subject="ann")

    stores.keys.create(key)
    stores.keys.create(key)

    assert stores.keys.get(key.key_id) == key
    assert stores.keys.get(KEYS[0].key_id) is None


def test_an_owners_keys_are_listed_newest_first_beside_his_jobs(stores: Stores) -> None:
    for key in KEYS:
        stores.keys.create(key)
    others = a_key(owner="other")
    stores.keys.create(others)
    stores.jobs.create(a_job())

    assert stores.keys.of("me") == KEYS[::-1]
    assert stores.keys.of("other") == [others]
    assert stores.keys.of("keys#me") == []
    assert [job.owner for job in stores.job_lists.page("me", 10, None).jobs] == ["me"]


def test_a_key_is_revoked_once_and_by_its_owner_alone(stores: Stores) -> None:
    key = a_key()
    stores.keys.create(key)

    assert stores.keys.revoke(key.key_id, "other") is False
    assert stores.keys.get(key.key_id) == key
    assert stores.keys.revoke(key.key_id, "me") is True
    assert stores.keys.get(key.key_id) is None
    assert stores.keys.of("me") == []
    assert stores.keys.revoke(key.key_id, "me") is False

"""Many that want a slot of the same table at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from faceswap.rules.queue import Waiting, tag_of
from faceswap.store.admission import AdmissionStore
from faceswap.store.queue import QueueStore
from tests.support.samples import START
from tests.support.tables_of_jobs import new_table
from tests.support.world import World

UNTIL = START + timedelta(hours=1)


def test_of_many_at_once_as_many_get_in_as_there_are_slots(world: World) -> None:
    table = new_table(world, f"admission-{secrets.token_hex(4)}")
    admission = AdmissionStore(world.aws("dynamodb"), table, 2)
    with ThreadPoolExecutor(8) as threads:
        took = list(threads.map(lambda n: admission.take(f"job_{n}", START, UNTIL), range(8)))

    assert sum(took) == len(admission.state().leases) == 2


def test_one_slot_is_handed_to_one_of_many(world: World) -> None:
    table = new_table(world, f"admission-{secrets.token_hex(4)}")
    admission = AdmissionStore(world.aws("dynamodb"), table, 1)
    admission.take("leaves", START, UNTIL)
    state = admission.state()

    def hand_over(number: int) -> bool:
        to = Waiting(tag_of(number, START), f"job_{number}")
        return admission.hand_over(to, state, START, UNTIL, leaving="leaves")

    with ThreadPoolExecutor(8) as threads:
        handed = list(threads.map(hand_over, range(8)))

    assert sum(handed) == len(admission.state().leases) == 1


def test_no_number_is_given_twice(world: World) -> None:
    table = new_table(world, f"admission-{secrets.token_hex(4)}")
    queue = QueueStore(world.aws("dynamodb"), table)
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda _: queue.number("me", 5, START), range(24)))

    assert sorted(numbers) == list(range(5, 29))


def test_an_item_of_an_earlier_version_is_taken_as_it_is(world: World) -> None:
    table = new_table(world, f"admission-{secrets.token_hex(4)}")
    dynamodb = world.aws("dynamodb")
    lease = {"S": "2999-01-01T00:00:00.000Z"}
    leases = {"leases": {"M": {"job_old": lease}}, "pace": {"M": {"3": {"N": "7"}}}}
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "slots"}} | leases)
    admission = AdmissionStore(dynamodb, table, 2)

    assert admission.take("a", START, UNTIL) is True
    assert admission.take("b", START, UNTIL) is False
    assert admission.give_back("job_old", 5) == "given back"
    assert list(admission.state().durations.values()) == [5.0]

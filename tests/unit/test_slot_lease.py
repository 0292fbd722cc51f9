"""How long a job that is sent holds its slot at the provider, should nobody give it back."""

from datetime import timedelta

from tests.support.faked_use_cases import FakedUseCases
from tests.support.wired_use_cases import DEADLINES

# The last poll of a job at its deadline may still find it there.
MARGIN = timedelta(minutes=15)


def test_a_slot_is_held_until_well_after_the_deadline_of_its_job(use_cases: FakedUseCases) -> None:
    job = use_cases.job()

    use_cases.submit(job)

    until = use_cases.clock.now + timedelta(seconds=DEADLINES.job) + MARGIN
    assert use_cases.admission.until[job.job_id] == until


def test_a_slot_that_was_handed_over_is_held_as_long_once_it_is_taken_up(
    use_cases: FakedUseCases,
) -> None:
    use_cases.admission.size = 1
    first, second = use_cases.job(), use_cases.job()
    use_cases.submit(first)
    use_cases.submit(second)
    use_cases.release_slot.run(first)
    until = use_cases.clock.now + timedelta(seconds=DEADLINES.job) + MARGIN
    assert use_cases.admission.until[second.job_id] == until
    use_cases.clock.forward(50)

    use_cases.submit(second)

    assert use_cases.admission.until[second.job_id] == until + timedelta(seconds=50)

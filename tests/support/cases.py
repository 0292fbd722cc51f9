"""Jobs that each meet one misbehaviour of the provider in the running stack, and how they end."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.support.messages import FUTURE, ID, PROXY, RESULT, TRACK, Row
from tests.support.until import until
from tests.support.world import CONSENT, FINAL, VIDEO, World

AT_ONCE = 8
SEVERAL = 2
# Between two looks at a job; all who wait for theirs look at one emulator.
_PAUSE = 0.25


@dataclass(frozen=True)
class Outcome:
    """How a job ended, and what it cost; `fetches` counts to two (several), `stored` are bytes in the bucket."""

    status: str
    error: str | None
    submits: int
    fetches: int
    stored: int


@dataclass(frozen=True)
class Case:
    """A script for one job, and how that job must end."""

    name: str
    script: dict[str, Any]
    outcome: Outcome
    behaviour: dict[str, str] = field(default_factory=dict)


DONE = Outcome("succeeded", None, 1, 1, len(VIDEO))
DONE_LATER = Outcome("succeeded", None, 1, SEVERAL, len(VIDEO))
DONE_WITHOUT_FETCH = Outcome("succeeded", None, 1, 0, len(VIDEO))
WAITING = Outcome("queued", None, 0, 0, 0)
WITHHELD = {"webhook": "withheld"}


def failed(error: str, submits: int = 0, fetches: int = 0) -> Outcome:
    """The outcome of a job that failed so."""
    return Outcome("failed", error, submits, fetches, 0)


def expected(row: Row) -> Outcome:
    """What a row of the contract means for a whole job to which the provider says the truth besides."""
    kind = row.meaning.outcome
    if row.asked == "webhook":
        return DONE
    if row.asked == "fetch":
        told = {"succeeded": DONE, "failed": failed(_error(row, "provider-failed"), 1, 1)}
        return told.get(kind, DONE_LATER)
    error = _error(row, "provider-rejected")
    outcomes = {"succeeded": DONE_WITHOUT_FETCH, "failed": failed(error), "not_started": WAITING}
    return outcomes.get(kind, DONE)


def _error(row: Row, otherwise: str) -> str:
    return "input-invalid" if row.meaning.remedy == "reject_input" else otherwise


def is_taken(row: Row) -> bool:
    """Whether the provider that answers so to a submit has the job all the same."""
    return row.meaning.outcome in {"accepted", "succeeded", "ambiguous"}


def posts(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The script of a job with these webhooks."""
    return {"webhook": {"posts": messages, **more}}


def of_row(row: Row) -> Case:
    """What a row of the contract means for a whole job."""
    body = {"body": _text(row), "charset": _charset(row)}
    says = {"status": row.status, "headers": row.headers, **body}
    if row.asked == "webhook":
        return Case(row.name, posts(body), expected(row))
    if row.asked == "fetch":
        return Case(row.name, {"fetch": says | {"times": 1}}, expected(row), WITHHELD)
    return Case(row.name, {"submit": says | {"taken": is_taken(row)}}, expected(row))


def _text(row: Row) -> str:
    """The row's body with this stack's ids and addresses; predicted places stay as they are."""
    text = row.content.decode(_charset(row))
    kept = {place: f"kept-{number}" for number, place in enumerate(FUTURE)}
    for place, mark in kept.items():
        text = text.replace(place, mark)
    text = text.replace(RESULT, "$URL").replace(PROXY, "$URL")
    text = text.replace("https://pub-x.r2.dev//generations/x.mp4", "$URL").replace("ab-1", "$ID")
    text = text.replace(f"{ID}.0", "$ID").replace(str(ID), "$ID")
    text = text.replace(f"{TRACK}.0", "$TRACK").replace(str(TRACK), "$TRACK")
    for place, mark in kept.items():
        text = text.replace(mark, place)
    return text


def _charset(row: Row) -> str:
    """How the row's bytes can be told as text."""
    try:
        row.content.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def kinds_of(row: Row) -> set[tuple[object, ...]]:
    """What a row is one of."""
    meaning = row.meaning
    return {(row.asked, meaning.outcome, meaning.remedy), (row.asked, row.status)}


def play(world: World, cases: Sequence[Case], at_once: int = AT_ONCE) -> dict[str, Outcome]:
    """The outcome of each case, some jobs at once; those that need another behaviour one after the other.

    So does each that the provider does not take, as that holds back all others.
    """
    found: dict[str, Outcome] = {}
    for group in groups_of(cases):
        prepare(world, group, at_once)
        with ThreadPoolExecutor(at_once) as threads:
            outcomes = threads.map(
                lambda number: outcome_of(world, made(world, number)), range(len(group))
            )
            found |= {case.name: outcome for case, outcome in zip(group, outcomes, strict=True)}
    world.reset_provider()
    return found


def groups_of(cases: Sequence[Case]) -> list[list[Case]]:
    """Those that can be played at once: with the same behaviour, and none that the provider does not take."""
    groups: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda each: each.outcome == WAITING):
        alone = case.name if case.outcome == WAITING else ""
        groups.setdefault(alone + str(case.behaviour), []).append(case)
    return list(groups.values())


def prepare(world: World, group: Sequence[Case], at_once: int = AT_ONCE) -> None:
    """Tell the provider what to answer to the jobs of a group."""
    world.reset_provider()
    world.behave(result="canned", seconds=0.0, room=at_once, **group[0].behaviour)
    world.teach({f"case-{number}-": case.script for number, case in enumerate(group)})


def media_of(number: int) -> dict[str, str]:
    """The media of a job whose provider keeps to the script of this number in its group."""
    url = f"https://media.example.com/case-{number}-clip.mp4"
    return {"init_video": url, "init_image": url, "reference_image": url}


def made(world: World, number: int) -> str:
    """The id of a new job whose provider keeps to the script of this number."""
    job_id: str = world.create(media_of(number) | {"consent": CONSENT})["job_id"]
    return job_id


def rest(world: World, job_id: str) -> None:
    """Wait until the job is over, or waits for the provider to take it."""
    until(lambda: world.item(job_id), holds=_rests, seconds=180, every=_PAUSE)


def outcome_of(world: World, job_id: str) -> Outcome:
    """The job's outcome, once it is over or waits for the provider to take it; then it is cancelled."""
    rest(world, job_id)
    job = world.job(job_id)
    told = world.at_provider(job_id)
    stored = sum(size for _, size in world.results(job_id))
    if job["status"] not in FINAL:
        world.call("POST", f"/v1/jobs/{job_id}/cancel")
    error = job["error"]["type"].rpartition("/")[2] if job["error"] else None
    fetches = min(SEVERAL, told.get("fetches", 0))
    return Outcome(job["status"], error, told.get("submits", 0), fetches, stored)


def confused(cases: Iterable[Case], outcomes: dict[str, Outcome]) -> list[tuple[str, str]]:
    """The pairs of cases with different expectations where one was met by the other's outcome."""
    cases = list(cases)
    return [
        (one.name, other.name)
        for one in cases
        for other in cases
        if one.outcome != other.outcome and outcomes[one.name] == other.outcome
    ]


def _rests(item: dict[str, Any] | None) -> bool:
    status = (item or {"status": {"S": ""}})["status"]["S"]
    return status in FINAL or (status == "queued" and "refused_at" in (item or {}))

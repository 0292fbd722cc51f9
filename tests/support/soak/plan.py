"""What a soak runs: how many jobs of whom, what the provider does to them, and which ends that explains."""

from dataclasses import dataclass

from faceswap.rules.ids import track_id
from local.provider.chaos import Chaos
from local.provider.jobs import Customer

OWNERS = tuple(f"soak-{letter}" for letter in "abcde")
GREEDY = OWNERS[:2]
"""They ask for more jobs than they may make."""

SHARE = {
    "submit_reset_before": 0.01,
    "submit_reset_after": 0.03,
    "submit_hangs": 0.01,
    "submit_endless": 0.02,
    "submit_cut": 0.02,
    "submit_html": 0.03,
    "submit_empty": 0.02,
    "submit_wrong_types": 0.05,
    # A refusal holds back everybody for a while.
    "submit_refused_rate": 0.01,
    "submit_refused_rate_200": 0.01,
    "submit_rejected_200": 0.02,
    "submit_input_invalid": 0.02,
    "submit_bom": 0.02,
    "submit_half_emoji": 0.02,
    "submit_not_utf8": 0.02,
    "submit_nan": 0.02,
    "submit_tiny_eta": 0.03,
    "submit_many_links": 0.03,
    "submit_gzip": 0.02,
    "submit_moved": 0.03,
    "submit_found": 0.02,
    "fetch_bom": 0.02,
    "fetch_half_emoji": 0.02,
    "fetch_not_utf8": 0.02,
    "fetch_raw_breaks": 0.01,
    "fetch_nan": 0.02,
    "fetch_tiny_time": 0.04,
    "fetch_deflate": 0.02,
    "fetch_output_object": 0.02,
    "fetch_output_text": 0.02,
    "fetch_odd_link": 0.02,
    "fetch_other_status": 0.02,
    "fetch_notice": 0.02,
    "fetch_in_list": 0.01,
    "fetch_in_data": 0.01,
    "fetch_moved": 0.02,
    "fetch_found": 0.01,
    "fetch_500": 0.05,
    "fetch_html": 0.04,
    "fetch_empty": 0.03,
    "fetch_endless": 0.02,
    "fetch_hangs": 0.01,
    "fetch_reset": 0.04,
    "fetch_cut": 0.03,
    "fetch_not_found": 0.03,
    "fetch_other_id": 0.04,
    "fetch_rate_200": 0.03,
    "fetch_wrong_types": 0.05,
    "fetch_failed": 0.02,
    "file_gzip": 0.05,
    "file_aws_chunked": 0.05,
    "file_odd_coding": 0.05,
    "file_elsewhere": 0.05,
    "file_404_first": 0.08,
    "file_cut": 0.05,
    "file_html": 0.03,
    "file_empty": 0.03,
    "file_endless": 0.01,
    "file_hangs": 0.01,
    "file_reset": 0.03,
    "file_redirect": 0.05,
    "file_leads_away": 0.03,
    "webhook_lost": 0.12,
    "webhook_late": 0.08,
    "webhook_early": 0.08,
    "webhook_twice": 0.08,
    "webhook_reordered": 0.05,
    "webhook_forged": 0.03,
    "webhook_lies_result": 0.04,
    "webhook_lies_failure": 0.04,
    "webhook_other_job": 0.04,
    "webhook_bom": 0.02,
    "webhook_tiny_time": 0.03,
    "webhook_half_emoji": 0.02,
    "webhook_not_utf8": 0.02,
    "webhook_many_links": 0.02,
    "webhook_html": 0.02,
    "webhook_too_long": 0.02,
}
"""Every misbehaviour that there is, and which share of the jobs meets it."""

_LOST_ANSWERS = {
    "submit_reset_before",
    "submit_reset_after",
    "submit_hangs",
    "submit_endless",
    "submit_cut",
    "submit_html",
    "submit_empty",
    "submit_found",
}
_EXPLAINED_BY: dict[str, set[str]] = {
    "provider-rejected": {"submit_rejected_200"},
    "input-invalid": {"submit_input_invalid"},
    # At the deadline a message of failure counts, even one that lied.
    "provider-failed": {"fetch_failed", "webhook_lies_failure"},
}
_AT_THE_DEADLINE = {"provider-timeout", "result-unusable"}
_LONG_ENOUGH = 60
_HANGING_SUBMITS = {"submit_hangs", "submit_endless"}
_SUBMIT_SECONDS = 110
"""How long a submit waits for its answer. The job's deadline counts from before that."""


@dataclass(frozen=True)
class Plan:
    """One soak. Times are in seconds; `limit` is how long all jobs together may take.

    `ways` is how many ways of misbehaving the receivers of callbacks have.
    """

    jobs: int
    at_once: int
    seed: int
    first_poll: int
    longest_poll: int
    job_deadline: int
    hang: float
    limit: float
    ways: int

    @property
    def parameters(self) -> dict[str, str]:
        """The stack's template parameters."""
        return {
            "FirstPollSeconds": str(self.first_poll),
            "MaxPollSeconds": str(self.longest_poll),
            "JobDeadlineSeconds": str(self.job_deadline),
            "ProviderConcurrency": str(self.at_once),
            "CallbackRetrySeconds": "1,2",
            # All that is counted is counted; only the first limit is ever met.
            "OwnerJobsPerDay": str(self.share),
            "OwnerOpenJobs": str(self.jobs),
            "OwnerUploadBytesPerDay": "1000000000",
            "PricePerJob": "0.16",
            "DailyBudget": str(self.jobs),
        }

    @property
    def share(self) -> int:
        """How many jobs an owner may make: as many as the plan has of him."""
        return -(-self.jobs // len(OWNERS))

    @property
    def chaos(self) -> Chaos:
        """What the provider does."""
        return Chaos(seed=self.seed, share=SHARE, hang_seconds=self.hang)

    def key(self, number: int) -> str:
        """The idempotency key of a job; the same in each run, and with it the job's id and what it meets."""
        return f"soak-{self.seed}-{number}"

    def explains(self, job_id: str, error: str | None) -> bool:
        """Whether what is done to a job may end it so; a good end needs no explanation.

        `submission-unknown` may also come from a function that AWS failed so often that it died between its
        write of `submitting` and its record of the answer. Less than a minute to the deadline explains by itself
        that a job passed it: each failing call costs seconds.
        """
        if error is None or error == "submission-unknown":
            return True
        met = self._met(job_id)
        waited = min(self.hang, _SUBMIT_SECONDS) if met & _HANGING_SUBMITS else 0
        if error in _AT_THE_DEADLINE and self.job_deadline - waited < _LONG_ENOUGH:
            return True
        return bool(met & _EXPLAINED_BY.get(error, set()))

    def lost_its_answer(self, job_id: str) -> bool:
        """Whether the provider kept the answer to a job's submit to itself."""
        return bool(self._met(job_id) & _LOST_ANSWERS)

    def met(self, job_id: str) -> str:
        """The misbehaviours that a job meets, in words."""
        return ", ".join(sorted(self._met(job_id))) or "none"

    def _met(self, job_id: str) -> set[str]:
        customer = Customer("", track_id(job_id), 0)
        drawn = (
            self.chaos.drawn(part, customer) for part in ("submit", "fetch", "file", "webhook")
        )
        return {each for each in drawn if each}


def owner_of(number: int) -> str:
    """Whose a job is."""
    return OWNERS[number % len(OWNERS)]


def has_upload(number: int) -> bool:
    """Whether a job's video is an upload; all other media are addresses."""
    return number % 10 == 0


# What hangs hangs longer than the functions wait: 110 s for a submit, 30 s for all else.
WHOLE = Plan(
    jobs=500,
    at_once=50,
    seed=1,
    first_poll=3,
    longest_poll=10,
    job_deadline=120,
    hang=600,
    limit=3600,
    ways=10,
)
PART = Plan(
    jobs=30,
    at_once=15,
    seed=1,
    first_poll=2,
    longest_poll=4,
    job_deadline=14,
    hang=3,
    limit=1200,
    ways=8,
)

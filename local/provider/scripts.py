"""Who is told what in the place of the truth: word for word for chosen jobs, by order or by chance for the others.

A script belongs to the jobs whose `init_video` holds its name. In what is said, `$ID`, `$TRACK` and `$URL` stand
for the job's id, its track id and where its result really lies, `$OTHER_ID` and `$OTHER_URL` for those of the
job before it, `$ELSEWHERE` for where it lies, too, by another name of this machine, `$LINKS` for 60 KB of links.
"""

from collections import Counter

from local.provider.canned_answers import Answered, CannedAnswer, Part, Posts, Script, Scripts
from local.provider.chaos import Chaos
from local.provider.jobs import Customer, Job


class AnswerScripts:
    """Knows what is said to whom, and how often it was said."""

    def __init__(self) -> None:
        self._scripts = Scripts({})
        self._chaos = Chaos()
        self._lines: Counter[tuple[str, Part]] = Counter()
        self.said: Counter[str] = Counter()

    @property
    def chaos(self) -> Chaos:
        """What happens by chance or by order."""
        return self._chaos

    def learn(self, scripts: Scripts) -> None:
        """Take these scripts in the place of all others."""
        self._scripts = scripts
        self._lines.clear()

    def let_loose(self, chaos: Chaos) -> None:
        """Let this happen from now on; what happened so far is not counted any more."""
        self._chaos = chaos
        self._lines.clear()
        self.said.clear()

    def line(self, part: Answered, customer: Customer) -> CannedAnswer | None:
        """What is to be said to a job in this part, if anything; counts as said."""
        own = self._own(customer)
        if own is not None:
            name, script = own
            return self._next(name, part, getattr(script, part))
        drawn = self._chaos.drawn(part, customer)
        line = self._next(f"order {customer.order}", part, self._chaos.says(drawn))
        if line is not None and drawn is not None:
            self.said[drawn] += 1
        return line

    def posts(self, customer: Customer) -> Posts | None:
        """The webhooks of a job, if not the usual one."""
        own = self._own(customer)
        if own is not None:
            return own[1].webhook
        return self._chaos.posts(self._chaos.drawn("webhook", customer))

    def note_posted(self, customer: Customer) -> None:
        """Count what happens to a job's webhooks by chance."""
        drawn = None if self._own(customer) else self._chaos.drawn("webhook", customer)
        if drawn is not None:
            self.said[drawn] += 1

    def _own(self, customer: Customer) -> tuple[str, Script] | None:
        scripts = self._scripts.root.items()
        return next((pair for pair in scripts if pair[0] in customer.init_video), None)

    def _next(self, name: str, part: Part, says: CannedAnswer | None) -> CannedAnswer | None:
        if says is None:
            return None
        self._lines[name, part] += 1
        return says if says.times is None or self._lines[name, part] <= says.times else None


def spoken(body: str, job: Job | None) -> str:
    """A body with the job's own words; as it is, where there is no job."""
    if job is None:
        return body
    other = str(job.id - 1)
    words = {
        "$ID": str(job.id),
        "$TRACK": str(job.submit.track_id),
        "$URL": job.output_url,
        "$OTHER_ID": other,
        "$OTHER_URL": job.output_url.replace(str(job.id), other),
        "$ELSEWHERE": job.output_url.replace("//127.0.0.1", "//127.1"),
        "$LINKS": ", ".join(f'"{job.output_url}?{"x" * 200}{number}"' for number in range(250)),
    }
    for name, value in words.items():
        body = body.replace(name, value)
    return body

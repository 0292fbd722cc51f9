"""One job by what openapi-python-client makes of the contract: `python generated_client.py FOLDER SERVER TOKEN`.

The test makes `generated`, below FOLDER.
"""

import json
import sys
import time

folder, server, token, *sources = sys.argv[1:]
sys.path.insert(0, folder)

from generated.api.jobs import create_job, get_job, get_result  # type: ignore[import-not-found]  # noqa: E402
from generated.client import AuthenticatedClient  # type: ignore[import-not-found]  # noqa: E402
from generated.models import (  # type: ignore[import-not-found]  # noqa: E402
    ConsentStatement,
    JobRequest,
    OpenJob,
    SucceededJob,
)

client = AuthenticatedClient(base_url=server, token=token, raise_on_unexpected_status=True)
consent = ConsentStatement(attested=True, statement="The people shown agreed.")
wanted = JobRequest(*sources, consent=consent)
job = create_job.sync(client=client, body=wanted, idempotency_key="generated")
while isinstance(job, OpenJob):
    time.sleep(0.25)
    job = get_job.sync(job.job_id, client=client)
assert isinstance(job, SucceededJob), job
link = get_result.sync(job.job_id, client=client)
sys.stdout.write(json.dumps({"job_id": job.job_id, "link": job.result.link, "size": link.size}))

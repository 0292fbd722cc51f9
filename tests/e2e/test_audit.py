"""The audit on the whole stack: what is done leaves as lines, and where they are kept nobody changes them.

The emulator hands nothing from a rule on to Firehose: here the test does that, with the rule's own role.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from faceswap.rules.consent import sha256
from local.stack.bring_up import STACK_NAME
from tests.support.assumed_role import assumed
from tests.support.bus import Listener
from tests.support.inbox import Inbox
from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

PARAMETERS = {
    "AuditLog": "true",
    "AuditRetentionDays": "30",
    "FirstPollSeconds": "1",
    "MaxPollSeconds": "2",
}
MEDIA = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")
BODY = MEDIA | {"consent": CONSENT}
STATEMENT = sha256(str(CONSENT["statement"]))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack of its own, as the audit is off unless it is asked for."""
    with own_stack(tmp_path_factory.mktemp("audited"), PARAMETERS) as world:
        world.behave(result="canned", seconds=0.1)
        yield world


class Audit:
    """The lines on the bus, and where the template keeps them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listener = Listener(world)
        resources = world.aws("cloudformation").describe_stack_resources(StackName=STACK_NAME)
        self.names: dict[str, str] = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in resources["StackResources"]
        }
        self.bucket = self.names["AuditBucket"]

    def line(self, **fields: str) -> dict[str, Any]:
        """The one line that says this, however often it comes."""
        found = until(lambda: self._listener.details("Audit Line", **fields))
        assert len({each["line_id"] for each in found}) == 1, found
        return found[0]

    def role(self, logical_id: str) -> Callable[[str], Any]:
        """Clients of AWS with a role's rights; here it is trusted with them, whosesoever it is."""
        iam, name = self._world.aws("iam"), self.names[logical_id]
        trust = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        return assumed(self._world, iam.get_role(RoleName=name)["Role"]["Arn"])

    def hand_on(self) -> list[str]:
        """Put each line into the stream as the rule would; the text of each."""
        events, bus = self._world.aws("events"), self._world.stack.bus_name
        name = self.names["AuditOut"].rpartition("|")[2]
        rule = events.describe_rule(Name=name, EventBusName=bus)
        [target] = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
        assert json.loads(rule["EventPattern"]) == {
            "source": ["faceswap"],
            "detail-type": ["Audit Line"],
        }
        assert (target["InputPath"], rule["State"]) == ("$.detail", "ENABLED")
        stream = target["Arn"].rpartition("/")[2]
        firehose = self.role("AuditRuleRole")("firehose")
        told = [
            json.dumps(event["detail"])
            for event in self._listener.listen()
            if (event["source"], event["detail-type"]) == ("faceswap", "Audit Line")
        ]
        for text in told:
            firehose.put_record(DeliveryStreamName=stream, Record={"Data": text.encode()})
        return told

    def kept(self) -> dict[tuple[str, str], str]:
        """All versions of all objects in the bucket, as its administrator reads them."""
        s3 = self._world.aws("s3")
        listed = s3.list_object_versions(Bucket=self.bucket).get("Versions", [])
        return {
            (each["Key"], each["VersionId"]): s3.get_object(
                Bucket=self.bucket, Key=each["Key"], VersionId=each["VersionId"]
            )["Body"]
            .read()
            .decode()
            for each in listed
        }


@pytest.fixture(scope="module")
def audit(audited: World) -> Audit:
    return Audit(audited)


def denied(call: Callable[[], object]) -> bool:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_a_job_by_http_leaves_a_line_of_its_creation_its_receipt_its_end_and_its_erasure(
    audited: World, audit: Audit
) -> None:
    job = audited.create(BODY)
    ended = audited.final(job["job_id"])
    assert audited.call("DELETE", f"/v1/jobs/{job['job_id']}").status_code == 204

    made = audit.line(job_id=job["job_id"], kind="job.created")
    assert (made["owner"], made["door"], made["statement_sha256"]) == ("demo", "http", STATEMENT)
    assert made["at"] == job["created_at"]
    receipt = audit.line(job_id=job["job_id"], kind="consent.receipt")["receipt"]
    assert receipt["inputs"].keys() == TYPES.keys()
    end = audit.line(job_id=job["job_id"], kind="job.ended")
    assert (end["status"], end["at"]) == ("succeeded", ended["updated_at"])
    assert end["receipt"]["result_sha256"]
    erased = audit.line(job_id=job["job_id"], kind="job.erased")
    assert (erased["owner"], erased["line_id"]) == ("demo", f"{job['job_id']}.erased")


def test_every_other_door_is_named_and_so_are_keys(audited: World, audit: Audit) -> None:
    key = audited.make_key()
    by_key = audited.vendor("specific_video_swap", key["key"], **MEDIA)["meta"]["file_prefix"]
    assert audit.line(job_id=by_key, kind="job.created")["door"] == "vendor"
    made = audit.line(key_id=key["key_id"], kind="key.created")
    assert (made["owner"], made["statement_sha256"]) == ("demo", STATEMENT)
    assert key["key"] not in json.dumps(made)
    assert audited.call("DELETE", f"/v1/keys/{key['key_id']}").status_code == 204
    assert audit.line(key_id=key["key_id"], kind="key.revoked")["at"] >= made["at"][:19]

    owner = f"by-event-{uuid4().hex[:8]}"
    Listener(audited).request({"owner": owner, "idempotency_key": uuid4().hex} | BODY)
    assert audit.line(owner=owner, kind="job.created")["door"] == "bus"

    inbox = Inbox(audited, owner=f"by-file-{uuid4().hex[:8]}")
    inbox.put_media()
    inbox.write(inbox.request())
    assert audit.line(owner=inbox.owner, kind="job.created")["door"] == "inbox"


def test_lines_arrive_where_nobody_changes_them_and_no_function_reads_them(
    audited: World, audit: Audit
) -> None:
    audited.final(audited.create(BODY)["job_id"])
    until(lambda: audit._listener.details("Audit Line", kind="job.ended"))

    told = audit.hand_on()

    kept = until(audit.kept, holds=lambda found: len(found) == len(told))
    assert sorted(kept.values()) == sorted(told)
    (key, version), text = next(iter(kept.items()))
    admin = audited.aws("s3")
    assert denied(lambda: admin.delete_object(Bucket=audit.bucket, Key=key, VersionId=version))
    admin.put_object(Bucket=audit.bucket, Key=key, Body=b"another story")
    assert audit.kept()[key, version] == text

    for role in ("JobsFunctionRole", "ResultsFunctionRole"):
        _is_kept_out(audit, audit.role(role), key)


def _is_kept_out(audit: Audit, client: Callable[[str], Any], key: str) -> None:
    s3, place = client("s3"), {"Bucket": audit.bucket, "Key": key}
    assert denied(lambda: s3.get_object(**place))
    assert denied(lambda: s3.put_object(**place, Body=b"x"))
    assert denied(lambda: s3.delete_object(**place))
    assert denied(lambda: s3.list_objects_v2(Bucket=audit.bucket))
    stream, line = audit.names["AuditDelivery"], {"Data": b"x"}
    firehose = client("firehose")
    assert denied(lambda: firehose.put_record(DeliveryStreamName=stream, Record=line))

"""`python -m tests.support.collect_large URL ENDPOINT BUCKET`: archives one result; prints its size and our RSS.

A process of its own, so that nothing but the archive's work is measured.
"""

import re
import sys
from pathlib import Path

import boto3

from faceswap.egress.download import HttpResultReader
from faceswap.store.media import S3_CONFIG, MediaStore
from faceswap.usecases.archive_result import ArchiveResult
from tests.support.samples import a_job


def largest_memory() -> int:
    """The most memory that this process has had, in bytes.

    Not by getrusage: over an exec that keeps the figure of whoever started us.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    url, endpoint, bucket = sys.argv[1:]
    s3 = boto3.client(
        "s3",
        config=S3_CONFIG,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    archive_result = ArchiveResult(
        media=MediaStore(s3, bucket),
        reader=HttpResultReader(allow_loopback=True, max_bytes=2**30),
        attempt=lambda: "large",
    )
    result = archive_result.run(a_job(), (url,), lambda: 300.0)
    print(result.size, largest_memory())

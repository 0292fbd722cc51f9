"""`python -m tests.support.collect_large URL ENDPOINT BUCKET`: archives one result; prints its size and our RSS.

A process of its own, so that nothing but the archive's work is measured.
"""

import resource
import sys

import boto3

from faceswap.provider.download import ResultReader
from faceswap.store.media import S3_CONFIG, MediaStore
from faceswap.usecases.archive_result import ResultArchive
from tests.unit.samples import a_job

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
    archive = ResultArchive(
        bucket=MediaStore(s3, bucket),
        reader=ResultReader(allow_loopback=True, largest=2**30, seconds=300),
        attempt=lambda: "large",
    )
    result = archive.store(a_job(), (url,))
    print(result.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)

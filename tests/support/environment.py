"""The environment of the jobs function, as the template sets it."""

ENVIRONMENT = {
    "JOBS_TABLE": "t",
    "MEDIA_BUCKET": "b",
    "PROVIDER_BASE_URL": "https://p.example",
    "PROVIDER_KEY_SECRET_ARN": "a",
    "WEBHOOK_SECRET_ARN": "a",
    "STATE_MACHINE_ARN": "a",
    "PROVIDER_CONCURRENCY": "5",
    "ALLOW_LOOPBACK_URLS": "false",
    "FIRST_POLL_SECONDS": "15",
    "MAX_POLL_SECONDS": "600",
    "JOB_DEADLINE_SECONDS": "60",
    "SUBMITTING_ENABLED": "true",
    "UPLOAD_DEADLINE_SECONDS": "1",
    "QUEUE_DEADLINE_SECONDS": "1",
    "INPUT_URL_SECONDS": "1",
    "INPUT_LINKS": "redirect",
    "MAX_VIDEO_BYTES": "1",
    "MAX_IMAGE_BYTES": "1",
    "UPLOAD_RETENTION_DAYS": "7",
    "OTHER": "ignored",
}

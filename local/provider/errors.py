"""What ends a job without a result."""


class WorkError(Exception):
    """A job failed; the text is for the one who asked."""

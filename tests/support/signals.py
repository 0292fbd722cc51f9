"""Ending a command as Ctrl-C does."""

import signal
import subprocess


def interrupted(process: subprocess.Popen[str], seconds: float = 300.0) -> str:
    """Send Ctrl-C to a command and see it end with 130 and without a traceback; what it wrote.

    Its output and its errors have to be one pipe.
    """
    process.send_signal(signal.SIGINT)
    try:
        written, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert "Traceback" not in written
    assert process.returncode == 130, written
    return written

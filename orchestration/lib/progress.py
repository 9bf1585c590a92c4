"""What a run says while it works: one line per phase or step, on standard output and in the run's log.

Here: the lines a person reads. Not here: Dagster's event log and dbt's own log (both under home.logs).
"""

from __future__ import annotations

import logging
import sys
import time

_start = time.monotonic()
_log = logging.getLogger("leadlag")  # Dagster keeps its lines in the run's event log


def restart() -> None:
    """Count seconds from now on."""
    global _start
    _start = time.monotonic()


def elapsed() -> float:
    """Seconds since the run began."""
    return time.monotonic() - _start


def say(phase: str, line: str) -> None:
    """Print `phase` and `line` with the seconds since the run began; a closed pipe is no reason to stop a run."""
    _log.info("%s: %s", phase, line)
    try:
        print(f"{elapsed():6.1f}s  {phase:<8} {line}", flush=True)
    except BrokenPipeError:
        sys.stdout = sys.stderr


class Counter:
    """Says how far a phase of `total` steps is, at most once per `every_seconds` and at the end."""

    def __init__(self, phase: str, every_seconds: float = 2.0) -> None:
        self.phase = phase
        self.every_seconds = every_seconds
        self.done = 0
        self.total = 0
        self._last = time.monotonic()

    def step(self, total: int, what: str) -> None:
        """One more step of `total` is done, the last one being `what`."""
        self.done += 1
        self.total = max(self.total, total, self.done)  # dbt counts tests apart, as nodes of their own
        now = time.monotonic()
        if now - self._last >= self.every_seconds:
            self._last = now
            say(self.phase, f"{self.done}/{self.total}  {what}")

    def line(self, text: str) -> None:
        """A step told as a finished line: shown at the same pace."""
        now = time.monotonic()
        if now - self._last >= self.every_seconds:
            self._last = now
            say(self.phase, text)

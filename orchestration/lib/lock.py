"""The one-writer lock: who may write accepted/, build/ and published/ of a LEADLAG_HOME.

Here: one OS lock (flock) on build/.lock, held by a process from accept to publish, re-entrant inside that process and
released by the operating system when the process ends, however it ends. Not here: DuckDB's own file lock, Dagster.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_POLL_SECONDS = 0.1


class LockHeldError(RuntimeError):
    """Another process writes this home; `holder` has its pid and command as far as it told them."""

    def __init__(self, path: Path, holder: dict[str, object]) -> None:
        self.path = path
        self.holder = holder
        super().__init__(
            f"another leadlag process writes this home: pid {holder.get('pid', 'unknown')} "
            f"({holder.get('command', 'command unknown')}) holds {path}. "
            "Wait for it to end or stop it, then run the command again; nothing was changed."
        )


class _Held:
    """One lock of this process: the open file, its owner thread's depth. Not for use outside this module."""

    def __init__(self, handle: IO[str]) -> None:
        self.handle = handle
        self.depth = 1


_held: dict[Path, _Held] = {}
_guard = threading.RLock()


def read_holder(path: Path) -> dict[str, object]:
    """Pid and command that the holder wrote into `path`; empty when there is none or it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def acquire(path: Path, timeout_seconds: float = 0.0) -> None:
    """Take the lock file `path`; the same process may take it again and must release it as often.

    Waits up to `timeout_seconds` for another process, then raises LockHeldError. The file stays behind when the lock
    is released: only the OS lock on it means anything, never its existence.
    """
    path = path.resolve()
    with _guard:
        if path in _held:
            _held[path].depth += 1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="utf-8")  # not truncated: the holder's pid is in it
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    handle.close()
                    raise LockHeldError(path, read_holder(path)) from None
                time.sleep(_POLL_SECONDS)
        handle.seek(0)
        handle.truncate()
        json.dump({"pid": os.getpid(), "command": " ".join(sys.argv)[:200]}, handle)
        handle.flush()
        _held[path] = _Held(handle)


def release(path: Path) -> None:
    """Give back one `acquire` of `path`; the last one lets other processes in. RuntimeError if it is not held."""
    path = path.resolve()
    with _guard:
        if path not in _held:
            raise RuntimeError(f"{path} is not held by this process")
        held = _held[path]
        held.depth -= 1
        if held.depth:
            return
        del _held[path]
        held.handle.seek(0)
        held.handle.truncate()
        held.handle.flush()
        held.handle.close()  # closing the only descriptor releases the lock


def is_held(path: Path) -> bool:
    """True when this process holds `path`."""
    with _guard:
        return path.resolve() in _held


@contextmanager
def writer_lock(path: Path, timeout_seconds: float = 0.0) -> Iterator[None]:
    """Hold `path` for the block. Raises LockHeldError when another process holds it after `timeout_seconds`."""
    acquire(path, timeout_seconds)
    try:
        yield
    finally:
        release(path)

"""The one-writer lock: re-entrant in a process, exclusive between processes, gone with a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.lib import lock

HOLD = """
import sys, time
from pathlib import Path
from orchestration.lib import lock
lock.acquire(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Path of a lock that another process holds, and that process."""
    path = tmp_path / "build" / ".lock"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield path, process
    process.kill()
    process.wait()


def test_a_second_process_is_told_who_holds_it(holder):
    path, process = holder
    with pytest.raises(lock.LockHeldError) as error:
        lock.acquire(path)
    assert str(process.pid) in str(error.value)
    assert "nothing was changed" in str(error.value)
    assert not lock.is_held(path)


def test_waiting_gives_up_after_the_timeout(holder):
    path, _ = holder
    with pytest.raises(lock.LockHeldError), lock.writer_lock(path, timeout_seconds=0.3):
        pass


def test_kill_releases_the_lock_although_the_file_stays(holder):
    path, process = holder
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert path.exists()
    with lock.writer_lock(path):
        assert lock.read_holder(path)["pid"] == os.getpid()
    assert lock.read_holder(path) == {}


def test_the_same_process_takes_it_again_and_gives_it_back_as_often(tmp_path: Path):
    path = tmp_path / ".lock"
    with lock.writer_lock(path):
        with lock.writer_lock(path):
            assert lock.is_held(path)
        assert lock.is_held(path)
        other = subprocess.run([sys.executable, "-c", HOLD, str(path)], capture_output=True, text=True, timeout=30)
        assert other.returncode != 0
        assert str(os.getpid()) in other.stderr
    assert not lock.is_held(path)
    with pytest.raises(RuntimeError, match="not held"):
        lock.release(path)

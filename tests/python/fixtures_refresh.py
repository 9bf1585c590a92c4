"""Homes in which the real project was refreshed, shared by every test of a session that only reads them.

Here: starting `python -m synthetic` and `python -m orchestration` as a user does, killing one and what readers must
then find; one refreshed tiny home a session. Not here: homes that a test changes: it takes a copy (`copy_home`) of the
refreshed one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.generations import current, list_generations, verify
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import REPO, Home

SEED = "20260630"  # of the demo; with so few records another seed may trip the bound on flagged value (rule PV-1)


@dataclass(frozen=True)
class Refreshed:
    """A home after one `refresh` of the tiny company, and what the run printed."""

    home: Home
    output: str


def environment_of(home: Home) -> dict[str, str]:
    """The caller's environment with LEADLAG_HOME set and nothing left of other homes."""
    foreign = (
        "LEADLAG_",
        "DBT_",
        "DAGSTER_",
        "PYTHONDONTWRITEBYTECODE",
    )  # 4,000 modules are compiled once, not per run
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    return {**kept, "LEADLAG_HOME": str(home.root)}


def run_cli(home: Home, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    """`python -m orchestration ...` on `home`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration", *arguments],
        cwd=REPO,
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def start_cli(home: Home, *arguments: str) -> subprocess.Popen[str]:
    """`python -m orchestration ...` on `home`, still running, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration", *arguments],
        cwd=REPO,
        env=environment_of(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill_in(process: subprocess.Popen[str], phase: str, delay: float) -> bool:
    """Wait for a line of `phase`, then `delay` seconds, then kill -9. False when the run ended before."""
    for line in process.stdout:
        if f"  {phase:<8} " in line:
            break
    time.sleep(delay)
    alive = process.poll() is None
    if alive:
        os.kill(process.pid, signal.SIGKILL)  # this process alone: a child it left behind must show
    process.wait()
    process.stdout.close()
    return alive


def check_readers(home: Home, before: str) -> None:
    """The pointer is on the generation before or on a newer one, whole either way; the lock is free."""
    here = current(home)
    assert here.name == before or here.sequence > int(before[1:7])
    verify(here)
    for generation in list_generations(home):
        verify(generation)
    with writer_lock(home.build / ".lock"):
        try:
            duckdb.connect(str(home.build_db), read_only=True).close()
        except duckdb.IOException as error:  # a torn or missing file is expected, a living writer is not
            assert "lock" not in str(error).lower()


def simulate(home: Home, *arguments: str) -> None:
    """Land the tiny company's batches."""
    done = subprocess.run(
        [sys.executable, "-m", "synthetic", "--profile", "tiny", "--seed", SEED, *arguments],
        cwd=REPO,
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """One refreshed tiny home; read it, never write it."""
    if not (REPO / "dbt_project.yml").is_file() or not (REPO / "synthetic" / "__main__.py").is_file():
        pytest.skip("the dbt project or the simulator is not there yet")
    home = Home.at(tmp_path_factory.mktemp("refreshed") / "home").make()
    simulate(home)
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return Refreshed(home, done.stdout)


@pytest.fixture
def copy_home(refreshed: Refreshed, tmp_path: Path) -> Callable[[], Home]:
    """Makes a copy of the refreshed home that a test may change; links and times are kept."""

    def copy() -> Home:
        target = tmp_path / f"copy{len(list(tmp_path.iterdir()))}"
        shutil.copytree(refreshed.home.root, target, symlinks=True)
        return Home.at(target)

    return copy

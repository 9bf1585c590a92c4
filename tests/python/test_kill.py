"""kill -9 at random moments of a refresh: readers see one whole generation, and the next run is right.

One kill in the ordinary suite (fixtures_blocked.py); the campaign (marker `proof`, LEADLAG_PROOF=1, LEADLAG_KILLS=20)
prints its seed and replays with LEADLAG_SEED. Every round withdraws a batch first, so that each run has something new
to publish.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.lib.generations import current, current_name, verify
from orchestration.lib.landing import iter_batches, withdraw
from orchestration.lib.paths import Home
from tests.python.fixtures_blocked import Unblocked
from tests.python.fixtures_refresh import Refreshed, check_readers, kill_in, run_cli, start_cli
from tests.python.landing_fixture import SAID_OF_ITSELF

PHASES = ("start", "accept", "build", "audit", "publish")


def withdraw_one(home: Home, number: int) -> None:
    """Take the number-th batch of cycle counts out: the marts change, the stock stays plausible."""
    counts = [b.batch_id for b in iter_batches(home) if b.entity == "cycle_counts"]
    withdraw(home, counts[number % len(counts)], f"round {number}")


def content_of_a_clean_run(home: Home, tmp_path: Path) -> str:
    """Content hash of a fresh home that is given the same landing, without what the warehouse landed of itself."""
    clean = Home.at(tmp_path / "clean").make()
    shutil.copytree(home.landing, clean.landing, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*SAID_OF_ITSELF))
    done = run_cli(clean, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return current(clean).manifest["content_hash"]


def campaign(home: Home, tmp_path: Path, moments: list[tuple[str, float]]) -> int:
    """Kill a refresh at each (phase, delay), check readers, then finish and compare. Returns the kills that hit."""
    hits = 0
    for number, (phase, delay) in enumerate(moments):
        before = current_name(home)
        withdraw_one(home, number)
        hits += kill_in(start_cli(home, "refresh"), phase, delay)
        check_readers(home, before)
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    verify(current(home))
    assert not list(home.published.glob(".tmp-*"))
    assert current(home).manifest["content_hash"] == content_of_a_clean_run(home, tmp_path)
    return hits


def test_a_refresh_killed_in_its_build_is_repaired_by_the_next(unblocked: Unblocked, refreshed: Refreshed):
    """Whoever read beside it, and two that were started after it, are seen in test_orchestration.py."""
    assert unblocked.was_killed
    done = next(output for output, code in unblocked.outputs.items() if code == 0)
    assert "the last build failed or was interrupted" in done
    verify(current(unblocked.home))
    assert not list(unblocked.home.published.glob(".tmp-*"))
    before, after = (current(one.home).manifest["content_hash"] for one in (refreshed, unblocked))
    assert after == before


@pytest.mark.proof
def test_a_campaign_of_kills(copy_home: Callable[[], Home], tmp_path: Path):
    seed = int(os.environ.get("LEADLAG_SEED") or random.SystemRandom().randrange(10**6))
    kills = int(os.environ.get("LEADLAG_KILLS") or 20)
    print(f"LEADLAG_SEED={seed} LEADLAG_KILLS={kills}")
    chance = random.Random(seed)
    moments = [(chance.choice(PHASES), round(chance.uniform(0, 4), 2)) for _ in range(kills)]
    assert campaign(copy_home(), tmp_path, moments) >= kills // 3

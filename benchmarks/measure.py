"""Runs contenders through the phases, each in a process of its own, and gives back what they measured.

Here: the order, the processes, and the company put back between contenders. Not here: printing (table.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.company import Bench, Company
from benchmarks.generate import add_periods, remove_periods
from orchestration.lib.paths import REPO

PHASES = ("build", "as of", "increment", "restatement")


@dataclass(frozen=True)
class Figure:
    """What one contender needed for one phase. `error`: why there are no figures."""

    contender: str
    phase: str
    wall: float
    figures: dict[str, Any]
    error: str | None = None


def measure(
    bench: Bench, company: Company, contenders: Iterable[str], phases: Iterable[str], told: Callable[[str], None]
) -> list[Figure]:
    """Every contender through every phase, one contender after the other; what it wrote is removed before the next."""
    found: list[Figure] = []
    arriving = {"increment": company.new_day, "restatement": company.late_day}
    for contender in contenders:
        added = []
        for phase in phases:
            if phase in arriving:
                add_periods(bench, company, [arriving[phase]])
                added.append(arriving[phase])
            figure = in_a_process(bench, contender, phase)
            found.append(figure)
            told(f"{contender}, {phase}: {figure.error or f'{figure.wall:.1f} s'}")
            if figure.error:
                break
        remove_periods(bench, added)
        clear(bench, contender)
    return found


def in_a_process(bench: Bench, contender: str, phase: str) -> Figure:
    """One phase in a child process; a child that dies gives a figure with the reason."""
    result = bench.root / "result.json"
    result.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.child", contender, phase, str(bench.root), str(result)]
    log = bench.root / f"{contender}.log"
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, cwd=REPO, env=dict(os.environ), stdout=output, stderr=output, check=False)
    wall = time.monotonic() - started
    if done.returncode or not result.exists():
        last = (log.read_text(encoding="utf-8").strip().splitlines() or ["no word"])[-1]
        why = "killed: out of memory?" if done.returncode == -9 else last[:200]
        return Figure(contender, phase, wall, {}, f"did not finish ({why})")
    return Figure(contender, phase, wall, json.loads(result.read_text(encoding="utf-8")))


def clear(bench: Bench, contender: str) -> None:
    """Remove what a contender wrote."""
    shutil.rmtree(bench.out(contender))
    shutil.rmtree(bench.root / "spill", ignore_errors=True)
    if contender == "ours":
        for folder in (bench.home.build, bench.home.target, bench.home.logs, bench.home.root / "spill"):
            shutil.rmtree(folder, ignore_errors=True)
        bench.home.make()

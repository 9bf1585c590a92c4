"""What a build of everything costs outside SQL: the synthetic company of a profile, built whole with all its tests.

Here: landing and accepting it, and telling the time in which a statement ran from the time in which none did. Not here:
what the SQL itself costs (measure.py, subjects.py).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.subjects import run_module
from orchestration.lib import warehouse
from orchestration.lib.paths import Home

HEADER = ("what", "nodes", "s")


@dataclass(frozen=True)
class Course:
    """How a build went, in seconds: `before` its first statement, `during` statements (one or several at once),
    `between` them, and `after` the last. `nodes`: how many of each kind."""

    before: float
    during: float
    between: float
    after: float
    nodes: Counter[str]

    @property
    def outside(self) -> float:
        """Seconds in which no statement ran."""
        return self.before + self.between + self.after


def course(started: float, ended: float, statements: Sequence[tuple[float, float]], nodes: Counter[str]) -> Course:
    """Sums over the (start, end) of statements, which may overlap."""
    during, reached = 0.0, started
    first = min((start for start, _ in statements), default=ended)
    for start, end in sorted(statements):
        during += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    last = reached if statements else ended
    return Course(first - started, during, last - first - during, ended - last, nodes)


def measure(home: Home, profile: str, told: Callable[[str], None]) -> Course:
    """Land and accept the company in `home` unless it is there, then build everything from an empty file, tests
    included. RuntimeError when a node fails."""
    if not home.pinned.exists():
        home.make()
        run_module(home, "synthetic", "--profile", profile, "--seed", "20260630")
        run_module(home, "orchestration", "accept")
        told("the company has landed and is accepted")
    home.build_db.unlink(missing_ok=True)
    statements: list[tuple[float, float]] = []

    def hear(seconds: float) -> None:
        statements.append(((now := time.monotonic()) - seconds, now))

    started = time.monotonic()
    done = warehouse.build(home, on_plan=lambda plan: None, on_node=lambda total, node: None, on_statement=hear)
    if done.error:
        raise RuntimeError(done.error)
    kinds = Counter(str(event["data"]["node_info"]["resource_type"]) for event in done.events)
    return course(started, time.monotonic(), statements, kinds)


def rows(found: Course) -> list[tuple[str, ...]]:
    """Lines of the table."""
    nodes = ", ".join(f"{count} {kind}s" for kind, count in sorted(found.nodes.items()))
    parts = {
        "before the first statement (start, parse, plan)": found.before,
        "between statements (compiling, adapters, tests' results)": found.between,
        "after the last": found.after,
        "outside SQL": found.outside,
        "while SQL ran": found.during,
    }
    return [(what, nodes if what == "outside SQL" else "", f"{seconds:.1f}") for what, seconds in parts.items()]

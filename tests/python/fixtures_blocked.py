"""The tiny company with a poisoned batch: its refresh was blocked, and a report was written of what is not published.

Here: that home, what its audit said, audits of it that are told instead of made, and the way out of the block. Not
here: what the report must be (test_blocked_report.py, test_blocked_report_in_a_browser.py), what must be true after the
way out (test_orchestration.py, test_kill.py).
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.audit import open_build
from expectations.check import COULD_NOT_CHECK, CRITICAL, CheckResult, Rule
from expectations.results import Judged, csv_cell
from expectations.suites import SUITES
from orchestration.lib import generations
from orchestration.lib.paths import Home
from reports.validation import alone
from tests.python.fixtures_pages import HOSTILE
from tests.python.fixtures_refresh import Refreshed, check_readers, kill_in, run_cli, simulate, start_cli

POISONED = "row_accounting.AR-2"
EVIL = ("evil<script>", "../../a/b<img>")


@dataclass(frozen=True)
class Blocked:
    """A home whose last refresh was blocked, what that said, and the generation that readers have."""

    home: Home
    code: int
    said: str
    generation: str

    @property
    def verdict(self) -> dict[str, Any]:
        """What the audit kept of it."""
        return json.loads((self.home.build / "_audit.json").read_text(encoding="utf-8"))

    @property
    def as_of(self) -> str:
        """The moment that readers' generation speaks of, as a person reads it."""
        told = datetime.fromisoformat(generations.load(self.home, self.generation).manifest["as_of"])
        return f"{told.day} {told:%b %Y %H:%M} UTC"

    @property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Outcomes by rule."""
        return self.verdict["summary"]["rules"]

    @property
    def folder(self) -> Path:
        """Where the audit wrote its failing keys."""
        return self.home.audits / self.verdict["content_hash"]

    @property
    def report(self) -> Path:
        """The report's folder."""
        return self.folder / "report"

    @property
    def pages(self) -> list[Path]:
        """Every page of the report."""
        return sorted(self.report.rglob("*.html"))

    def keys(self, name: str) -> list[list[str]]:
        """Failing keys as the audit wrote them, the heading first."""
        with (self.folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def results(self) -> list[CheckResult]:
        """What the audit found, as far as its verdict and its key files tell."""
        found = []
        for check in SUITES:
            told = self.rules[check.rule.name]
            keys = self.keys(check.rule.name)[1:] if told["failed_rows"] else []
            first = tuple(tuple(key) for key in keys[:20])
            found.append(
                CheckResult(check.rule, told["outcome"], 96, told["failed_rows"], "0.5", "0.1", check.key, first)
            )
        return found


def judged(blocked: Blocked, results: list[CheckResult], folder: Path, connection: duckdb.DuckDBPyConnection) -> Judged:
    """The build that `connection` has open, as if its audit had just found these results."""
    tables = frozenset(generations.load(blocked.home, blocked.generation).manifest["tables"])
    return Judged(None, folder.name, blocked.verdict["as_of"], tables, results, folder, connection)


def working_copy(blocked: Blocked, root: Path) -> Blocked:
    """The same in a home of its own, which a test may change, but not its database, which is the same file."""

    def copy(source: str, target: str) -> None:
        (os.link if source.endswith(blocked.home.build_db.name) else shutil.copy2)(source, target)

    left = shutil.ignore_patterns("dagster", "target", "logs", "site")
    shutil.copytree(blocked.home.root, root, symlinks=True, copy_function=copy, ignore=left)
    return replace(blocked, home=Home.at(root))


def _spoil(blocked: Blocked) -> list[CheckResult]:
    """Give texts, keys, batches and messages of a copy hostile texts; what its audit would then have found."""
    texts = [text for text in HOSTILE if text]
    turn = "([{}])[1 + rowid % {}]".format(", ".join("'" + text.replace("'", "''") + "'" for text in texts), len(texts))
    shutil.copyfile(blocked.home.build_db, blocked.home.build_db.with_suffix(".own"))
    blocked.home.build_db.with_suffix(".own").replace(blocked.home.build_db)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{blocked.home.build_db}' as leadlag")
        connection.execute("use leadlag")
        connection.execute(f"update core.dim_sku set sku_description = {turn}, category = {turn}")
        connection.execute(f"update core.dim_location set location_name = {turn}")
    with (blocked.folder / f"{POISONED}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "batch_id"])
        writer.writerows([[csv_cell(text)] * 2 for text in texts])
    found = [
        replace(result, failed_rows=len(texts)) if result.rule.name == POISONED else result
        for result in blocked.results()
    ]
    evil = Rule(*EVIL, CRITICAL, "says", "advice", owner="<b>owner</b>")
    return [*found, CheckResult(evil, COULD_NOT_CHECK, 0, 0, message="; ".join(texts))]


@pytest.fixture(scope="session")
def blocked(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Blocked:
    """The tiny company after a refresh that its audit blocked; read it, never write it."""
    root = tmp_path_factory.mktemp("blocked") / "home"
    shutil.copytree(refreshed.home.root, root, symlinks=True)
    home = Home.at(root)
    before = generations.current(home).name
    simulate(home, "--fault", "critical")
    done = run_cli(home, "refresh")
    return Blocked(home, done.returncode, done.stderr, before)


@pytest.fixture(scope="session")
def hostile_blocked(blocked: Blocked, tmp_path_factory: pytest.TempPathFactory) -> Blocked:
    """The same with hostile texts wherever data or a failing check brings a text; read it, never write it."""
    copy = working_copy(blocked, tmp_path_factory.mktemp("hostile-blocked") / "home")
    results = _spoil(copy)
    with open_build(copy.home) as connection:
        alone.write(copy.home, judged(copy, results, copy.folder, connection))
    return copy


STOCK = "select count(*), sum(on_hand_qty) from visibility.fct_stock_record"


@dataclass(frozen=True)
class Unblocked:
    """A home that found its way out of a block: whether the first refresh was killed on its way, what the two at once
    after it printed with their exit codes, and a reader from before with what it saw then."""

    home: Home
    was_killed: bool
    outputs: dict[str, int]
    reader: generations.OpenGeneration
    seen: tuple[Any, ...]


@pytest.fixture(scope="session")
def unblocked(blocked: Blocked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unblocked]:
    """A copy of the blocked home whose poisoned batches were withdrawn as the block said, beside a reader who had it
    open; one refresh was killed (kill -9) a second into its build, then two were started at once. Read it only."""
    target = tmp_path_factory.mktemp("unblocked") / "home"
    shutil.copytree(blocked.home.root, target, symlinks=True)
    home = Home.at(target)
    told = [line.split("BATCH=")[1].split()[0] for line in blocked.said.splitlines() if "make withdraw BATCH=" in line]
    assert told, blocked.said
    with generations.open_current(home) as reader:
        seen = reader.connection.execute(STOCK).fetchone()
        for batch in told:
            assert run_cli(home, "withdraw", "--batch", batch, "--reason", "planted fault").returncode == 0
        was_killed = kill_in(start_cli(home, "refresh"), "build", 1.0)
        check_readers(home, blocked.generation)
        both = [start_cli(home, "refresh") for _ in range(2)]
        outputs = {process.communicate(timeout=600)[0]: process.returncode for process in both}
        yield Unblocked(home, was_killed, outputs, reader, seen)

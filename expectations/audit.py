"""The audit of a build as one act: hash it, run the suites, land the results, keep the verdict for the publication.

Here: the order of these steps and the verdict file. Not here: the checks, their runner, publishing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from expectations import results as audit_results
from expectations.check import CheckResult
from expectations.runner import run_suites
from expectations.suites import SUITES
from orchestration.lib import warehouse
from orchestration.lib.catalogue import relations
from orchestration.lib.content_hash import RUN_TIMES, VALIDATION_HISTORY, TableHash, content_hashes
from orchestration.lib.landing import write_json
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.publishing import exported
from orchestration.lib.sql import connect, ident, literal

VERDICT = "_audit.json"


@dataclass(frozen=True)
class Audit:
    """Verdict over one build: what was audited (pin, content), as of when (ISO, UTC), and the summary of results."""

    pin_hash: str
    content_hash: str
    as_of: str
    content: dict[str, TableHash]
    summary: dict[str, Any]
    passed: bool


def open_build(home: Home) -> duckdb.DuckDBPyConnection:
    """Read-only connection to the closed working database, attached under the name its views were made with."""
    connection = connect(temp_directory=home.root / "spill")
    name = ident(home.build_db.stem)
    connection.execute(f"attach {literal(str(home.build_db))} as {name} (read_only)")
    connection.execute(f"use {name}")
    return connection


def never_landed() -> set[str]:
    """Rules over the history of audits and run times: no two runs tell the same of it, so that what is found is shown
    and may block, but landed it would grow with every audit of the same marts."""
    return {check.rule.name for check in SUITES if check.table in VALIDATION_HISTORY | RUN_TIMES}


def audit(
    home: Home,
    on_result: Callable[[CheckResult], None] = lambda result: None,
    report: audit_results.Reporter | None = None,
) -> Audit:
    """Audit the finished build of the pinned batches.

    The results land as a source whatever they are, and all failing keys go to <home>/audit/<content hash>/. Raises
    AuditBlocked when a critical rule failed or could not be checked, BuildError when there is no finished build.
    `report` is called before a block is raised, when everything else is on disk; a report of an earlier audit of the
    same content goes, for it may have blocked what passes now.
    """
    with writer_lock(home.build / ".lock"):
        pin = warehouse.read_pin(home)
        warehouse.require_clean(home, pin)
        (home.build / VERDICT).unlink(missing_ok=True)
        with open_build(home) as connection:
            total, content = content_hashes(connection, home.build_db.stem)
            tables = frozenset(exported(relations(connection, home.build_db.stem), content))
            results = run_suites(connection, on_result=on_result)
            folder = home.audits / total
            audit_results.write_keys(folder, SUITES, results, connection)
            shutil.rmtree(folder / audit_results.REPORT, ignore_errors=True)
            as_of = audit_results.moment(pin.as_of)
            unsaid = never_landed()
            landed = [result for result in results if result.rule.name not in unsaid]
            audit_results.land(home, landed, total, as_of)
            audit_results.land_locations(home, landed, total, as_of)
            passed = not any(result.blocks for result in results)
            verdict = Audit(pin.pin_hash, total, pin.as_of, content, audit_results.summarise(results), passed)
            body = {**vars(verdict), "content": {n: [t.rows, t.hash] for n, t in content.items()}}
            write_json(home.build / VERDICT, body)
            if passed:
                return verdict
            judged = audit_results.Judged(None, total, pin.as_of, tables, results, folder, connection)
            told = audit_results.reported(judged, report)
        raise audit_results.AuditBlocked(results, folder, told)


def passed_audit(home: Home) -> Audit:
    """The verdict on the build as it stands. BuildError unless it passed and is about these batches."""
    pin = warehouse.read_pin(home)
    warehouse.require_clean(home, pin)
    try:
        body = json.loads((home.build / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise warehouse.BuildError(f"this build was not audited: run `make refresh` ({error})") from error
    if not body["passed"] or body["pin_hash"] != pin.pin_hash:
        raise warehouse.BuildError("the audit of this build did not pass: see `make audit`")
    body["content"] = {name: TableHash(name, rows, digest) for name, (rows, digest) in body["content"].items()}
    return Audit(**body)

"""The audit of a generation that is published: the suites of today over the files of that day, read-only.

Here: opening and verifying it, the files that tell the outcome. Not here: the suites and their runner, the audit of a
build that is not published yet (audit.py).

Nothing lands: what a generation said of itself is history already, and a second verdict on the same content by later
suites would be counted beside the first. The outcome lies in <home>/audit/<generation>/, beside the folders of the
builds, which are named by their content.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from expectations import results as audit_results
from expectations.check import CheckResult
from expectations.runner import run_suites
from expectations.suites import SUITES
from orchestration.lib.generations import open_generation, verify
from orchestration.lib.landing import write_json
from orchestration.lib.paths import Home

RESULTS = "results.json"


@dataclass(frozen=True)
class Reaudit:
    """What was audited again, the result of each rule, the folder with the failing keys and results.json, and a line
    about the report."""

    generation: str
    as_of: str
    results: list[CheckResult]
    folder: Path
    told: str


def reaudit(
    home: Home,
    name: str,
    on_result: Callable[[CheckResult], None] = lambda result: None,
    report: audit_results.Reporter | None = None,
) -> Reaudit:
    """Audit published generation `name` again. The folder of an earlier re-audit is replaced.

    Raises GenerationError when it is not kept or its files are damaged; AuditBlocked, after everything is written, when
    a critical rule fails or could not be checked.
    """
    with open_generation(home, name) as opened:
        verify(opened.generation)
        results = run_suites(opened.connection, on_result=on_result)
        folder = home.audits / opened.generation.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        audit_results.write_keys(folder, SUITES, results, opened.connection)
        manifest = opened.generation.manifest
        body = {"generation": name, "as_of": manifest["as_of"], "results": audit_results.as_records(results)}
        write_json(folder / RESULTS, body)
        tables = frozenset(manifest["tables"])
        judged = audit_results.Judged(
            opened.generation, manifest["content_hash"], manifest["as_of"], tables, results, folder, opened.connection
        )
        told = audit_results.reported(judged, report)
    if any(result.blocks for result in results):
        raise audit_results.AuditBlocked(results, folder, told)
    return Reaudit(name, manifest["as_of"], results, folder, told)

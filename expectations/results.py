"""What becomes of audit results: they land as a source, their keys are written out, and a critical one blocks.

Here: the landed batch, the CSV of failing keys, the message of a blocked audit, and what a report is written of. Not
here: running checks (runner.py), the report (reports/).
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.check import COULD_NOT_CHECK, Check, CheckResult
from expectations.runner import keys_relation
from orchestration.lib.contracts import load_contracts
from orchestration.lib.generations import Generation
from orchestration.lib.landing import NAME, write_batch
from orchestration.lib.paths import Home

_SCHEMA = pa.schema(
    [
        ("content_hash", pa.string()),
        ("suite", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("outcome", pa.string()),
        ("checked_rows", pa.int64()),
        ("failed_rows", pa.int64()),
        ("observed", pa.string()),
        ("threshold", pa.string()),
        ("as_of", pa.timestamp("us")),
    ]
)
_LOCATIONS = pa.schema(
    [
        ("content_hash", pa.string()),
        ("suite", pa.string()),
        ("rule", pa.string()),
        ("location_id", pa.string()),
        ("failed_rows", pa.int64()),
        ("as_of", pa.timestamp("us")),
    ]
)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


REPORT = "report"
"""Folder of the report beside the failing keys."""


@dataclass(frozen=True)
class Judged:
    """What an audit looked at, still open for reading, and what it found: for whoever writes a report of it.

    generation: the published one that was judged again, None for a build; as_of: ISO, UTC; tables: schema.table of what
    is published, or would be; folder: where all failing keys lie.
    """

    generation: Generation | None
    content_hash: str
    as_of: str
    tables: frozenset[str]
    results: Sequence[CheckResult]
    folder: Path
    connection: duckdb.DuckDBPyConnection


Reporter = Callable[[Judged], Path]
"""Writes a report and returns the page to open."""


def reported(judged: Judged, report: Reporter | None) -> str:
    """Have the report written and say where it is, or why there is none: what the audit found stands without it."""
    if report is None:
        return ""
    try:
        return f"Report: {report(judged)}"
    except Exception as error:
        shutil.rmtree(judged.folder / REPORT, ignore_errors=True)  # half of one, or that of an earlier audit
        return f"The report could not be written ({type(error).__name__}: {error}); the keys are complete without it."


class AuditBlocked(RuntimeError):
    """Critical rules failed or could not be checked: the build is not published. `told`: a line about the report."""

    def __init__(self, results: Sequence[CheckResult], folder: Path, told: str = "") -> None:
        self.results = [r for r in results if r.blocks]
        lines = [*(_explain(r) for r in self.results), f"All failing keys: {folder}", told]
        super().__init__("\n".join(line for line in lines if line))


def withdrawal(batch: str) -> str:
    """The command that takes a batch out of all later runs; empty for a folder's name that make or a shell could take
    for more than a name."""
    plain = all(NAME.fullmatch(part) for part in batch.split("/"))
    return f"make withdraw BATCH={batch} REASON='...'" if plain else ""


def _explain(result: CheckResult) -> str:
    rule = result.rule
    if result.outcome == COULD_NOT_CHECK:
        return (
            f"{rule.suite} {rule.id} could not be checked ({rule.says}): {result.message}\n"
            "  A critical rule that nobody could check blocks like a failed one: repair the check, then `make refresh`."
        )
    keys = "; ".join(", ".join(f"{n}={v}" for n, v in zip(result.key, k, strict=True)) for k in result.keys[:5])
    more = f" and {result.failed_rows - 5} more" if result.failed_rows > 5 else ""
    lines = [
        f"{rule.suite} {rule.id} failed for {result.failed_rows} of {result.checked_rows}: {rule.says}",
        f"  keys: {keys}{more}",
        f"  worst value {result.observed} against limit {result.threshold}",
        f"  what to do: {rule.advice}",
    ]
    if "batch_id" in result.key:
        at = result.key.index("batch_id")
        for batch in sorted({k[at] for k in result.keys})[:5]:
            command = withdrawal(batch)
            by_hand = (
                f"    batch {batch!r} has no name for a command line: orchestration.lib.landing.withdraw takes it out"
            )
            lines.append(f"    {command}  and then  make refresh" if command else by_hand)
    return "\n".join(lines)


def moment(as_of: str) -> datetime:
    """A cut-off as pins and manifests write it (ISO, UTC) as naive UTC."""
    return datetime.fromisoformat(as_of.removesuffix("Z"))


def as_table(results: Sequence[CheckResult], content_hash: str, as_of: datetime) -> pa.Table:
    """Results as rows of landing entity audit.validation_results; `as_of` is the build's cut-off, naive UTC."""
    rows = [
        {
            "content_hash": content_hash,
            "suite": r.rule.suite,
            "rule": r.rule.id,
            "severity": r.rule.severity,
            "outcome": r.outcome,
            "checked_rows": r.checked_rows,
            "failed_rows": r.failed_rows,
            "observed": r.observed,
            "threshold": r.threshold,
            "as_of": as_of,
        }
        for r in results
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def land(home: Home, results: Sequence[CheckResult], content_hash: str, as_of: datetime) -> Path:
    """Land the results as a batch of audit/gx/validation_results and return its folder.

    The batch is named by its content and extracted at the build's cut-off, so that auditing the same marts again lands
    nothing new and never moves the cut-off of the next run.
    """
    return _land(home, "validation_results", as_table(results, content_hash, as_of), content_hash, as_of)


def land_locations(home: Home, results: Sequence[CheckResult], content_hash: str, as_of: datetime) -> Path | None:
    """Land the failing keys of each location as a batch of audit/gx/validation_locations, named as `land` names its
    own; None when no failing key names a location."""
    rows = [
        {
            "content_hash": content_hash,
            "suite": r.rule.suite,
            "rule": r.rule.id,
            "location_id": location,
            "failed_rows": count,
            "as_of": as_of,
        }
        for r in results
        for location, count in r.locations
    ]
    if not rows:
        return None
    table = pa.Table.from_pylist(rows, schema=_LOCATIONS)
    return _land(home, "validation_locations", table, content_hash, as_of)


def _land(home: Home, entity: str, table: pa.Table, content_hash: str, as_of: datetime) -> Path:
    text = json.dumps(table.to_pylist(), default=str, sort_keys=True)
    batch = f"{content_hash[:12]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    contract = load_contracts(home.repo)["audit", entity]
    return write_batch(home.landing, "audit", "gx", entity, batch, table, as_of, contract=contract)


def csv_cell(value: object) -> str:
    """Text of a CSV cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def write_keys(
    folder: Path,
    checks: Sequence[Check],
    results: Sequence[CheckResult],
    connection: duckdb.DuckDBPyConnection,
) -> list[Path]:
    """Write all failing keys of each failed check to folder/<suite>.<rule>.csv and return the files."""
    written = []
    by_name = {check.rule.name: check for check in checks}
    for result in results:
        if result.outcome == COULD_NOT_CHECK or not result.failed_rows:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{result.rule.name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(result.key)
            cursor = connection.execute(keys_relation(by_name[result.rule.name]))
            while rows := cursor.fetchmany(10_000):
                writer.writerows([[csv_cell(value) for value in row] for row in rows])
        written.append(path)
    return written


def as_records(results: Sequence[CheckResult]) -> list[dict[str, object]]:
    """Results for a JSON file: what each rule says, and what came out of it."""
    return [
        {
            **asdict(r.rule),
            "outcome": r.outcome,
            "checked_rows": r.checked_rows,
            "failed_rows": r.failed_rows,
            "observed": r.observed,
            "threshold": r.threshold,
            "message": r.message,
            "locations": dict(r.locations),
        }
        for r in results
    ]


def summarise(results: Sequence[CheckResult]) -> dict[str, object]:
    """Outcomes for the manifest of a generation: counts, and failed rows per rule."""
    counts = Counter(r.outcome for r in results)
    return {
        "checks": len(results),
        "outcomes": dict(sorted(counts.items())),
        "rules": {
            r.rule.name: {"severity": r.rule.severity, "outcome": r.outcome, "failed_rows": r.failed_rows}
            for r in results
        },
    }

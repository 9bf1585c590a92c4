"""The audit of a large company, measured: every audited table with its contract's columns, a million stock records.

Here: making such a build by SQL alone, auditing it in a process of its own, seconds and peak memory. Not here: the
suites (expectations/), a company whose figures mean something (company.py).

`python -m benchmarks.audit [--records 1000000]`. Tables kept by SKU and location have a row for each record, others a
tenth; 2 % of the records break one rule or another.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import yaml

from expectations.suites import SUITES
from orchestration.lib.paths import REPO
from orchestration.lib.sql import ident, literal

RECORDS, LOCATIONS = 1_000_000, 20
LIMIT_SECONDS, LIMIT_BYTES = 60, 4 * 10**9

_NOW = "timestamp '2026-06-30 00:00:00'"
_BY_NAME = {
    "sku_id": "'SKU-' || lpad((i // {locations})::varchar, 8, '0')",
    "location_id": "'north.L' || (i % {locations})",
    "from_location_id": "'north.L' || (i % {locations})",
    "to_location_id": "'north.L' || ((i + 1) % {locations})",
    "supplier_id": "'SUP-' || (i % 100)",
    "customer_id": "'CUS-' || (i % 1000)",
    "as_of_at": _NOW,
    "as_of_date": "date '2026-06-30'",
    "date_day": "date '2026-06-30'",
    "valid_from": "timestamp '2026-01-01 00:00:00'",
    "valid_from_date": "date '2026-01-01'",
    "valid_to": "timestamp '9999-12-31 00:00:00'",
    "valid_to_date": "date '9999-12-31'",
    "on_hand_qty": "((i * 7919) % 100000 / 100.0 - case when i % 997 = 0 then 2000 else 0 end)::decimal(18, 4)",
    "movement_qty": "((i * 7919) % 100000 / 100.0 - case when i % 997 = 0 then 2000 else 0 end)::decimal(18, 4)",
    "is_current_version": "true",
    "is_owned": "true",
    "zero_sales_probability": "(((i * 104729) % 99999999) / 100000000.0)::decimal(18, 8)",
    "min_zero_sales_probability": "0.01::decimal(18, 8)",
    "days_since_movement": "((i * 31) % 181)::integer",
    "balance_delta_qty": "case when i % 499 = 0 then (i % 1000 / 7.0)::decimal(18, 4) else 0 end",
    "balance_tolerance_qty": "0.5::decimal(24, 4)",
    "cost_change_ratio": "(((i * 15485863) % 510000) / 1000000.0)::decimal(25, 6)",
    "flagged_value_ratio": "0.01::decimal(24, 6)",
    "quarantined_ratio": "0::decimal(24, 6)",
    "min_short_picks": "2",
    "first_missing_sequence_no": "i",
    "last_missing_sequence_no": "i",
    "missing_event_count": "1",
    "severity": "'warning'",
    "successor_sku_id": "null::varchar",
    "rows_unaccounted": "0",
}
_BY_TYPE = {"date": "date '2026-06-30'", "timestamp": "timestamp '2026-06-29 00:00:00'", "boolean": "i % 3 = 0"}
_HITS = {
    "DQ-N1": "on_hand_qty < 0",
    "DQ-P1": "was_selling and on_hand_qty > 0 and zero_sales_probability < min_zero_sales_probability",
    "DQ-P2": "on_hand_qty > 0 and days_since_movement >= max_days_since_movement",
    "DQ-P4": "abs(balance_delta_qty) > balance_tolerance_qty",
    "DQ-V2": "on_hand_qty <> 0 and cost_change_ratio > max_cost_change_ratio",
}


def _value(name: str, data_type: str, key: tuple[str, ...], words: dict[str, str]) -> str:
    """SQL of a column of row i: unique over the table's key, believable where a rule looks at how values vary."""
    if name in _BY_NAME:
        return _BY_NAME[name].format(locations=LOCATIONS)
    if name.startswith("max_"):
        return {"max_days_since_movement": "180", "max_cost_change_ratio": "0.5"}.get(name, "100") + f"::{data_type}"
    if name in words:
        return literal(words[name])
    if data_type in _BY_TYPE:
        return _BY_TYPE[data_type]
    if data_type == "varchar":
        return f"{literal(name)} || '-' || i" if name in key else literal(name)
    return f"i::{data_type}" if name in key else f"0::{data_type}"


def make(path: Path, records: int) -> None:
    """Write a build database with every audited table to `path`."""
    words = {c.observed: c.kwargs["value_set"][0] for c in SUITES if "value_set" in c.kwargs}
    keys: dict[str, tuple[str, ...]] = {}
    for check in SUITES:
        keys.setdefault(check.table, check.key)
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "visibility"):
            connection.execute(f"create schema {schema}")
        for table, key in sorted(keys.items()):
            schema, name = table.split(".")
            model = yaml.safe_load((REPO / "models" / "marts" / schema / f"{name}.yml").read_text(encoding="utf-8"))
            columns = {c["name"]: c["data_type"] for c in model["models"][0]["columns"]}
            rows = _rows(table, columns, records)
            values = ", ".join(f"{_value(n, t, key, words)} as {ident(n)}" for n, t in columns.items())
            order = f"(i * {LOCATIONS}) as i" if table == "core.dim_sku" else "i"
            connection.execute(f"create table {table} as select {values} from (select {order} from range({rows}) t(i))")
        _raise_flags(connection)


def _rows(table: str, columns: dict[str, str], records: int) -> int:
    small = {"core.dim_cutoff": 1, "core.dim_location": LOCATIONS, "visibility.fct_location_audit": LOCATIONS}
    small |= {"core.dim_sku": records // LOCATIONS + 1, "core.dim_audit_rule": len(SUITES), "core.dim_supplier": 100}
    small |= {"visibility.fct_stock_record_flag": 0, "core.dim_customer": 1000, "core.dim_date": 1}
    return small.get(table, records if {"sku_id", "location_id"} <= set(columns) else records // 10)


def _raise_flags(connection: duckdb.DuckDBPyConnection) -> None:
    """Flag the records that break a rule, as the model would."""
    hits = " union all ".join(
        f"select sku_id, location_id, {literal(rule)} as rule_id from visibility."
        f"{'fct_stock_record_evidence' if rule == 'DQ-V2' else 'fct_stock_record'} where {condition}"
        for rule, condition in _HITS.items()
    )
    connection.execute(
        "insert into visibility.fct_stock_record_flag by name "
        "select *, date '2026-06-30' as flagged_date, 'warn' as severity, 'seen' as evidence, "
        f"true as is_phantom_signal, false as is_stale_signal from ({hits})"
    )


def _audit(path: Path) -> dict[str, object]:
    """Audit `path` in this process: seconds with the library's import, peak memory, outcomes, the slowest rules."""
    started = time.monotonic()
    from expectations.runner import run_suites
    from orchestration.lib.sql import connect

    seconds: dict[str, float] = {}
    last = [time.monotonic()]

    def tell(result) -> None:
        seconds[result.rule.name] = time.monotonic() - last[0]
        last[0] = time.monotonic()

    with connect(path, read_only=True) as connection:
        results = run_suites(connection, on_result=tell)
    return {
        "seconds": round(time.monotonic() - started, 1),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
        "rules": len(results),
        "checked_rows": sum(r.checked_rows for r in results),
        "failed": {r.rule.name: r.failed_rows for r in results if r.outcome == "failed"},
        "could_not_check": {r.rule.name: r.message for r in results if r.outcome == "could_not_check"},
        "slowest": dict(sorted(((n, round(s, 1)) for n, s in seconds.items()), key=lambda x: -x[1])[:12]),
    }


def measure(records: int = RECORDS) -> dict[str, object]:
    """Make the build in a folder that goes again, audit it in a process of its own, and return what came out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leadlag.duckdb"
        make(path, records)
        command = [sys.executable, "-m", "benchmarks.audit", "--audit", str(path)]
        told = subprocess.run(command, cwd=REPO, check=True, capture_output=True, text=True).stdout
        return json.loads(told.splitlines()[-1]) | {"records": records, "file_bytes": path.stat().st_size}


def main() -> None:
    """Measure and print; --audit is the process that is measured."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    arguments.add_argument("--records", type=int, default=RECORDS)
    arguments.add_argument("--audit", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    print(json.dumps(_audit(given.audit) if given.audit else measure(given.records)))


if __name__ == "__main__":
    main()

"""A published generation that asks stewards a few things, made by hand, hostile names among them.

Here: the rows, publishing them, filling a sheet in as a person would. Not here: what dbt asks (test_stewards.py).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb

from orchestration.lib import publishing
from orchestration.lib.dispositions import worklist
from orchestration.lib.paths import Home
from tests.python.marts_fixture import content_of, make_build

AS_OF = "2026-06-30T05:30:00Z"
OPTIONS = "accepted confirmed_phantom false_alarm fixed"
ROW_OPTIONS = "accept_as_is corrected_at_source rejected"
SKUS = ("00123", "1E5", "MAR1", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", 'a,"b"\nc', "Ünïcødé 錆", "nul\x00l")
"""What a spreadsheet rewrites, runs or breaks."""
_COLUMNS = {
    "worklist_id": "varchar", "subject_kind": "varchar", "sku_id": "varchar", "sku_description": "varchar",
    "location_id": "varchar", "feed_name": "varchar", "landed_file": "varchar", "file_row_number": "bigint",
    "rule_id": "varchar", "rule_name": "varchar", "severity": "varchar", "opened_date": "date", "open_days": "integer",
    "evidence": "varchar",
    "observed_value": "decimal(24, 8)", "threshold_value": "decimal(24, 8)", "on_hand_qty": "decimal(18, 4)",
    "at_stake_amount": "decimal(24, 4)", "what_to_do": "varchar", "owner": "varchar", "last_verdict": "varchar",
    "last_judged_by": "varchar", "last_judged_at": "timestamp", "last_note": "varchar", "verdict_options": "varchar",
    "worklist_status": "varchar",
}  # fmt: skip


def flag(number: int, sku: str, **changes: object) -> dict:
    """An open flag worth a little less than the one before it."""
    return {
        "worklist_id": f"F-{number:04d}", "subject_kind": "flag", "sku_id": sku, "sku_description": "=1+1 <b>räks</b>",
        "location_id": "north.CHI1",
        "rule_id": "DQ-P1", "rule_name": "Frozen seller", "severity": "warn", "opened_date": "2026-06-20",
        "open_days": 10, "evidence": f"no sale for {number} open days", "observed_value": "0.00123457",
        "threshold_value": "0.01", "on_hand_qty": "12.5", "at_stake_amount": str(1000 - number),
        "what_to_do": "Look for the goods.", "owner": "inventory_control", "verdict_options": OPTIONS,
        "worklist_status": "open",
    } | changes  # fmt: skip


def held_back(number: int, **changes: object) -> dict:
    """A row that was held back."""
    return {
        "worklist_id": f"Q-{number:04d}", "subject_kind": "quarantined_row", "feed_name": "wms/CHI1",
        "landed_file": "wms/CHI1/movements/b1/m.csv", "file_row_number": number, "rule_id": "type:qty",
        "rule_name": "Held back: wms.movements", "severity": "error", "opened_date": "2026-06-21", "open_days": 9,
        "evidence": "row 3: '1,5' is no decimal", "what_to_do": "Have it corrected.", "owner": "data_platform",
        "verdict_options": ROW_OPTIONS, "worklist_status": "open",
    } | changes  # fmt: skip


ASKED = [flag(number, sku) for number, sku in enumerate(SKUS)] + [held_back(3)]


def publish_worklist(home: Home, asked: list[dict], pin: str = "pin1") -> None:
    """Publish a generation that asks exactly this."""
    make_build(home)
    with duckdb.connect(str(home.build_db)) as connection:
        told = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        connection.execute(f"create table visibility.fct_steward_worklist ({told})")
        marks = ", ".join("?" for _ in _COLUMNS)
        for row in asked:
            values = [row.get(name) for name in _COLUMNS]
            connection.execute(f"insert into visibility.fct_steward_worklist values ({marks})", values)
    total, tables = content_of(home.build_db)
    publishing.publish(
        home, home.build_db, pin_hash=pin, content_hash=total, content=tables, as_of=AS_OF, audit={},
        parquet_above=1000,
    )  # fmt: skip


def fill(path: Path, filled: dict[str, dict[str, str]], *, also: list[dict[str, str]] | None = None) -> Path:
    """The CSV at `path` with cells of some rows (by worklist_id) set and `also` behind it, saved as `filled.csv`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(filled.get(row["worklist_id"], {}))
    rows += [next(row for row in rows if row["worklist_id"] == one["worklist_id"]) | one for one in also or []]
    return save(path.with_name("filled.csv"), rows)


def save(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """Rows as a CSV of the sheet's columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*worklist.LOCKED, *worklist.TO_FILL], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path

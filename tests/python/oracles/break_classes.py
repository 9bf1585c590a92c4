"""Which class of break was planted on which record, and which was found: the confusion matrix of a home.

Here: the pairing of the truth ledger with the last cut-off of each location, and recall and precision. Not here: any
figure to be reached. `python -m tests.python.oracles.break_classes HOME` prints the matrix of a home that is built.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

# What a fault of the feed or of the masters leaves as a break once everything else is right; others name it themselves.
LEAVES = {
    "sign_error": "missing_txn",
    "unknown_item": "master_mismatch",
    "unknown_uom": "master_mismatch",
    "bin_deviation": "matched, wms alone",
}
LAST_BREAKS = """
    select system_ids.division_code, system_ids.item_code, last_rows.location_id,
        case when is_matched and side_alone <> 'none' then 'matched, ' || side_alone || ' alone' else break_class end
            as found, evidence, explained_qty, delta_qty, tolerance_qty
    from visibility.kpi_stock_reconciliation as last_rows
    inner join core.bridge_sku_system_id as system_ids using (sku_id)
    where system_ids.division_code = split_part(last_rows.location_id, '.', 1)
    qualify cut_off_at = max(cut_off_at) over (partition by last_rows.location_id)
"""


def planted_classes(rows: list[dict]) -> dict[tuple[str, str, str], str]:
    """(division, item, location) -> class that the planted fault should leave."""
    found = {}
    for row in rows:
        kind = LEAVES.get(row["fault"]) or row["found_by"].partition("reconciliation:")[2]
        if kind and row["location_code"] and row["item_code"]:
            place = f"{row['division_code']}.{row['location_code']}"
            found[row["division_code"], row["item_code"], place] = kind
    return found


def confusion(planted: list[dict], last_breaks: list[dict]) -> Counter[tuple[str, str]]:
    """(planted class, found class) -> SKU-locations; "matched" where there is neither."""
    classes = planted_classes(planted)
    pairs = {}
    for row in last_breaks:
        key = row["division_code"], row["item_code"], row["location_id"]
        pairs[key] = classes.get(key, "matched"), row["found"]
    return Counter(pairs.values())


def scores(matrix: Counter[tuple[str, str]]) -> dict[str, tuple[int, int, int]]:
    """Class -> (planted, found, found rightly)."""
    names = {name for pair in matrix for name in pair} - {"matched"}
    return {
        name: (
            sum(n for (planted, _), n in matrix.items() if planted == name),
            sum(n for (_, found), n in matrix.items() if found == name),
            matrix[name, name],
        )
        for name in sorted(names)
    }


def _print(home: Path) -> None:
    with duckdb.connect(str(home / "build" / "leadlag.duckdb"), read_only=True) as connection:
        cursor = connection.execute(LAST_BREAKS)
        names = [column[0] for column in cursor.description]
        breaks = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    matrix = confusion(pq.read_table(home / "truth" / "planted.parquet").to_pylist(), breaks)
    print("planted, found, records")
    for (planted, found), n in sorted(matrix.items()):
        print(f"{planted}, {found}, {n}")
    print("class, planted, found, rightly, precision, recall")
    for name, (planted, found, right) in scores(matrix).items():
        precision, recall = (f"{right / n:.3f}" if n else "-" for n in (found, planted))
        print(f"{name}, {planted}, {found}, {right}, {precision}, {recall}")


if __name__ == "__main__":
    _print(Path(sys.argv[1]))

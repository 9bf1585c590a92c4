"""The truth of the SKU master: which item records are one good, and which only look like it.

Belongs here: one row per planted record beside the item it is compared with. Does not belong here: choosing them
(twins.py). The warehouse never reads this file.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthetic.company import Company
from synthetic.emit_twins import judged
from synthetic.twins import Twins

FOUND_BY = {
    "other_pack": "conflict:gtin_in_two_packs",
    "reused_code": "conflict:code_reused",
    "other_size": "none:different_goods",
    "other_word": "none:different_goods",
    "other_gtin": "none:different_goods",
}
TWIN = pa.schema(
    [
        ("kind", pa.string()),
        ("found_by", pa.string()),
        ("division_code", pa.string()),
        ("item_code", pa.string()),
        ("other_division_code", pa.string()),
        ("other_item_code", pa.string()),
        ("is_same", pa.bool_()),
        ("verdict", pa.string()),  # what a steward said, null when nothing
    ]
)


def twin_truth(company: Company, twins: Twins) -> pa.Table:
    """Return the planted records, one row each, schema TWIN."""
    verdicts = {(row["division_code"], row["item_code"]): row["verdict"] for row in judged(company, twins)}
    rows = []
    for _, record in twins.records.iterrows():
        other = company.items.iloc[int(record["item"])]
        division = company.divisions[int(record["division"])].code
        rows.append(
            {
                "kind": record["kind"],
                "found_by": FOUND_BY.get(record["kind"], "candidate:fct_sku_match_candidate"),
                "division_code": division,
                "item_code": record["item_code"],
                "other_division_code": company.divisions[int(other["division"])].code,
                "other_item_code": other["item_code"],
                "is_same": bool(record["is_same"]),
                "verdict": verdicts.get((division, record["item_code"])),
            }
        )
    return pa.Table.from_pylist(rows, TWIN)


def write_twin_truth(company: Company, twins: Twins, folder: Path) -> None:
    """Write sku_twins.parquet into `folder`."""
    pq.write_table(twin_truth(company, twins), folder / "sku_twins.parquet", store_schema=False)

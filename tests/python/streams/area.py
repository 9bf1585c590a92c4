"""Plans written as the accepted rows that models read: hundreds of plans in a fraction of a second.

Here: the pinned folder of a home, one file per entity. Not here: landing and validation, which must come to the same
rows (test_area.py lands a plan for real). One file holds the rows of many batches: no model looks at files.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.contracts import load_contracts
from orchestration.lib.paths import REPO, Home
from tests.python.streams.plan import CUT_OFF, Delivery, Plan

CONTRACTS = load_contracts(REPO)
MASTERS = "all"  # name of the batch that holds a division's masters


def write(home: Home, plans: Iterable[Plan], deliveries: Iterable[Delivery]) -> None:
    """Pin these deliveries and the plans' masters in `home`, in place of what was pinned there."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for plan in plans:
        for (source, instance, entity), members in plan.masters().items():
            batch = f"{source}/{instance}/{entity}/{MASTERS}"
            rows[source, entity] += [_accepted(row, batch, instance, CUT_OFF, n) for n, row in enumerate(members, 1)]
    places: Counter[str] = Counter()
    for delivery in deliveries:
        batch = f"wms/{delivery.site}/movements/{delivery.batch}"
        places[batch] += 1
        rows["wms", "movements"].append(
            _accepted(delivery.row, batch, delivery.site, delivery.extracted_at, places[batch])
        )
    rows["audit", "pinned_batches"] = _pinned(rows)
    folder = home.accepted / "written"
    shutil.rmtree(folder, ignore_errors=True)
    for (source, entity), contract in CONTRACTS.items():
        place = folder / source / entity
        place.mkdir(parents=True)
        table = pa.Table.from_pylist(rows.get((source, entity), []), schema=contract.accepted_schema)
        pq.write_table(table, place / "rows.parquet", store_schema=False)
    (folder / "_pin.json").write_text(json.dumps({"as_of": f"{CUT_OFF.isoformat()}Z"}), encoding="utf-8")
    home.pinned.unlink(missing_ok=True)
    home.pinned.symlink_to(folder.name, target_is_directory=True)


def _accepted(row: dict[str, Any], batch: str, instance: str, at: Any, number: int) -> dict[str, Any]:
    meta = {"_batch_id": batch, "_instance": instance, "_extracted_at": at}
    return row | meta | {"_file": f"{batch}/rows.parquet", "_row": number}


def _pinned(rows: dict[tuple[str, str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One row per batch, as the pin lists them."""
    batches = {row["_batch_id"]: row["_extracted_at"] for members in rows.values() for row in members}
    found = []
    for batch, at in sorted(batches.items()):
        source, instance, entity, _ = batch.split("/")
        names = {"batch_id": batch, "source": source, "instance": instance, "entity": entity, "extracted_at": at}
        meta = {"_batch_id": batch, "_instance": instance, "_extracted_at": at}
        found.append(names | meta | {"_file": f"{batch}/_manifest.json", "_row": 1, "manifest_hash": batch})
    return found

"""The accepted rows that area.py writes are those that landing and validation come to.

Here: one plan both ways. Not here: what the marts make of them.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib import accepting
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from tests.python.oracles.accepted import Accepted
from tests.python.streams import area
from tests.python.streams.bends import bent
from tests.python.streams.plan import CUT_OFF, Plan, utc


@pytest.mark.parametrize("seed", [0, 1])
def test_accepted_rows_are_those_of_a_landed_plan(tmp_path: Path, seed: int):
    plan = Plan(seed)
    stream = bent(plan)
    written, landed = Home.at(tmp_path / "written").make(), Home.at(tmp_path / "landed").make()
    area.write(written, [plan], stream)
    batches = defaultdict(list)
    for delivery in stream:
        batches["wms", delivery.site, "movements", delivery.batch, delivery.extracted_at].append(delivery.row)
    for (source, instance, entity), rows in plan.masters().items():
        batches[source, instance, entity, area.MASTERS, CUT_OFF] = rows
    for (source, instance, entity, batch, at), rows in batches.items():
        contract = area.CONTRACTS[source, entity]
        schema = pa.schema([field for field in contract.accepted_schema if not field.name.startswith("_")])
        table = pa.Table.from_pylist(rows, schema=schema)
        write_batch(landed.landing, source, instance, entity, batch, table, utc(at), contract=contract)
    accepted = accepting.accept(landed)
    assert accepted.entities["wms", "movements"].rows_quarantined == 0
    assert accepted.as_of == CUT_OFF == Accepted(written).as_of
    for source, entity in {(s, e) for s, _, e in plan.masters()} | {("wms", "movements"), ("audit", "pinned_batches")}:
        assert _rows(written, source, entity) == _rows(landed, source, entity), (source, entity)


def _rows(home: Home, source: str, entity: str) -> set[tuple]:
    """Rows that differ, their places left out: what a file repeats is dropped by validation."""
    apart = {"_file", "_row", "manifest_hash"}
    tables = [pq.read_table(path) for path in sorted((home.pinned / source / entity).glob("*.parquet"))]
    rows = [row for table in tables for row in table.to_pylist()]
    assert rows, (source, entity)
    return {tuple((name, value) for name, value in row.items() if name not in apart) for row in rows}

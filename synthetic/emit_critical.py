"""The batch that must be stopped: one more delivery of movements in which two rows of five break the contract.

Belongs here: `--fault critical`. The sound rows repeat events that have landed already, so that withdrawing the batch
leaves everything as it was. Does not belong here: ordinary faults, which never block (report_faults.py).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthetic.clock import stream
from synthetic.tables import Batch

_ROWS, _BROKEN_SHARE = 200, 0.4
_NAME = "{}-critical"
_GARBAGE = (("qty", "twelve"), ("occurred_at", "31/02/2026 99:99"), ("item_code", None), ("event_type", "teleport"),
            ("uom", None), ("qty", "1,234"))  # fmt: skip


def emit_critical(recent: list[Batch], seed: int) -> tuple[Batch, np.ndarray]:
    """Return the poisoned repetition of a site's newest movements and the 0-based rows that are broken.

    recent: daily movement batches of one site, oldest first.
    """
    rng = stream(seed, "critical")
    last, table = recent[-1], pa.concat_tables(batch.table for batch in recent)
    table = table.slice(max(0, table.num_rows - _ROWS))
    broken = np.sort(rng.choice(table.num_rows, int(np.ceil(table.num_rows * _BROKEN_SHARE)), replace=False))
    columns = {name: _text(table[name]).to_pylist() for name in table.column_names}
    for place, row in enumerate(broken.tolist()):
        column, garbage = _GARBAGE[place % len(_GARBAGE)]
        columns[column][row] = garbage
    poisoned = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    name, at = _NAME.format(last.name), last.extracted_at + timedelta(hours=1)
    return Batch("wms", last.instance, "movements", name, poisoned, at, "csv"), broken


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, "%Y-%m-%dT%H:%M:%SZ")
    return column.cast(pa.string())

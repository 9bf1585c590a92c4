"""Lower bound of a rate of loss by the bootstrap: its counts drawn anew, as many as there are, time and again.

Here: the draws and the percentile of their ratios, for each scope and quarter of the sample. Not here: which counts are
drawn, and what follows (docs/formulas.md#shrinkage, docs/decisions/0043-a-bootstrap-that-keeps-its-bytes.md).
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa

KEYS = ["scope_type", "scope_id", "quarter_start_date"]
WIDTH, DIGITS, SCALE = 24, 6, 4


def lower_bound(lost, sold, rounds, rank):
    """The rank-th smallest of the ratios of `rounds` draws of whole amounts; None where that draw sold nothing."""
    size = len(lost)
    drawn = (np.random.PCG64(0).random_raw(rounds * size) % np.uint64(size)).reshape(rounds, size)
    losses, sales = (np.add.reduce(amounts[drawn], axis=1) for amounts in (lost, sold))
    ratios = np.where(sales > 0, losses / np.maximum(sales, 1), -np.inf)
    found = np.sort(ratios)[rank - 1]
    return Decimal(int(np.rint(found * 10**DIGITS))).scaleb(-DIGITS) if np.isfinite(found) else None


def model(dbt, session):
    """One row per scope and quarter of the sample."""
    rows = dbt.ref("int_lag__shrink_sample").order(", ".join([*KEYS, "group_number"])).to_arrow_table()
    lost, sold = (
        np.array([int(cell.scaleb(SCALE)) for cell in rows.column(name).to_pylist()], dtype=np.int64)
        for name in ("shrink_amount", "sold_amount")
    )
    keys = list(zip(*(rows.column(name).to_pylist() for name in KEYS), strict=True))
    rounds, confidence = (rows.column(name).to_pylist() for name in ("round_count", "confidence_ratio"))
    starts = [place for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    ends = [*starts, len(keys)][1:]
    found = []
    for start, end in zip(starts, ends, strict=True):
        rank = max(int(rounds[start] * (1 - confidence[start]) / 2), 1)
        found.append((*keys[start], lower_bound(lost[start:end], sold[start:end], rounds[start], rank)))
    return pa.table({
        "scope_type": pa.array([row[0] for row in found], pa.string()),
        "scope_id": pa.array([row[1] for row in found], pa.string()),
        "quarter_start_date": pa.array([row[2] for row in found], pa.date32()),
        "lower_ratio": pa.array([row[-1] for row in found], pa.decimal128(WIDTH, DIGITS)),
    })  # fmt: skip

"""Chance of as many stock-outs as were seen, or more, where each cycle runs out as often as the service level allows.

Here: the upper tail of the binomial distribution by SciPy, for each distinct (cycles, stock-outs, service level), as
decimals. Not here: which cycles count, and what follows (docs/formulas.md#safety-stock).
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa
from scipy import special

KEYS = "cycle_count, stockout_count, service_level_ratio"
WIDTH, DIGITS = 18, 8


def tail(trials, hits, chance):
    """P(X >= hits), X binomial: 1 where nothing was seen."""
    return np.where(hits <= 0, 1.0, special.bdtrc(np.maximum(hits, 1.0) - 1.0, np.maximum(trials, 1.0), chance))


def model(dbt, session):
    """One row per distinct number of cycles, stock-outs among them, and service level."""
    windows = dbt.ref("int_service__cycle_window")
    keys = windows.filter("cycle_count > 0").project(KEYS).distinct().order("all").to_arrow_table()
    trials, hits, level = (keys.column(name).cast(pa.float64()).to_numpy() for name in KEYS.split(", "))
    found = np.rint(tail(trials, hits, 1.0 - level) * 10**DIGITS)
    cells = [Decimal(int(cell)).scaleb(-DIGITS) for cell in found]
    return keys.append_column("tail_probability", pa.array(cells, pa.decimal128(WIDTH, DIGITS)))

"""Chance that the spread of one sample exceeds that of another by as much as was seen, if both are of one kind.

Here: the upper tail of the F distribution by SciPy, for each distinct (ratio of variances, sizes of both samples), as
decimals. Not here: which lead times are compared, and what follows (docs/formulas.md#lead-time-signal).
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa
from scipy import special

KEYS = "variance_ratio, recent_count, base_count"
WIDTH, DIGITS = 18, 8


def tail(ratio, recent, base):
    """P(F > ratio), F with (recent - 1, base - 1) degrees of freedom."""
    return special.fdtrc(recent - 1.0, base - 1.0, ratio)


def model(dbt, session):
    """One row per distinct ratio of variances and sizes of the two samples."""
    moments = dbt.ref("int_lead__lead_time_moment")
    keys = moments.filter("variance_ratio is not null").project(KEYS).distinct().order("all").to_arrow_table()
    ratio, recent, base = (keys.column(name).cast(pa.float64()).to_numpy() for name in KEYS.split(", "))
    found = np.rint(tail(ratio, recent, base) * 10**DIGITS)
    cells = [Decimal(int(cell)).scaleb(-DIGITS) for cell in found]
    return keys.append_column("tail_probability", pa.array(cells, pa.decimal128(WIDTH, DIGITS)))

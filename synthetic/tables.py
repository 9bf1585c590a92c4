"""Columns of landing tables as Arrow arrays, built exactly: decimals from scaled integers, never through floats.

Belongs here: Arrow helpers of the emitters and the batch they hand over. Does not belong here: what a column says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract, arrow_type

QTY_SCALE = 10_000  # decimal(18,4)
MONEY_SCALE = 1_000_000  # decimal(18,6)
NOT_YET = -(1 << 62)  # a time or date that has not come


@dataclass(frozen=True)
class Batch:
    """One landing batch, ready to be written."""

    source: str
    instance: str
    entity: str
    name: str
    table: pa.Table
    extracted_at: datetime
    fmt: str = "parquet"

    @property
    def batch_id(self) -> str:
        """Global id of the batch."""
        return f"{self.source}/{self.instance}/{self.entity}/{self.name}"


def decimals(scaled: np.ndarray, precision: int = 18, scale: int = 4, missing: np.ndarray | None = None) -> pa.Array:
    """Return decimal(precision, scale) values from integers already multiplied by 10^scale; `missing` makes nulls."""
    low = np.ascontiguousarray(scaled, dtype="int64")
    words = np.stack([low, low >> 63], axis=1)
    array = pa.Array.from_buffers(pa.decimal128(precision, scale), len(low), [None, pa.py_buffer(words.tobytes())])
    if missing is None or not missing.any():
        return array
    return pc.if_else(pa.array(missing), pa.scalar(None, array.type), array)


def quantities(base_units: np.ndarray) -> pa.Array:
    """Return decimal(18,4) quantities from whole units."""
    return decimals(np.asarray(base_units, dtype="int64") * QTY_SCALE)


def money(amount: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return decimal(18,6) amounts from floats that hold at most six decimals."""
    return decimals(np.rint(np.nan_to_num(amount) * MONEY_SCALE).astype("int64"), 18, 6, missing)


def instants(utc_seconds: np.ndarray) -> pa.Array:
    """Return timestamps (UTC, microseconds, no zone); NOT_YET becomes null."""
    seconds = np.asarray(utc_seconds, dtype="int64")
    unknown = seconds == NOT_YET
    return pa.array(np.where(unknown, 0, seconds) * 1_000_000, mask=unknown).cast(pa.timestamp("us"))


def dates(days: np.ndarray, first_day: date) -> pa.Array:
    """Return dates from simulated day numbers; NOT_YET becomes null."""
    number = np.asarray(days, dtype="int64")
    unknown = number == NOT_YET
    since = (first_day - date(1970, 1, 1)).days
    return pa.array((np.where(unknown, 0, number) + since).astype("int32"), mask=unknown).cast(pa.date32())


def numbered(prefix: str | pa.Array, numbers: np.ndarray, width: int) -> pa.Array:
    """Return texts `<prefix><zero-padded number>`."""
    digits = pc.utf8_lpad(pa.array(np.asarray(numbers, dtype="int64")).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def pick(values: list | np.ndarray, index: np.ndarray) -> pa.Array:
    """Return the texts of a short list by position; None stays null."""
    return pa.array([None if v is None else str(v) for v in values], pa.string()).take(pa.array(index))


def conform(columns: dict[str, pa.Array | list], contract: Contract) -> pa.Table:
    """Return a table with exactly the contract's columns and types; a column not given is null.

    KeyError names a column that the contract does not know.
    """
    unknown = set(columns) - {column.name for column in contract.columns}
    if unknown:
        raise KeyError(f"{contract.source}.{contract.entity} has no column {', '.join(sorted(unknown))}")
    rows = len(next(iter(columns.values())))
    arrays, fields = [], []
    for column in contract.columns:
        kind = arrow_type(column.data_type)
        value = columns.get(column.name)
        if value is None:
            value = pa.nulls(rows, kind)
        elif not isinstance(value, (pa.Array, pa.ChunkedArray)):
            value = pa.array(value, kind)
        arrays.append(value if value.type == kind else value.cast(kind))
        fields.append(pa.field(column.name, kind))
    return pa.table(arrays, schema=pa.schema(fields))


def day_name(first_day: date, day: int) -> str:
    """Return the batch name of a simulated day: YYYYMMDD."""
    return f"{first_day + timedelta(days=int(day)):%Y%m%d}"

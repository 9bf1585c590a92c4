"""The true ledger: every physical flow of the simulated warehouse, recorded or not, column by column.

Belongs here: event types, the growing log and the finished table. Does not belong here: why an event happens
(physical.py) and how a system reports it (emit_*.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np


class Event(IntEnum):
    """Kinds of flow. Those above LAST_RECORDED change goods without any system hearing of it."""

    OPENING = 0
    RECEIPT = 1
    SUPPLIER_RETURN = 2
    TRANSFER_IN = 3
    TRANSFER_OUT = 4
    CUSTOMER_RETURN = 5
    ISSUE = 6
    SCRAP = 7
    ADJUSTMENT = 8
    THEFT = 9
    UNPOSTED_RECEIPT = 10


LAST_RECORDED = Event.ADJUSTMENT
NAMES = (
    "opening_balance",
    "receipt",
    "supplier_return",
    "transfer_in",
    "transfer_out",
    "customer_return",
    "sales_issue",
    "scrap",
    "adjustment",
)
_COLUMNS = ("key", "event", "second", "qty", "physical_qty", "reference")


@dataclass
class Log:
    """Append-only log of arrays. qty is what the record moves, physical_qty what really moved (base units, signed)."""

    parts: dict[str, list[np.ndarray]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})

    def add(self, event: Event, key: np.ndarray, second: np.ndarray, qty: np.ndarray,
            physical_qty: np.ndarray | None = None, reference: np.ndarray | int = -1) -> None:  # fmt: skip
        """Append one array of flows of a kind; `reference` is the order, purchase order, transfer or count number."""
        n = len(key)
        if n == 0:
            return
        self.parts["key"].append(np.asarray(key, dtype="int64"))
        self.parts["event"].append(np.full(n, int(event), dtype="int8"))
        self.parts["second"].append(np.broadcast_to(np.asarray(second, dtype="int64"), n))
        self.parts["qty"].append(np.asarray(qty, dtype="int64"))
        self.parts["physical_qty"].append(np.asarray(qty if physical_qty is None else physical_qty, dtype="int64"))
        self.parts["reference"].append(np.broadcast_to(np.asarray(reference, dtype="int64"), n))

    def close(self) -> Ledger:
        """Return the finished ledger in order of time, key and appending."""
        columns = {name: np.concatenate(self.parts[name]) for name in _COLUMNS}
        order = np.lexsort((np.arange(len(columns["key"])), columns["key"], columns["second"]))
        return Ledger(**{name: column[order] for name, column in columns.items()})


@dataclass(frozen=True)
class Ledger:
    """All flows in order of local time; every array has shape (flows,); seconds are local wall-clock seconds."""

    key: np.ndarray
    event: np.ndarray
    second: np.ndarray
    qty: np.ndarray
    physical_qty: np.ndarray
    reference: np.ndarray

    def __len__(self) -> int:
        return len(self.key)

    def where(self, mask: np.ndarray) -> Ledger:
        """Return the flows that a mask or an index array picks."""
        return Ledger(**{name: getattr(self, name)[mask] for name in _COLUMNS})

    def recorded(self) -> Ledger:
        """Return the flows that the systems hear of."""
        return self.where(self.event <= LAST_RECORDED)

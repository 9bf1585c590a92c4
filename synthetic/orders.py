"""Purchase orders as the company numbers them: order and line numbers, UTC times, receipts and the day a line closes.

Belongs here: the identity and life of an order line, shared by the ERP and the WMS (which quotes the order on receipt).
Does not belong here: why an order was raised (replenishment.py) and what an extract of it shows (emit_erp.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from synthetic.clock import DAY, local_midnight
from synthetic.company import Company
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import site_utc
from synthetic.tables import NOT_YET, numbered, pick


@dataclass(frozen=True)
class OrderBook:
    """Order lines; every array has shape (lines,), times are UTC seconds, days simulated day numbers."""

    number: pa.Array
    line: np.ndarray
    key: np.ndarray
    supplier: np.ndarray
    created: np.ndarray
    created_day: np.ndarray
    promised_day: np.ndarray
    slip_days: np.ndarray
    ordered: np.ndarray
    to_come: np.ndarray
    closed: np.ndarray  # NOT_YET while goods are missing
    receipt_line: np.ndarray  # shape (receipts,), as the three below
    receipt_at: np.ndarray
    receipt_qty: np.ndarray
    receipt_rejected: np.ndarray


def build_order_book(company: Company, truth: Truth, profile: Profile) -> OrderBook:
    """Number the order lines: one order per site, supplier and day."""
    raw = truth.orders
    day = (raw.created - local_midnight(profile.first_day, 0)) // DAY
    created = site_utc(company, raw.key, raw.created)
    frame = pd.DataFrame({"site": company.site_of[raw.key], "supplier": raw.supplier, "day": day})
    groups = frame.groupby(["day", "site", "supplier"], sort=True)
    order, line = groups.ngroup().to_numpy(), groups.cumcount().to_numpy() + 1
    first = pd.Series(created).groupby(order).transform("min").to_numpy()
    division = company.division_of_site[frame["site"].to_numpy()]
    prefix = pick([f"PO{division.code[0].upper()}" for division in company.divisions], division)
    received = np.zeros(len(raw.key), dtype="int64")
    np.add.at(received, raw.receipt_order, raw.receipt_qty)
    receipt_at = site_utc(company, raw.key[raw.receipt_order], raw.receipt_second)
    last = np.full(len(raw.key), NOT_YET)
    np.maximum.at(last, raw.receipt_order, receipt_at)
    short = raw.to_come < raw.ordered
    closed = np.where(received == raw.to_come, last + np.where(short, 3 * DAY, 600), NOT_YET)
    return OrderBook(
        number=numbered(prefix, order + 1, 7),
        line=line,
        key=raw.key,
        supplier=raw.supplier,
        created=first,
        created_day=day,
        promised_day=day + raw.planned_days,
        slip_days=raw.slip_days,
        ordered=raw.ordered,
        to_come=raw.to_come,
        closed=closed,
        receipt_line=raw.receipt_order,
        receipt_at=receipt_at,
        receipt_qty=raw.receipt_qty,
        receipt_rejected=raw.receipt_rejected,
    )

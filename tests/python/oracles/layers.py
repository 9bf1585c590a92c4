"""What the stock of the cut-off is left of: FIFO layers, from docs/formulas.md#stock-layer.

Here: goods sold one by one from the oldest receipt in mind, by walking receipts back from the newest. Goods are as old
as their receipt however late it was told; what no receipt explains is as old as the books of the stock. Not here: cost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.ledger import Leg

RECEIPTS = ("receipt", "production", "transfer_in", "customer_return")


@dataclass(frozen=True)
class Layer:
    """Part of a stock: the day it came, how much is left, and why the day is not known (None when it is)."""

    day: date
    qty: Decimal
    reason: str | None


def layers(company: Company) -> dict[Record, list[Layer]]:
    """Layers of every record that has stock, the oldest first."""
    days = {(leg.source.instance, leg.source.event_id): leg.event_day for leg in company.ledger if leg.is_current}
    found = {}
    for record, runs in company.owned_runs.items():
        stock = runs[-1][0]
        if stock > 0:
            owned = [leg for leg in company.by_record[record] if leg.is_owned]
            found[record] = _walk_back(stock, owned, days, min(qty for qty, _, _ in runs) < 0)
    return found


def _walk_back(stock: Decimal, owned: list[Leg], days: dict, was_negative: bool) -> list[Layer]:
    came: dict[tuple[date, bool], Decimal] = defaultdict(Decimal)
    for leg in owned:
        if leg.kind in RECEIPTS or leg.kind == "opening_balance":
            day = leg.event_day
            if leg.event_type == "reversal":
                day = days.get((leg.source.instance, leg.source.reverses_event_id), day)
            came[day, leg.kind != "opening_balance"] += leg.qty
    found: list[Layer] = []
    for (day, is_receipt), qty in sorted(came.items(), reverse=True):  # of one day the opening balance is the older
        if qty > 0 and stock > 0:
            left = min(qty, stock)
            stock -= left
            found.append(Layer(day, left, None if is_receipt else "opening_balance"))
    if stock > 0:
        found.append(Layer(owned[0].day, stock, "negative_history" if was_negative else "no_inbound"))
    order = {"negative_history": 0, "no_inbound": 1, "opening_balance": 2, None: 3}
    return sorted(found, key=lambda layer: (layer.day, order[layer.reason]))

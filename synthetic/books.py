"""The books of the divisions: stock value at month ends, cost of sales, sales and purchases, and turns from them.

Belongs here: true amounts per month, in the division's currency. Does not belong here: write-offs (write_offs.py), what
the ERP tells wrongly and the layout (emit_finance.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.clock import DAY, local_midnight
from synthetic.ledger import Event
from synthetic.supply import unit_price
from synthetic.tables import MONEY_SCALE

if TYPE_CHECKING:
    from synthetic.world import World

_COLLECTED_AFTER, _PAID_AFTER = 45, 40  # days


@dataclass(frozen=True)
class Books:
    """Amounts by month end: `inventory` of shape (months, sites), the others (months, divisions)."""

    inventory: np.ndarray
    cogs: np.ndarray
    net_sales: np.ndarray
    purchases: np.ndarray
    receivable: np.ndarray
    payable: np.ndarray

    def ttm(self, month: int) -> slice:
        """Return the last twelve months up to one, or as many as there are."""
        return slice(max(month - 11, 0), month + 1)


class CostAt:
    """The true unit cost of an item on a day, in its division's currency, also where the master lacks it."""

    def __init__(self, world: World):
        items, history = len(world.company.items), world.costs.history
        self.first = history["valid_from_day"].to_numpy().reshape(-1, items)
        self.cost = history["unit_cost"].to_numpy().reshape(-1, items)

    def __call__(self, item: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """Return the cost in force, shape of `item`."""
        result = self.cost[0, item]
        for first, cost in zip(self.first[1:], self.cost[1:], strict=True):
            result = np.where(first[item] <= day, cost[item], result)
        return result


def build_books(world: World) -> Books:
    """Return the true books of the run."""
    company, ledger, sales, book = world.company, world.truth.ledger, world.sales, world.book
    ends, cost_at = world.records.calendar.month_ends, CostAt(world)
    division_of = company.division_of_site[company.site_of]
    months, divisions = len(ends), len(company.divisions)

    def monthly(day: np.ndarray, key: np.ndarray, amount: np.ndarray) -> np.ndarray:
        month = np.searchsorted(ends, day)
        known = month < months
        cell = month[known] * divisions + division_of[key[known]]
        return np.bincount(cell, amount[known], months * divisions).reshape(months, divisions)

    def open_at_end(day: np.ndarray, key: np.ndarray, amount: np.ndarray, length: int) -> np.ndarray:
        by_day = np.zeros((world.profile.days + 30, divisions))
        np.add.at(by_day, (day, division_of[key]), amount)
        total = np.vstack([np.zeros(divisions), np.cumsum(by_day, axis=0)])
        return total[ends + 1] - total[np.maximum(ends + 1 - length, 0)]

    inventory = np.zeros((months, len(company.sites)))
    for place, end in enumerate(ends.tolist()):
        value = np.maximum(world.truth.record[end], 0) * cost_at(company.item_of, end)
        inventory[place] = np.bincount(company.site_of, value, len(company.sites))
    day = (ledger.second - local_midnight(world.profile.first_day, 0)) // DAY
    flow = np.flatnonzero(np.isin(ledger.event, (int(Event.ISSUE), int(Event.CUSTOMER_RETURN))))
    cogs = -ledger.qty[flow] * cost_at(company.item_of[ledger.key[flow]], day[flow])
    credited = sales.key[sales.return_line]
    net = monthly(sales.invoiced_day, sales.key, sales.net / MONEY_SCALE)
    net = net - monthly(sales.return_day, credited, sales.return_credit / MONEY_SCALE)
    line = book.receipt_line
    key = book.key[line]
    received = (world.truth.orders.receipt_second - local_midnight(world.profile.first_day, 0)) // DAY
    pack = np.maximum(company.of_key("pack").astype("int64"), 1)[key]
    paid = (
        (book.receipt_qty - book.receipt_rejected)
        / pack
        * unit_price(company, world.costs)[company.item_of[key]]
        / MONEY_SCALE
    )
    return Books(
        inventory=inventory,
        cogs=monthly(day[flow], ledger.key[flow], cogs),
        net_sales=net,
        purchases=monthly(received, key, paid),
        receivable=open_at_end(sales.invoiced_day, sales.key, sales.net / MONEY_SCALE, _COLLECTED_AFTER),
        payable=open_at_end(received, key, paid, _PAID_AFTER),
    )

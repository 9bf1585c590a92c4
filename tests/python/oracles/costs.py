"""Unit cost as of a day: moving average, else standard, else last purchase, else last order, else category median.

Nought, negative and null mean missing; the median is an estimate, not a known cost (docs/formulas.md 0.1).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

from tests.python.oracles.accepted import Accepted, latest
from tests.python.oracles.masters import Masters

WATERFALL = ("moving_average", "standard", "last_purchase", "last_order")
Record = tuple[str, str]


class Costs:
    """Costs in the division's currency, per (SKU, location) of `records`."""

    def __init__(self, accepted: Accepted, masters: Masters, records: set[Record], end: date) -> None:
        self._masters = masters
        self._steps: dict[tuple[Record, str], list[tuple[date, Decimal]]] = {}
        for (record, method), steps in self._listed(accepted).items():
            self._steps[record, method] = [(day, steps[day][1]) for day in sorted(steps)]
        self._cache: dict[tuple[Record, date], tuple[Decimal | None, str]] = {}
        self._medians = self._category_medians(records, end)

    def at(self, record: Record, day: date) -> tuple[Decimal | None, str]:
        """(cost, source) on a day; source is a method of the waterfall, category_median or none."""
        key = record, day
        if key not in self._cache:
            cost, source = self._known(record, day)
            if cost is None:
                cost = self._medians.get((self._division(record), self._masters.category[record[0]]))
                source = "none" if cost is None else "category_median"
            self._cache[key] = cost, source
        return self._cache[key]

    def _division(self, record: Record) -> str:
        return self._masters.locations[record[1]].division

    def _known(self, record: Record, day: date) -> tuple[Decimal | None, str]:
        for method in WATERFALL:
            steps = self._steps.get((record, method), [])
            place = bisect_right(steps, day, key=lambda step: step[0])
            if place:
                return steps[place - 1][1], method
        return None, "none"

    def _listed(self, accepted: Accepted) -> dict[tuple[Record, str], dict[date, tuple[Any, Decimal]]]:
        """Steps per record and method: day -> (rank, cost); on one day the cost of the location is the narrower."""
        found: dict[tuple[Record, str], dict[date, tuple[Any, Decimal]]] = defaultdict(dict)

        def offer(record: Record, method: str, day: date, rank: Any, cost: Decimal) -> None:
            steps = found[record, method]
            if day not in steps or rank > steps[day][0]:
                steps[day] = rank, cost

        key = attrgetter("instance", "item_code", "location_code", "cost_method", "valid_from")
        for row in latest(accepted.rows("erp", "item_costs"), key):
            sku = self._masters.sku.get((row.instance, row.item_code))
            if sku is None or row.unit_cost is None or row.unit_cost <= 0:
                continue
            for location in self._masters.locations.values():
                fits = row.location_code is None or location.location_id == f"{row.instance}.{row.location_code}"
                if location.division == row.instance and fits:
                    rank = (row.location_code is not None, row.item_code)
                    offer((sku, location.location_id), row.cost_method, row.valid_from, rank, row.unit_cost)
        for record, day, rank, price in self._orders(accepted):
            offer(record, "last_order", day, rank, price)
        return found

    def _orders(self, accepted: Accepted):
        key = attrgetter("instance", "order_number", "line_number")
        for line in latest(accepted.rows("erp", "purchase_order_lines"), key):
            sku = self._masters.sku.get((line.instance, line.item_code))
            location = self._masters.locations.get(f"{line.instance}.{line.location_code}")
            factor = sku and self._masters.factor(line.instance, line.item_code, line.uom)
            if not (sku and location and factor and line.unit_price and line.unit_price > 0):
                continue
            if line.status == "cancelled":
                continue
            price, day = line.unit_price / factor, line.created_at.date()
            if line.currency not in (None, location.currency):
                continue  # docs/formulas.md: an order price in another currency is passed over
            price = price.quantize(Decimal("0.000001"), ROUND_HALF_UP)
            yield (sku, location.location_id), day, f"{line.order_number}/{line.line_number}", price

    def _category_medians(self, records: set[Record], end: date) -> dict[tuple[str, str], Decimal]:
        """Lower median, an observed cost, of the records' known costs at the end, per division and category."""
        grouped: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        for record in records:
            cost, _ = self._known(record, end)
            if cost is not None:
                grouped[self._division(record), self._masters.category[record[0]]].append(cost)
        return {key: sorted(costs)[(len(costs) - 1) // 2] for key, costs in grouped.items()}

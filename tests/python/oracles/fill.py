"""Order lines, orders and contracts as their customers met them, recomputed from docs/formulas.md 1.1 (fill).

Here: the judgement of a line and of an order, monthly sums per scope, contract months measured by fill. Not here: the
comparison with the marts (test_fill.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company

UTC = ZoneInfo("UTC")
WITHDRAWN = ("customer", "credit", "duplicate")
GOODS = ("wrong_item", "damaged", "defective")
PICKS = ("wrong_item", "wrong_qty", "damaged")
Key = tuple[str, str, str]


@dataclass
class OrderLine:
    """A line and what became of it; verdicts None where they cannot be said."""

    key: Key
    customer: str
    record: tuple[str, str]
    due: date | None
    month: date
    asked: Decimal
    filled: Decimal
    value: Decimal | None  # of what was asked
    filled_value: Decimal | None
    reason: str | None
    is_filled: bool | None = None
    is_otif: bool | None = None
    is_flawed: bool = False


@dataclass
class Sums:
    """Counts and sums of a scope's month."""

    lines: int = 0
    judged: int = 0
    filled_lines: int = 0
    unvalued: int = 0
    otif_judged: int = 0
    otif: int = 0
    asked: Decimal = Decimal(0)
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    filled_value: Decimal = Decimal(0)
    orders: dict[str, set] = field(default_factory=lambda: defaultdict(set))


class Fill:
    """Everything of one company, in the moment of shipping or of delivery."""

    def __init__(self, company: Company, moment: str | None = None) -> None:
        self.company, self.masters = company, company.masters
        self.moment, self.grace = moment or policy("otif_moment"), int(policy("otif_late_days"))
        self.shipments = self._shipments()
        self.delivered, self.left, self.flawed = self._warehouse()
        self.lines = [line for line in map(self._line, self._ordered()) if line]

    def _ordered(self) -> list[Any]:
        rows = self.company.accepted.rows("erp", "sales_order_lines")
        return latest(rows, lambda r: (r.instance, r.order_number, r.line_number))

    def _invoices(self) -> list[Any]:
        rows = self.company.accepted.rows("erp", "sales_invoice_lines")
        return latest(rows, lambda r: (r.instance, r.invoice_number, r.line_number))

    def _day(self, location: str, at: Any) -> date:
        zone = ZoneInfo(self.masters.locations[location].time_zone)
        return at.replace(tzinfo=UTC).astimezone(zone).date()

    def _shipments(self) -> dict[Key, list[tuple[date, Decimal]]]:
        found = defaultdict(list)
        for row in self._invoices():
            location = f"{row.instance}.{row.location_code}"
            factor = self.masters.factor(row.instance, row.item_code, row.uom)
            known = location in self.masters.locations and (row.instance, row.item_code) in self.masters.sku
            if row.order_number is not None and known and factor is not None:
                day = self._day(location, row.shipped_at or row.invoiced_at)
                found[row.instance, row.order_number, row.order_line_number].append((day, row.shipped_qty * factor))
        return found | self._told_by_the_warehouse({division for division, _, _ in found})

    def _told_by_the_warehouse(self, invoiced: set[str]) -> dict[Key, list[tuple[date, Decimal]]]:
        """Shipments, else picks, of divisions whose invoices name no order."""
        found: dict[tuple[str, str], dict[Key, list]] = defaultdict(lambda: defaultdict(list))
        for division, place, row in self._stages():
            if row.stage in ("shipped", "picked") and row.qty is not None and division not in invoiced:
                qty = row.qty * self.masters.factor(division, row.item_code, row.uom)
                day = self._day(place.location_id, row.occurred_at)
                found[division, row.stage][division, row.order_number, row.line_number].append((day, qty))
        chosen: dict[Key, list] = {}
        for division in {division for division, _ in found}:
            chosen |= found.get((division, "shipped")) or found[division, "picked"]
        return chosen

    def _stages(self) -> Iterator[tuple[str, Any, Any]]:
        """(division, place, row) of every stage of goods and a site that are known."""
        rows = self.company.accepted.rows("wms", "order_stages")
        for row in latest(rows, lambda r: (r.instance, r.order_number, r.line_number, r.stage)):
            place = self.masters.by_site.get(row.instance)
            if place is not None and (not row.item_code or (place.division, row.item_code) in self.masters.sku):
                yield place.division, place, row

    def _warehouse(self) -> tuple[dict[Key, date], dict[Key, Decimal], set[Key]]:
        delivered, left, flawed = {}, {}, set()
        for division, place, row in self._stages():
            key = division, row.order_number, row.line_number
            if row.stage == "delivered":
                delivered[key] = self._day(place.location_id, row.occurred_at)
            if row.stage == "shipped" and row.qty is not None:
                left[key] = row.qty * self.masters.factor(division, row.item_code, row.uom)
        for row in latest(self.company.accepted.rows("wms", "pick_errors"), lambda r: (r.instance, r.error_id)):
            place = self.masters.by_site.get(row.instance)
            if place and row.order_number is not None and row.error_type in PICKS:
                flawed.add((place.division, row.order_number, row.line_number))
        orders = {(i.instance, i.invoice_number, i.line_number): i for i in self._invoices()}
        rows = self.company.accepted.rows("erp", "sales_returns")
        for row in latest(rows, lambda r: (r.instance, r.return_number, r.line_number)):
            invoice = orders.get((row.instance, row.invoice_number, row.invoice_line_number))
            if row.reason in GOODS and invoice is not None and invoice.order_number is not None:
                flawed.add((row.instance, invoice.order_number, invoice.order_line_number))
        return delivered, left, flawed

    def _line(self, row: Any) -> OrderLine | None:
        location, sku = f"{row.instance}.{row.location_code}", self.masters.sku.get((row.instance, row.item_code))
        factor = self.masters.factor(row.instance, row.item_code, row.uom)
        if location not in self.masters.locations or sku is None or factor is None:
            return None
        key = row.instance, row.order_number, row.line_number
        shipments = self.shipments.get(key, [])
        shipped, ordered = sum((qty for _, qty in shipments), Decimal(0)), row.ordered_qty * factor
        asked = min(ordered, shipped) if row.cancel_reason in WITHDRAWN else ordered
        due, plan = row.requested_date or row.promised_date, row.promised_date or row.requested_date
        timely = sum((qty for day, qty in shipments if due and day <= due), Decimal(0))
        today = self.company.as_of_date
        reason = (
            "nothing_ordered" if ordered <= 0 else "withdrawn" if asked <= 0
            else "no_due_date" if due is None else "not_due" if due >= today else None
        )  # fmt: skip
        filled = min(asked, timely)
        value = self._value(row, location)
        line = OrderLine(
            key, f"{row.instance}.{row.customer_code}", (sku, location), due,
            (due or self._day(location, row.ordered_at)).replace(day=1), asked, filled,
            None if value is None or ordered == 0 else value * asked / ordered,
            None if value is None or ordered == 0 else value * filled / ordered, reason,
        )  # fmt: skip
        if reason is None:
            line.is_filled = filled == asked
            if (today - plan).days > self.grace:
                line.is_otif = self._otif(key, plan, shipments, shipped >= asked)
        line.is_flawed = key in self.flawed or (key in self.left and self.left[key] != shipped)
        return line

    def _otif(self, key: Key, plan: date, shipments: list, is_in_full: bool) -> bool | None:
        if not is_in_full:
            return False
        arrived = max((day for day, qty in shipments if qty > 0), default=None)
        if self.moment == "delivered":
            arrived = self.delivered.get(key)
        return None if arrived is None else (arrived - plan).days <= self.grace

    def _value(self, row: Any, location: str) -> Decimal | None:
        place = self.masters.locations[location]
        if row.unit_price is None or row.currency is None:
            return None
        month = self._day(location, row.ordered_at).replace(day=1)
        rate = self.masters.rate(row.currency, place.company_currency, month, "average")
        return None if rate is None else row.ordered_qty * row.unit_price * rate

    def _scopes(self, record: tuple[str, str]) -> dict[str, str]:
        place = self.masters.locations[record[1]]
        narrow = {"sku_location": "|".join(record), "sku": record[0], "category": self.masters.category[record[0]]}
        wide = {"region": place.region, "division": place.division, "company": place.company}
        return narrow | {"location": record[1]} | wide

    def months(self) -> dict[tuple[str, str, date], Sums]:
        """(scope type, scope, month) -> sums; orders under the month of their last wanted line."""
        found: dict[tuple[str, str, date], Sums] = defaultdict(Sums)
        orders = defaultdict(list)
        for line in self.lines:
            if line.reason not in ("withdrawn", "nothing_ordered"):
                orders[line.key[:2]].append(line)
            for scope in self._scopes(line.record).items():
                self._add(found[(*scope, line.month)], line)
        for order, lines in orders.items():
            month = max(line.month for line in lines)
            for scope in {s for line in lines for s in self._scopes(line.record).items()}:
                if scope[0] in ("location", "division", "company"):
                    self._add_order(found[(*scope, month)].orders, order, lines)
        return {key: sums for key, sums in found.items() if key[2] <= self.company.as_of_date}

    @staticmethod
    def _add(sums: Sums, line: OrderLine) -> None:
        sums.lines += 1
        if line.reason is not None:
            return
        sums.judged += 1
        sums.filled_lines += line.is_filled
        sums.asked += line.asked
        sums.filled += line.filled
        sums.unvalued += line.value is None
        sums.value += line.value or 0
        sums.filled_value += line.filled_value or 0
        sums.otif_judged += line.is_otif is not None
        sums.otif += bool(line.is_otif)

    @staticmethod
    def _add_order(orders: dict[str, set], order: tuple, lines: list[OrderLine]) -> None:
        if any(line.reason is not None for line in lines):
            return
        orders["judged"].add(order)
        if all(line.is_filled for line in lines):
            orders["filled"].add(order)
        verdicts = {line.is_otif for line in lines}
        if False in verdicts or None not in verdicts:
            orders["told"].add(order)
            if verdicts == {True} and not any(line.is_flawed for line in lines):
                orders["perfect"].add(order)


def following(month: date, count: int = 1) -> date:
    """First day of the month `count` months later."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def last_day(month: date, today: date) -> date:
    """Last day of a month, or today where that comes first."""
    return min(following(month) - timedelta(days=1), today)

"""Contract lines month by month: the service measured, what was short, the penalty (docs/formulas.md 1.1, contracts).

Here: which line speaks for an order line or a record on a day, and the sums. Not here: what fill, stock and cycles are
(fill.py, stock.py, cycles.py).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.python.oracles.accepted import latest
from tests.python.oracles.company import Company
from tests.python.oracles.cycles import cycles
from tests.python.oracles.fill import Fill, following
from tests.python.oracles.identifiers import text_key

FAR = date(9999, 12, 31)
DAY = timedelta(days=1)


class ContractService:
    """The contract months of a company."""

    def __init__(self, company: Company, rows: Any) -> None:
        self.company, self.fill = company, Fill(company)
        self.lines = latest(
            company.accepted.rows("erp", "service_contracts"),
            lambda r: (r.instance, r.contract_number, r.line_number),
        )
        self.wanted: dict[tuple, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        self.shorts: dict[tuple, dict[str, Any]] = defaultdict(
            lambda: {"short_qty": Decimal(0), "short_amount": [], "exposure_amount": [], "order_line_count": 0}
        )

    def _covers(self, line: Any, record: tuple[str, str]) -> bool:
        place, masters = self.company.masters.locations[record[1]], self.company.masters
        if place.division != line.instance or record not in self.company.records:
            return False
        if line.location_code is not None and record[1] != f"{line.instance}.{line.location_code}":
            return False
        if line.item_code is not None:
            return masters.sku.get((line.instance, line.item_code)) == record[0]
        return line.category is None or text_key(line.category) == masters.category[record[0]]

    @staticmethod
    def _rank(line: Any) -> tuple:
        width = 0 if line.item_code is not None else 1 if line.category is not None else 2
        return width, line.location_code is None, -line.target_ratio, line.contract_number, line.line_number

    def _speaking(self, record: tuple[str, str], first: date, last: date) -> dict[tuple[str, str], Any]:
        """(customer, type) -> the narrowest line that holds at some time of first..last."""
        best: dict[tuple[str, str], Any] = {}
        for line in self.lines:
            holds = line.valid_from <= last and (line.valid_to or FAR) > first
            key = line.customer_code, line.service_type
            if holds and self._covers(line, record) and (key not in best or self._rank(line) < self._rank(best[key])):
                best[key] = line
        return best

    def _penalty(self, line: Any, short: Decimal, amount: Decimal | None) -> Decimal | None:
        place = next(p for p in self.company.masters.locations.values() if p.division == line.instance)
        if line.penalty_basis is None:
            return Decimal(0)
        if line.penalty_basis == "value_short":
            return None if amount is None or line.penalty_rate is None else line.penalty_rate * amount
        month = self.company.as_of_date.replace(day=1)
        rate = self.company.masters.rate(line.currency or place.currency, place.company_currency, month, "closing")
        if rate is None or line.penalty_rate is None:
            return None
        return (line.penalty_rate * rate).quantize(Decimal("0.000001"), ROUND_HALF_UP) * short

    def _orders(self) -> None:
        for order in self.fill.lines:
            if order.reason is not None:
                continue
            for (customer, kind), line in self._speaking(order.record, order.due, order.due).items():
                if f"{line.instance}.{customer}" != order.customer:
                    continue
                key = line.instance, line.contract_number, line.line_number, order.month
                if kind == "fill":
                    self._want(key, order.asked, order.filled)
                sums, short = self.shorts[key], order.asked - order.filled
                amount = None if order.value is None else order.value - order.filled_value
                sums["order_line_count"] += 1
                sums["short_qty"] += short
                sums["short_amount"].append(amount)
                sums["exposure_amount"].append(self._penalty(line, short, amount))

    def _want(self, key: tuple, wanted: Any, served: Any) -> None:
        self.wanted[key][0] += wanted
        self.wanted[key][1] += served

    def _records(self) -> None:
        """Days with stock and cycles of every record under such a promise."""
        today, ended = self.company.as_of_date, cycles(self.company, self.fill)
        first = min(self.company.feed_start.values()).replace(day=1)
        kinds = {line.service_type for line in self.lines}
        for record in self.company.records if kinds & {"in_stock", "cycle"} else ():
            month = first
            while month < today:
                end = following(month)
                for (_, kind), line in self._speaking(record, month, end - DAY).items():
                    key = line.instance, line.contract_number, line.line_number, month
                    if kind == "in_stock" and record[1] in self.company.feed_start:
                        self._stock(key, record, max(month, self.company.feed_start[record[1]]), min(end, today))
                    elif kind == "cycle":
                        found = [cycle for cycle in ended.get(record, []) if month <= cycle.end < end]
                        if found:
                            self._want(key, len(found), sum(not cycle.is_short for cycle in found))
                month = end

    def _stock(self, key: tuple, record: tuple[str, str], day: date, end: date) -> None:
        series = self.company.days.get(record, {})
        while day < end:
            self._want(key, 1, series[day].qty > 0)
            day += DAY

    def months(self) -> dict[tuple, dict[str, Any]]:
        """(division, contract, line, month) -> what the mart should say."""
        self._orders()
        self._records()
        lines, found = {(r.instance, r.contract_number, r.line_number): r for r in self.lines}, {}
        for key in set(self.wanted) | set(self.shorts):
            line, month = lines[key[:3]], key[3]
            count = 1 if line.window_days is None else max(1, (line.window_days * 24 + 365) // 730)
            window = [pair for other, pair in self.wanted.items()
                      if other[:3] == key[:3] and following(month, -count) < other[3] <= month]  # fmt: skip
            wanted, served = (sum((pair[n] for pair in window), Decimal(0)) for n in (0, 1))
            kept = None if wanted == 0 else served / wanted >= line.target_ratio
            sums = self.shorts.get(
                key, {"short_qty": 0, "short_amount": [], "exposure_amount": [], "order_line_count": 0}
            )
            told = {name: self._sum(sums[name]) for name in ("short_amount", "exposure_amount")}
            found[key] = {
                "wanted_qty": wanted if window else None, "served_qty": served if window else None, "is_kept": kept,
                "window_month_count": count, "short_qty": sums["short_qty"], **told,
                "order_line_count": sums["order_line_count"],
                "penalty_amount": Decimal(0) if kept else told["exposure_amount"],
            }  # fmt: skip
        return found

    @staticmethod
    def _sum(amounts: list[Decimal | None]) -> Decimal | None:
        """Sum of what is known; None where there is something and nothing of it is known."""
        known = [amount for amount in amounts if amount is not None]
        return None if amounts and not known else sum(known, Decimal(0))

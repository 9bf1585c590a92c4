"""What speaks for each cause of a stock-out, and the cause by the order of the tree (docs/formulas.md#stockout-cause).

Here: evidence of one event in floats and decimals from accepted rows, as it was known on the day. Events and their
losses come from stockouts.py, order lines and chosen suppliers from replenishment.py. Not here: the comparison.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from scipy.stats import norm

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import DAY, FAR, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.replenishment import Supply
from tests.python.oracles.stockouts import Stockout, Stockouts

FAMILIES = {
    "record_error": "execution",
    "supplier": "supply",
    "parameter": "replenishment",
    "no_order": "execution",
    "forecast": "demand_planning",
    "promotion": "demand_planning",
    "internal": "execution",
    "allocation": "execution",
    "unknown": None,
}


class Level:
    """Stock of a record at the end of each day."""

    def __init__(self, changes: dict[date, Decimal]) -> None:
        self.days = sorted(changes)
        self.after = list(accumulate(changes[day] for day in self.days))

    def at(self, day: date) -> Decimal | None:
        """At the end of a day; None before anything happened."""
        place = bisect_right(self.days, day)
        return self.after[place - 1] if place else None


@dataclass(frozen=True)
class Inbound:
    """An order line or a transfer to a record. came: day of the last receipt, None while more is to come or nothing
    ever came; settled: the day from which on nothing of it is on order."""

    kind: str
    name: str
    supplier: str | None
    placed: date
    due: date | None
    came: date | None
    settled: date
    in_full: bool


@dataclass(frozen=True)
class Plan:
    """Planning parameters of a record from a day on, base units."""

    since: date
    reorder_point: Decimal | None
    safety_stock: Decimal | None
    review: float
    level: float | None


class Causes:
    """Evidence of the stock-outs of a company."""

    def __init__(self, company: Company, stockouts: Stockouts, supply: Supply) -> None:
        self.company, self.stockouts, self.supply = company, stockouts, supply
        self.masters, self.accepted = company.masters, company.accepted
        self._levels()
        self.inbound = self._inbound()
        self.suppliers: dict[Record, tuple[str | None, int | None]] = {}
        self.lead_times: dict[str | None, list[tuple[date, int]]] = defaultdict(list)
        for line in (one for lines in self.inbound.values() for one in lines):
            if line.kind == "order_line" and line.came and line.came >= line.placed:
                self.lead_times[line.supplier].append((line.came, (line.came - line.placed).days))
        self.plans = self._plans()
        self.counts = self._counts()
        self.orders = self._orders()
        self.forecasts = self._forecasts()
        self.promotions = self._promotions()
        self.sites: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in self.on_hand:
            self.sites[self._division(record), record[0]].append(record)

    @staticmethod
    @cache
    def number(key: str) -> Any:
        """A policy value, whole where it is a whole number."""
        value = float(policy(key))
        return int(value) if value == int(value) else value

    def _division(self, record: Record) -> str:
        return self.masters.locations[record[1]].division

    def _day(self, at: datetime, location: str) -> date:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.masters.locations[location].time_zone)).date()

    def _record(self, row: Any) -> tuple[Record, Decimal] | None:
        """(record, base units in one unit) of a row of the ERP, None where either is unknown."""
        location = f"{row.instance}.{row.location_code}"
        sku = self.masters.sku.get((row.instance, row.item_code))
        factor = self.masters.factor(row.instance, row.item_code, row.uom) if sku else None
        return ((sku, location), factor) if factor and location in self.masters.locations else None

    def _levels(self) -> None:
        """Owned stock of each record: all of it, what may be sold, and each lot and status that is set apart."""
        whole: dict[Record, Any] = defaultdict(lambda: defaultdict(Decimal))
        free: dict[Record, Any] = defaultdict(lambda: defaultdict(Decimal))
        apart: dict[Record, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(Decimal)))
        for leg in self.company.ledger:
            record = leg.sku, leg.location
            if leg.is_owned:
                whole[record][leg.day] += leg.qty
                part = free[record] if leg.status == "available" else apart[record][leg.lot, leg.status]
                part[leg.day] += leg.qty
        self.on_hand = {record: Level(changes) for record, changes in whole.items()}
        self.to_sell = {record: Level(changes) for record, changes in free.items()}
        self.apart = {record: [Level(changes) for changes in parts.values()] for record, parts in apart.items()}

    def _inbound(self) -> dict[Record, list[Inbound]]:
        """Order lines that were not cancelled, and transfers that were told to have left, of each record."""
        found: dict[Record, list[Inbound]] = defaultdict(list)
        rows = latest(
            self.accepted.rows("erp", "purchase_order_lines"), lambda r: (r.instance, r.order_number, r.line_number)
        )
        closed = {"/".join((r.instance, r.order_number, r.line_number)): r.closed_at for r in rows}
        least = Decimal(policy("full_receipt_pct"))
        for line in self.supply.lines:
            if line.status == "cancelled" or not line.ordered:
                continue
            due, settled = line.first_promise or line.promise, line.full_day
            if settled is None and line.status != "open":  # closed without a receipt
                if closed[line.name] is None:
                    continue  # nobody says when
                settled = self._day(closed[line.name], line.location)
            found[line.sku, line.location].append(
                Inbound(
                    "order_line",
                    line.name,
                    line.supplier,
                    line.raised,
                    due,
                    line.full_day,
                    settled or FAR,
                    line.accepted >= line.ordered * least,
                )
            )
        ends: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        for leg in self.company.ledger:
            if leg.kind in ("transfer_out", "transfer_in") and leg.source.transfer_id and leg.is_owned:
                ends[leg.source.transfer_id, leg.sku] |= {leg.kind: leg.day, f"{leg.kind} at": leg.location}
        for (name, sku), told in ends.items():
            if "transfer_out" in told and "transfer_in" in told:
                found[sku, told["transfer_in at"]].append(
                    Inbound(
                        "transfer",
                        name,
                        None,
                        told["transfer_out"],
                        None,
                        told["transfer_in"],
                        told["transfer_in"],
                        True,
                    )
                )
        return found

    def _plans(self) -> dict[Record, list[Plan]]:
        """Of the first item code that is planned, by the day they come into force."""
        steps: dict[Record, dict[str, list[Plan]]] = defaultdict(lambda: defaultdict(list))
        rows = self.accepted.rows("erp", "planning_parameters")
        for row in latest(rows, lambda r: (r.instance, r.item_code, r.location_code, r.valid_from)):
            if place := self._record(row):
                record, factor = place
                point, safety = (
                    None if q is None else q * factor for q in (row.reorder_point_qty, row.safety_stock_qty)
                )
                level = None if row.service_level_ratio is None else float(row.service_level_ratio)
                plan = Plan(row.valid_from, point, safety, float(row.review_days or 0), level)
                steps[record][row.item_code].append(plan)
        return {record: sorted(codes[min(codes)], key=lambda p: p.since) for record, codes in steps.items()}

    def plan(self, record: Record, day: date) -> Plan | None:
        """What was in force on a day."""
        begun = [plan for plan in self.plans.get(record, []) if plan.since <= day]
        return begun[-1] if begun else None

    def _counts(self) -> dict[Record, list[tuple[date, bool]]]:
        """(day, whether it differed from the book) of every count that speaks."""
        found: dict[Record, list] = defaultdict(list)
        for row in self.stockouts._last_counts():
            place = self.masters.by_site[row.instance]
            record = self.masters.sku[place.division, row.item_code], place.location_id
            found[record].append((self._day(row.counted_at, record[1]), row.counted_qty != row.book_qty))
        return found

    def _orders(self) -> dict[Record, list[tuple[date, Decimal]]]:
        """(day, base units) of every order line of a customer."""
        found: dict[Record, list] = defaultdict(list)
        rows = self.accepted.rows("erp", "sales_order_lines")
        for row in latest(rows, lambda r: (r.instance, r.order_number, r.line_number)):
            if place := self._record(row):
                record, factor = place
                found[record].append((self._day(row.ordered_at, record[1]), row.ordered_qty * factor))
        return found

    def _forecasts(self) -> dict[Record, dict[date, list[tuple[date, Decimal]]]]:
        """Record -> first day of a month -> (day made, base units) of each item code and version."""
        found: dict[Record, dict] = defaultdict(lambda: defaultdict(list))
        names = ("instance", "item_code", "location_code", "made_at", "period_start")
        for row in latest(self.accepted.rows("erp", "demand_forecasts"), attrgetter(*names)):
            place = self._record(row)
            if place and row.period_type == "month":
                record, factor = place
                found[record][row.period_start].append((self._day(row.made_at, record[1]), row.forecast_qty * factor))
        return found

    def _promotions(self) -> dict[tuple[str, str], list[Any]]:
        """Promotions by division and SKU, at one location or at all."""
        found: dict[tuple[str, str], list] = defaultdict(list)
        rows = self.accepted.rows("erp", "promotions")
        for row in latest(rows, attrgetter("instance", "promotion_code", "item_code", "location_code")):
            sku = self.masters.sku.get((row.instance, row.item_code))
            if sku:
                found[row.instance, sku].append(row)
        return found

    def evidence(self, event: Stockout) -> dict[str, Any]:
        """Every column of lag.fct_stockout_event that tells of the cause, and the cause."""
        said = self._of_record(event) | self._of_supply(event)
        decided = said["order_placed_date"] or event.start
        said |= self._of_parameters(event.record, decided)
        said |= self._of_nobody(event, said["on_order_count"])
        said |= self._of_outlook(event, said, decided, said.pop("mean"))
        said |= self._of_goods_elsewhere(event) | self._of_large_order(event)
        holds = {
            "record_error": said["is_record_error"],
            "supplier": said["is_supplier"],
            "parameter": said["is_below_requirement"],
            "no_order": said["is_not_ordered"],
            "forecast": said["is_exceeded"] and not said["promotion_code"],
            "promotion": said["is_exceeded"] and said["promotion_code"],
            "internal": said["is_stock_elsewhere"],
            "allocation": said["is_large_order"],
        }
        cause = next((name for name, is_so in holds.items() if is_so), "unknown")
        return said | {"cause": cause, "cause_family": FAMILIES[cause]}

    def _of_record(self, event: Stockout) -> dict[str, Any]:
        record, last = event.record, max(event.days)
        free = self.to_sell.get(record)
        has_goods = [(free.at(day) if free else None) for day in event.days]
        effective = [qty is None or qty > 0 for qty in has_goods]
        least = self._least(record, event.start, last)
        wrong = sum(event.start <= day <= last and is_off for day, is_off in self.counts.get(record, []))
        begun = "effective" if effective[0] else "book"
        return {
            "stockout_type": begun,
            "effective_day_count": sum(effective),
            "wrong_count_count": wrong,
            "least_book_qty": least if least is not None and least < 0 else None,
            "is_record_error": begun == "effective" or (least or 0) < 0 or wrong > 0,
        }

    def _least(self, record: Record, first: date, last: date) -> Decimal | None:
        """The least that the book of owned goods held at any moment of a period of days."""
        day_of = {leg.at: leg.day for leg in self.company.by_record.get(record, []) if leg.is_owned}
        runs = self.company.owned_runs.get(record, [])
        told = [
            qty
            for qty, since, until in runs
            if day_of[since] <= last and (day_of.get(until, FAR) > first or day_of[since] == first)
        ]
        return min(told, default=None)

    def _of_supply(self, event: Stockout) -> dict[str, Any]:
        inbound = self.inbound.get(event.record, [])
        under_way = [one for one in inbound if one.placed <= event.start < one.settled]
        late = [one for one in under_way if one.due and one.due <= event.start]
        late.sort(key=lambda one: (one.due, one.name))
        came = [one for one in inbound if one.kind == "order_line" and one.settled <= event.start]
        last = max(came, key=lambda one: (one.settled, one.name), default=None)
        return {
            "order_placed_date": min((one.placed for one in under_way), default=None),
            "on_order_count": len(under_way),
            "late_order_count": len(late),
            "late_order_line_id": late[0].name if late else None,
            "late_due_date": late[0].due if late else None,
            "was_last_in_full": last and last.in_full,
            "is_supplier": bool(late) or (last is not None and not last.in_full),
        }

    def _in_stock(self, record: Record, first: date, until: date) -> list[float]:
        """Demand of each day on sale that ended with goods, from the first day up to the one before `until`."""
        first = max(first, self.stockouts.active(record)[0])
        days = [first + n * DAY for n in range((until - first).days)]
        asked, empty = self.stockouts.demand[record], self.stockouts.empty_days[record]
        return [float(asked.get(day, 0)) for day in days if day not in empty]

    def cover(self, record: Record, day: date) -> tuple[float | None, float]:
        """(lead time, its deviation) as the supplier's lines told when the month of a day began."""
        if record not in self.suppliers:
            self.suppliers[record] = self.supply.supplier_of(record)
        supplier, planned = self.suppliers[record]
        until = day.replace(day=1)
        since = until - timedelta(days=self.number("lead_time_window_days"))
        days = [lead for came, lead in self.lead_times.get(supplier, []) if since <= came < until]
        if not days:
            return planned, 0.0
        k, n, mean = self.number("lead_time_shrinkage"), len(days), statistics.fmean(days)
        if planned is not None:
            mean = (n * mean + k * planned) / (n + k)
        return mean, statistics.stdev(days) if n > 1 else 0.0

    def _of_parameters(self, record: Record, decided: date) -> dict[str, Any]:
        plan = self.plan(record, decided)
        series = self._in_stock(record, decided - timedelta(days=self.number("demand_window_days")), decided)
        lead, spread = self.cover(record, decided)
        required = None
        if len(series) > 1 and lead is not None:
            mean, sd, days = statistics.fmean(series), statistics.stdev(series), lead + (plan.review if plan else 0)
            sigma = math.sqrt(days * sd**2 + mean**2 * spread**2)
            level = plan.level if plan else None  # no service level planned asks for no safety stock
            required = mean * days + (0 if level is None else max(norm.ppf(level), 0)) * sigma
        point = plan.reorder_point if plan else None
        least = None if required is None else required * (1 - self.number("oos_requirement_tolerance"))
        return {
            "reorder_point_qty": point,
            "safety_stock_qty": plan.safety_stock if plan else None,
            "required_reorder_point_qty": required,
            "is_below_requirement": point is not None and least is not None and float(point) < least,
            "mean": statistics.fmean(series) if series else None,
        }

    def _of_nobody(self, event: Stockout, on_order: int) -> dict[str, Any]:
        day = event.start - timedelta(days=self.number("oos_order_grace_days"))
        plan, level = self.plan(event.record, day), self.on_hand.get(event.record)
        qty = level.at(day) if level else None
        forgotten = on_order == 0 and plan and plan.reorder_point is not None and qty is not None
        forgotten = bool(forgotten and qty <= plan.reorder_point)
        return {"is_not_ordered": forgotten, "unordered_position_qty": qty if forgotten else None}

    def _of_outlook(self, event: Stockout, said: dict[str, Any], decided: date, mean: float | None) -> dict[str, Any]:
        if not said["on_order_count"]:
            return {"since_decision_qty": None, "foreseen_qty": None, "promotion_code": None, "is_exceeded": False}
        days = [decided + n * DAY for n in range((event.start - decided).days + 1)]
        asked = sum((self.stockouts.demand[event.record].get(day, Decimal(0)) for day in days), Decimal(0))
        told = [self.forecast_of(event.record, day, decided) for day in days]
        foreseen = None if None in told else sum(told)
        if foreseen is None and mean is not None:
            foreseen = mean * len(days)
        room = None if foreseen is None else foreseen + float(said["safety_stock_qty"] or 0)
        running = [
            row.promotion_code
            for row in self.promotions.get((self._division(event.record), event.record[0]), [])
            if row.status != "cancelled" and row.start_date <= event.start and row.end_date >= decided
            and row.location_code in (None, self.masters.locations[event.record[1]].location_id.split(".", 1)[1])
        ]  # fmt: skip
        return {
            "since_decision_qty": asked,
            "foreseen_qty": foreseen,
            "promotion_code": min(running, default=None),
            "is_exceeded": room is not None and float(asked) > room,
        }

    def forecast_of(self, record: Record, day: date, known: date) -> float | None:
        """What planners had last said of a day by another; None where they said nothing."""
        month = day.replace(day=1)
        told = [row for row in self.forecasts.get(record, {}).get(month, []) if row[0] <= known]
        if not told:
            return None
        made = max(row[0] for row in told)
        length = ((month + timedelta(days=32)).replace(day=1) - month).days
        return float(sum(row[1] for row in told if row[0] == made)) / length

    def _set_apart(self, record: Record, day: date) -> Decimal:
        levels = (level.at(day) or Decimal(0) for level in self.apart.get(record, []))
        return sum((qty for qty in levels if qty > 0), Decimal(0))

    def _of_goods_elsewhere(self, event: Stockout) -> dict[str, Any]:
        record = event.record
        blocked = self._set_apart(record, event.start)
        surplus = Decimal(0)
        for other in self.sites[self._division(record), record[0]]:
            if other != record:
                plan = self.plan(other, event.start)
                held = (self.on_hand[other].at(event.start) or 0) - self._set_apart(other, event.start)
                surplus += max(held - ((plan and plan.reorder_point) or 0), Decimal(0))
        return {
            "blocked_qty": blocked,
            "surplus_elsewhere_qty": surplus,
            "is_stock_elsewhere": blocked > 0 or (surplus > 0 and surplus >= event.lost),
        }

    def _of_large_order(self, event: Stockout) -> dict[str, Any]:
        orders = self.orders.get(event.record, [])
        first = event.start - timedelta(days=self.number("oos_large_order_days"))
        before = [qty for day, qty in orders if first <= day < event.start]
        largest = max((qty for day, qty in orders if day == event.start), default=None)
        if largest is None or not before:
            return {"largest_order_qty": None, "is_large_order": False}
        smaller = sum(qty < largest for qty in before)
        least = Decimal(policy("oos_large_order_ratio")) * len(before)
        return {"largest_order_qty": largest, "is_large_order": smaller >= least}

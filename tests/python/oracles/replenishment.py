"""Lead times, supplier scores and reorder points recomputed (docs/formulas.md A23, A24, B7.2).

Here: figures in floats from accepted rows, with scipy and Python's statistics. Not here: the moments of demand, which
test_demand_statistic.py compares.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from scipy.stats import norm

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.test_demand_statistic import demanded


def number(key: str, scope: tuple[str, str] = ("company", "*")) -> float:
    """A policy value as a float."""
    return float(policy(key, scope))


@dataclass
class Line:
    """A purchase order line in base units, with its receipts (day, received, rejected)."""

    name: str
    sku: str
    location: str
    supplier: str
    pool: str
    status: str
    start: date
    raised: date
    first_promise: date | None
    promise: date | None
    ordered: Decimal
    receipts: list[tuple[date, Decimal, Decimal]] = field(default_factory=list)

    @property
    def accepted(self) -> Decimal:
        """What was kept of everything that came."""
        return sum((got - bad for _, got, bad in self.receipts), Decimal(0))

    @property
    def full_day(self) -> date | None:
        """Day on which the line was full, if it stayed so; of one closed with less the day of its last receipt."""
        kept, least = Decimal(0), self.ordered * Decimal(policy("full_receipt_pct"))
        days = sorted({day for day, *_ in self.receipts}) if self.accepted >= least > 0 else []
        for day in days:
            kept += sum((got - bad for on, got, bad in self.receipts if on == day), Decimal(0))
            if kept >= least:
                return day
        return max(day for day, *_ in self.receipts) if self.receipts and self.status != "open" else None

    @property
    def is_settled(self) -> bool:
        """Nothing more is to come."""
        return self.full_day is not None or self.status != "open"

    def is_otif(self, today: date) -> bool | None:
        """On time and in full against the first promise; None while that is open or cannot be said."""
        planned, day = self.first_promise or self.promise, self.full_day
        if self.status == "cancelled" or not self.ordered or planned is None:
            return None
        if not self.is_settled:
            return False if today > planned else None
        if day is None:
            return False
        if day < self.start:
            return None
        least = self.ordered * Decimal(policy("full_receipt_pct"))
        most = self.ordered * (1 + Decimal(policy("otif_over_tol")))
        return day <= planned and least <= self.accepted <= most


@dataclass
class Pool:
    """Lead times of a pool, negative ones left out; n 0 has no moments."""

    days: list[float]

    @property
    def n(self) -> int:
        """Lines of the pool."""
        return len(self.days)

    def moment(self, name: str) -> float | None:
        """Its mean or its sample standard deviation."""
        if name == "mean":
            return statistics.fmean(self.days) if self.days else None
        return statistics.stdev(self.days) if self.n > 1 else None

    def quantile(self, p: float) -> float | None:
        """Least value that a share of at least p does not exceed."""
        return sorted(self.days)[math.ceil(p * self.n - 1e-9) - 1] if self.days else None


def shrunk(own: float | None, n: int, wider: float | None) -> float | None:
    """A figure of n lines drawn towards the wider one."""
    k = number("lead_time_shrinkage")
    if own is None or wider is None:
        return wider if own is None else own
    return (n * own + k * wider) / (n + k)


class Supply:
    """Everything about replenishment of one company."""

    def __init__(self, company: Company) -> None:
        self.company, self.accepted, self.masters = company, company.accepted, company.masters
        self.today = company.as_of_date
        self.lines = self._lines()

    def _place(self, row: Any) -> tuple[str, str, Decimal] | None:
        location = f"{row.instance}.{row.location_code}"
        sku = self.masters.sku.get((row.instance, row.item_code))
        factor = self.masters.factor(row.instance, row.item_code, row.uom)
        return (sku, location, factor) if sku and location in self.masters.locations and factor else None

    def _day(self, at: datetime, location: str) -> date:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.masters.locations[location].time_zone)).date()

    def _lines(self) -> list[Line]:
        found: dict[tuple, Line] = {}
        rows = self.accepted.rows("erp", "purchase_order_lines")
        for row in latest(rows, lambda r: (r.instance, r.order_number, r.line_number)):
            if place := self._place(row):
                sku, location, factor = place
                key = row.instance, row.order_number, row.line_number
                found[key] = Line(
                    name="/".join(key),
                    sku=sku,
                    location=location,
                    supplier=f"{row.instance}.{row.supplier_code}",
                    pool=f"{row.instance}|{self.masters.category[sku]}",
                    status=row.status,
                    start=self._day(row.confirmed_at or row.sent_at or row.created_at, location),
                    raised=self._day(row.sent_at or row.created_at, location),
                    first_promise=row.original_promised_date,
                    promise=row.promised_date,
                    ordered=row.ordered_qty * factor,
                )
        for row in latest(self.accepted.rows("erp", "purchase_receipts"), lambda r: (r.instance, r.receipt_number)):
            line, place = found.get((row.instance, row.order_number, row.line_number)), self._place(row)
            if line and place:
                bad = (row.rejected_qty or Decimal(0)) * place[2]
                line.receipts.append((self._day(row.received_at, place[1]), row.received_qty * place[2], bad))
        return list(found.values())

    def received(self, begins: str) -> list[tuple[Line, int]]:
        """(line, days from a date of it to the full receipt) of the window."""
        begin = self.today - timedelta(days=int(policy("lead_time_window_days")))
        live = [(line, line.full_day) for line in self.lines if line.status != "cancelled"]
        return [(line, (day - getattr(line, begins)).days) for line, day in live if day and begin < day <= self.today]

    @cached_property
    def pools(self) -> dict[tuple[str, ...], Pool]:
        """What stock must last, from the order on: see `_pools`."""
        return self._pools("raised")

    def _pools(self, begins: str) -> dict[tuple[str, ...], Pool]:
        """Pools by ('own', sku, location, supplier), ('supplier', id) and ('category', division|category)."""
        by_supplier: dict[str, list[float]] = defaultdict(list)
        for line, days in self.received(begins):
            if days >= 0:
                by_supplier[line.supplier].append(days)
        cap = {s: Pool(days).quantile(0.99) * number("lead_time_cap_factor") for s, days in by_supplier.items()}
        found: dict[tuple[str, ...], Pool] = defaultdict(lambda: Pool([]))
        for line, days in self.received(begins):
            if days >= 0:
                counted = min(days, cap[line.supplier])
                own = "own", line.sku, line.location, line.supplier
                for key in (own, ("supplier", line.supplier), ("category", line.pool)):
                    found[key].days.append(counted)
        return found

    @cached_property
    def chosen(self) -> dict[tuple[str, str], dict]:
        """(division, SKU) -> terms of the supplier that planning reckons with, in base units."""
        best: dict[tuple[str, str], tuple] = {}
        known = {(r.instance, r.supplier_code) for r in self.accepted.rows("erp", "suppliers")}
        rows = self.accepted.rows("erp", "item_suppliers")
        for row in latest(rows, lambda r: (r.instance, r.item_code, r.supplier_code)):
            sku = self.masters.sku.get((row.instance, row.item_code))
            factor = self.masters.factor(row.instance, row.item_code, row.uom)
            if not sku or not factor or (row.instance, row.supplier_code) not in known:
                continue
            price = float("inf") if row.unit_price is None else float(row.unit_price / factor)
            rank = not row.is_preferred, price, row.supplier_code, row.item_code
            key = row.instance, sku
            if key not in best or rank < best[key][0]:
                terms = {"moq": row.moq_qty, "multiple": row.order_multiple_qty}
                terms = {name: None if qty is None else float(qty * factor) for name, qty in terms.items()}
                planned = row.planned_lead_time_days
                best[key] = rank, terms | {"supplier": f"{row.instance}.{row.supplier_code}", "planned": planned}
        return {key: terms for key, (_, terms) in best.items()}

    def supplier_of(self, record: Record) -> tuple[str | None, int | None]:
        """(supplier, planned lead time) of a record."""
        terms = self.chosen.get((self.masters.locations[record[1]].division, record[0]))
        if terms:
            return terms["supplier"], terms["planned"]
        own = [
            (line.full_day, line.name, line.supplier)
            for line, _ in self.received("raised")
            if (line.sku, line.location) == record
        ]
        return (max(own)[2] if own else None), None

    def lead_time(self, record: Record) -> dict[str, Any] | None:
        """Lead time to expect of a record; None where nobody is known to supply it."""
        supplier, planned = self.supplier_of(record)
        if supplier is None:
            return None
        division, category = self.masters.locations[record[1]].division, self.masters.category[record[0]]
        keys = ("own", *record, supplier), ("supplier", supplier), ("category", f"{division}|{category}")
        own, of_supplier, of_category = (self.pools.get(key, Pool([])) for key in keys)
        expected = {}
        for name in ("mean", "sd"):
            wider = shrunk(of_supplier.moment(name), of_supplier.n, of_category.moment(name))
            expected[name] = shrunk(own.moment(name), own.n, wider)
        enough = [pool for pool in (own, of_supplier, of_category) if pool.n >= number("lead_time_p90_min_receipts")]
        rest = [pool for pool in (of_supplier, of_category) if pool.n]
        slow = next((pool.quantile(0.9) for pool in enough + rest), planned)
        sources = {"receipts": own.n, "supplier": of_supplier.n, "category": of_category.n}
        source = next((name for name, n in sources.items() if n), "none" if planned is None else "planned")
        mean = planned if expected["mean"] is None else expected["mean"]
        return {"supplier": supplier, "days": mean, "sd": expected["sd"], "p90": slow, "source": source, "n": own.n}

    @cached_property
    def scores(self) -> dict[str, dict[str, float | int | None]]:
        """Supplier -> parts of its score."""
        begin = self.today - timedelta(days=int(policy("supplier_score_window_days")))
        due: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            planned = line.first_promise or line.promise
            if line.is_otif(self.today) is not None and begin < planned <= self.today:
                due[line.supplier].append(line)
        names = ("otif", "quality", "consistency", "quantity")
        weights = {name: number(f"supplier_score_{name}_weight") for name in names}
        found, confirmed = {}, self._pools("start")  # what a supplier took counts from the confirmation
        for row in latest(self.accepted.rows("erp", "suppliers"), lambda r: (r.instance, r.supplier_code)):
            supplier = f"{row.instance}.{row.supplier_code}"
            lines, pool = due[supplier], confirmed.get(("supplier", supplier), Pool([]))
            got = [sum(q for _, q, _ in line.receipts) for line in lines]
            bad = [sum(q for *_, q in line.receipts) for line in lines]
            rejects = [float(b / g) for b, g in zip(bad, got, strict=True) if g]
            errors = [min(float(abs(x.accepted - x.ordered) / x.ordered), 1.0) for x in lines if x.is_settled]
            mean, sd = pool.moment("mean"), pool.moment("sd")
            parts: dict[str, float | None] = {
                "otif": sum(line.is_otif(self.today) for line in lines) / len(lines) if lines else None,
                "quality": 1 - statistics.fmean(rejects) if rejects else None,
                "consistency": None if sd is None else 1 - min(sd / mean, 1) if mean else 1.0,
                "quantity": 1 - statistics.fmean(errors) if errors else None,
            }
            known = {name: part for name, part in parts.items() if part is not None}
            score = (
                sum(weights[n] * part for n, part in known.items()) / sum(weights[n] for n in known) if known else None
            )
            found[supplier] = parts | {"score": score, "lines": len(lines)}
        return found

    @cached_property
    def parameters(self) -> dict[Record, Any]:
        """Parameters in force per record, of the first item code that is planned; quantities in base units."""
        steps: dict[tuple[Record, str], list] = defaultdict(list)
        rows = self.accepted.rows("erp", "planning_parameters")
        for row in latest(rows, lambda r: (r.instance, r.item_code, r.location_code, r.valid_from)):
            if place := self._place(row):
                sku, location, factor = place
                names = ("reorder_point_qty", "safety_stock_qty", "order_qty")
                qty = {n: None if getattr(row, n) is None else float(getattr(row, n) * factor) for n in names}
                steps[(sku, location), row.item_code].append((row.valid_from, qty, row))
        found: dict[Record, Any] = {}
        for (record, item), own in sorted(steps.items(), key=lambda pair: pair[0]):
            if item == min(code for other, code in steps if other == record):
                begun = [step for step in own if step[0] <= self.today]
                if begun:
                    found[record] = max(begun, key=lambda step: step[0])[1:]
        return found

    def service_level(self, record: Record, abc_class: str) -> float:
        """Level of the parameters in force, else of policy by class."""
        row = self.parameters.get(record, (None, None))[1]
        if row is not None and row.service_level_ratio is not None:
            return float(row.service_level_ratio)
        scoped = ("abc_class", abc_class) if abc_class in ("A", "B") else ("company", "*")
        return number("default_service_level", scoped)

    def proposal(self, record: Record, abc_class: str) -> dict[str, Any]:
        """The proposal of a record in its parts; `why` says why there is none."""
        qty, row = self.parameters.get(record, ({}, None))
        lead = self.lead_time(record)
        review = float(row.review_days or 0) if row is not None else 0.0
        score = self.scores.get(lead["supplier"]) if lead else None
        slow = bool(score and score["lines"] >= number("otif_min_lines") and score["otif"] < number("otif_p90_limit"))
        terms = self.chosen.get((self.masters.locations[record[1]].division, record[0]), {})
        said: dict[str, Any] = {
            "variant": "p90" if slow else "standard",
            "lead": lead,
            "now": qty.get("reorder_point_qty"),
        }
        said |= self._position(record, lead, review)
        legs = self.company.by_record.get(record)
        series = [float(q) for q in demanded(self.company, record)[1]] if legs else []
        days = (lead["p90"] if slow else lead["days"]) if lead else None
        if sum(series) <= 0:
            return said | {"why": "no_demand"}
        if len(series) < 2:
            return said | {"why": "short_history"}
        if days is None:
            return said | {"why": "no_lead_time"}
        mean, sd, cover = statistics.fmean(series), statistics.stdev(series), days + review
        spread = 0.0 if slow else (lead["sd"] or 0.0)
        sigma = math.sqrt(cover * sd**2 + mean**2 * spread**2)
        safety = max(norm.ppf(self.service_level(record, abc_class)), 0) * sigma
        raw, now, cap = mean * cover + safety, said["now"], number("reorder_point_change_cap")
        capped = min(max(raw, now * (1 - cap)), now * (1 + cap)) if now and now > 0 else raw
        said |= {"why": None, "cycle": mean * cover, "safety": safety, "raw": raw, "capped": capped}
        if now is not None:
            limit = max(number("reorder_point_pct_tol") * raw, number("reorder_point_abs_tol"))
            said |= {"off": abs(now - raw) > limit, "off_margin": abs(abs(now - raw) - limit)}
        return said | {"terms": terms, "order_qty": qty.get("order_qty")}

    def _position(self, record: Record, lead: dict | None, review: float) -> dict[str, Any]:
        days = max(number("po_horizon_days"), math.ceil(((lead or {}).get("days") or 0) + review - 1e-9))
        horizon = self.today + timedelta(days=days)
        division = self.masters.locations[record[1]].division
        own = [leg for leg in self.company.by_record.get(record, []) if leg.owner == division]
        usable = sum((leg.qty for leg in own if leg.status == "available" and leg.at <= self.company.as_of), Decimal(0))
        mine = [x for x in self.lines if (x.sku, x.location, x.status) == (*record, "open") and x.ordered > x.accepted]
        due = sum((x.ordered - x.accepted for x in mine if (x.promise or horizon) <= horizon), Decimal(0))
        return {"usable": usable, "on_order": sum((x.ordered - x.accepted for x in mine), Decimal(0)), "due": due}


def order_now(net: float, point: float, said: dict[str, Any]) -> float:
    """Quantity to order at a net position and a reorder point."""
    if net > point:
        return 0.0
    moq, step = said["terms"].get("moq") or 0.0, said["terms"].get("multiple") or 1.0
    fill = moq if said["order_qty"] is None else said["order_qty"]
    return math.ceil(round(max(point + fill - net, moq) / step, 6)) * step

"""Service level targets of every stock record, recomputed in floats from docs/formulas.md 1.1.

Here: economics, contracts, candidates, choice. Demand statistics, lead times, classes and terms come from their marts,
which have oracles of their own; costs, prices and contracts from the accepted rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.python.oracles.accepted import latest, policy, seed
from tests.python.oracles.company import Company
from tests.python.oracles.identifiers import text_key
from tests.python.oracles.lead_time_demand import LeadTimeDemand

Record = tuple[str, str]
CARRYING = ("capital", "storage", "service", "risk")
CLASSES = {
    ("smooth", True): "normal",
    ("smooth", False): "normal",
    ("erratic", True): "gamma",
    ("erratic", False): "gamma",
    ("intermittent", True): "negative_binomial",
    ("intermittent", False): "poisson",
    ("lumpy", True): "negative_binomial",
    ("lumpy", False): "poisson",
}


def by_class(key: str, abc: str) -> float:
    """Policy of an ABC class, or the company's."""
    rows = {
        (r["scope_type"], r["scope_id"]): r["value"] for r in seed("policy/policy_rows.csv") if r["policy_key"] == key
    }
    return float(rows.get(("abc_class", abc), rows["company", "*"]))


@dataclass(frozen=True)
class Promise:
    """A contract line that speaks for a record; penalty: (price ratio, amount a unit), either may be None."""

    kind: str
    target: float
    penalty: tuple[float | None, float | None]


@dataclass(frozen=True)
class Option:
    """A level reckoned through."""

    origin: str
    level: float
    x: float
    safety: float
    fill: float
    in_stock: float
    holding: float | None
    shortage: float | None
    penalty: float
    is_missed: bool

    @property
    def cost(self) -> float | None:
        """Cost of a year; None without a cost or a price."""
        return None if self.holding is None or self.shortage is None else self.holding + self.shortage + self.penalty


class ServiceLevels:
    """Options and targets of a company; `rows` reads its marts."""

    def __init__(
        self,
        company: Company,
        rows: Any,
        allow_negative: bool = False,
        estimate_error: str = "counted",
        demand_basis: str = "unconstrained",
    ) -> None:
        self.company, self.allow_negative = company, allow_negative
        self.is_unsure = estimate_error == "counted"
        day = company.as_of_date
        self.statistics = {(r["sku_id"], r["location_id"]): r for r in rows("select * from core.fct_demand_statistic")}
        if demand_basis == "unconstrained":
            self._add_hidden_demand(rows("select * from lag.fct_demand_unconstrained"))
        self.lead_times = {
            (r["sku_id"], r["location_id"]): r for r in rows("select * from core.fct_replenishment_lead_time")
        }
        plans = rows("select * from core.fct_planning_parameter where is_leading")
        in_force = [r for r in plans if r["valid_from_date"] <= day < r["valid_to_date"]]
        self.plans = {(r["sku_id"], r["location_id"]): r for r in in_force}
        terms = rows("select * from core.fct_item_supplier where is_chosen")
        self.terms = {(r["division_code"], r["sku_id"]): r for r in terms}
        self.classes: dict[Record, tuple[str, str | None]] = {}
        for row in rows("select * from core.fct_sku_class where scope_type = 'company' order by is_provisional desc"):
            if row["is_provisional"] or row["effective_from_date"] <= day < row["effective_to_date"]:
                self.classes[row["scope_id"], row["sku_id"]] = row["abc_class"] or "-", row["xyz_class"]
        self.prices = self._prices()
        self.promises = self._promises()

    def _add_hidden_demand(self, imputed: list[dict]) -> None:
        """Raise the means of a day by what empty shelves of their window would have sold beyond what they did."""
        hidden: dict[Record, Decimal] = defaultdict(Decimal)
        for row in imputed:
            record = row["sku_id"], row["location_id"]
            said = self.statistics.get(record)
            if said and said["window_start_date"] <= row["demand_date"] <= said["as_of_date"]:
                hidden[record] += row["unconstrained_qty"] - row["served_qty"]
        for record, qty in hidden.items():
            said = self.statistics[record]
            said["mean_daily_qty"] = round((said["demand_qty"] + qty) / said["active_day_count"], 6)

    def _prices(self) -> dict[Record, float | None]:
        """(division, SKU) -> list price in company currency."""
        masters, found = self.company.masters, {}
        currencies = {place.division: place for place in masters.locations.values()}
        for item in sorted(masters.items, key=lambda i: i.item_code):
            key = item.instance, masters.sku[item.instance, item.item_code]
            if item.list_price is not None and item.list_price > 0 and key not in found:
                place = currencies[item.instance]
                rate = self._rate(item.currency or place.currency, place.company_currency)
                found[key] = None if rate is None else float(item.list_price) * rate
        return found

    def _rate(self, currency: str, company_currency: str) -> float | None:
        rate = self.company.masters.rate(currency, company_currency, self.company.as_of_date.replace(day=1), "closing")
        return None if rate is None else float(rate)

    def _promises(self) -> dict[Record, list[Promise]]:
        """The narrowest line of a customer and type of service, per record."""
        masters, best = self.company.masters, {}
        lines = latest(
            self.company.accepted.rows("erp", "service_contracts"),
            lambda r: (r.instance, r.contract_number, r.line_number),
        )
        for line in lines:
            in_force = line.valid_from <= self.company.as_of_date < (line.valid_to or line.valid_from.max)
            for record in self.company.records if in_force else ():
                sku, place = record[0], masters.locations[record[1]]
                if place.division != line.instance:
                    continue
                if line.location_code is not None and place.location_id != f"{line.instance}.{line.location_code}":
                    continue
                if line.item_code is not None:
                    fits, width = masters.sku.get((line.instance, line.item_code)) == sku, 0
                elif line.category is not None:
                    fits, width = text_key(line.category) == masters.category[sku], 1
                else:
                    fits, width = True, 2
                key = record, line.customer_code, line.service_type
                rank = width, line.location_code is None, -line.target_ratio, line.contract_number, line.line_number
                if fits and (key not in best or rank < best[key][0]):
                    best[key] = rank, self._promise(line, place)
        found = defaultdict(list)
        for (record, _, _), (_, promise) in best.items():
            found[record].append(promise)
        return found

    def _promise(self, line: Any, place: Any) -> Promise:
        rate = None if line.penalty_rate is None else float(line.penalty_rate)
        ratio = rate if line.penalty_basis == "value_short" else None
        exchange = self._rate(line.currency or place.currency, place.company_currency)
        unit = rate * exchange if line.penalty_basis == "unit_short" and rate is not None and exchange else None
        return Promise(line.service_type, float(line.target_ratio), (ratio, unit))

    def target(self, record: Record) -> dict[str, Any]:
        """What the mart should say of a record."""
        place = self.company.masters.locations[record[1]]
        abc, xyz = self.classes.get((place.company, record[0]), ("-", None))
        cap = by_class(f"service_cap_{(xyz or 'z').lower() if xyz in ('X', 'Y') else 'z'}", abc)
        cost, _ = self.company.costs.at(record, self.company.as_of_date)
        rate = self.company.rate(record, self.company.as_of_date, "closing")
        cost = None if cost is None or rate is None else float(cost * rate)
        price = self.prices.get((place.division, record[0]))
        holding = sum(float(policy(f"carrying_{name}_rate")) for name in CARRYING)
        short_cost = None
        if cost is not None and price is not None:
            short_cost = max(price - cost, 0.0) + by_class("goodwill_pct", abc) * price
        statistic, plan = self.statistics.get(record), self.plans.get(record, {})
        yearly = 365 * float(statistic["mean_daily_qty"]) if statistic else 0.0
        days = self.lead_times.get(record, {}).get("lead_time_days")
        said: dict[str, Any] = {"cap_ratio": cap, "shortage_unit_amount": short_cost, "annual_demand_qty": yearly}
        said["service_level_reason"] = (
            "no_demand"
            if yearly <= 0
            else "short_history"
            if statistic["sd_daily_qty"] is None
            else "no_lead_time"
            if days is None
            else "no_cost"
            if cost is None
            else "no_price"
            if price is None
            else None
        )
        if said["service_level_reason"] in ("no_demand", "short_history", "no_lead_time"):
            return said
        demand = self._demand(record, statistic, float(days) + float(plan.get("review_days") or 0))
        order = self._order(place.division, record, yearly, None if cost is None else cost * holding)
        options = self._options(record, demand, order, yearly, cap, plan, cost, holding, price, short_cost)
        said |= {"lead_time_distribution": demand.kind, "lead_time_order_qty": order}
        return said | {"options": options, "demand": demand, "unit_cost": cost} | self._choice(options, cap)

    def _demand(self, record: Record, statistic: dict, days: float) -> LeadTimeDemand:
        mean, sd = float(statistic["mean_daily_qty"]), float(statistic["sd_daily_qty"])
        lead_time = self.lead_times[record]
        spread, unsure_days = float(lead_time["lead_time_sd_days"] or 0), days
        if self.is_unsure:  # a mean of n days or receipts has an error of its own
            unsure_days += days**2 / statistic["active_day_count"]
            spread *= math.sqrt(1 + 1 / (lead_time["receipt_count"] + float(policy("lead_time_shrinkage"))))
        deviation = round(math.sqrt(unsure_days * sd**2 + mean**2 * spread**2), 6)
        kind = CLASSES[statistic["demand_class"], deviation**2 > mean * days] if deviation > 0 else "constant"
        return LeadTimeDemand(kind, mean * days, deviation)

    def _order(self, division: str, record: Record, yearly: float, unit_holding: float | None) -> float:
        planned = self.plans.get(record, {}).get("order_qty")
        raising = self.terms.get((division, record[0]), {}).get("order_cost_amount")
        if planned is not None and planned > 0:
            return float(planned)
        if raising is not None and raising > 0 and unit_holding:
            return math.sqrt(2 * yearly * float(raising) / unit_holding)
        return yearly / 365 * float(policy("order_cover_days"))

    def _options(self, record, demand, order, yearly, cap, plan, cost, holding, price, short_cost) -> list[Option]:
        asked = [("candidate", "cycle", float(policy(f"candidate_csl_{n}"))) for n in range(1, 8)]
        asked.append(("cap", "cycle", cap))
        if plan.get("service_level_ratio"):
            asked.append(("plan", "cycle", float(plan["service_level_ratio"])))
        asked += [("contract", promise.kind, promise.target) for promise in self.promises[record]]
        options = []
        for origin, kind, target in asked:
            x = demand.reorder_point(kind, target, order)
            constant = demand.kind == "constant"
            expected = 0.0 if constant else demand.shortage(x)
            services = {name: 1.0 if constant else demand.service(name, x, order) for name in ("cycle", "in_stock")}
            services["fill"] = min(max(1 - expected / order, 0.0), 1.0)
            short, due, missed = expected * yearly / order, [0.0], False
            for promise in self.promises[record]:
                if services[promise.kind] < promise.target - 5e-7:
                    ratio, unit = promise.penalty
                    missed = True
                    if unit is None and ratio is not None and price is not None:
                        unit = ratio * price
                    due.append(unit or 0.0)
            safety = x - demand.mean if self.allow_negative else max(x - demand.mean, 0.0)
            options.append(
                Option(
                    origin,
                    demand.level(kind, target, x),
                    x,
                    safety,
                    services["fill"],
                    min(max(services["in_stock"], 0.0), 1.0),
                    None if cost is None else safety * cost * holding,
                    None if short_cost is None else short * short_cost,
                    short * max(due),
                    missed,
                )
            )
        return options

    @staticmethod
    def _choice(options: list[Option], cap: float) -> dict[str, Any]:
        lowest = min(o.level for o in options if o.origin == "candidate")
        offered = [o for o in options if o.origin == "candidate" or (o.origin == "contract" and o.level >= lowest)]
        floors = [o for o in options if o.origin == "contract"]
        floor = max(floors, key=lambda o: (o.level, o.x), default=None)
        plans = [o for o in options if o.origin == "plan"]
        said = {
            "contract_floor_ratio": floor and floor.level,
            "planned_total_cost_amount": plans[0].cost if plans else None,
            "planned_service_level_ratio": plans[0].level if plans else None,
        }
        if options[0].cost is None:
            return said
        best = min(offered, key=lambda o: (o.cost, o.level))
        capped = next(o for o in options if o.origin == "cap")
        free = best if best.level <= cap else capped
        chosen = floor if floor and floor.level > free.level else free
        return said | {
            "cost_optimum_ratio": best.level,
            "service_level_target_ratio": chosen.level,
            "decided_by": "contract" if chosen is not free else "cost_optimum" if free is best else "cap",
            "needed_reorder_point_qty": chosen.x,
            "needed_safety_stock_qty": chosen.safety,
            "fill_ratio": chosen.fill,
            "in_stock_ratio": chosen.in_stock,
            "holding_cost_amount": chosen.holding,
            "shortage_cost_amount": chosen.shortage,
            "penalty_cost_amount": chosen.penalty,
            "total_cost_amount": chosen.cost,
            "contract_premium_amount": chosen.cost - free.cost if chosen is not free else None,
        }


def decimal(value: Any) -> Any:
    """A float as a decimal; anything else as it is."""
    return Decimal(repr(float(value))) if isinstance(value, float) else value

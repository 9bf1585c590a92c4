"""Windows, triggers and breaches of safety stock, recomputed from docs/formulas.md 1.4.

Here: RED and BLUE day by day of judgement, AMBER by walking the days, reviews of each breach. Not here: the cycles
themselves (cycles.py).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import comb
from typing import Any

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company
from tests.python.oracles.cycles import Cycle, cycles
from tests.python.oracles.fill import Fill
from tests.python.oracles.service_level import by_class

DAY = timedelta(days=1)
Record = tuple[str, str]


def tail(trials: int, hits: int, chance: float) -> float:
    """P(X >= hits) of a binomial, term by term."""
    return sum(comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))


class SafetyStocks:
    """The cycles of a company beside its planning parameters, which are taken from their mart."""

    def __init__(self, company: Company, rows: Any) -> None:
        self.company, self.today = company, company.as_of_date
        self.cycles = cycles(company, Fill(company))
        self.plans: dict[Record, list[dict]] = defaultdict(list)
        for row in rows("select * from core.fct_planning_parameter where is_leading"):
            self.plans[row["sku_id"], row["location_id"]].append(row)
        sql = "select sku_id, location_id, abc_class from service.int_service__item_economics"
        self.abc = {(r["sku_id"], r["location_id"]): r["abc_class"] for r in rows(sql)}
        self.least, self.window_days = int(policy("ss_min_cycles")), int(policy("ss_window_days"))
        self.significance, self.blue = float(policy("ss_significance")), float(policy("ss_blue_ratio"))
        self.low_pct, self.low_days = float(policy("ss_breach_pct")), int(policy("ss_breach_days"))
        self.levels = {abc: by_class("default_service_level", abc) for abc in set(self.abc.values())}

    def plan(self, record: Record, day: date) -> dict:
        """Parameters in force on a day, or nothing."""
        return next((p for p in self.plans[record] if p["valid_from_date"] <= day < p["valid_to_date"]), {})

    def level(self, record: Record, cycle: Cycle) -> float:
        """Service level at the end of a cycle."""
        planned = self.plan(record, cycle.end).get("service_level_ratio")
        return float(planned) if planned is not None else self.levels[self.abc[record]]

    def window(self, record: Record, day: date) -> dict[str, Any]:
        """Counts and verdicts as of a day."""
        ended = [cycle for cycle in self.cycles.get(record, []) if cycle.end <= day]
        seen = [cycle for cycle in ended if (day - cycle.end).days < self.window_days]
        stocks = [self.plan(record, cycle.end).get("safety_stock_qty") or 0 for cycle in seen]
        under = [(cycle, stock) for cycle, stock in zip(seen, stocks, strict=True) if stock > 0]
        short, penetrated = sum(c.is_short for c in seen), sum(c.least < stock for c, stock in under)
        allowed = 1 - self.level(record, ended[-1]) if ended else None
        chance = tail(len(seen), short, allowed) if seen else None
        red = len(seen) >= self.least and short > len(seen) * allowed + 1e-9 and chance < self.significance
        blue = len(under) >= self.least and penetrated < len(under) * self.blue - 1e-9
        return {
            "cycle_count": len(seen), "stockout_count": short, "ss_cycle_count": len(under), "is_red": red,
            "penetrated_count": penetrated, "tail_probability": chance, "is_blue": blue,
            "last": sum(c.last for c, _ in under), "stock": sum(stock for _, stock in under),
        }  # fmt: skip

    def low_runs(self, record: Record) -> list[tuple[date, date | None, int]]:
        """(opened, closed, days) of AMBER, walking the closing stocks day by day."""
        pct, needed, found, length = self.low_pct, self.low_days, [], 0
        events = sorted((leg.day, leg.qty) for leg in self.company.by_record.get(record, []) if leg.is_owned)
        if not events:
            return []
        day, level, place = events[0][0], 0, 0
        while day < self.today:
            while place < len(events) and events[place][0] <= day:
                level, place = level + events[place][1], place + 1
            stock = float(self.plan(record, day).get("safety_stock_qty") or 0)
            is_low = stock > 0 and float(level) < pct * stock
            if not is_low and length >= needed:
                found.append((day - length * DAY + needed * DAY, day, length))
            length = length + 1 if is_low else 0
            day += DAY
        if length >= needed:
            found.append((day - length * DAY + needed * DAY, None, length))
        return found

    def breaches(self, record: Record) -> set[tuple[str, date, date | None]]:
        """(trigger, opened, closed) of a record."""
        found = {("AMBER", opened, closed) for opened, closed, _ in self.low_runs(record)}
        ends = [cycle.end for cycle in self.cycles.get(record, []) if cycle.end < self.today]
        days = [*ends, self.today] if self.cycles.get(record) else []
        for name, key in (("RED", "is_red"), ("BLUE", "is_blue")):
            since = None
            for day in days:
                is_on = self.window(record, day)[key]
                if is_on and since is None:
                    since = day
                elif not is_on and since is not None:
                    found.add((name, since, day))
                    since = None
            if since is not None:
                found.add((name, since, None))
        return found

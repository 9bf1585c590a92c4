"""Which of turnover and weeks of supply leads, recomputed from docs/formulas.md#primary-lag-indicator (B1.2).

Here: groups, seasons and demand classes from the accepted rows, decisions as told, and what is judged after the sums.
Sums of a record's month come from kpi_inventory_turnover, which has an oracle of its own. Not here: comparisons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.python.oracles.abc import months_before
from tests.python.oracles.accepted import policy
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.demand_class import class_of, weeks

AMOUNTS = ("turnover_numerator_amount", "avg_inventory_amount", "closing_amount", "cogs_91_amount")
METRICS = ("turns", "weeks_of_supply")
GROUPS = {"intermittent": "slow", "lumpy": "slow", "smooth": "steady", "erratic": "steady", None: "none"}
POLICIES = ("season_window_months", "season_switch", "new_item_weeks")
NOUGHT = Decimal(0)
Key = tuple[str, str, date]


@dataclass(frozen=True)
class Decision:
    """What a team said of a decision in one extract."""

    team: str
    decision_id: str
    kpi_id: str
    scope_type: str
    scope_id: str
    option: str
    rationale: str | None
    decided_by: str
    decided_at: Any
    valid_from: date
    valid_to: date | None
    told_at: Any


def accepted_decisions(company: Company) -> list[Decision]:
    """Every decision that a steward sent, once per extract."""
    rows = company.accepted.rows("steward", "decisions")
    told = {(r.instance, r.decision_id, r.extracted_at): r for r in sorted(rows, key=lambda r: (r.batch_id, r.row))}
    return [
        Decision(
            *(r.instance, r.decision_id, r.kpi_id, r.scope_type, r.scope_id, r.option, r.rationale, r.decided_by),
            *(r.decided_at, r.valid_from, r.valid_to, r.extracted_at),
        )
        for r in told.values()
    ]


def in_force(decisions: Iterable[Decision], scope: tuple[str, str], last_day: date) -> Decision | None:
    """The decision that a scope's month goes by; None where the rule speaks."""
    until, newest = last_day + timedelta(days=int(policy("decision_told_days"))), {}
    for said in decisions:
        key = said.team, said.decision_id
        is_told = said.kpi_id == "inventory_turnover" and said.told_at.date() <= until
        if is_told and (key not in newest or newest[key].told_at < said.told_at):
            newest[key] = said
    fitting = [
        said
        for said in newest.values()
        if said.option in METRICS
        and said.scope_type == scope[0]
        and (said.scope_id == scope[1] or (said.scope_id, scope[0]) == ("*", "company"))
        and said.valid_from <= last_day <= (said.valid_to or last_day)
    ]
    return max(fitting, key=lambda said: (said.valid_from, said.decided_at), default=None)


@dataclass
class Scope:
    """Sums of a segment, division or company at a month's end, and what the rule says of it."""

    division: str | None
    category: str | None = None
    group: str | None = None
    season_range: Decimal | None = None
    reason: str = "most_stock_value"
    known_days: int = 0
    window_days: int = 0
    sums: dict[str, Decimal | None] = field(default_factory=lambda: dict.fromkeys(AMOUNTS))
    covered: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(METRICS, NOUGHT))

    def add(self, row: dict) -> None:
        """Add a record's month: sums of what is known, the longest history."""
        self.known_days = max(self.known_days, row["known_day_count"])
        self.window_days = max(self.window_days, row["window_day_count"])
        for name in AMOUNTS:
            if row[name] is not None:
                self.sums[name] = row[name] + (self.sums[name] or 0)

    @property
    def closing(self) -> Decimal | None:
        """Stock at cost."""
        return self.sums["closing_amount"]

    @property
    def rule_metric(self) -> str:
        """The metric that the rule gives; of a division or company the one that covers most stock."""
        if self.group is not None:
            return "turns" if self.reason == "steady" else "weeks_of_supply"
        return "weeks_of_supply" if self.covered["weeks_of_supply"] > self.covered["turns"] else "turns"

    @property
    def rule_stock(self) -> Decimal | None:
        """Stock that this metric covers."""
        return self.closing if self.group is not None else self.covered[self.rule_metric]

    @property
    def turnover_reason(self) -> str | None:
        """Why it does not turn."""
        if self.known_days < Decimal(policy("avg_inventory_min_coverage")) * self.window_days:
            return "short_history"
        average = self.sums["avg_inventory_amount"]
        if average is None or self.sums["turnover_numerator_amount"] is None:
            return "no_cost"
        return "no_stock" if average <= 0 else None

    @property
    def weeks_reason(self) -> str | None:
        """Why it has no cover."""
        if self.known_days < Decimal(policy("avg_inventory_min_coverage")) * 91:
            return "short_history"
        if self.closing is None or self.sums["cogs_91_amount"] is None:
            return "no_cost"
        return "no_demand" if self.sums["cogs_91_amount"] <= 0 else None

    @property
    def turns(self) -> Decimal | None:
        """Cost of sales of a year over average inventory."""
        if self.turnover_reason is not None:
            return None
        return self.sums["turnover_numerator_amount"] / self.sums["avg_inventory_amount"]

    @property
    def weeks(self) -> Decimal | None:
        """Weeks that the closing stock lasts at the pace of the last thirteen."""
        return self.closing * 13 / self.sums["cogs_91_amount"] if self.weeks_reason is None else None

    def is_on_target(self, metric: str) -> bool | None:
        """Whether the leading metric meets its target; stock that nothing is sold of does not, None cannot be said."""
        if metric == "turns":
            return None if self.turns is None else self.turns >= Decimal(policy("turnover_target"))
        if self.weeks_reason == "no_demand":
            return False
        return None if self.weeks is None else self.weeks <= Decimal(policy("weeks_of_supply_target"))


class PrimaryLag:
    """Leading metrics of a company's closed months; `rows` reads the marts."""

    def __init__(self, company: Company, rows: Any, **changed: object) -> None:
        """changed: policy keys with a value other than the seed's."""
        self.company = company
        said = {key: str(changed.get(key, policy(key))) for key in POLICIES}
        self.season_months, self.season_switch = int(said["season_window_months"]), Decimal(said["season_switch"])
        self.new_item_age = timedelta(weeks=int(said["new_item_weeks"]))
        self._classes: dict[tuple[str, str, date], str | None] = {}
        self.record_months = rows(
            "select * from lag.kpi_inventory_turnover where scope_type = 'sku_location' and is_month_closed"
        )

    @cached_property
    def scopes(self) -> dict[Key, Scope]:
        """(scope type, scope id, month) -> Scope."""
        found: dict[Key, Scope] = {}
        named = {"|".join(record): record for record in self.company.records}
        for row in self.record_months:
            record, last_day = named[row["scope_id"]], row["last_day_date"]
            first_day = self.company.first_day.get(record)
            if first_day is None or first_day > last_day:
                continue  # it had not begun to move
            place, category = self.company.masters.locations[record[1]], self.company.masters.category[record[0]]
            group = self.group(record, last_day)
            key = "segment", f"{place.division}|{category}|{group}", row["month_start_date"]
            if key not in found:
                season = self.season_range(place.division, category, last_day)
                found[key] = Scope(place.division, category, group, season, self._reason(group, season))
            found[key].add(row)
            for kind, code in (("division", place.division), ("company", place.company)):
                scope = found.setdefault((kind, code, key[2]), Scope(code if kind == "division" else None))
                scope.add(row)
                scope.covered[found[key].rule_metric] += row["closing_amount"] or 0
        return found

    def _reason(self, group: str, season: Decimal | None) -> str:
        if group in ("new", "slow"):
            return {"new": "new_item", "slow": "slow_demand"}[group]
        return "seasonal" if season is not None and season > self.season_switch else "steady"

    def group(self, record: Record, last_day: date) -> str:
        """Group of a record at a month's end."""
        if last_day - self.company.first_day[record] < self.new_item_age:
            return "new"
        kind = self._class(self.company.masters.locations[record[1]].company, record[0], last_day)
        return {"intermittent": "slow", "lumpy": "slow", "smooth": "steady", "erratic": "steady"}.get(
            kind or "", "none"
        )

    def _class(self, code: str, sku: str, last_day: date) -> str | None:
        """Demand class of an item in a company, of the last half-yearly review."""
        review = last_day.replace(month=1 if last_day.month < 7 else 7, day=1)
        if (code, sku, review) not in self._classes:
            self._classes[code, sku, review] = self._review(code, sku, review)
        return self._classes[code, sku, review]

    def _review(self, code: str, sku: str, review: date) -> str | None:
        """Class of the weeks of the window before a review, from the item's first movement on."""
        company = self.company
        records = [record for record in self._records[code, sku] if company.first_day[record] < review]
        if not records:
            return None
        begin = months_before(review, int(policy("abc_window_months")))
        first, by_day = max(begin, min(company.first_day[record] for record in records)), defaultdict(Decimal)
        for record in records:
            for leg in company.by_record[record]:
                by_day[leg.day] -= leg.qty if leg.is_demand else 0
        return class_of(weeks(first, [by_day[first + n * DAY] for n in range((review - first).days)]))[2]

    @cached_property
    def _records(self) -> dict[tuple[str, str], list[Record]]:
        found = defaultdict(list)
        for record in self.company.by_record:
            found[self.company.masters.locations[record[1]].company, record[0]].append(record)
        return found

    @cached_property
    def sold(self) -> dict[tuple[str, str], dict[date, Decimal]]:
        """(division, category) -> month -> cost of sales, from the month of its first sale on."""
        found: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for record, legs in self.company.by_record.items():
            scope = self.company.scopes(record)
            for leg in legs:
                if leg.is_cogs and leg.is_owned:
                    cost, rate = self.company.cogs_of(leg), self.company.rate(record, leg.day, "average")
                    known = cost is not None and rate is not None
                    found[scope["division"], scope["category"]][leg.day.replace(day=1)] += cost * rate if known else 0
        return found

    def season_range(self, division: str, category: str, last_day: date) -> Decimal | None:
        """Greatest less least index of a calendar month over the whole years to a month's end; None before them."""
        sold = self.sold.get((division, category))
        months = [months_before(last_day.replace(day=1), n) for n in range(self.season_months)]
        if not sold or min(sold) > months[-1]:
            return None
        amounts: dict[int, Decimal] = defaultdict(Decimal)
        days: dict[int, int] = defaultdict(int)
        for month in months:
            amounts[month.month] += sold.get(month, NOUGHT)
            days[month.month] += (months_before(month, -1) - month).days
        mean = sum(amounts.values()) / sum(days.values())
        indices = [amounts[month] / days[month] / mean for month in days] if mean > 0 else []
        return max(indices) - min(indices) if indices else None

    def target_shares(self, decisions: list[Decision]) -> dict[Key, tuple[Decimal, Decimal]]:
        """(division or company, id, month) -> stock of segments on target and stock of segments that can be judged."""
        found: dict[Key, tuple[Decimal, Decimal]] = {}
        codes = {place.division: place.company for place in self.company.masters.locations.values()}
        for (kind, scope_id, month), scope in self.scopes.items():
            if kind != "segment":
                continue
            decision = in_force(decisions, (kind, scope_id), months_before(month, -1) - DAY)
            verdict = scope.is_on_target(decision.option if decision else scope.rule_metric)
            closing = scope.closing or NOUGHT
            for key in (("division", scope.division, month), ("company", codes[scope.division], month)):
                met, judged = found.get(key, (NOUGHT, NOUGHT))
                found[key] = met + closing * (verdict is True), judged + closing * (verdict is not None)
        return found

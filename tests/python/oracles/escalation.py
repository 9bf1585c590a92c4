"""Weekly days on hand, runs of breaches and their escalation, week after week (docs/formulas.md 5.4, B5.4, A27).

Here: the weeks of a scope, the walk along them, levels, due dates and acknowledgements. Not here: stock, costs and
sales of a day (company.py).
"""

from __future__ import annotations

from bisect import bisect_right as _upto
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import policy, seed
from tests.python.oracles.company import DAY, Company

WEEK = timedelta(days=7)
Scope = tuple[str, str]
number = lru_cache(lambda key: Decimal(policy(key)))
"""A company-wide number of policy, read once."""


@dataclass
class Week:
    """A scope in a week: sums, then the judgement. is_breach None: the week cannot be said."""

    qty: Decimal = Decimal(0)
    closing: Decimal | None = None
    cogs: Decimal | None = None

    def add(self, qty: Decimal, closing: Decimal | None, cogs: Decimal | None) -> None:
        """Add a record; one without a cost on one side stands on neither, but nothing sold costs nothing."""
        self.qty += qty
        if closing is not None and cogs is not None:
            self.closing = closing + (self.closing or 0)
        if cogs is not None and (closing is not None or cogs == 0):
            self.cogs = cogs + (self.cogs or 0)

    @property
    def target(self) -> Decimal:
        """Days on hand that are wanted. Policy holds a company row only."""
        return number("days_on_hand_target")

    @property
    def reason(self) -> str | None:
        """Why there are no days on hand."""
        if self.target <= 0:
            return "no_target"
        if self.qty <= 0:
            return None if self.cogs is not None and self.cogs > 0 else "no_stock"
        if self.cogs is not None and self.cogs <= 0:
            return "no_demand"
        return "no_cost" if self.cogs is None or self.closing is None else None

    @property
    def days(self) -> Decimal | None:
        """Days that the stock lasts."""
        return self.closing * 91 / self.cogs if self.reason is None else None

    @property
    def limit(self) -> Decimal:
        """Days on hand from which on it is a breach."""
        return self.target * (1 + number("overstock_tolerance_ratio"))

    @property
    def is_breach(self) -> bool | None:
        """Whether the week is a breach."""
        by_reason = {"no_target": False, "no_stock": False, "no_demand": True, "no_cost": None}
        return by_reason[self.reason] if self.reason else self.days > self.limit

    @property
    def excess(self) -> Decimal | None:
        """Money beyond the target, of a breach."""
        if not self.is_breach or self.closing is None or self.cogs is None:
            return None
        return max(self.closing - self.target * max(self.cogs, Decimal(0)) / 91, Decimal(0))


@dataclass
class Escalation:
    """A run of breaches; levels: number -> (Monday, role, due date)."""

    scope: Scope
    location: str
    first_week: date
    last_breach: date
    breaches: int = 0
    clear: int = 0
    closed: tuple[date, str] | None = None
    weeks: list[Week] = field(default_factory=list)
    levels: dict[int, tuple[date, str, date]] = field(default_factory=dict)
    taken: tuple[date, str] | None = None

    @property
    def escalation_id(self) -> str:
        """Id as the mart publishes it."""
        return f"days_on_hand|{self.scope[0]}|{self.scope[1]}|{self.first_week}"

    @property
    def opened(self) -> date:
        """Sunday on which it reached its first level."""
        return min(monday for monday, _, _ in self.levels.values()) + 6 * DAY

    @property
    def first_due(self) -> date:
        """The promise."""
        return min(due for _, _, due in self.levels.values())

    def is_late(self, as_of: date) -> bool:
        """Whether the promise was missed as of a day."""
        return (self.taken[0] if self.taken else as_of) > self.first_due


@lru_cache
def levels() -> list[dict[str, str]]:
    """Rows of the seed of levels."""
    return seed("policy/escalation_levels.csv")


def mondays(company: Company) -> list[date]:
    """Mondays of the weeks that are over, from the week of the first movement."""
    monday = min(company.first_day.values())
    monday -= timedelta(days=monday.weekday())
    found = []
    while monday + 6 * DAY < company.as_of_date:
        found.append(monday)
        monday += WEEK
    return found


def weeks(company: Company) -> dict[Scope, dict[date, Week]]:
    """(scope type, scope id) -> Monday -> Week, for the scope types that have levels."""
    calendar = mondays(company)
    wanted = {row["scope_type"] for row in levels()}
    found: dict[Scope, dict[date, Week]] = defaultdict(lambda: defaultdict(Week))
    for record, series in company.days.items():
        scopes = company.scopes(record) | {"location_category": f"{record[1]}|{company.masters.category[record[0]]}"}
        mine = [scope for scope in scopes.items() if scope[0] in wanted]
        start = company.feed_start[record[1]]
        sale_days = sorted({leg.day for leg in company.by_record.get(record, []) if leg.is_owned and leg.is_cogs})
        for monday in calendar:
            sunday = monday + 6 * DAY
            if sunday - 90 * DAY < start:
                continue
            window = slice(_upto(sale_days, sunday - 91 * DAY), _upto(sale_days, sunday))
            sold = [series[day].cogs for day in sale_days[window]]
            cogs = None if None in sold else sum(sold, Decimal(0))
            day = series[sunday]
            for scope in mine:
                found[scope][monday].add(day.qty, day.value, cogs)
    return found


def walk(
    scope: Scope, location: str, said: dict[date, Week], calendar: Iterable[date], reset: int, gap: str
) -> Iterator[Escalation]:
    """The runs of one scope, week after week; those that reached no level are left out."""
    run: Escalation | None = None
    for monday in calendar:
        week = said.get(monday)
        state = week.is_breach if week else None
        if run is None:
            if state:
                run = Escalation(scope, location, monday, monday)
            else:
                continue
        if state:
            run.breaches, run.clear, run.last_breach = run.breaches + 1, 0, monday
            run.weeks.append(week)
            _climb(run, monday)
        elif state is None:
            if gap == "breaks":
                run.closed = monday, "missing_week"
        else:
            run.clear += 1
            if run.clear >= reset:
                run.closed = monday, "cleared"
        if run.closed:
            if run.levels:
                yield run
            run = None
    if run and run.levels:
        yield run


def _climb(run: Escalation, monday: date) -> None:
    sunday = monday + 6 * DAY
    for row in levels():
        level = int(row["level_number"])
        in_force = row["effective_from"] <= str(sunday) < (row["effective_to"] or "9999-12-31")
        mine = row["measure_id"] == "days_on_hand" and row["scope_type"] == run.scope[0] and in_force
        if mine and level not in run.levels and run.breaches >= int(row["week_count"]):
            run.levels[level] = monday, row["responsible_role"], sunday + int(row["due_day_count"]) * DAY


def escalations(company: Company, said: dict, reset: int = 1, gap: str = "breaks") -> dict[str, Escalation]:
    """Id -> Escalation of every scope, with the first word that came after it opened."""
    words = sorted((row.acknowledged_at, row.acknowledged_by, row.alert_id) for row in _words(company))
    found = {}
    for scope, its_weeks in said.items():
        location = scope[1].rsplit("|", 1)[1] if scope[0] == "sku_location" else scope[1].split("|", 1)[0]
        zone = ZoneInfo(company.masters.locations[location].time_zone)
        for one in walk(scope, location, its_weeks, mondays(company), reset, gap):
            for at, by, alert in words:
                day = at.replace(tzinfo=UTC).astimezone(zone).date()
                if alert == one.escalation_id and day >= one.opened:
                    one.taken = day, by
                    break
            found[one.escalation_id] = one
    return found


def _words(company: Company) -> list:
    return company.accepted.rows("steward", "alert_acknowledgements")

"""What classes ask for and stock beyond its plan (docs/formulas.md#class-policy, #overstock-cost).

Here: figures from accepted rows. The classes themselves are given (their own oracle: abc.py). Not here: comparisons.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.counts import lines, unit_cost
from tests.python.oracles.replenishment import Supply
from tests.python.oracles.stock_states import states

SERVICE = {"A": Decimal("0.98"), "B": Decimal("0.95"), "C": Decimal("0.9")}
REVIEW = {"A": 7, "B": 14, "C": 30}
COUNT = {"A": 90, "B": 180, "C": 365}
NOUGHT = Decimal(0)


@dataclass
class Gap:
    """What is off with a record: reasons of service, review and counting, and the days between counts."""

    service: str | None = None
    review: str | None = None
    count: str | None = None
    count_days: Decimal | None = None
    is_classed: bool = True


def gaps(company: Company, classes: dict[tuple[str, str], str]) -> dict[Record, Gap]:
    """Record -> Gap; classes: (company code, SKU) -> governing class."""
    parameters, found = Supply(company).parameters, {}
    counted: dict[Record, set] = defaultdict(set)
    for line in lines(company):
        counted[line.record].add(line.day)
    for record in company.records:
        name = classes.get((company.masters.locations[record[1]].company, record[0]), "-")
        gap = found[record] = Gap(is_classed=name in ("A", "B", "C", "D"))
        qty, row = parameters.get(record, ({}, None))
        first = company.first_day.get(record)
        if first is not None and first <= company.as_of_date:
            begin = max(first, company.as_of_date - timedelta(days=364))
            window = (company.as_of_date - begin).days + 1
            times = sum(begin <= day <= company.as_of_date for day in counted[record])
            gap.count_days = Decimal(window) / times if times else None
        if name == "D" and (qty.get("reorder_point_qty") or 0) > 0:
            gap.service = "dead_planned"
        if name not in SERVICE:
            continue
        planned = None if row is None else row.service_level_ratio
        if planned is None:
            gap.service = "no_parameter"
        elif abs(planned - SERVICE[name]) > Decimal("0.01"):
            gap.service = "below_class" if planned < SERVICE[name] else "above_class"
        if row is not None and row.review_days is not None and row.review_days > REVIEW[name]:
            gap.review = "too_seldom"
        if first is not None and first <= company.as_of_date:
            share = None if gap.count_days is None else gap.count_days / COUNT[name]
            if share is None:
                gap.count = "never_counted" if window > COUNT[name] else None
            elif not Decimal("0.5") <= share <= Decimal("1.5"):
                gap.count = "too_often" if share < 1 else "too_seldom"
    return found


@dataclass
class Segment:
    """Stock of a location, category and class."""

    records: int = 0
    in_excess: int = 0
    judged: Decimal = NOUGHT
    excess: Decimal = NOUGHT
    unplanned: Decimal = NOUGHT
    uncosted: int = 0
    without_plan: int = 0


def segments(company: Company, classes: dict[tuple[str, str], str]) -> dict[tuple[str, str, str], Segment]:
    """(location, category, class) -> Segment."""
    parameters, found = Supply(company).parameters, defaultdict(Segment)
    for record, state in states(company).items():
        if state.on_hand <= 0:
            continue
        place = company.masters.locations[record[1]]
        name = classes.get((place.company, record[0]), "-")
        segment = found[record[1], company.masters.category[record[0]], name]
        segment.records += 1
        cost, (qty, _) = unit_cost(company, record), parameters.get(record, ({}, None))
        segment.uncosted += cost is None
        point = qty.get("reorder_point_qty")
        if point is None:
            segment.without_plan += 1
            segment.unplanned += 0 if cost is None else state.on_hand * cost
            continue
        excess = max(state.on_hand - Decimal(str(point)) - Decimal(str(qty.get("order_qty") or 0)), NOUGHT)
        segment.in_excess += excess > 0
        if cost is not None:
            segment.judged += state.on_hand * cost
            segment.excess += excess * cost
    return dict(found)


def carrying_rate() -> Decimal:
    """Yearly cost of a unit of stock value; policy holds company rates only."""
    return sum(Decimal(policy(f"carrying_{name}_rate")) for name in ("capital", "storage", "service", "risk"))

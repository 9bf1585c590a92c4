"""ABC classes of a review: annual usage x cost at the review, cumulative share, 80/95."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import DAY, Company


@dataclass
class Use:
    """A SKU in a scope's list. qty: issues to customers in the window; amount: at the review's cost."""

    qty: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    uncosted: bool = False
    first_day: date = date.max
    abc_class: str | None = None


def months_before(day: date, months: int) -> date:
    """The day so many months ago; reviews fall on days that every month has, or on the month's last."""
    total = day.year * 12 + day.month - 1 - months
    for shift in range(4):
        try:
            return date(total // 12, total % 12 + 1, day.day - shift)
        except ValueError:
            continue
    raise AssertionError(day)


def classify(
    company: Company,
    review: date,
    scope_type: str = "company",
    boundary: str = "before",
    months: int = 12,
    previous: dict[str, dict[str, Use]] | None = None,
    hysteresis: Decimal = Decimal(0),
) -> dict[str, dict[str, Use]]:
    """scope id -> SKU -> Use with its class. Cost, rate and stock records are those of the day before the review.

    previous: what the review before said; an item keeps its class within `hysteresis` of the total beyond its bounds.
    """
    eve, begin = review - DAY, months_before(review, months)
    lists: dict[str, dict[str, Use]] = defaultdict(dict)
    for record, legs in company.by_record.items():
        if company.first_day[record] >= review:
            continue
        use = lists[company.scopes(record)[scope_type]].setdefault(record[0], Use())
        use.first_day = min(use.first_day, company.first_day[record])
        qty = sum((-leg.qty for leg in legs if leg.is_demand and begin <= leg.day < review), Decimal(0))
        cost, rate = company.costs.at(record, eve)[0], company.rate(record, eve, "closing")
        use.qty += qty
        if cost is None or rate is None:
            use.uncosted = use.uncosted or qty != 0
        else:
            use.amount += qty * (cost * rate).quantize(Decimal("0.000001"))
    for scope, listed in lists.items():
        _cut(listed, review, boundary, (previous or {}).get(scope, {}), hysteresis)
    return lists


def _cut(listed: dict[str, Use], review: date, boundary: str, previous: dict[str, Use], hysteresis: Decimal) -> None:
    a_limit, b_limit = Decimal(policy("abc_a_limit")), Decimal(policy("abc_b_limit"))
    new_days = int(policy("abc_new_item_days"))
    total, before = sum(use.amount for use in listed.values()), Decimal(0)
    bounds = {"A": (None, a_limit), "B": (a_limit, b_limit), "C": (b_limit, None)}
    for sku, use in sorted(listed.items(), key=lambda pair: (-pair[1].amount, pair[0])):
        through = before + use.amount
        if use.qty == 0:
            use.abc_class = "N" if (review - use.first_day).days < new_days else "D"
        elif use.uncosted and use.amount == 0:
            use.abc_class = None
        elif total > 0:
            crosses_into_better = boundary == "before"
            in_a, in_b = (
                before < limit * total if crosses_into_better else through <= limit * total
                for limit in (a_limit, b_limit)
            )
            use.abc_class = "A" if in_a else "B" if in_b else "C"
            old = previous[sku].abc_class if sku in previous else None
            if old in bounds and hysteresis > 0:
                low, high = bounds[old]
                place = before if crosses_into_better else through
                under = low is not None and (
                    place < (low - hysteresis) * total if crosses_into_better else place <= (low - hysteresis) * total
                )
                over = high is not None and (
                    place >= (high + hysteresis) * total if crosses_into_better else place > (high + hysteresis) * total
                )
                use.abc_class = use.abc_class if under or over else old
        before = through

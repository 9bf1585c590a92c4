"""What counts find, recomputed with pandas and numpy from the accepted rows, as docs/formulas.md#count-accuracy says.

ABC classes are taken as given (their own oracle: abc.py). Here: values. Not here: comparisons (test_count_accuracy.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.counts import lines, value_of

WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """First day of the ISO week."""
    return day - timedelta(days=day.weekday())


def triggers(company: Company) -> dict[str, str | None]:
    """Count line -> why it was counted."""
    rows = latest(company.accepted.rows("wms", "cycle_counts"), lambda r: (r.instance, r.count_id))
    return {f"{row.instance}/{row.count_id}": row.trigger for row in rows}


def results(company: Company, class_on) -> pd.DataFrame:
    """One row per chain of a count and its recounts and day; class_on(sku, location, day) gives the ABC class."""
    told, chains = triggers(company), {}
    for line in lines(company):
        chains.setdefault((line.site, line.recount_of or line.count), []).append(line)
    found = []
    for members in chains.values():
        members.sort(key=lambda line: (line.at, line.id))
        kind = told[members[0].id]
        for day in sorted({line.day for line in members}):
            its = [line for line in members if line.day == day]
            record = its[0].record
            cost = company.costs.at(record, day)[0]
            rate = company.rate(record, day, "average")
            found.append({
                "location": record[1], "sku": record[0], "class": class_on(*record, day), "week": monday(day),
                "day": day,
                "plan": kind in ("scheduled", "random"), "bin": its[-1].bin, "book": its[0].book,
                "counted": its[-1].counted, "again": len(its) > 1,
                "agreed": len(its) > 1 and its[-1].counted == its[0].counted,
                "cost": None if cost is None or rate is None else cost * rate,
            })  # fmt: skip
    return pd.DataFrame(found)


def is_hit(book: Decimal, counted: Decimal, name: str) -> bool:
    """Whether a count lies within the tolerance of its class."""
    return abs(counted - book) <= value_of("ira_tolerance", name) * abs(book)


def weeks(frame: pd.DataFrame) -> dict[tuple, dict]:
    """(location, class, week) -> figures of the week."""
    found: dict[tuple, dict] = {}
    for (location, name, week), its in frame.groupby(["location", "class", "week"]):
        plan = its[its["plan"]]
        records = [(g["book"].sum(), g["counted"].sum(), g["cost"].iloc[0])
                   for _, g in plan.groupby(["sku", "day"])]  # fmt: skip
        doubted = [(g["book"].sum(), g["counted"].sum()) for _, g in its[~its["plan"]].groupby(["sku", "day"])]
        bins = plan[plan["bin"].notna()]
        valued = [(book, counted, cost) for book, counted, cost in records if cost is not None and not pd.isna(cost)]
        found[location, name, week] = {
            "count_count": len(records),
            "hit_count": sum(is_hit(book, counted, name) for book, counted, _ in records),
            "targeted_count": len(doubted),
            "targeted_hit_count": sum(is_hit(book, counted, name) for book, counted in doubted),
            "bin_count": len(bins),
            "bin_hit_count": sum(is_hit(row.book, row.counted, name) for row in bins.itertuples()),
            "empty_confirmed_count": sum(book == counted == 0 for book, counted, _ in records),
            "result_count": len(its),
            "recounted_count": int(its["again"].sum()),
            "recount_agreed_count": int(its["agreed"].sum()),
            "uncosted_count": len(records) - len(valued),
            "book_amount": sum((book * cost for book, _, cost in valued), Decimal(0)),
            "gross_variance_amount": sum((abs(counted - book) * cost for book, counted, cost in valued), Decimal(0)),
            "net_variance_amount": sum(((counted - book) * cost for book, counted, cost in valued), Decimal(0)),
        }
    return found


def window(found: dict[tuple, dict], location: str, name: str, week: date) -> dict[str, float | int | None]:
    """Counts, hits, slope a week and days to the target of the weeks of the trend that end with a week."""
    n = int(policy("count_trend_weeks"))
    x, y = [], []
    for back in range(n):
        its = found.get((location, name, week - back * WEEK))
        if its:
            x += [-back] * its["count_count"]
            y += [1] * its["hit_count"] + [0] * (its["count_count"] - its["hit_count"])
    slope = None
    if len(x) >= int(policy("count_trend_min_counts")) and len(set(x)) > 1:
        slope = float(np.polyfit(np.array(x, dtype=float), np.array(y, dtype=float), 1)[0])
    accuracy, target = (sum(y) / len(y) if y else None), float(policy("count_accuracy_target"))
    days = 7 * (accuracy - target) / -slope if slope is not None and slope < -1e-9 and accuracy > target else None
    return {"counts": len(y), "hits": sum(y), "slope": slope, "days": days}

"""Hours of order lines from stage to stage (docs/formulas.md#order-cycle), by numpy from the facts of core.

Here: the recomputation, written from the page. Not here: the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import policy

ENDS = {"release": "released", "pick": "picked", "pack": "packed", "ship": "shipped", "deliver": "delivered"}
WHOLE = "order_to_delivery"


def observed(values: list[float], share: float) -> float:
    """The least value that a share of the values does not exceed."""
    return sorted(values)[ceil(share * len(values) - 1e-9) - 1]


def lines(rows) -> list[dict[str, Any]]:
    """Order lines with the moments they reached, their channel and the month of the order at the location."""
    [cutoff] = rows("select as_of_at from core.dim_cutoff")
    places = {r["location_id"]: r for r in rows("select * from core.dim_location")}
    orders = {(r["division_code"], r["order_number"], r["line_number"]): r
              for r in rows("select * from core.fct_sales_order_line")}  # fmt: skip
    found: dict[tuple, dict] = {}
    for r in rows("select * from core.fct_order_stage"):
        line = found.setdefault((r["location_id"], r["order_number"], r["line_number"]), {})
        line[r["order_stage"]] = max(r["occurred_at"], line.get(r["order_stage"], r["occurred_at"]))
    out = []
    for (place, number, line_number), reached in found.items():
        order = orders.get((places[place]["division_code"], number, line_number))
        begun = order["ordered_at"] if order else next(reached[s] for s in ENDS.values() if s in reached)
        local = begun.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(places[place]["time_zone"]))
        out.append({"place": place, "channel": order["channel"] if order and order["channel"] else "-",
                    "month": local.date().replace(day=1), "ordered": order["ordered_at"] if order else None,
                    "now": cutoff["as_of_at"], **reached})  # fmt: skip
    return out


def said(rows) -> dict[tuple, dict[str, Any]]:
    """(location, channel, month, stage) -> what is said of it."""
    done, running, backwards = defaultdict(list), defaultdict(list), defaultdict(int)
    told = {(line["place"], end) for line in lines(rows) for end in ENDS.values() if line.get(end)}
    for line in lines(rows):
        moments = [line.get("ordered"), *(line.get(end) for end in ENDS.values())]
        spans = [(stage, moments[n], moments[n + 1], last) for n, (stage, last) in enumerate(ENDS.items())]
        for stage, begin, end, last in [*spans, (WHOLE, moments[0], moments[-1], "delivered")]:
            if begin is None or (line["place"], last) not in told:
                continue
            hours = ((end or line["now"]) - begin).total_seconds() / 3600
            for channel in (line["channel"], "all"):
                key = line["place"], channel, line["month"], stage
                backwards[key] += hours < 0
                if end is None:
                    running[key].append(hours)
                elif hours >= 0:
                    done[key].append(hours)
    limit, least = float(policy("order_cycle_limit_hours")), int(policy("order_cycle_min_lines"))
    out = {}
    for key in {*done, *running, *backwards}:
        ended, still = done[key], running[key]
        out[key] = {"line_count": len(ended), "open_line_count": len(still), "negative_line_count": backwards[key],
                    "mean_hours": sum(ended) / len(ended) if ended else None, "is_bottleneck": False}  # fmt: skip
        for name, share in (("p50_hours", 0.5), ("p90_hours", 0.9), ("p95_hours", 0.95)):
            out[key][name] = observed(ended, share) if ended else None
        if key[-1] == WHOLE:
            late = [hours for hours in still if hours > limit]
            out[key]["judged_line_count"] = len(ended) + len(late)
            out[key]["slow_line_count"] = sum(hours > limit for hours in ended) + len(late)
    for place, channel, month in {key[:3] for key in out}:
        spread = {}
        for stage in ENDS:
            row = out.get((place, channel, month, stage))
            if row and row["line_count"] >= least:
                spread[stage] = row["p90_hours"] - row["p50_hours"]
        if spread and max(spread.values()) > 0:
            worst = min(stage for stage, hours in spread.items() if hours == max(spread.values()))
            out[place, channel, month, worst]["is_bottleneck"] = True
    return out

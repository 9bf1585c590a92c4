"""What kind of company this is, in figures: service, turns, ageing, margin, suppliers, by month and in all.

Belongs here: figures of a world computed from its truth, in the company's currency. Does not belong here: pictures of
them (plots.py) and faults (truth.py). They describe the simulation; the warehouse's KPIs are computed apart from them.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from synthetic.clock import DAY, local_midnight
from synthetic.ledger import Event
from synthetic.tables import MONEY_SCALE
from synthetic.world import World

AGE_BOUNDS = (30, 60, 90, 180, 365)  # days
_INFLOWS = (int(Event.OPENING), int(Event.RECEIPT), int(Event.TRANSFER_IN), int(Event.CUSTOMER_RETURN))


def month_of_day(world: World) -> np.ndarray:
    """Return the running number of the month of every simulated day, shape (days,)."""
    first = np.datetime64(world.profile.first_day)
    months = (first + np.arange(world.profile.days)).astype("datetime64[M]").astype(int)
    return months - months[0]


def unit_costs(world: World) -> np.ndarray:
    """Return the last cost of every key in the company's currency, shape (keys,)."""
    return world.costs.current()[world.company.item_of]


def day_of(world: World, seconds: np.ndarray) -> np.ndarray:
    """Return the simulated day of local seconds."""
    return (seconds - local_midnight(world.profile.first_day, 0)) // DAY


def by_month(world: World) -> dict[str, np.ndarray]:
    """Return stock and cost of sales (amounts), in-stock, line fill and unit fill (ratios) of every month."""
    truth, demand, days = world.truth, world.demand, world.profile.days
    month, cost = month_of_day(world), unit_costs(world)
    n = int(month[-1]) + 1
    length = np.bincount(month)
    stock = np.bincount(month, (np.maximum(truth.record, 0) @ cost)) / length
    alive = np.array([(demand.life_factor(day) > 0.2) & (demand.rate > 0) for day in range(days)])
    held = np.bincount(month, ((truth.physical > 0) & alive).sum(axis=1))
    ledger = truth.ledger
    sold = np.flatnonzero(ledger.event == int(Event.ISSUE))
    back = np.flatnonzero(ledger.event == int(Event.CUSTOMER_RETURN))
    flows = np.r_[sold, back]
    cogs = -np.bincount(month[day_of(world, ledger.second[flows])], ledger.qty[flows] * cost[ledger.key[flows]], n)
    served = -np.bincount(month[day_of(world, ledger.second[sold])], ledger.qty[sold], n)
    missed = truth.unserved
    missing = np.bincount(month[missed["day"]], missed["qty"], n)
    lines = np.bincount(month[day_of(world, ledger.second[sold])], minlength=n)
    part = np.bincount(month[missed["day"]], minlength=n)  # lines with something missing
    nothing = np.bincount(month[missed["day"]], ~missed["is_part"], n)
    return {
        "days": length,
        "stock_amount": stock,
        "cogs_amount": cogs,
        "in_stock_ratio": held / np.bincount(month, alive.sum(axis=1)),
        "line_fill_ratio": 1.0 - part / (lines + nothing),
        "unit_fill_ratio": served / (served + missing),
    }


def ageing(world: World) -> np.ndarray:
    """Return the value of the last day's recorded stock by days since it came in, first in first out.

    One amount per class: up to 30, 60, 90, 180, 365 days, and older; the opening balance is as old as the run.
    """
    ledger, last = world.truth.ledger, world.profile.days - 1
    came = np.flatnonzero(np.isin(ledger.event, _INFLOWS) & (ledger.qty > 0))
    came = came[np.lexsort((-ledger.second[came], ledger.key[came]))]  # the newest of each key first
    key, qty = ledger.key[came], ledger.qty[came].astype("int64")
    total = np.cumsum(qty)
    first = np.searchsorted(key, key, side="left")
    newer = total - qty - (total - qty)[first]
    stock = np.maximum(world.truth.record[last], 0).astype("int64")
    held = np.clip(stock[key] - newer, 0, qty)
    age = last - day_of(world, ledger.second[came])
    values = held * unit_costs(world)[key]
    return np.bincount(np.digitize(age, AGE_BOUNDS, right=True), values, len(AGE_BOUNDS) + 1)


def deliveries(world: World) -> dict[str, np.ndarray]:
    """Return supplier, days to the last receipt, and whether on time and in full, of every closed order line."""
    book = world.book
    orders = world.truth.orders
    last = np.full(len(orders.key), -1)
    np.maximum.at(last, orders.receipt_order, day_of(world, orders.receipt_second))
    done = np.flatnonzero((book.closed > 0) & (last >= 0))
    full = orders.to_come[done] == orders.ordered[done]
    return {
        "supplier": orders.supplier[done],
        "created_day": book.created_day[done],
        "lead_days": last[done] - book.created_day[done],
        "is_otif": full & (last[done] <= book.promised_day[done]),
    }


def margins(world: World) -> tuple[float, float, float]:
    """Return net sales, credits and cost of what was sold of the last twelve months."""
    sales, since = world.sales, world.profile.days - min(world.profile.days, 365)
    rate = world.costs.rate_of_item[world.company.item_of]
    shipped = world.truth.ledger
    sold = np.flatnonzero(shipped.event == int(Event.ISSUE))
    recent = day_of(world, shipped.second[sold]) >= since
    net = float((sales.net[recent] * rate[sales.key[recent]]).sum()) / MONEY_SCALE
    returned = sales.return_day >= since
    line = sales.return_line[returned]
    credit = float((sales.return_credit[returned] * rate[sales.key[line]]).sum()) / MONEY_SCALE
    cost = unit_costs(world)
    restocked = returned & sales.return_restocked
    kept = float((sales.qty[recent] * cost[sales.key[recent]]).sum())
    kept -= float((sales.return_qty[restocked] * cost[sales.key[sales.return_line[restocked]]]).sum())
    return net, credit, kept


def usage_by_sku(world: World) -> np.ndarray:
    """Return the value that each golden SKU sold in the last twelve months, the biggest first."""
    ledger, since = world.truth.ledger, world.profile.days - min(world.profile.days, 365)
    sold = (ledger.event == int(Event.ISSUE)) & (day_of(world, ledger.second) >= since)
    key = ledger.key[sold]
    goods = world.company.of_key("goods_id")
    value = np.bincount(goods[key], -ledger.qty[sold] * unit_costs(world)[key], int(goods.max()) + 1)
    return np.sort(value[np.unique(goods)])[::-1]


def headline(world: World) -> dict[str, float | int]:
    """Return what kind of company this is: size, service, turns, ageing, margin and supply of the last year."""
    days, ledger = world.profile.days, world.truth.ledger
    months = by_month(world)
    year = slice(-min(12, len(months["days"])), None)
    length = int(months["days"][year].sum())
    cogs = float(months["cogs_amount"][year].sum()) * 365 / length
    stock = float((months["stock_amount"] * months["days"])[year].sum() / length)
    age = ageing(world)
    net, credit, cost = margins(world)
    usage = usage_by_sku(world)
    supply = deliveries(world)
    lost = (ledger.event == int(Event.ADJUSTMENT)) & (day_of(world, ledger.second) > 0)
    shrink = -float((ledger.qty[lost] * unit_costs(world)[ledger.key[lost]]).sum()) * 365 / days
    return {
        "first_day": f"{world.profile.last_day - timedelta(days=days - 1)}",
        "recorded_events": len(world.records),
        "sku_locations": world.company.keys,
        "golden_skus": int(world.company.items["goods_id"].nunique()),
        "net_sales_amount_usd": round((net - credit) * 365 / min(days, 365)),
        "mean_stock_amount_usd": round(stock),
        "turns_at_cost": round(cogs / stock, 2),
        "in_stock_ratio": round(float(np.average(months["in_stock_ratio"][year], weights=months["days"][year])), 4),
        "line_fill_ratio": round(float(np.average(months["line_fill_ratio"][year], weights=months["days"][year])), 4),
        "unit_fill_ratio": round(float(np.average(months["unit_fill_ratio"][year], weights=months["days"][year])), 4),
        "older_than_180_days_ratio": round(float(age[4:].sum() / age.sum()), 4),
        "record_accuracy_ratio": round(float((world.truth.record[-1] == world.truth.physical[-1]).mean()), 4),
        "supplier_otif_ratio": round(float(supply["is_otif"].mean()), 4),
        "return_ratio": round(credit / net, 4),
        "gross_margin_ratio": round((net - credit - cost) / (net - credit), 4),
        "gmroii_ratio": round((net - credit - cost) * 365 / min(days, 365) / stock, 2),
        "top_fifth_usage_ratio": round(float(usage[: len(usage) // 5].sum() / usage.sum()), 4),
        "shrinkage_ratio": round(shrink * min(days, 365) / 365 / net, 4),
    }

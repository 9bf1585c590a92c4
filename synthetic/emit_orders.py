"""Customers and their orders as every division's ERP reports them, with the planted orders of items nobody knows.

Belongs here: the layout of the two entities. Does not belong here: what was ordered (order_lines.py) and who buys how
much (sales.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import stream, utc_datetime
from synthetic.emit_erp import night
from synthetic.emit_masters import FORMATS, snapshots
from synthetic.emit_terms import promotion_codes
from synthetic.order_lines import NO_REASON, OPEN, REASONS, OrderLines
from synthetic.promotions import CHANNELS
from synthetic.tables import (
    NOT_YET,
    Batch,
    conform,
    dates,
    day_name,
    decimals,
    instants,
    numbered,
    pick,
    quantities,
)

if TYPE_CHECKING:
    from synthetic.world import World

UNKNOWN_ORDERED = "ZZ-ORDERED-{}"
SEGMENTS = ("contractor", "retail", "industry", "public")
_STATUS = ("open", "shipped", "closed_short", "cancelled")
_TRADES = ("Building", "Hardware", "Plumbing", "Electric", "Maintenance", "Construction", "Works", "Stores")


def emit_orders(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield the customers beside the masters, and the order lines by month of ordering."""
    yield from _customers(world, contracts["erp", "customers"])
    yield from _order_lines(world, world.order_lines, contracts["erp", "sales_order_lines"])


def _customers(world: World, contract: Contract) -> Iterator[Batch]:
    """Yield both snapshots of the customers; none is a division of the same company."""
    company, customers = world.company, world.sales.customers
    rng = stream(world.seed, "customers.attributes")
    n = len(customers.code)
    trade, segment = rng.integers(0, len(_TRADES), n), rng.choice(len(SEGMENTS), n, p=[0.4, 0.3, 0.2, 0.1])
    channel, place = rng.choice(len(CHANNELS), n, p=[0.55, 0.25, 0.2]), rng.random(n)
    for number, division in enumerate(company.divisions):
        own = np.flatnonzero(customers.division == number)
        sites = np.flatnonzero(company.division_of_site == number)
        regions = sorted({company.sites[s].region for s in sites})
        for day, at, _ in snapshots(company, world.profile, number):
            table = conform(
                {
                    "customer_code": pick(customers.code, own),
                    "customer_name": [f"{_TRADES[t]} {customers.code[c][1:]}"
                                      for c, t in zip(own.tolist(), trade[own].tolist(), strict=True)],
                    "segment": pick(list(SEGMENTS), segment[own]),
                    "channel": pick(list(CHANNELS), channel[own]),
                    "region": pick(regions, (place[own] * len(regions)).astype("int64")),
                    "country": [division.sites[0].country] * len(own),
                    "is_internal": pa.array(np.zeros(len(own), dtype=bool)),
                },
                contract,
            )  # fmt: skip
            yield Batch("erp", division.code, "customers", day_name(world.profile.first_day, day), table,
                        utc_datetime(at), FORMATS[number % len(FORMATS)])  # fmt: skip


def _order_lines(world: World, lines: OrderLines, contract: Contract) -> Iterator[Batch]:
    """Yield per division and month the lines ordered then and those of the month before that were still open."""
    company, profile, ends = world.company, world.profile, world.records.calendar.month_ends
    division_of = company.division_of_site[company.site_of[lines.key]]
    month = np.searchsorted(ends, lines.day)
    codes = [*promotion_codes(company, world.demand.promotions), None]
    strange = unknown_orders(world)
    names = [*company.items["item_code"], *(UNKNOWN_ORDERED.format(n + 1) for n in range(len(strange)))]
    for number, division in enumerate(company.divisions):
        own = np.flatnonzero(division_of == number)
        cuts = np.searchsorted(month[own], np.arange(len(ends) + 1))
        left = own[:0]
        for period, end in enumerate(ends):
            now = night(company, profile, number, end)
            row = np.r_[left, own[cuts[period] : cuts[period + 1]]]
            open_now = (lines.cancelled[row] != NOT_YET) & (lines.cancelled[row] > now)
            left = row[open_now]
            item = company.item_of[lines.key[row]]
            code = item.copy()
            odd = np.isin(row, strange)
            code[odd] = len(company.items) + np.searchsorted(strange, row[odd])
            asked = dates(lines.day[row], profile.first_day)
            table = conform(
                {
                    "order_number": numbered("SO-", lines.order[row], 7),
                    "line_number": numbered("", lines.line[row], 1),
                    "customer_code": pick(world.sales.customers.code, lines.customer[row]),
                    "item_code": pick(names, code),
                    "location_code": pick([site.code for site in company.sites], company.site_of[lines.key[row]]),
                    "channel": pick(list(CHANNELS), lines.customer[row] % len(CHANNELS)),
                    "ordered_at": instants(lines.ordered[row]),
                    "requested_date": asked,
                    "promised_date": asked,
                    "ordered_qty": quantities(lines.qty[row]),
                    "uom": pick(company.items["base_uom"], item),
                    "unit_price": decimals(lines.price[row], 18, 6),
                    "currency": pick([division.currency], np.zeros(len(row), dtype="int64")),
                    "promotion_code": pick(codes, lines.promotion[row] % len(codes)),
                    "status": pick(list(_STATUS), np.where(open_now, OPEN, lines.status[row])),
                    "cancelled_at": instants(np.where(open_now, NOT_YET, lines.cancelled[row])),
                    "cancel_reason": pick([*REASONS, None], np.where(open_now, NO_REASON, lines.reason[row])
                                          % (len(REASONS) + 1)),
                },
                contract,
            )  # fmt: skip
            yield Batch("erp", division.code, "sales_order_lines", day_name(profile.first_day, end), table,
                        utc_datetime(now))  # fmt: skip


def unknown_orders(world: World) -> np.ndarray:
    """Return the places of the cancelled lines that name an item no master knows."""
    pool = np.flatnonzero(world.order_lines.line > 1)
    count = min(world.profile.faults.unknown_item_ordered, len(pool))
    return np.sort(stream(world.seed, "faults.order_lines").choice(pool, count, replace=False))

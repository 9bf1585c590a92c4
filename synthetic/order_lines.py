"""Sales order lines: what customers ordered, whether it was served, and what became of the rest.

Belongs here: the lines of every sales order, built from what was shipped and what found no goods. Does not belong here:
demand (demand.py), prices (sales.py) and the layout of the ERP's entity (emit_orders.py). A shipped line is line 1 of
its own order; what found no goods mostly joins an order of the same site and day, so that orders have several lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.clock import DAY, local_midnight, stream
from synthetic.ledger import Event
from synthetic.records import site_utc
from synthetic.sales import price_cents
from synthetic.tables import NOT_YET

if TYPE_CHECKING:
    from synthetic.world import World

OPEN, SHIPPED, CLOSED_SHORT, CANCELLED = range(4)
REASONS = ("no_stock", "customer", "credit", "duplicate", "other")
NO_REASON = -1
_NO_STOCK = 0
_JOINS_ORDER = 0.6  # of the lines that found nothing: on an order of which another line was shipped
_WITHDRAWN_RATE = 0.004  # lines that customers take back before anything is picked, for each one shipped
_ORDERED_BEFORE = (300, 9_000)  # seconds between ordering and shipping
_GIVEN_UP_AFTER = (3_600, 40 * 3_600)  # seconds after ordering
_HUNDREDTH = 10_000  # millionths in a hundredth


@dataclass(frozen=True)
class OrderLines:
    """Order lines in order of ordering; times are UTC seconds, quantities base units, prices millionths."""

    order: np.ndarray
    line: np.ndarray
    key: np.ndarray
    customer: np.ndarray
    day: np.ndarray  # local day of ordering
    ordered: np.ndarray
    qty: np.ndarray
    price: np.ndarray
    promotion: np.ndarray
    status: np.ndarray  # in the end
    cancelled: np.ndarray  # NOT_YET where nothing was
    reason: np.ndarray


def build_order_lines(world: World) -> OrderLines:
    """Return every order line of the run: shipped, shipped in part, without goods, or withdrawn by the customer."""
    rng = stream(world.seed, "order_lines")
    sales, ledger = world.sales, world.truth.ledger
    issue = np.flatnonzero(ledger.event == int(Event.ISSUE))
    day = (ledger.second[issue] - local_midnight(world.profile.first_day, 0)) // DAY
    n = len(issue)
    ordered = sales.shipped - rng.integers(*_ORDERED_BEFORE, n)
    missing = _missing(world, day)
    served = {
        "order": sales.order, "line": np.ones(n, dtype="int64"), "key": sales.key, "customer": sales.customer,
        "day": day, "ordered": ordered, "qty": sales.qty + missing, "price": sales.net // sales.qty,
        "promotion": sales.promotion, "status": np.where(missing > 0, CLOSED_SHORT, SHIPPED),
        "cancelled": np.where(missing > 0, ordered + rng.integers(*_GIVEN_UP_AFTER, n), NOT_YET),
        "reason": np.where(missing > 0, _NO_STOCK, NO_REASON),
    }  # fmt: skip
    extra = _extra(world, served, rng)
    parts = {name: np.concatenate([served[name], extra[name]]) for name in served}
    order = np.lexsort((parts["line"], parts["order"], parts["ordered"]))
    return OrderLines(**{name: column[order] for name, column in parts.items()})


def _missing(world: World, day: np.ndarray) -> np.ndarray:
    """Return what each shipped line lacked: the last line of its SKU-location and day, where the goods ran out."""
    part, days = world.truth.unserved, world.profile.days
    chosen = np.flatnonzero(part["is_part"])
    cell = world.sales.key * days + day
    by_cell = np.argsort(cell, kind="stable")  # in order of time within a cell
    last = np.searchsorted(cell[by_cell], part["key"][chosen] * days + part["day"][chosen], side="right") - 1
    missing = np.zeros(len(cell), dtype="int64")
    missing[by_cell[last]] = part["qty"][chosen]
    return missing


def _extra(world: World, served: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the lines of which nothing was shipped: no goods, or withdrawn."""
    company, part, sales = world.company, world.truth.unserved, world.sales
    whole = np.flatnonzero(~part["is_part"])
    withdrawn = np.flatnonzero(rng.random(len(served["key"])) < _WITHDRAWN_RATE)
    n, lost = len(whole) + len(withdrawn), len(whole)
    key = np.r_[part["key"][whole], served["key"][withdrawn]]
    day = np.r_[part["day"][whole], served["day"][withdrawn]]
    # The numbers that were drawn for orders of which nothing was shipped, in the order in which they were drawn.
    own = np.ones(world.truth.ordered_lines, dtype=bool)
    own[served["order"]] = False
    order = np.r_[np.flatnonzero(own), served["order"][withdrawn]]
    midnight = local_midnight(world.profile.first_day, day)
    ordered = site_utc(company, key, midnight + 8 * 3600 + rng.integers(0, 12 * 3600, n))
    customer = sales.customers_of(company.division_of_site[company.site_of[key]], rng)
    host = _host(company.site_of, served, key, day, rng)
    joins = (host >= 0) & ((rng.random(n) < _JOINS_ORDER) | (np.arange(n) >= lost))
    order = np.where(joins, served["order"][host], order)
    ordered = np.where(joins, served["ordered"][host], ordered)
    customer = np.where(joins, served["customer"][host], customer)
    price = price_cents(company, company.item_of[key], day, world.profile) * _HUNDREDTH
    return {
        "order": order, "line": _line(order, joins), "key": key, "customer": customer, "day": day, "ordered": ordered,
        "qty": np.r_[part["qty"][whole], served["qty"][withdrawn]],
        "price": price // 10_000 * (10_000 - sales.customers.discount_bp[customer]),
        "promotion": np.full(n, -1), "status": np.full(n, CANCELLED),
        "cancelled": ordered + rng.integers(*_GIVEN_UP_AFTER, n),
        "reason": np.where(np.arange(n) < lost, _NO_STOCK, rng.choice(4, n, p=[0.7, 0.1, 0.12, 0.08]) + 1),
    }  # fmt: skip


def _host(site_of: np.ndarray, served: dict[str, np.ndarray], key: np.ndarray, day: np.ndarray,
          rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Return for every line a shipped line of the same site and day, -1 where there is none."""
    sites = int(site_of.max()) + 1
    cell, asked = served["day"] * sites + site_of[served["key"]], day * sites + site_of[key]
    by_cell = np.argsort(cell, kind="stable")
    first, last = (np.searchsorted(cell[by_cell], asked, side=side) for side in ("left", "right"))
    found = last > first
    place = first + (rng.random(len(key)) * (last - first)).astype("int64")
    return np.where(found, by_cell[np.minimum(place, len(by_cell) - 1)], -1)


def _line(order: np.ndarray, joins: np.ndarray) -> np.ndarray:
    """Return the line numbers: from 2 on orders that have a shipped line, 1 on those of their own."""
    by_order = np.argsort(order, kind="stable")
    start = np.searchsorted(order[by_order], order[by_order], side="left")
    line = np.empty(len(order), dtype="int64")
    line[by_order] = np.arange(len(order)) - start
    return np.where(joins, line + 2, 1)

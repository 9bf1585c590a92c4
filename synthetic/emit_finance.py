"""What every division's ERP says in money: write-offs, balances of its books, and the KPIs it reports itself.

Belongs here: the layout of the three entities, the planted gaps and false figures. Does not belong here: the true
amounts (books.py, write_offs.py). A false turnover is 18 % too low, a false GMROII 18 % too high, as after a wrong
average of stock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.books import Books
from synthetic.clock import stream, utc_datetime
from synthetic.emit_erp import night
from synthetic.lots import NO_LOT
from synthetic.tables import MONEY_SCALE, Batch, conform, day_name, decimals, instants, numbered, pick, quantities
from synthetic.write_offs import NO_POSTING, REASONS, WriteOffs

if TYPE_CHECKING:
    from synthetic.world import World

KPIS = ("inventory_turnover", "gmroii")
GAP_SHARE = 0.03  # of the stock value, where the books and the ledger part
_DRIFT_BP = 10  # honest books are within a thousandth: postings that wait for the night
_LEAST_MONTHS = 3
FALSE_SHARES = (0.82, 1.18)  # of the true figure that a false one shows


@dataclass(frozen=True)
class FinanceFaults:
    """Cells that are told wrongly: gaps as (month, site), false figures as (month, division, kpi)."""

    gaps: list[tuple[int, int]]
    false: list[tuple[int, int, int]]


def plan_finance(world: World) -> FinanceFaults:
    """Choose the months in which books and figures are wrong."""
    rng, counts = stream(world.seed, "faults.finance"), world.profile.faults
    months, sites = len(world.records.calendar.month_ends), len(world.company.sites)
    cells = np.sort(rng.choice(months * sites, counts.ledger_gap, replace=False))
    width = len(world.company.divisions) * len(KPIS)
    first = min(_LEAST_MONTHS - 1, months - 1) * width
    wrong = np.sort(rng.choice(np.arange(first, months * width), counts.false_system_kpi, replace=False))
    false = [(c // width, c % width // len(KPIS), c % len(KPIS)) for c in wrong.tolist()]
    return FinanceFaults([divmod(c, sites) for c in cells.tolist()], false)


def emit_finance(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield the three entities of every division, three months at a time."""
    books, posted, plan = world.books, world.write_offs, plan_finance(world)
    told = _balances(world, books, plan)
    ends, before = world.records.calendar.month_ends, 0
    for quarter in world.records.calendar.quarter_ends.tolist():
        months = range(before, int(np.searchsorted(ends, quarter, side="right")))
        before, name = months.stop, day_name(world.profile.first_day, quarter)
        for number, division in enumerate(world.company.divisions):
            now = utc_datetime(night(world.company, world.profile, number, quarter))
            layouts = {
                "write_offs": [_write_offs(world, posted, number, month) for month in months],
                "financial_balances": [_accounts(world, books, told, number, month) for month in months],
                "system_kpis": [_system_kpis(world, books, plan, number, month) for month in months],
            }
            for entity, parts in layouts.items():
                table = pa.concat_tables(conform(columns, contracts["erp", entity]) for columns in parts)
                yield Batch("erp", division.code, entity, name, table, now)


def _write_offs(world: World, posted: WriteOffs, number: int, month: int) -> dict:
    """The postings of one division and month."""
    company, ends = world.company, world.records.calendar.month_ends
    mine = company.division_of_site[company.site_of[posted.key]] == number
    row = np.flatnonzero(mine & (np.searchsorted(ends, posted.day) == month))
    item, back = company.item_of[posted.key[row]], posted.reverses[row]
    prefix, none = f"WO{company.divisions[number].code[0].upper()}", pa.scalar(None, pa.string())
    return {
        "write_off_number": numbered(prefix, row + 1, 7),
        "item_code": pick(company.items["item_code"], item),
        "location_code": pick([site.code for site in company.sites], company.site_of[posted.key[row]]),
        "lot": pc.if_else(pa.array(posted.lot[row] == NO_LOT), none,
                          numbered("L", np.maximum(posted.lot[row], 0) + 1, 7)),
        "qty": quantities(posted.qty[row]),
        "uom": pick(company.items["base_uom"], item),
        "kind": pick(["write_off", "write_down"], posted.kind[row]),
        "reason": pick(list(REASONS), posted.reason[row]),
        "value_amount": decimals(posted.amount[row], 18, 6),
        "currency": [company.divisions[number].currency] * len(row),
        "posted_at": instants(posted.posted[row]),
        "is_reversal": pa.array(back != NO_POSTING),
        "reverses_number": pc.if_else(pa.array(back == NO_POSTING), none, numbered(prefix, np.maximum(back, 0) + 1, 7)),
    }  # fmt: skip


def _balances(world: World, books: Books, plan: FinanceFaults) -> np.ndarray:
    """Return the stock value as the general ledger has it, shape (months, sites)."""
    noise = stream(world.seed, "books").uniform(-_DRIFT_BP, _DRIFT_BP, books.inventory.shape) / 10_000
    told = books.inventory * (1.0 + noise)
    for place, (month, site) in enumerate(plan.gaps):
        told[month, site] = books.inventory[month, site] * (1.0 + (GAP_SHARE if place % 2 == 0 else -GAP_SHARE))
    return told


def _accounts(world: World, books: Books, told: np.ndarray, number: int, month: int) -> dict:
    """Stock by location, the other accounts for the division, at one month end."""
    sites = np.flatnonzero(world.company.division_of_site == number)
    end = world.profile.first_day + timedelta(days=int(world.records.calendar.month_ends[month]))
    flows = {"accounts_receivable": books.receivable, "accounts_payable": books.payable, "cogs": books.cogs,
             "net_sales": books.net_sales, "purchases": books.purchases}  # fmt: skip
    amounts = np.r_[told[month, sites], [values[month, number] for values in flows.values()]]
    return {
        "account": ["inventory"] * len(sites) + list(flows),
        "location_code": [world.company.sites[s].code for s in sites] + [None] * len(flows),
        "period_end": [end] * len(amounts),
        "amount": decimals(np.rint(amounts * 100).astype("int64") * (MONEY_SCALE // 100), 18, 6),
        "currency": [world.company.divisions[number].currency] * len(amounts),
    }


def true_kpis(world: World, books: Books, number: int, month: int) -> tuple[float, float]:
    """Return yearly turns and GMROII of a division over up to twelve months, on the mean of the month ends."""
    span, sites = books.ttm(month), world.company.division_of_site == number
    stock = books.inventory[max(span.start - 1, 0) : span.stop][:, sites].sum(axis=1).mean()
    yearly = 12 / (span.stop - span.start)
    cogs, net = books.cogs[span, number].sum() * yearly, books.net_sales[span, number].sum() * yearly
    return cogs / stock, (net - cogs) / stock


def _system_kpis(world: World, books: Books, plan: FinanceFaults, number: int, month: int) -> dict:
    """The two figures of a division at one month end; none before there are three months."""
    ends, rows = world.records.calendar.month_ends, []
    if month >= _LEAST_MONTHS - 1:
        for kpi, value in enumerate(true_kpis(world, books, number, month)):
            is_false = (month, number, kpi) in plan.false
            rows.append((KPIS[kpi], value * FALSE_SHARES[kpi] if is_false else value))
    first = int(ends[books.ttm(month).start - 1]) + 1 if books.ttm(month).start else 0
    day = world.profile.first_day
    now = night(world.company, world.profile, number, int(ends[month])) - 3600
    return {
        "kpi": pa.array([name for name, _ in rows], pa.string()),
        "scope_type": pa.array(["division"] * len(rows), pa.string()),
        "period_start": pa.array([day + timedelta(days=first)] * len(rows), pa.date32()),
        "period_end": pa.array([day + timedelta(days=int(ends[month]))] * len(rows), pa.date32()),
        "value": decimals(np.rint([value * MONEY_SCALE for _, value in rows]).astype("int64"), 18, 6),
        "reported_at": instants(np.full(len(rows), now)),
    }

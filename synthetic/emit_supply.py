"""What the ERP holds beside the sources of supply: prices by quantity, listings, and disruptions that were announced.

Belongs here: the layout and the planted faults of these three entities. Does not belong here: sources (supply.py), how
suppliers deliver (replenishment.py). A disruption that is announced for a drifting supplier is true: its goods do come
later from that day on. A hollow one is announced for a supplier that delivers as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import stream, utc_datetime
from synthetic.emit_masters import FORMATS, PORTS, snapshots
from synthetic.emit_wms import CASE
from synthetic.faults import NEVER
from synthetic.tables import NOT_YET, Batch, conform, dates, day_name, decimals, pick, quantities

if TYPE_CHECKING:
    from synthetic.world import World

_BREAK_PACKS, _BREAK_BP = (1, 4, 12), (10_000, 9_700, 9_350)  # packs of a line and the price from there on
_WITH_BREAKS = 0.5  # of the sources
_INVERTED_BP = 10_600  # what a quantity costs more by mistake
_LISTED_LONG_AGO = 200  # days before the first one
_HOLLOW_DAYS = 21
_TRUE_TYPES = ("weather", "strike", "quality", "bankruptcy")


@dataclass(frozen=True)
class SupplyFaults:
    """What is told wrongly: sources whose price rises with quantity, SKU-locations not listed, hollow disruptions."""

    inverted: np.ndarray  # sources
    unlisted: np.ndarray  # keys
    hollow: np.ndarray  # suppliers


def plan_supply(world: World) -> SupplyFaults:
    """Choose the victims of this theme."""
    rng, counts = stream(world.seed, "faults.supply"), world.profile.faults
    keys = np.flatnonzero((world.company.of_key("life") == "steady") & (world.demand.rate > 0))
    steady = np.flatnonzero(world.goods.drift_day == NEVER)
    return SupplyFaults(
        inverted=np.sort(rng.choice(np.flatnonzero(has_breaks(world)), counts.inverted_price_break, replace=False)),
        unlisted=np.sort(rng.choice(keys, counts.unlisted_stock, replace=False)),
        hollow=np.sort(rng.choice(steady, counts.hollow_disruption, replace=False)),
    )


def has_breaks(world: World) -> np.ndarray:
    """Return which sources have prices by quantity, shape (sources,)."""
    return stream(world.seed, "price_breaks").random(len(world.sourcing.item)) < _WITH_BREAKS


def emit_supply(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield both snapshots of the three entities of every division."""
    plan = plan_supply(world)
    for number, division in enumerate(world.company.divisions):
        for day, at, _ in snapshots(world.company, world.profile, number):
            for entity, layout in (("supplier_price_breaks", _price_breaks), ("assortments", _assortments),
                                   ("disruptions", _disruptions)):  # fmt: skip
                table = conform(layout(world, plan, number, day), contracts["erp", entity])
                yield Batch("erp", division.code, entity, day_name(world.profile.first_day, day), table,
                            utc_datetime(at), FORMATS[number % len(FORMATS)])  # fmt: skip


def _price_breaks(world: World, plan: SupplyFaults, number: int, day: int) -> dict:
    """Three prices of each source that has any; the dearer of the mistaken ones is the last."""
    company, sourcing = world.company, world.sourcing
    own = company.items["division"].to_numpy()[sourcing.item] == number
    source = np.repeat(np.flatnonzero(own & has_breaks(world)), len(_BREAK_PACKS))
    level = np.arange(len(source)) % len(_BREAK_PACKS)
    points = np.array(_BREAK_BP)[level]
    points = np.where(np.isin(source, plan.inverted) & (level == len(_BREAK_BP) - 1), _INVERTED_BP, points)
    item = sourcing.item[source]
    cases = company.items["pack"].to_numpy()[item] > 1
    return {
        "item_code": pick(company.items["item_code"], item),
        "supplier_code": pick(company.suppliers["supplier_code"], sourcing.supplier[source]),
        "min_qty": quantities(np.array(_BREAK_PACKS)[level] * sourcing.moq_packs[source]),
        "uom": pc.if_else(cases, CASE, pick(company.items["base_uom"], item)),
        "unit_price": decimals(sourcing.price[source] * points // 10_000, 18, 6),
        "currency": [company.divisions[number].currency] * len(source),
        "valid_from": dates(np.full(len(source), -_LISTED_LONG_AGO), world.profile.first_day),
    }


def _assortments(world: World, plan: SupplyFaults, number: int, day: int) -> dict:
    """The listing of every SKU-location from its launch to its end, but for the forgotten ones."""
    company, demand = world.company, world.demand
    key = np.flatnonzero(company.division_of_site[company.site_of] == number)
    key = key[~np.isin(key, plan.unlisted) & (demand.launch_day[key] <= day + 60)]
    end = demand.end_day[key]
    known = end < np.minimum(day + 120, 50_000)
    return {
        "item_code": pick(company.items["item_code"], company.item_of[key]),
        "location_code": pick([site.code for site in company.sites], company.site_of[key]),
        "active_from": dates(np.maximum(demand.launch_day[key], -_LISTED_LONG_AGO), world.profile.first_day),
        "active_to": dates(np.where(known, end, NOT_YET), world.profile.first_day),
    }


def _disruptions(world: World, plan: SupplyFaults, number: int, day: int) -> dict:
    """Those that are announced by the day of the snapshot: true ones of drifting suppliers, hollow ones of others."""
    company, goods = world.company, world.goods
    mine = company.suppliers["division"].to_numpy() == number
    true = np.flatnonzero(mine & (goods.drift_day <= day))
    hollow = plan.hollow[mine[plan.hollow]]
    begin = np.r_[goods.drift_day[true], np.full(len(hollow), hollow_from(world))]
    supplier = np.r_[true, hollow]
    kept = np.flatnonzero(begin <= day)
    supplier, begin, is_true = supplier[kept], begin[kept], kept < len(true)
    about = company.suppliers.iloc[supplier]
    by_port = ~is_true & about["country"].isin(PORTS).to_numpy()
    over = ~is_true & (begin + _HOLLOW_DAYS <= day)
    return {
        "disruption_code": [f"D{company.divisions[number].code[0].upper()}{s:04d}" for s in supplier.tolist()],
        "disruption_type": [_TRUE_TYPES[s % 3] if t else ("port_closure" if p else "strike")
                            for s, t, p in zip(supplier.tolist(), is_true, by_port, strict=True)],
        "scope_type": ["port" if p else "supplier" for p in by_port],
        "scope_code": [PORTS[c] if p else s
                       for p, c, s in zip(by_port, about["country"], about["supplier_code"], strict=True)],
        "start_date": dates(begin, world.profile.first_day),
        "end_date": dates(np.where(over, begin + _HOLLOW_DAYS, NOT_YET), world.profile.first_day),
        "status": ["closed" if o else "open" for o in over],
        "note": ["goods come later" if t else "no effect expected" for t in is_true],
    }  # fmt: skip


def hollow_from(world: World) -> int:
    """Return the day on which the hollow disruptions begin."""
    return world.profile.days * 6 // 10

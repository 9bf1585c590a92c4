"""The terms that every division's ERP holds: sources of supply, planning parameters, service contracts, promotions.

Belongs here: the layout of those four snapshots, made beside the masters. Does not belong here: the terms themselves
(planning.py, promotions.py, contracts.py) and the other masters (emit_masters.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import utc_datetime
from synthetic.company import Company
from synthetic.contracts import ServiceContracts
from synthetic.emit_masters import FORMATS, snapshots
from synthetic.emit_wms import CASE
from synthetic.planning import REASONS, SYSTEM, Parameters
from synthetic.profiles import Profile
from synthetic.promotions import CHANNELS, MECHANICS, Promotions
from synthetic.sales import Customers
from synthetic.supply import Sourcing
from synthetic.tables import Batch, conform, dates, day_name, decimals, numbered, pick, quantities

_RATIO = 1_000_000
_ENTITIES = ("item_suppliers", "planning_parameters", "service_contracts", "promotions")


@dataclass(frozen=True)
class Terms:
    """What the four snapshots are made from."""

    company: Company
    sourcing: Sourcing
    parameters: Parameters
    contracts: ServiceContracts
    customers: Customers
    promotions: Promotions


def emit_terms(terms: Terms, profile: Profile, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield both snapshots of every entity of every division."""
    for number, division in enumerate(terms.company.divisions):
        for day, at, _ in snapshots(terms.company, profile, number):
            for entity in _ENTITIES:
                columns = _LAYOUTS[entity](terms, profile, number, day)
                yield Batch(
                    source="erp",
                    instance=division.code,
                    entity=entity,
                    name=day_name(profile.first_day, day),
                    table=conform(columns, contracts["erp", entity]),
                    extracted_at=utc_datetime(at),
                    fmt=FORMATS[number % len(FORMATS)],
                )


def _of_division(company: Company, item: np.ndarray, number: int) -> np.ndarray:
    return company.items["division"].to_numpy()[item] == number


def _item_suppliers(terms: Terms, profile: Profile, number: int, day: int) -> dict:
    """Every source of every item, in the unit in which the item is bought."""
    company, sourcing = terms.company, terms.sourcing
    row = np.flatnonzero(_of_division(company, sourcing.item, number))
    item, supplier = sourcing.item[row], sourcing.supplier[row]
    cases = pa.array(company.items["pack"].to_numpy()[item] > 1)
    return {
        "item_code": pick(company.items["item_code"], item),
        "supplier_code": pick(company.suppliers["supplier_code"], supplier),
        "is_preferred": pa.array(sourcing.is_preferred[row]),
        "moq_qty": quantities(sourcing.moq_packs[row]),
        "order_multiple_qty": quantities(np.ones(len(row))),
        "uom": pc.if_else(cases, CASE, pick(company.items["base_uom"], item)),
        "planned_lead_time_days": pa.array(company.suppliers["planned_days"].to_numpy()[supplier].astype("int32")),
        "unit_price": decimals(sourcing.price[row], 18, 6),
        "order_cost_amount": decimals(sourcing.order_cost[row], 18, 6),
        "currency": [company.divisions[number].currency] * len(row),
    }


def _planning_parameters(terms: Terms, profile: Profile, number: int, day: int) -> dict:
    """Every setting up to the day of the snapshot."""
    company, p = terms.company, terms.parameters
    site = company.site_of[p.key]
    row = np.flatnonzero((company.division_of_site[site] == number) & (p.valid_from_day <= day))
    key = p.key[row]
    return {
        "item_code": pick(company.items["item_code"], company.item_of[key]),
        "location_code": pick([s.code for s in company.sites], site[row]),
        "reorder_point_qty": quantities(p.reorder_point[row]),
        "safety_stock_qty": quantities(p.safety[row]),
        "order_qty": quantities(p.order_qty[row]),
        "uom": pick(company.items["base_uom"], company.item_of[key]),
        "review_days": pa.array(np.zeros(len(row), dtype="int32")),
        "service_level_ratio": decimals(np.rint(p.service_level[row] * _RATIO).astype("int64"), 9, 6),
        "set_by": pick(["system", "planner"], (p.reason[row] != SYSTEM).astype("int64")),
        "override_reason": pick([*REASONS, None], p.reason[row] % (len(REASONS) + 1)),
        "valid_from": dates(p.valid_from_day[row], profile.first_day),
    }


def _service_contracts(terms: Terms, profile: Profile, number: int, day: int) -> dict:
    """Every contract line that was signed by the day of the snapshot."""
    company, c = terms.company, terms.contracts
    row = np.flatnonzero((terms.customers.division[c.customer] == number) & (c.from_day - 30 <= day))
    return {
        "contract_number": numbered("SC-", c.contract[row], 5),
        "line_number": numbered("", c.line[row], 1),
        "customer_code": pick(terms.customers.code, c.customer[row]),
        "item_code": pick([*company.items["item_code"], None], c.item[row] % (len(company.items) + 1)),
        "category": pick([*c.categories, None], c.category[row] % (len(c.categories) + 1)),
        "location_code": pick([*(s.code for s in company.sites), None], c.site[row] % (len(company.sites) + 1)),
        "service_type": pick(list(c.types), c.service_type[row]),
        "target_ratio": decimals(c.target_bp[row] * (_RATIO // 10_000), 9, 6),
        "window_days": pa.array(c.window_days[row].astype("int32")),
        "penalty_rate": decimals(c.penalty[row], 18, 6, c.basis[row] < 0),
        "penalty_basis": pick([*c.bases, None], c.basis[row] % (len(c.bases) + 1)),
        "currency": [company.divisions[number].currency] * len(row),
        "valid_from": dates(c.from_day[row], profile.first_day),
        "valid_to": dates(c.to_day[row], profile.first_day),
    }


def promotion_codes(company: Company, promotions: Promotions) -> list[str]:
    """Return the code of every promotion: the division's letter and a running number."""
    division = company.items["division"].to_numpy()[promotions.item]
    return [f"PR{company.divisions[d].code[0].upper()}{n + 1:05d}" for n, d in enumerate(division.tolist())]


def _promotions(terms: Terms, profile: Profile, number: int, day: int) -> dict:
    """Every promotion that is decided by the day of the snapshot, with its state on that day."""
    company, p = terms.company, terms.promotions
    row = np.flatnonzero(_of_division(company, p.item, number) & (p.start_day - 60 <= day))
    state = np.where(p.end_day[row] < day, 2, np.where(p.start_day[row] <= day, 1, 0))
    return {
        "promotion_code": pa.array(promotion_codes(company, p)).take(pa.array(row)),
        "item_code": pick(company.items["item_code"], p.item[row]),
        "channel": pick(list(CHANNELS), p.channel[row]),
        "mechanic": pick(list(MECHANICS), p.mechanic[row]),
        "discount_ratio": decimals(p.discount_bp[row] * (_RATIO // 10_000), 9, 6),
        "start_date": dates(p.start_day[row], profile.first_day),
        "end_date": dates(p.end_day[row], profile.first_day),
        "status": pick(["planned", "running", "ended", "cancelled"], np.where(p.is_cancelled[row], 3, state)),
        "planned_uplift_ratio": decimals(np.rint(p.planned_uplift[row] * _RATIO).astype("int64"), 9, 6),
    }


_LAYOUTS = {
    "item_suppliers": _item_suppliers,
    "planning_parameters": _planning_parameters,
    "service_contracts": _service_contracts,
    "promotions": _promotions,
}

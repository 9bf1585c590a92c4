"""Rows of the truth ledger, for the themes that have a file of their own.

Belongs here: the shape of a row and the words that name a SKU-location. Does not belong here: any theme (truth_*.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthetic.world import World


def fault_row(fault: str, source: str, instance: str, entity: str, **columns: object) -> dict:
    """Return a row of schema PLANTED; the division is the instance unless `columns` says otherwise."""
    row = {"fault": fault, "source": source, "instance": instance, "entity": entity}
    return row | ({"division_code": instance} if source == "erp" else {}) | columns


def key_columns(world: World, key: int) -> dict[str, str]:
    """Return division, item and location of a SKU-location."""
    company = world.company
    site = int(company.site_of[key])
    return {
        "division_code": company.divisions[int(company.division_of_site[site])].code,
        "item_code": company.items["item_code"].iloc[int(company.item_of[key])],
        "location_code": company.sites[site].code,
    }

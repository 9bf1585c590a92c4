"""The truth about prices by quantity, listings and disruptions: which of them are wrong, which are true.

Belongs here: one row per planted fault of the theme. Does not belong here: planting them (emit_supply.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from synthetic.emit_supply import hollow_from, plan_supply
from synthetic.truth_rows import fault_row, key_columns

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {
    "inverted_price_break": "later:kpi_order_quantity_conflict",
    "unlisted_stock": "later:assortment_gap",
    "hollow_disruption": "later:kpi_disruption_lead_time",
}


def supply_faults(world: World) -> list[dict]:
    """Return a row per planted fault."""
    company, plan, rows = world.company, plan_supply(world), []
    division = [company.divisions[int(n)].code for n in company.items["division"]]
    for source in plan.inverted.tolist():
        item, supplier = int(world.sourcing.item[source]), int(world.sourcing.supplier[source])
        rows.append(fault_row("inverted_price_break", "erp", division[item], "supplier_price_breaks",
                              item_code=company.items["item_code"].iloc[item],
                              detail={"supplier_code": company.suppliers["supplier_code"].iloc[supplier]}))  # fmt: skip
    for key in plan.unlisted.tolist():
        about = key_columns(world, key)
        rows.append(fault_row("unlisted_stock", "erp", about["division_code"], "assortments", **about))
    for supplier in plan.hollow.tolist():
        about = company.suppliers.iloc[supplier]
        code = company.divisions[int(about["division"])].code
        start = world.profile.first_day + timedelta(days=hollow_from(world))
        detail = {"supplier_code": about["supplier_code"], "from_date": f"{start}"}
        rows.append(fault_row("hollow_disruption", "erp", code, "disruptions", detail=detail))
    return rows

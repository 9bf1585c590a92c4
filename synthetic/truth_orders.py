"""The truth about customers' orders: the lines that name an item no master knows.

Belongs here: one row per planted fault of sales order lines. Does not belong here: planting them (emit_orders.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.emit_orders import UNKNOWN_ORDERED, unknown_orders

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {"unknown_item_ordered": "unified:unknown_item"}


def order_faults(world: World) -> list[dict]:
    """Return a row per planted line; its event_id is the order and the line."""
    rows, company, lines = [], world.company, world.order_lines
    for place, row in enumerate(unknown_orders(world).tolist()):
        site = company.sites[int(company.site_of[lines.key[row]])].code
        division = company.divisions[int(company.items["division"].iloc[int(company.item_of[lines.key[row]])])].code
        rows.append({
            "fault": "unknown_item_ordered", "source": "erp", "instance": division, "entity": "sales_order_lines",
            "division_code": division, "location_code": site, "at": int(lines.ordered[row]) * 1_000_000,
            "event_id": f"SO-{int(lines.order[row]):07d}/{int(lines.line[row])}", "qty": int(lines.qty[row]),
            "detail": {"item_code_told": UNKNOWN_ORDERED.format(place + 1)},
        })  # fmt: skip
    return rows

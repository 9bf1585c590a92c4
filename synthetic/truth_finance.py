"""The truth about money: postings made twice, months in which books and ledger part, KPIs that the ERP reports falsely.

Belongs here: one row per planted fault of the theme. Does not belong here: planting them (emit_finance.py,
write_offs.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from synthetic.emit_finance import FALSE_SHARES, GAP_SHARE, KPIS, plan_finance, true_kpis
from synthetic.truth_rows import fault_row, key_columns
from synthetic.write_offs import NO_POSTING

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {
    "double_write_off": "kpi:fct_repeated_write_off",
    "ledger_gap": "kpi:fct_ledger_tie_out",
    "false_system_kpi": "kpi:fct_system_kpi_verdict",
}


def finance_faults(world: World) -> list[dict]:
    """Return a row per planted fault."""
    company, plan, books = world.company, plan_finance(world), world.books
    posted, rows = world.write_offs, []
    ends = [f"{world.profile.first_day + timedelta(days=int(d))}" for d in world.records.calendar.month_ends]
    for place in np.flatnonzero(posted.repeats != NO_POSTING).tolist():
        about = key_columns(world, int(posted.key[place]))
        prefix = f"WO{about['division_code'][0].upper()}"
        rows.append(fault_row(
            "double_write_off", "erp", about["division_code"], "write_offs", **about,
            event_id=f"{prefix}{place + 1:07d}", qty=int(posted.qty[place]), at=int(posted.posted[place]) * 1_000_000,
            detail={"repeats": f"{prefix}{int(posted.repeats[place]) + 1:07d}"},
        ))  # fmt: skip
    for place, (month, site) in enumerate(plan.gaps):
        code = company.divisions[int(company.division_of_site[site])].code
        share = GAP_SHARE if place % 2 == 0 else -GAP_SHARE
        detail = {"period_end": ends[month], "share": share, "true_amount": round(books.inventory[month, site], 2)}
        rows.append(fault_row("ledger_gap", "erp", code, "financial_balances", detail=detail,
                              location_code=company.sites[site].code))  # fmt: skip
    for month, number, kpi in plan.false:
        true = true_kpis(world, books, number, month)[kpi]
        detail = {"kpi": KPIS[kpi], "period_end": ends[month], "true_value": round(true, 6),
                  "told_value": round(true * FALSE_SHARES[kpi], 6)}  # fmt: skip
        code = company.divisions[number].code
        rows.append(fault_row("false_system_kpi", "erp", code, "system_kpis", detail=detail))
    return rows

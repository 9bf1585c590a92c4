"""The truth about forecasts: who is biased, and by how much.

Belongs here: one row per planted bias. Does not belong here: the biases themselves (forecasts.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.company import CATEGORIES
from synthetic.forecasts import FAMILY_FACTOR, KEY_FACTORS, PLANNER_FACTORS, plan_forecasts
from synthetic.truth_rows import fault_row

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = dict.fromkeys(("biased_planner", "biased_family", "biased_key_item"), "kpi:kpi_forecast_bias")


def forecast_faults(world: World) -> list[dict]:
    """Return a row per biased planner, family and key item; `factor` is told over honest."""
    company, plan, names = world.company, plan_forecasts(world), list(CATEGORIES)
    per, rows = world.profile.planners_per_division, []
    for place, planner in enumerate(plan.planner.tolist()):
        detail = {"planner": f"planner {planner % per + 1}", "factor": PLANNER_FACTORS[place % 2]}
        rows.append(_row("biased_planner", company.divisions[planner // per].code, detail=detail))
    for family in plan.family.tolist():
        detail = {"category": names[family % len(names)], "factor": FAMILY_FACTOR}
        rows.append(_row("biased_family", company.divisions[family // len(names)].code, detail=detail))
    for place, item in enumerate(plan.item.tolist()):
        about = company.items.iloc[item]
        rows.append(_row("biased_key_item", company.divisions[int(about["division"])].code,
                         item_code=about["item_code"], detail={"factor": KEY_FACTORS[place % 2]}))  # fmt: skip
    return rows


def _row(fault: str, division: str, **columns: object) -> dict:
    return fault_row(fault, "erp", division, "demand_forecasts", **columns)

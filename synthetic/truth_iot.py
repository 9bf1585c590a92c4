"""The truth about sensors: which of them saw goods too warm or frozen, and which were out of order.

Belongs here: one row per planted fault of a sensor. Does not belong here: planting them (climate.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.climate import FAULTS, ZONES
from synthetic.truth_rows import fault_row

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {name: "kpi:kpi_storage_condition" for name in FAULTS}


def sensor_faults(world: World) -> list[dict]:
    """Return a row per fault: `at` is its first reading, `until` in the detail its last."""
    climate, company, rows = world.climate, world.company, []
    columns = (climate.fault, climate.fault_sensor, climate.fault_from, climate.fault_until)
    for kind, sensor, since, until in zip(*(column.tolist() for column in columns), strict=True):
        place = int(climate.site[sensor])
        code = company.sites[place].code
        number = sensor - int((climate.site < place).sum()) + 1
        rows.append(fault_row(
            FAULTS[kind], "iot", code, "readings", location_code=code, device_id=f"{code}-T{number:02d}",
            division_code=company.divisions[int(company.division_of_site[place])].code, at=since * 1_000_000,
            detail={"until": until, "zone": ZONES[int(climate.zone[sensor])]},
        ))  # fmt: skip
    return rows

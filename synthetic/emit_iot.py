"""Sensors and their readings as the gateway of every site sends them.

Belongs here: the layout of the two entities. Does not belong here: what is read (climate.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from orchestration.lib.contracts import Contract
from synthetic.climate import ZONES
from synthetic.clock import DAY, utc_datetime
from synthetic.tables import NOT_YET, Batch, conform, day_name, decimals, instants, numbered, pick

if TYPE_CHECKING:
    from synthetic.world import World

_WEEK = 7


def emit_iot(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield the sensors of every gateway once and its readings week by week."""
    climate, company, profile = world.climate, world.company, world.profile
    for place, site in enumerate(company.sites):
        sensor = np.flatnonzero(climate.site == place)
        own = np.flatnonzero(climate.site[climate.sensor] == place)
        own = own[np.lexsort((climate.sensor[own], climate.at[own]))]
        week = (climate.at[own] - climate.at[own[0]]) // (_WEEK * DAY)
        for turn in range(int(week[-1]) + 1):
            row = own[week == turn]
            last = int(climate.at[row[-1]])
            day = min(profile.days - profile.sensor_days + (turn + 1) * _WEEK - 1, profile.days - 1)
            table = conform(
                {
                    "sensor_id": numbered(f"{site.code}-T", climate.sensor[row] - sensor[0] + 1, 2),
                    "read_at": instants(climate.at[row]),
                    "temperature_c": decimals(climate.celsius[row], 9, 3),
                    "humidity_pct": decimals(climate.humidity[row], 9, 3),
                },
                contracts["iot", "readings"],
            )
            yield Batch("iot", site.code, "readings", day_name(profile.first_day, day), table, utc_datetime(last + 600))
        division = company.divisions[int(company.division_of_site[place])].code
        first = int(climate.at[own[0]]) // DAY * DAY
        table = conform(
            {
                "sensor_id": numbered(f"{site.code}-T", np.arange(len(sensor)) + 1, 2),
                "division_code": [division] * len(sensor),
                "location_code": [site.code] * len(sensor),
                "zone": pick(list(ZONES), climate.zone[sensor]),
                "valid_from": instants(first - climate.hung_before[sensor] * DAY),
                "valid_to": instants(np.full(len(sensor), NOT_YET)),
            },
            contracts["iot", "sensors"],
        )
        name = day_name(profile.first_day, profile.days - 1)
        yield Batch("iot", site.code, "sensors", name, table, utc_datetime(int(climate.at.max()) + 600))

"""The yearly audit: an auditor counts a part of every site to the unit.

Belongs here: which SKU-locations are audited and when; the quantities are the true ones. Does not belong here: the
cycle counts of the sites themselves (emit_wms.py). The goods of the greatest value are all counted, of the others a
third.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from orchestration.lib.contracts import Contract
from synthetic.clock import stream, utc_datetime
from synthetic.records import cut_off_utc
from synthetic.tables import Batch, conform, day_name, instants, numbered, pick, quantities

if TYPE_CHECKING:
    from synthetic.world import World

_BEFORE_END, _YEAR = 40, 365  # days
_ALL_OF, _SHARE = 0.3, 0.33  # of the SKU-locations by value, and of the others


def audit_days(world: World) -> list[int]:
    """Return the days of the audits: once a year, the last one some weeks before the end."""
    return list(range(world.profile.days - _BEFORE_END, 0, -_YEAR))[::-1]


def emit_audits(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield one batch per audit, of all sites."""
    company, rng, number = world.company, stream(world.seed, "audits"), 1
    division = company.division_of_site[company.site_of]
    value = world.demand.daily_mean() * company.of_key("unit_cost")
    top = np.argsort(np.argsort(-value, kind="stable"), kind="stable") < company.keys * _ALL_OF
    for day in audit_days(world):
        key = np.flatnonzero(top | (rng.random(company.keys) < _SHARE))
        item = company.item_of[key]
        at = cut_off_utc(company, world.profile, day)[key]
        table = conform(
            {
                "audit_id": numbered("AU-", np.arange(number, number + len(key)), 7),
                "division_code": pick([d.code for d in company.divisions], division[key]),
                "location_code": pick([site.code for site in company.sites], company.site_of[key]),
                "item_code": pick(company.items["item_code"], item),
                "qty": quantities(world.truth.physical[day, key]),
                "uom": pick(company.items["base_uom"], item),
                "audited_at": instants(at),
            },
            contracts["audit", "physical_audits"],
        )
        number += len(key)
        name = day_name(world.profile.first_day, day)
        yield Batch("audit", "auditor", "physical_audits", name, table, utc_datetime(int(at.max()) + 7200))

"""What is true of every stock record at the cut-off, beside the landing and read by no model.

Belongs here: layout of truth/phantom_states.parquet. Does not belong here: what happened (run.py).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthetic.phantom_lab.company import BLOCKED, NEVER, Company
from synthetic.phantom_lab.knobs import CAUSES, CLASSES
from synthetic.phantom_lab.lab import Lab
from synthetic.phantom_lab.landing import item_codes, plan_silence, site_codes
from synthetic.tables import NOT_YET, dates, pick

FILE = "phantom_states.parquet"
_SLOW = 0.02  # chance of an order below which a record is called slow


def truth_table(lab: Lab) -> pa.Table:
    """Return one row per stock record: recorded and physical quantity, phantom and stale with since when and why."""
    company, history, knobs = lab.company, lab.history, lab.company.knobs
    silence = plan_silence(lab)
    stale = np.full(len(company), NOT_YET)
    stale[silence.key] = silence.last_day + 1
    first_day = knobs.last_day - timedelta(days=knobs.days - 1)
    hazard = company.theft + company.scrap + company.slotting
    return pa.table(
        {
            "item_code": item_codes(company.sku),
            "location_code": pick(site_codes(lab), company.site),
            "true_class": pick(list(CLASSES), company.klass),
            "recorded_qty": pa.array(lab.record),
            "physical_qty": pa.array(lab.shelf),
            "is_phantom": pa.array(lab.is_phantom),
            "phantom_since": dates(np.where(lab.is_phantom, history.since, NOT_YET), first_day),
            "cause": pick([*CAUSES, None], np.where(lab.is_phantom, history.cause, len(CAUSES))),
            "hazard_per_day": pa.array(hazard),
            "demand_per_day": pa.array(company.demand),
            "demand_chance_at_cut_off": pa.array(company.chance(knobs.days - 1)),
            "is_stale": pa.array(stale != NOT_YET),
            "stale_since": dates(stale, first_day),
            "innocent_reason": pick([*_REASONS, None], _reasons(company)),
        }
    )


def write_truth(lab: Lab, folder: Path) -> Path:
    """Write the truth into `folder` and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(truth_table(lab), folder / FILE, store_schema=False)
    return folder / FILE


_REASONS = ("closed_site", "blocked", "delisted", "faded", "out_of_season", "late_feed", "slow")


def _reasons(company: Company) -> np.ndarray:
    """Return the place in _REASONS of what may silence a record innocently at the cut-off, first one wins."""
    last = company.knobs.days - 1
    ended = company.ends <= last
    status = company.sku_status[company.sku]
    quiet = (company.season_from >= 0) & (company.chance(last) < company.demand * 0.5) & ~ended
    masks = [
        company.site_closed_from[company.site] != NEVER,
        ended & (status == BLOCKED),
        ended & (status != BLOCKED),
        company.fades <= last,
        quiet,
        company.site_late[company.site] > 0,
        company.demand < _SLOW,
    ]
    return np.select(masks, list(range(len(masks))), len(masks))

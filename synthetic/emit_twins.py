"""Batches of the planted twins: item records beside the divisions' own, and what a steward said of some of them.

Belongs here: columns of `items` and `match_verdicts`. Does not belong here: which goods they are (twins.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from orchestration.lib.contracts import Contract
from synthetic.clock import DAY, utc_datetime
from synthetic.company import Company
from synthetic.emit_masters import snapshots
from synthetic.profiles import Profile
from synthetic.tables import Batch, conform, day_name, instants
from synthetic.twins import Twins

JUDGED_EVERY = 5  # of the twins and of the decoys, the first of so many has a verdict
TEAM = "master_data"


def emit_twins(company: Company, twins: Twins, profile: Profile,
               contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:  # fmt: skip
    """Yield two extracts of the records of each division and one batch of verdicts."""
    records = twins.records
    for number, division in enumerate(company.divisions):
        own = records[records["division"] == number]
        if own.empty:
            continue
        for day, at, is_last in snapshots(company, profile, number):
            table = conform(_items(own, is_last), contracts["erp", "items"])
            name = day_name(profile.first_day, day) + "-additions"
            yield Batch("erp", division.code, "items", name, table, utc_datetime(at))
    verdicts = judged(company, twins)
    if not verdicts:
        return
    _, at, _ = list(snapshots(company, profile, 0))[-1]
    columns = {name: [row[name] for row in verdicts] for name in verdicts[0]}
    columns |= {"decided_by": ["master_data_steward"] * len(verdicts)}
    columns |= {"decided_at": instants(np.full(len(verdicts), at - DAY))}
    table = conform(columns, contracts["steward", "match_verdicts"])
    yield Batch(
        "steward", TEAM, "match_verdicts", day_name(profile.first_day, profile.days - 1), table, utc_datetime(at)
    )


def judged(company: Company, twins: Twins) -> list[dict]:
    """The verdicts: division and code of both items, same or different."""
    rows = []
    for is_same, verdict in ((True, "same"), (False, "different")):
        chosen = [row for row in twins.records.to_dict("records") if row["is_same"] == is_same]
        for record in [row for row in chosen if row["kind"] != "reused_code"][::JUDGED_EVERY]:
            other = company.items.iloc[int(record["item"])]
            rows.append(
                {
                    "division_code": company.divisions[int(record["division"])].code,
                    "item_code": record["item_code"],
                    "other_division_code": company.divisions[int(other["division"])].code,
                    "other_item_code": other["item_code"],
                    "verdict": verdict,
                }
            )
    return rows


def _items(own: pd.DataFrame, is_last: bool) -> dict:
    columns = {name: _texts(own[name]) for name in ("item_code", "description", "category", "brand", "base_uom")}
    gtin = own["gtin" if is_last else "first_gtin"]
    return columns | {
        "gtin": _texts(gtin),
        "status": ["active"] * len(own),
        "is_key": [False] * len(own),
    }


def _texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in values]

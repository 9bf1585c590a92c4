"""How often the drop folder of a site is looked at: policy `count_ingest_minutes`, and which sites are due.

Here: the policy seed as the sensor needs it, and the arithmetic of being due. Not here: looking (drop_folder.py) and
what interval would be best (visibility.kpi_count_ingestion). Time is an argument.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

POLICY = "count_ingest_minutes"
_SEED = Path("seeds") / "policy" / "policy_rows.csv"


def ingest_minutes(repo: Path, site: str, on: date) -> Decimal:
    """Minutes between two looks at a site's folder, by the policy in force on a day.

    A row of scope location (`<division>.<site>`) is narrower than the company's. LookupError when there is no row.
    """
    with (repo / _SEED).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["policy_key"] == POLICY]
    in_force = [
        row
        for row in rows
        if row["effective_from"] <= f"{on}" and (not row["effective_to"] or f"{on}" < row["effective_to"])
    ]
    for scope_type, is_this in (("location", lambda i: i.partition(".")[2] == site), ("company", lambda _: True)):
        for row in in_force:
            if row["scope_type"] == scope_type and is_this(row["scope_id"]):
                return Decimal(row["value"])
    raise LookupError(f"{_SEED}: no row of {POLICY} is in force on {on}: add one for the company")


def due_sites(repo: Path, sites: Iterable[str], looked_at: dict[str, float], now: float, on: date) -> list[str]:
    """Sites whose interval has passed since they were last looked at. looked_at, now: seconds since 1970.

    A site that was never looked at is due, and so is every site after the clock was set back.
    """
    return [
        site
        for site in sites
        if not looked_at.get(site, now + 1) <= now < looked_at[site] + float(ingest_minutes(repo, site, on) * 60)
    ]

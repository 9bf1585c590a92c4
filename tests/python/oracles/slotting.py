"""Slotting recomputed with pandas and SciPy from the accepted rows (docs/formulas.md#slotting).

ABC classes are taken as given (their own oracle: abc.py). Here: values. Not here: comparisons (test_slotting.py).
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy import optimize, stats

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.floor import bin_list

OF_PLACE = ("wrong_item", "wrong_qty", "found_elsewhere")


def monday(day: date) -> date:
    """First day of the ISO week."""
    return day - timedelta(days=day.weekday())


def picks(company: Company) -> pd.DataFrame:
    """SKU x location x bin x week: picks, errors of place, goods found elsewhere, and where the bin lies."""
    rows = []
    stages = latest(company.accepted.rows("wms", "order_stages"),
                    lambda r: (r.instance, r.order_number, r.line_number, r.stage))  # fmt: skip
    errors = latest(company.accepted.rows("wms", "pick_errors"), lambda r: (r.instance, r.error_id))
    events = [(r, 1, 0, 0) for r in stages if r.stage == "picked"]
    events += [(r, 0, 1, int(r.error_type == "found_elsewhere")) for r in errors if r.error_type in OF_PLACE]
    for row, *figures in events:
        place = company.masters.by_site.get(row.instance)
        sku = place and company.masters.sku.get((place.division, row.item_code))
        if not sku or row.bin is None or not company.masters.factor(place.division, row.item_code, row.uom):
            continue
        day = row.occurred_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
        rows.append((place.location_id, sku, row.bin, monday(day), *figures))
    names = ["location", "sku", "bin", "week", "picks", "errors", "elsewhere"]
    frame = pd.DataFrame(rows, columns=names).groupby(names[:4], as_index=False).sum()
    listed = bin_list(company)
    low, high = float(policy("golden_min_cm")), float(policy("golden_max_cm"))
    where = [listed.get(location, {}).get(code) for location, code in zip(frame["location"], frame["bin"], strict=True)]
    frame["zone"] = [row.zone if row else "-" for row in where]
    frame["aisle"] = [row.aisle or "-" if row else "-" for row in where]
    frame["metres"] = [float(row.distance_m) if row else None for row in where]
    frame["height"] = [float(row.height_cm) if row else np.nan for row in where]
    frame["golden"] = frame["height"].between(low, high)
    return frame


def homes(company: Company) -> set[tuple[str, str]]:
    """(location, bin) that are the home of goods at the cut-off."""
    found = set()
    for row in company.accepted.rows("wms", "slottings"):
        place = company.masters.by_site.get(row.instance)
        if place and row.valid_from <= company.as_of_date and (row.valid_to or date.max) >= company.as_of_date:
            found.add((place.location_id, row.bin))
    return found


def ideal_walks(company: Company, frame: pd.DataFrame) -> dict[tuple[str, date], float]:
    """(location, week) -> metres if the bins picked most were the nearest homes."""
    listed, found, at_home = bin_list(company), {}, homes(company)
    for (location, week), its in frame.groupby(["location", "week"]):
        picked = set(frame.loc[frame["location"] == location, "bin"])
        slots = sorted(float(row.distance_m) for code, row in listed[location].items()
                       if code in picked or (location, code) in at_home)  # fmt: skip
        hits = sorted(its.groupby("bin")["picks"].sum(), reverse=True)
        found[location, week] = sum(n * metres for n, metres in zip(hits, slots, strict=False))
    return found


def best_fit(features: np.ndarray, trials: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Coefficients at the least of the penalised negative log-likelihood, by SciPy's general minimiser."""
    matrix = np.column_stack([np.ones(len(features)), features])

    def loss(beta: np.ndarray) -> float:
        score = matrix @ beta
        return float((trials * np.logaddexp(0, score) - errors * score).sum() + (beta[1:] ** 2).sum() / 2)

    return optimize.minimize(loss, np.zeros(matrix.shape[1]), method="BFGS", options={"gtol": 1e-8}).x


def area(chance: np.ndarray, errors: np.ndarray, right: np.ndarray) -> float:
    """Area under the curve of weighted right and wrong picks, by Mann and Whitney's U of SciPy."""
    wrong, good = np.repeat(chance, errors.astype(int)), np.repeat(chance, right.astype(int))
    return float(stats.mannwhitneyu(wrong, good).statistic) / (len(wrong) * len(good))

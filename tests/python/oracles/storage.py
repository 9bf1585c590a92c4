"""Storage and shelf life recomputed with pandas and numpy from the accepted rows (docs/formulas.md#shelf-life).

Stock by lot and mean demand are taken as given (their own oracles: stock.py, demand). Here: values. Not here:
comparisons (test_storage.py).
"""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tests.python.oracles.accepted import latest, policy, seed
from tests.python.oracles.company import Company

KELVIN = 273.15
BOUNDS = ["low", "high", "dry", "damp", "reference"]


def handling(company: Company) -> dict[tuple[str, str], dict]:
    """(division, SKU) -> bounds, the strictest of its codes; None where nobody told."""
    found: dict[tuple[str, str], dict] = {}
    for row in latest(company.accepted.rows("erp", "items"), lambda r: (r.instance, r.item_code)):
        sku = company.masters.sku.get((row.instance, row.item_code))
        told = {"low": (max, row.storage_min_c), "high": (min, row.storage_max_c),
                "dry": (max, row.storage_min_humidity_pct), "damp": (min, row.storage_max_humidity_pct),
                "reference": (min, row.reference_storage_c), "frost": (max, bool(row.is_freeze_sensitive))}  # fmt: skip
        kept = found.setdefault((row.instance, sku), dict.fromkeys(told))
        for name, (strictest, value) in told.items():
            both = [v for v in (kept[name], value) if v is not None]
            kept[name] = strictest(both) if both else None
    return found


def storage_class(high) -> str | None:
    """Class of goods by the highest temperature."""
    rows = seed("reference/storage_classes.csv") if high is not None else []
    return next((r["storage_class"] for r in rows if float(r["over_c"]) < high <= float(r["up_to_c"])), None)


def intervals(company: Company) -> pd.DataFrame:
    """Readings with the seconds they stand for, whether they can be trusted, and the class they watch."""
    classes = {row["zone_word"]: row["storage_class"] for row in seed("reference/storage_zones.csv")}
    sensors = {(r.instance, r.sensor_id): r for r in company.accepted.rows("iot", "sensors")}
    limit = float(policy("sensor_jump_celsius"))
    gap, flat = 60 * float(policy("sensor_max_gap_minutes")), 60 * float(policy("sensor_flat_minutes"))
    rows = []
    for row in latest(company.accepted.rows("iot", "readings"), lambda r: (r.instance, r.sensor_id, r.read_at)):
        hung = sensors[row.instance, row.sensor_id]
        place = company.masters.locations[f"{hung.division_code}.{hung.location_code}"]
        day = row.read_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
        rows.append((row.sensor_id, place.location_id, classes[hung.zone], row.read_at, day, float(row.temperature_c),
                     None if row.humidity_pct is None else float(row.humidity_pct)))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["sensor", "location", "class", "at", "day", "t", "h"])
    parts = []
    for _, its in frame.sort_values("at").groupby("sensor"):
        its = its.copy()
        its["next"] = its["at"].shift(-1)
        until = its["next"].fillna(pd.Timestamp(company.as_of))
        seconds = (until - its["at"]).dt.total_seconds().astype("int64")
        its["held"] = seconds.clip(upper=int(gap))
        its["lost"] = (seconds - int(gap)).clip(lower=0).where(its["next"].notna(), 0)
        up, back = its["t"] - its["t"].shift(1), its["t"] - its["t"].shift(-1)
        its["spike"] = ((up > limit) & (back > limit)) | ((up < -limit) & (back < -limit))
        run = (its["t"] != its["t"].shift(1)).cumsum()
        span = its.groupby(run)["at"].transform("max") - its.groupby(run)["at"].transform("min")
        its["stuck"] = span.dt.total_seconds() >= flat
        its["after_gap"] = (its["at"] - its["at"].shift(1)).dt.total_seconds().gt(gap) | its["at"].shift(1).isna()
        parts.append(its)
    frame = pd.concat(parts)
    frame["trusted"] = ~(frame["spike"] | frame["stuck"])
    return frame


def state(value: pd.Series, low: float | None, high: float | None) -> np.ndarray:
    """1 above, -1 below, 0 within the bounds."""
    return np.where(
        value > (np.inf if high is None else high), 1, np.where(value < (-np.inf if low is None else low), -1, 0)
    )


def excursions(frame: pd.DataFrame, bounds: dict) -> set[tuple]:
    """(sensor, measure, side, first reading, readings, seconds) of every run beyond a bound that lasts long enough."""
    found, least = set(), 60 * float(policy("excursion_min_minutes"))
    of_class = frame[frame["class"] == storage_class(bounds["high"])]
    for measure, name, low, high in (("temperature", "t", "low", "high"), ("humidity", "h", "dry", "damp")):
        if bounds[low] is None and bounds[high] is None:
            continue
        for sensor, its in of_class.groupby("sensor"):
            side = pd.Series(state(its[name], _float(bounds[low]), _float(bounds[high])), index=its.index)
            side = side.where(its["trusted"], 9)
            run = (side.ne(side.shift(1)) | its["after_gap"]).cumsum()
            for _, part in its.groupby(run):
                where, seconds = side[part.index[0]], int(part["held"].sum())
                if where in (1, -1) and seconds >= least:
                    found.add((sensor, measure, "high" if where == 1 else "low", part["at"].iloc[0].to_pydatetime(),
                               len(part), seconds))  # fmt: skip
    return found


def _float(value) -> float | None:
    return None if value is None else float(value)


def mean_kinetic(its: pd.DataFrame) -> float | None:
    """Mean kinetic temperature of trusted readings by the textbook's formula."""
    a = float(policy("mkt_activation_kelvin"))
    if not its["held"].sum():
        return None
    weights = its["held"] / its["held"].sum()
    return a / -np.log((weights * np.exp(-a / (its["t"] + KELVIN))).sum()) - KELVIN


def lot_life(frame: pd.DataFrame, location: str, bounds: dict, received: date, label_days: int) -> dict:
    """What a lot went through since it came in, by the worst sensor, and its days left."""
    its = frame[(frame["location"] == location) & (frame["class"] == storage_class(bounds["high"]))]
    its = its[(its["day"] >= received) & its["trusted"]]
    kinetic, extra, frozen = [], [], False
    for _, part in its.groupby("sensor"):
        used = float(policy("shelf_life_q10")) ** ((part["t"] - float(bounds["reference"])) / 10)
        extra.append(float(((used - 1) * part["held"]).sum() / 86_400))
        kinetic.append(mean_kinetic(part))
        frozen = frozen or bool(bounds["frost"] and part["t"].min() < 0)
    worst = max(extra, default=0.0)
    left = 0.0 if frozen else max(label_days - max(worst, 0.0), 0.0)
    return {"mkt": max(kinetic, default=None), "extra": worst, "frozen": frozen, "left": left}


def taken(lots: list[tuple[float, float]], daily: float) -> list[float]:
    """What demand takes of (quantity, days left) in the order of leaving, by the recursion of the specification."""
    gone: list[float] = []
    for qty, days in lots:
        gone.append(min(qty, max(0.0, daily * days - sum(gone))))
    return gone

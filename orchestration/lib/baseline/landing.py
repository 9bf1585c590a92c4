"""Landing the baseline: one batch per division and origin, which the next refresh reads like any other forecast.

Here: the run from marts to batches. Not here: methods and choice. Time is that of the data: a batch is extracted at the
cut-off of what it was made from. An origin that has landed is never landed again, so a run after a month's close adds
that month alone, and the first run makes the origins before it as a back-test.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.lib import landing
from orchestration.lib.baseline.choosing import Forecaster, Origin, roll
from orchestration.lib.baseline.methods import ETS_MONTHS, forecast
from orchestration.lib.baseline.series import History, classes_at, first_day, month_number, read_history
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home

SOURCE, ENTITY = "baseline", "demand_forecasts"
HORIZON = 3
ORIGINS = 6
BUDGET_SECONDS = 1800
BACK_TEST = " (back-test)"
_SCALE = Decimal("0.0001")


@dataclass(frozen=True)
class Landed:
    """What a run did: batch ids, rows, records forecast at the last origin per method, seconds."""

    batches: tuple[str, ...]
    rows: int
    methods: dict[str, int]
    seconds: float


def land_published(home: Home, origins: int = ORIGINS) -> Landed:
    """Forecast from the published generation and land what is new. GenerationError when nothing is published."""
    with open_current(home) as opened:
        return land(home, opened.connection, origins)


def land(
    home: Home, connection: duckdb.DuckDBPyConnection, origins: int = ORIGINS, forecaster: Forecaster = forecast
) -> Landed:
    """Forecast from the marts that `connection` reads and land what is new.

    origins: how many closed months back the back-test begins. Origins that have landed are tried again on a sample,
    since the choice of a method rests on their errors, and are not landed again.
    """
    started = time.monotonic()
    history = read_history(connection)
    newest = month_number(history.as_of.date() + timedelta(days=1)) - 1
    months = [m for m in range(newest - origins + 1, newest + 1) if m >= history.first_month]
    is_a = history.records["is_a"].to_numpy(bool)

    def classes(month: int) -> np.ndarray:
        names = classes_at(connection, history, first_day(month + 1) - timedelta(days=1))
        is_long = month - history.first_month + 1 - history.starts >= ETS_MONTHS
        return np.where((names == "smooth") & is_a & is_long, "smooth-A", names)

    divisions = sorted(history.records["division_code"].unique())

    def is_new(month: int) -> bool:
        return any(not _is_landed(home, division, month) for division in divisions)

    rolled = roll(history.until, classes, months, HORIZON, forecaster, is_new)
    batches, rows = [], 0
    for origin in rolled:
        for division in divisions:
            batch = _land_origin(home, history, origin, division, origin.month < newest)
            if batch is not None:
                batches.append(batch[0])
                rows += batch[1]
    last = rolled[-1].method[rolled[-1].has_begun] if batches else np.array([])
    names, counts = np.unique(last.astype(str), return_counts=True)
    methods = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return Landed(tuple(batches), rows, methods, time.monotonic() - started)


def _land_origin(home: Home, history: History, origin: Origin, division: str, is_back_test: bool) -> tuple | None:
    if _is_landed(home, division, origin.month):
        return None
    last_day = first_day(origin.month + 1) - timedelta(days=1)
    records = history.records
    place = np.flatnonzero((records["division_code"] == division).to_numpy() & origin.has_begun)
    if not len(place):
        return None
    told = records.iloc[np.repeat(place, HORIZON)]
    ahead = np.tile(np.arange(1, HORIZON + 1), len(place))
    qty = [Decimal(f"{value:.4f}").quantize(_SCALE) for value in origin.qty[place].ravel()]
    made = datetime(last_day.year, last_day.month, last_day.day, 12)  # that day's noon is that day in every zone
    columns = {
        "item_code": told["item_code"].tolist(),
        "location_code": told["location_code"].tolist(),
        "made_at": [made] * len(told),
        "period_start": [first_day(origin.month + int(n)) for n in ahead],
        "period_type": ["month"] * len(told),
        "forecast_qty": qty,
        "statistical_qty": qty,
        "uom": told["uom"].tolist(),
        "method": [f"{m}{BACK_TEST if is_back_test else ''}" for m in np.repeat(origin.method[place], HORIZON)],
        "adjusted_by": [None] * len(told),
    }
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    table = pa.table({field.name: pa.array(columns[field.name], field.type) for field in schema})
    at = history.as_of.replace(tzinfo=UTC)
    name = _batch_name(origin.month)
    landing.write_batch(home.landing, SOURCE, division, ENTITY, name, table, at, contract=contract)
    return f"{SOURCE}/{division}/{ENTITY}/{name}", table.num_rows


def _batch_name(month: int) -> str:
    return f"{first_day(month + 1) - timedelta(days=1):%Y%m%d}"


def _is_landed(home: Home, division: str, month: int) -> bool:
    return (home.landing / SOURCE / division / ENTITY / _batch_name(month) / landing.MANIFEST).is_file()


def within_budget(landed: Landed, say: Callable[[str], None]) -> bool:
    """Whether a run kept its half hour; says so when it did not."""
    if landed.seconds > BUDGET_SECONDS:
        say(f"the baseline took {landed.seconds:.0f} s of {BUDGET_SECONDS} s allowed: ask for fewer origins")
    return landed.seconds <= BUDGET_SECONDS

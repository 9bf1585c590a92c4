"""Monthly demand of every SKU-location and its class at each origin, read from published marts.

Here: SQL over core and its arrays. Not here: forecasts. The class is that of core.fct_demand_statistic, by weeks of the
policy's window that ends with the origin, so that a back-test knows no more than a forecast of its day would have.
Whether an item is of class A is today's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd

_RECORDS = """
    with codes as (
        select division_code, sku_id, min(item_code) as item_code
        from core.bridge_sku_system_id
        group by division_code, sku_id
    )
    select
        records.sku_id, records.location_id, records.division_code, codes.item_code, locations.location_code,
        items.base_uom_code as uom, records.first_event_date,
        coalesce(classes.abc_class = 'A', false) as is_a
    from core.bridge_sku_location as records
    inner join codes using (division_code, sku_id)
    inner join core.dim_location as locations using (location_id)
    inner join core.dim_item as items
        on codes.division_code = items.division_code and codes.item_code = items.item_code
    left join core.fct_governing_class as classes
        on records.company_code = classes.company_code and records.sku_id = classes.sku_id
    where records.first_event_date is not null
    order by records.sku_id, records.location_id
"""
_MONTHS = """
    select sku_id, location_id, extract(year from demand_date) * 12 + extract(month from demand_date) - 1 as month,
        cast(sum(gross_demand_qty) as double) as qty
    from core.fct_demand_daily
    group by all
"""
_WEEKS = """
    select sku_id, location_id, cast(date_trunc('week', demand_date) as date) as week,
        cast(sum(gross_demand_qty) as double) as qty
    from core.fct_demand_daily
    where demand_date > ? and demand_date <= ?
    group by all
    having sum(gross_demand_qty) > 0
"""
_POLICY = """
    select policy_key, cast(value_number as double) from core.dim_policy
    where scope_type = 'company' and policy_key in ('demand_window_days', 'adi_cut', 'cv2_cut')
        and ? >= effective_from and ? < effective_to
"""


@dataclass(frozen=True)
class History:
    """Records with their monthly demand; `demand` has a column per month from `first_month` (year * 12 + month - 1)."""

    as_of: datetime
    records: pd.DataFrame
    demand: np.ndarray
    first_month: int
    starts: np.ndarray  # first column of each record

    def until(self, origin: int) -> list[np.ndarray]:
        """Each record's demand from its first month to the month `origin`; empty where it had not begun."""
        stop = origin - self.first_month + 1
        return [values[start:stop] for values, start in zip(self.demand, self.starts.tolist(), strict=True)]


def month_number(day: date) -> int:
    """Months since the year nought."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """First day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def read_history(connection: duckdb.DuckDBPyConnection) -> History:
    """Everything the baseline needs of the marts that `connection` reads."""
    [as_of] = connection.execute("select as_of_at from core.dim_cutoff").fetchone()
    records = connection.execute(_RECORDS).df()
    months = connection.execute(_MONTHS).df()
    begun = np.array([month_number(day) for day in pd.to_datetime(records["first_event_date"])], dtype="int64")
    first = int(begun.min()) if len(begun) else month_number(as_of)
    demand = np.zeros((len(records), month_number(as_of) - first + 1))
    place = pd.MultiIndex.from_frame(records[["sku_id", "location_id"]])
    row = place.get_indexer(pd.MultiIndex.from_frame(months[["sku_id", "location_id"]]))
    column = months["month"].to_numpy("int64") - first
    kept = (row >= 0) & (column >= 0) & (column < demand.shape[1])
    np.add.at(demand, (row[kept], column[kept]), months["qty"].to_numpy()[kept])
    return History(as_of, records, np.maximum(demand, 0.0), first, begun - first)


def classes_at(connection: duckdb.DuckDBPyConnection, history: History, last_day: date) -> np.ndarray:
    """Class of demand of every record as of a day: smooth, erratic, intermittent, lumpy, or none without demand."""
    policy = dict(connection.execute(_POLICY, [last_day, last_day]).fetchall())
    records = history.records
    window = pd.Timestamp(last_day) - pd.Timedelta(days=int(policy["demand_window_days"]) - 1)
    begun = pd.to_datetime(records["first_event_date"]).clip(lower=window)
    monday = pd.Timestamp(last_day) - pd.Timedelta(days=last_day.weekday())
    weeks = ((monday - (begun - pd.to_timedelta(begun.dt.weekday, unit="D"))).dt.days // 7 + 1).to_numpy()
    sold = connection.execute(_WEEKS, [(window - pd.Timedelta(days=1)).date(), last_day]).df()
    grouped = sold.groupby(["sku_id", "location_id"])["qty"].agg(["size", "mean", "var"])
    place = pd.MultiIndex.from_frame(records[["sku_id", "location_id"]])
    told = grouped.reindex(place)
    with np.errstate(divide="ignore", invalid="ignore"):
        interval = weeks / told["size"].to_numpy()
        spread = np.nan_to_num((told["var"] / told["mean"] ** 2).to_numpy())
    rare, wild = interval >= policy["adi_cut"], spread >= policy["cv2_cut"]
    names = np.array([["smooth", "erratic"], ["intermittent", "lumpy"]])[rare.astype(int), wild.astype(int)]
    return np.where(told["size"].isna(), "none", names)

"""The same tables with pandas: all rows in memory, one step after another.

Here: a script as a person at home in pandas would write it, with categories for codes and whole ten-thousandths for
quantities (exact, and far faster than Decimal objects). Not here: an increment, which such a script does not have: it
builds everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.company import Bench
from benchmarks.engine import KEYS, files
from benchmarks.parts import Parts

_CODES = ("_instance", "event_type", "item_code", "lot", "owner_code", "uom", "stock_status")
_COLUMNS = (
    *_CODES,
    *("event_id", "source_version", "recorded_at", "_extracted_at", "_row", "reverses_event_id"),
    *("from_stock_status", "to_stock_status", "qty", "occurred_at"),
)
_FOREVER = np.datetime64("9999-12-31", "us")


def _read(bench: Bench) -> pd.DataFrame:
    table = ds.dataset([str(path) for path in bench.movement_files()]).to_table(list(_COLUMNS))
    qty = pc.cast(pc.multiply(table["qty"], pa.scalar(10000, pa.decimal128(6, 0))), pa.int64())
    table = table.set_column(table.column_names.index("qty"), "qty", qty)
    for name in (*_CODES, "from_stock_status", "to_stock_status"):
        table = table.set_column(table.column_names.index(name), name, pc.dictionary_encode(table[name]))
    return table.unify_dictionaries().to_pandas(split_blocks=True, self_destruct=True)


def _winners(moves: pd.DataFrame) -> pd.DataFrame:
    """One row per event: of those delivered more than once, the highest version and latest recording."""
    event = ["_instance", "event_id"]
    repeated = moves.duplicated(event, keep=False)
    order = ["source_version", "recorded_at", "_extracted_at", "_row"]
    best = moves[repeated].sort_values(order, ascending=[False, False, True, True]).drop_duplicates(event)
    return moves.drop(moves.index[repeated].difference(best.index))


def _ledger(bench: Bench) -> pd.DataFrame:
    """One row per leg of a winning event: codes of SKU, location, lot, status and owner, qty, moment and date."""
    moves = _winners(_read(bench))
    reversals = moves["event_type"] == "reversal"
    named = moves.loc[reversals, ["_instance", "reverses_event_id"]]
    originals = moves.loc[
        moves["event_id"].isin(named["reverses_event_id"]), ["_instance", "event_id", "event_type"]
    ].rename(columns={"event_id": "reverses_event_id", "event_type": "reversed_type"})
    reversed_type = named.reset_index().merge(originals, how="left").set_index("index")["reversed_type"]
    moves["movement_type"] = moves["event_type"].astype(object)
    moves.loc[reversed_type.index, "movement_type"] = reversed_type.astype(object)
    moves["movement_type"] = moves["movement_type"].astype("category")

    locations = pd.read_parquet(bench.master("locations").removesuffix("*.parquet"))
    division = moves["_instance"].map(locations.set_index("location_code")["_instance"]).astype("category")
    zone = moves["_instance"].map(locations.set_index("location_code")["time_zone"]).astype("category")
    items, item_uoms = (
        pd.read_parquet(bench.master(name).removesuffix("*.parquet")) for name in ("items", "item_uoms")
    )
    factors = pd.concat([items.rename(columns={"base_uom": "uom"}).assign(factor_to_base=1), item_uoms])
    factors = factors[["_instance", "item_code", "uom", "factor_to_base"]].astype({"factor_to_base": "int64"})
    keys = pd.DataFrame({"_instance": division, "item_code": moves["item_code"], "uom": moves["uom"]})
    combinations = keys.drop_duplicates().astype(str).merge(factors, how="left")
    combinations["sku_id"] = "ITEM-" + combinations["_instance"] + "-" + combinations["item_code"]
    number = keys.groupby(list(keys.columns), observed=True, sort=False).ngroup().to_numpy()
    moves["qty"] *= combinations["factor_to_base"].to_numpy()[number]
    skus = combinations["sku_id"].astype("category")
    moves["sku_id"] = pd.Categorical.from_codes(skus.cat.codes.to_numpy()[number], skus.cat.categories)
    names = locations.set_index("location_code")["_instance"] + "." + locations.set_index("location_code").index
    moves["location_id"] = moves["_instance"].map(names).astype("category")
    moves["event_date"] = _local_dates(moves["occurred_at"], zone)
    moves["is_owned"] = moves["owner_code"].isna()
    moves["owner_code"] = moves["owner_code"].astype(object).where(~moves["is_owned"], division.astype(object))
    moves["owner_code"] = moves["owner_code"].astype("category")
    moves["lot_code"] = moves["lot"].cat.add_categories("-").fillna("-")
    return _legs(moves)


def _local_dates(moments: pd.Series, zone: pd.Series) -> pd.Series:
    dates = pd.Series(np.empty(len(moments), dtype="datetime64[s]"), index=moments.index)
    for name in zone.cat.categories:
        there = zone == name
        local = moments[there].dt.tz_localize("UTC").dt.tz_convert(name).dt.tz_localize(None)
        dates[there] = local.dt.floor("D")
    return dates


def _legs(moves: pd.DataFrame) -> pd.DataFrame:
    kept = [*KEYS["position"], "qty", "occurred_at", "event_date", "is_owned", "movement_type"]
    statuses = pd.CategoricalDtype(["available", "quarantine", "damaged", "reserved"])
    for column in ("stock_status", "from_stock_status", "to_stock_status"):
        moves[column] = moves[column].astype(statuses)
    moves["stock_status"] = moves["stock_status"].fillna("available")
    is_change = moves["event_type"] == "status_change"
    changes = moves[is_change]
    out = changes.assign(stock_status=changes["from_stock_status"], qty=-changes["qty"])
    into = changes.assign(stock_status=changes["to_stock_status"])
    return pd.concat([frame[kept] for frame in (moves[~is_change], out, into)], ignore_index=True)


def _runs(ledger: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """Maximal runs of equal quantity: one row per change, open ones until 9999-12-31."""
    by = [*keys, "occurred_at", "event_date"]
    net = ledger.groupby(by, observed=True, sort=True)["qty"].sum().reset_index()
    stock = net.groupby(list(keys), observed=True, sort=False).ngroup()
    net["on_hand_e4"] = net.groupby(stock)["qty"].cumsum()
    is_first = stock != stock.shift(1)
    changed = net[is_first | (net["on_hand_e4"] != net["on_hand_e4"].shift(1))]
    is_last = stock.loc[changed.index] != stock.loc[changed.index].shift(-1)
    runs = changed[[*keys, "on_hand_e4"]].copy()
    runs["valid_from"] = changed["occurred_at"]
    runs["valid_to"] = changed["occurred_at"].shift(-1).where(~is_last, _FOREVER)
    runs["valid_from_date"] = changed["event_date"]
    runs["valid_to_date"] = changed["event_date"].shift(-1).where(~is_last, _FOREVER.astype("datetime64[s]"))
    return runs


def _demand(ledger: pd.DataFrame) -> pd.DataFrame:
    rows = ledger[ledger["movement_type"].isin(["sales_issue", "customer_return"])]
    is_issue = rows["movement_type"] == "sales_issue"
    rows = rows.assign(
        gross_demand_e4=(-rows["qty"]).where(is_issue, 0),
        returned_e4=rows["qty"].where(~is_issue, 0),
        issue_count=(is_issue & (rows["qty"] < 0)).astype("int64"),
    ).rename(columns={"event_date": "demand_date"})
    measures = ["gross_demand_e4", "returned_e4", "issue_count"]
    daily = rows.groupby(["sku_id", "location_id", "demand_date"], observed=True)[measures].sum().reset_index()
    return daily.assign(net_demand_e4=daily["gross_demand_e4"] - daily["returned_e4"])


def build(bench: Bench) -> dict[str, Any]:
    """Write the three tables, from all rows."""
    out = bench.out("pandas")
    with Parts() as parts:
        ledger = _ledger(bench)
        parts.ledger_is_ready()
        owned = ledger[ledger["is_owned"]]
        for name, frame in (("position", ledger), ("on_hand", owned)):
            _write(_runs(frame, KEYS[name]), out / f"{name}.parquet")
        _write(_demand(ledger), out / "demand.parquet")
    return parts.seconds


update = build


def _write(frame: pd.DataFrame, file: Path) -> None:
    """Write a table with dates as dates."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for place, field in enumerate(table.schema):
        if field.name.endswith("_date"):
            table = table.set_column(place, field.name, pc.cast(table[field.name], pa.date32()))
    pq.write_table(table, file)


def connection(bench: Bench) -> duckdb.DuckDBPyConnection:
    """The written files in the shared shape (engine.files)."""
    return files(bench.out("pandas"))


def questions(bench: Bench, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """The two questions about a past moment, asked of the written files."""
    out = bench.out("pandas")
    then = [("valid_from", "<=", moment), ("valid_to", ">", moment)]
    one = [("sku_id", "==", sku_id), ("location_id", "==", location_id)]
    return {
        "one": lambda: len(pd.read_parquet(out / "position.parquet", filters=[*one, *then])),
        "company": lambda: len(pd.read_parquet(out / "on_hand.parquet", filters=then)),
    }


def written(bench: Bench) -> list[Path]:
    """What the build wrote."""
    return sorted(bench.out("pandas").iterdir())

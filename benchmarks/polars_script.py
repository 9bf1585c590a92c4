"""The same tables with polars: one lazy query over all rows, collected by its streaming engine.

Here: a script as a person at home in polars would write it; quantities as whole ten-thousandths, which is exact and
faster than its decimals. Not here: an increment, which such a script does not have: it builds everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.company import Bench
from benchmarks.engine import KEYS, files
from benchmarks.parts import Parts

_COLUMNS = [
    "_instance",
    "event_id",
    "event_type",
    "source_version",
    "recorded_at",
    "_extracted_at",
    "_row",
    "reverses_event_id",
    "from_stock_status",
    "to_stock_status",
    "item_code",
    "lot",
    "owner_code",
    "stock_status",
    "qty",
    "uom",
    "occurred_at",
]


def _ledger(bench: Bench) -> pl.LazyFrame:
    """One row per leg of a winning event: keys, qty in ten-thousandths, moments, and what the event counts as."""
    moves = pl.scan_parquet(bench.movements()).select(_COLUMNS)
    event = ["_instance", "event_id"]
    repeated = moves.group_by(event).len().filter(pl.col("len") > 1).select(event)
    winners = (
        moves.join(repeated, on=event, how="semi")
        .sort("source_version", "recorded_at", "_extracted_at", "_row", descending=[True, True, False, False])
        .unique(event, keep="first", maintain_order=True)
    )
    once = pl.concat([moves.join(repeated, on=event, how="anti"), winners])
    originals = once.select("_instance", pl.col("event_id").alias("reverses_event_id"), reversed_type="event_type")
    reversals = once.filter(pl.col("event_type") == "reversal").select("_instance", "reverses_event_id")
    reversed_types = originals.join(reversals, on=["_instance", "reverses_event_id"], how="semi")
    locations = pl.scan_parquet(bench.master("locations")).select(
        _instance="location_code", division_code="_instance", time_zone="time_zone"
    )
    items = pl.scan_parquet(bench.master("items"))
    factors = pl.concat(
        [
            items.select(division_code="_instance", item_code="item_code", uom="base_uom", factor=pl.lit(1)),
            pl.scan_parquet(bench.master("item_uoms")).select(
                division_code="_instance", item_code="item_code", uom="uom", factor=pl.col("factor_to_base").cast(int)
            ),
        ],
        how="vertical_relaxed",
    )
    rows = (
        once.join(locations, on="_instance", how="left")
        .join(factors, on=["division_code", "item_code", "uom"], how="left")
        .join(reversed_types, on=["_instance", "reverses_event_id"], how="left")
    )
    zones = pl.read_parquet(bench.master("locations"))["time_zone"].unique().sort()
    local = pl.lit(None, dtype=pl.Date)
    for zone in zones:
        moment = pl.col("occurred_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        local = pl.when(pl.col("time_zone") == zone).then(moment.dt.date()).otherwise(local)
    aligned = rows.select(
        sku_id=pl.concat_str(pl.lit("ITEM-"), "division_code", pl.lit("-"), "item_code"),
        location_id=pl.concat_str("division_code", pl.lit("."), "_instance"),
        lot_code=pl.col("lot").fill_null("-"),
        stock_status=pl.col("stock_status").fill_null("available"),
        owner_code=pl.coalesce("owner_code", "division_code"),
        is_owned=pl.col("owner_code").is_null(),
        event_type="event_type",
        movement_type=pl.coalesce("reversed_type", "event_type"),
        from_stock_status="from_stock_status",
        to_stock_status="to_stock_status",
        qty=(pl.col("qty") * 10000).cast(pl.Int64) * pl.col("factor"),
        occurred_at="occurred_at",
        event_date=local,
    )
    is_change = pl.col("event_type") == "status_change"
    legs = [
        aligned.filter(~is_change),
        aligned.filter(is_change).with_columns(stock_status="from_stock_status", qty=-pl.col("qty")),
        aligned.filter(is_change).with_columns(stock_status="to_stock_status"),
    ]
    return pl.concat([leg.drop("from_stock_status", "to_stock_status", "event_type") for leg in legs])


def _runs(ledger: pl.LazyFrame, keys: tuple[str, ...]) -> pl.LazyFrame:
    net = ledger.group_by(*keys, "occurred_at", "event_date").agg(pl.col("qty").sum()).sort(*keys, "occurred_at")
    running = net.with_columns(on_hand_e4=pl.col("qty").cum_sum().over(keys))
    before = pl.col("on_hand_e4").shift(1).over(keys)
    changes = running.filter(before.is_null() | (before != pl.col("on_hand_e4")))
    return changes.select(
        *keys,
        "on_hand_e4",
        valid_from="occurred_at",
        valid_to=pl.col("occurred_at").shift(-1).over(keys).fill_null(datetime(9999, 12, 31)),
        valid_from_date="event_date",
        valid_to_date=pl.col("event_date").shift(-1).over(keys).fill_null(date(9999, 12, 31)),
    )


def _demand(ledger: pl.LazyFrame) -> pl.LazyFrame:
    is_issue, is_return = (pl.col("movement_type") == kind for kind in ("sales_issue", "customer_return"))
    gross, returned = -pl.col("qty").filter(is_issue).sum(), pl.col("qty").filter(is_return).sum()
    return (
        ledger.filter(is_issue | is_return)
        .group_by("sku_id", "location_id", demand_date="event_date")
        .agg(
            gross_demand_e4=gross,
            returned_e4=returned,
            net_demand_e4=gross - returned,
            issue_count=(is_issue & (pl.col("qty") < 0)).sum().cast(pl.Int64),
        )
    )


def build(bench: Bench) -> dict[str, Any]:
    """Write the three tables, from all rows. The ledger is kept in memory, since each of them reads it."""
    with Parts() as parts:
        ledger = _ledger(bench).collect(engine="streaming").lazy()
        parts.ledger_is_ready()
        _write(bench, ledger)
    return parts.seconds


def _write(bench: Bench, ledger: pl.LazyFrame) -> None:
    out = bench.out("polars")
    owned = ledger.filter(pl.col("is_owned"))
    for name, table in (
        ("position", _runs(ledger, KEYS["position"])),
        ("on_hand", _runs(owned, KEYS["on_hand"])),
        ("demand", _demand(ledger)),
    ):
        table.collect(engine="streaming").write_parquet(out / f"{name}.parquet")


update = build


def connection(bench: Bench) -> duckdb.DuckDBPyConnection:
    """The written files in the shared shape (engine.files)."""
    return files(bench.out("polars"))


def questions(bench: Bench, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """The two questions about a past moment, asked of the written files."""
    out = bench.out("polars")
    then = (pl.col("valid_from") <= moment) & (pl.col("valid_to") > moment)
    one = (pl.col("sku_id") == sku_id) & (pl.col("location_id") == location_id)
    position, on_hand = (pl.scan_parquet(out / f"{name}.parquet") for name in ("position", "on_hand"))
    return {
        "one": lambda: position.filter(one & then).collect(engine="streaming").height,
        "company": lambda: on_hand.filter(then).collect(engine="streaming").height,
    }


def written(bench: Bench) -> list[Path]:
    """What the build wrote."""
    return sorted(bench.out("polars").iterdir())

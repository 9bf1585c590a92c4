"""Why shelves or books of the simulated company ran empty: every stock-out with its true cause.

Belongs here: the runs of days on which goods that are asked for were gone, and the cause tree of docs/formulas.md over
what the simulator knows: goods on the shelf, promises and arrivals, the demand that planners should have planned for.
Does not belong here: what moves (physical.py). Nothing is drawn here, and the warehouse never reads it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from synthetic.demand import WEEKDAY, day_of
from synthetic.ledger import Event

if TYPE_CHECKING:
    from synthetic.world import World

CAUSES = ("record_error", "supplier", "parameter", "no_order", "forecast", "promotion", "internal", "allocation")
UNKNOWN = "unknown"
NEVER = 10**6
_TOLERANCE, _GRACE, _LARGE, _YEAR = 0.1, 3, 0.99, 365  # as the policy of the warehouse has them
_SEASON = 182  # days whose arrivals tell what a supplier's lead time really was
_OF_KEY = ("rate", "size_mu", "size_sigma", "phase", "launch_day", "end_day", "amplitude", "growth", "hope")
STOCKOUTS = pa.schema(
    [
        ("division_code", pa.string()),
        ("item_code", pa.string()),
        ("location_code", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),  # last day without goods, of the shelf or of the book
        ("oos_days", pa.int64()),
        ("cause", pa.string()),
        ("unserved_qty", pa.int64()),  # base units asked for in vain
    ]
)


def write_stockout_truth(world: World, folder: Path) -> None:
    """Write <folder>/stockouts.parquet."""
    pq.write_table(true_stockouts(world), folder / "stockouts.parquet")


def true_stockouts(world: World) -> pa.Table:
    """Return a row per stock-out, schema STOCKOUTS, in order of SKU-location and day."""
    events = _with_causes(world, _runs(world))
    company, first = world.company, np.datetime64(world.profile.first_day)
    site = company.site_of[events["key"]]
    divisions = np.array([division.code for division in company.divisions])
    return pa.table(
        {
            "division_code": divisions[company.division_of_site[site]],
            "item_code": company.items["item_code"].to_numpy()[company.item_of[events["key"]]],
            "location_code": np.array([place.code for place in company.sites])[site],
            "start_date": first + events["start"].to_numpy(),
            "end_date": first + events["end"].to_numpy(),
            "oos_days": events["oos_days"].to_numpy(),
            "cause": events["cause"].to_numpy().astype(str),
            "unserved_qty": events["unserved"].to_numpy(),
        },
        schema=STOCKOUTS,
    )


def _runs(world: World) -> pd.DataFrame:
    """Runs of days with an empty shelf or book while the goods are asked for; one day of stock does not end a run."""
    truth, demand = world.truth, world.demand
    days, keys = truth.physical.shape
    day = np.arange(days)[:, None]
    asked = (demand.rate > 0) & (day >= demand.launch_day) & (day < demand.end_day)
    empty = ((truth.physical <= 0) | (truth.record <= 0)) & asked
    joined = empty.copy()
    joined[1:-1] |= empty[:-2] & empty[2:]
    edge = np.zeros((1, keys), dtype=bool)
    change = np.diff(np.concatenate([edge, joined, edge]).astype("int8"), axis=0)
    start, end = np.argwhere(change.T == 1), np.argwhere(change.T == -1)
    before = np.concatenate([np.zeros((1, keys), dtype="int64"), np.cumsum(empty, axis=0)])
    lost = np.zeros((days + 1, keys), dtype="int64")
    np.add.at(lost, (truth.unserved["day"] + 1, truth.unserved["key"]), truth.unserved["qty"])
    lost = np.cumsum(lost, axis=0)
    key, first, last = start[:, 0], start[:, 1], end[:, 1]
    return pd.DataFrame(
        {
            "key": key,
            "start": first,
            "end": last - 1,
            "oos_days": before[last, key] - before[first, key],
            "unserved": lost[last, key] - lost[first, key],
        }
    )


def _with_causes(world: World, events: pd.DataFrame) -> pd.DataFrame:
    truth = world.truth
    key, start = events["key"].to_numpy(), events["start"].to_numpy()
    supply = _supply(world, events)
    decided = np.where(supply["placed"] < NEVER, supply["placed"], start)
    point, safety, level = _settings(world, key, decided)
    record, physical = truth.record[start, key], truth.physical[start, key]
    ago = np.maximum(start - _GRACE, 0)
    true = {
        "record_error": (record > 0) | (physical > 0) | (record < 0),
        "supplier": supply["late"] | supply["short"],
        "parameter": point < (1 - _TOLERANCE) * _required(world, key, decided, level),
        "no_order": (supply["placed"] == NEVER) & (truth.record[ago, key] <= _settings(world, key, ago)[0]),
    }
    lead = _planned_days(world)[key] + 1
    waited = start - decided + 1
    demanded = _demand(world)
    exceeded = demanded[start + 1, key] - demanded[decided, key] > (point - safety) / lead * waited + safety
    exceeded &= supply["placed"] < NEVER
    promoted = _promoted(world, key, decided, start)
    true |= {"forecast": exceeded & ~promoted, "promotion": exceeded & promoted}
    true["internal"] = _elsewhere(world, key, start) >= np.maximum(events["unserved"].to_numpy(), 1)
    open_still = ~np.any([true[cause] for cause in CAUSES[:-1]], axis=0)
    true["allocation"] = _large_order(world, events, open_still)
    cause = np.select([true[name] for name in CAUSES], CAUSES, UNKNOWN)
    return events.assign(cause=cause)


def _supply(world: World, events: pd.DataFrame) -> dict[str, np.ndarray]:
    """Per event: the day the oldest goods under way were ordered, whether a line was late, the last short."""
    lines = _replenishments(world)
    pairs = events.reset_index()[["index", "key", "start"]].merge(lines, on="key")
    pairs = pairs[pairs["created"] <= pairs["start"]]
    under_way = pairs["settled"] > pairs["start"]
    placed, late, short = np.full(len(events), NEVER), np.zeros(len(events), bool), np.zeros(len(events), bool)
    np.minimum.at(placed, pairs["index"][under_way], pairs["created"][under_way])
    late[pairs["index"][under_way & (pairs["due"] <= pairs["start"])]] = True
    came = pairs[~under_way & (pairs["due"] < NEVER)].sort_values(["index", "settled", "created"])
    last = came.drop_duplicates("index", keep="last")
    short[last["index"]] = ~last["in_full"].to_numpy()
    return {"placed": placed, "late": late, "short": short}


def _replenishments(world: World) -> pd.DataFrame:
    """Order lines and transfers: key, days created, due (NEVER for a transfer) and settled, whether all was good."""
    orders, profile, ledger = world.truth.orders, world.profile, world.truth.ledger
    n = len(orders.key)
    came, good, last = np.zeros(n, "int64"), np.zeros(n, "int64"), np.zeros(n, "int64")
    np.add.at(came, orders.receipt_order, orders.receipt_qty)
    np.add.at(good, orders.receipt_order, orders.receipt_qty - orders.receipt_rejected)
    np.maximum.at(last, orders.receipt_order, day_of(orders.receipt_second, profile))
    created = day_of(orders.created, profile)
    settled = np.where(came >= orders.to_come, last, NEVER)
    lines = {"key": orders.key, "created": created, "due": created + orders.planned_days, "settled": settled,
             "in_full": good >= orders.ordered}  # fmt: skip
    day = day_of(ledger.second, profile)
    out, back = ledger.event == int(Event.TRANSFER_OUT), ledger.event == int(Event.TRANSFER_IN)
    sent = np.zeros(int(ledger.reference[out].max(initial=-1)) + 1, "int64")
    sent[ledger.reference[out]] = day[out]
    transfers = {"key": ledger.key[back], "created": sent[ledger.reference[back]], "due": NEVER,
                 "settled": day[back], "in_full": True}  # fmt: skip
    return pd.concat([pd.DataFrame(lines), pd.DataFrame(transfers)], ignore_index=True)


def _settings(world: World, key: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reorder point, safety stock and service level in force for each key and day; nought before the first."""
    told = world.truth.parameters
    span = world.profile.days + 100
    code = told.key.astype("int64") * span + told.valid_from_day + 50
    order = np.argsort(code, kind="stable")
    place = np.searchsorted(code[order], key.astype("int64") * span + day + 50, side="right") - 1
    row = order[np.maximum(place, 0)]
    known = (place >= 0) & (told.key[row] == key)
    return tuple(np.where(known, part[row], 0) for part in (told.reorder_point, told.safety, told.service_level))


def _planned_days(world: World) -> np.ndarray:
    return world.company.suppliers["planned_days"].to_numpy()[world.company.of_key("supplier").astype("int64")]


def _required(world: World, key: np.ndarray, day: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The reorder point for the true demand of each key on a day and the lead times its supplier really had then."""
    demand = replace(world.demand, **{name: getattr(world.demand, name)[key] for name in _OF_KEY})
    usual = demand.life_factor(day) * demand.level(day) * WEEKDAY.mean()
    mean, variance = demand.daily_mean() * usual, demand.daily_variance() * usual
    lines, orders = _replenishments(world), world.truth.orders
    lines = lines.iloc[: len(orders.key)].assign(supplier=orders.supplier)
    lines = lines[lines["settled"] < NEVER]
    lines = lines.assign(lead=lines["settled"] - lines["created"], season=lines["created"] // _SEASON)
    known = lines.groupby(["supplier", "season"])["lead"].agg(["mean", "std"])
    supplier = world.company.of_key("supplier").astype("int64")[key]
    wanted = pd.MultiIndex.from_arrays([supplier, np.maximum(day, 0) // _SEASON])
    lead = known["mean"].reindex(wanted).fillna(pd.Series(_planned_days(world)[key], index=wanted)).to_numpy()
    spread = known["std"].reindex(wanted).fillna(0.0).to_numpy()
    z = pd.Series(level).map({p: NormalDist().inv_cdf(p) for p in np.unique(level) if p > 0}).fillna(0.0).to_numpy()
    return mean * lead + z * np.sqrt(lead * variance + (mean * spread) ** 2)


def _demand(world: World) -> np.ndarray:
    """Base units asked for before each day, served or not, shape (days + 1, keys)."""
    truth, profile = world.truth, world.profile
    total = np.zeros((profile.days + 1, world.company.keys), dtype="int64")
    issues = truth.ledger.where(truth.ledger.event == int(Event.ISSUE))
    np.add.at(total, (day_of(issues.second, profile) + 1, issues.key), -issues.qty)
    np.add.at(total, (truth.unserved["day"] + 1, truth.unserved["key"]), truth.unserved["qty"])
    return np.cumsum(total, axis=0)


def _promoted(world: World, key: np.ndarray, from_day: np.ndarray, to_day: np.ndarray) -> np.ndarray:
    """Whether a promotion of the key ran on one of the days."""
    plan = world.demand.promotions
    runs = pd.DataFrame({"key": plan.key, "first": plan.start_day[plan.of], "last": plan.end_day[plan.of]})
    pairs = pd.DataFrame({"key": key, "from": from_day, "to": to_day}).reset_index().merge(runs, on="key")
    hit = np.zeros(len(key), dtype=bool)
    hit[pairs["index"][(pairs["first"] <= pairs["to"]) & (pairs["last"] >= pairs["from"])]] = True
    return hit


def _elsewhere(world: World, key: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Goods of the same item beyond their reorder points on the shelves of the other sites."""
    company = world.company
    sites = pd.DataFrame({"item": company.item_of, "other": np.arange(company.keys)})
    pairs = pd.DataFrame({"item": company.item_of[key], "key": key, "day": day}).reset_index().merge(sites, on="item")
    pairs = pairs[pairs["key"] != pairs["other"]]
    other, at = pairs["other"].to_numpy(), pairs["day"].to_numpy()
    surplus = np.maximum(world.truth.physical[at, other] - _settings(world, other, at)[0], 0)
    found = np.zeros(len(key), dtype="int64")
    np.add.at(found, pairs["index"].to_numpy(), surplus.astype("int64"))
    return found


def _large_order(world: World, events: pd.DataFrame, asked: np.ndarray) -> np.ndarray:
    """Whether an order of the first day was larger than nearly all of the year before, for the events asked about."""
    lines = pd.DataFrame({"key": world.order_lines.key, "day": world.order_lines.day, "qty": world.order_lines.qty})
    pairs = events.loc[asked, ["key", "start"]].reset_index().merge(lines, on="key")
    largest = pairs[pairs["day"] == pairs["start"]].groupby("index")["qty"].max().rename("largest")
    past = pairs[(pairs["day"] < pairs["start"]) & (pairs["start"] - pairs["day"] <= _YEAR)].join(largest, on="index")
    share = (past["qty"] < past["largest"]).groupby(past["index"]).mean()
    hit = np.zeros(len(events), dtype=bool)
    hit[share.index[share >= _LARGE]] = True
    return hit

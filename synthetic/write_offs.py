"""Value taken off stock: goods that expired or broke, goods that nobody wants any more, and postings taken back.

Belongs here: the postings of the whole run. Does not belong here: scrapping itself (physical.py) and the layout of the
ERP's entity (emit_finance.py). What is obsolete is written down and stays on the shelf: no goods move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.books import CostAt
from synthetic.clock import DAY, local_midnight, stream
from synthetic.ledger import Event
from synthetic.lots import EXPIRED, NO_LOT
from synthetic.records import site_utc
from synthetic.tables import MONEY_SCALE

if TYPE_CHECKING:
    from synthetic.world import World

REASONS = ("expired", "damaged", "obsolete")
WRITE_OFF, WRITE_DOWN = 0, 1
NO_POSTING = -1
_POSTED_AFTER = 1800
_AFTER_END, _AFTER_LAUNCH = 60, 240  # days until leftovers and failed launches are written down
_SHARES = (0.5, 0.6, 0.8, 1.0)
_REVERSED_RATE, _REVERSED_AFTER = 0.05, 5


@dataclass(frozen=True)
class WriteOffs:
    """Postings in order of time; quantities base units, amounts millionths of the division's currency."""

    key: np.ndarray
    lot: np.ndarray  # NO_LOT where none is named
    qty: np.ndarray
    kind: np.ndarray
    reason: np.ndarray
    amount: np.ndarray
    day: np.ndarray
    posted: np.ndarray
    reverses: np.ndarray  # place of the posting that is taken back, NO_POSTING for the others
    repeats: np.ndarray  # place of the posting that is posted a second time by mistake, NO_POSTING for the others


def build_write_offs(world: World) -> WriteOffs:
    """Return every posting of the run, with the planted ones that were posted twice."""
    rng, company, records = stream(world.seed, "write_offs"), world.company, world.records
    midnight, days = local_midnight(world.profile.first_day, 0), world.profile.days
    scrap = np.flatnonzero((records.event == int(Event.SCRAP)) & (records.qty < 0))
    key, second = _leftovers(world)
    n = len(key)
    share = rng.choice(_SHARES, n)
    base = {
        "key": np.r_[records.key[scrap], key],
        "lot": np.r_[records.lot[scrap], np.full(n, NO_LOT)],
        "qty": np.r_[-records.qty[scrap], world.truth.record[(second - midnight) // DAY, key]],
        "kind": np.r_[np.full(len(scrap), WRITE_OFF), np.full(n, WRITE_DOWN)],
        "reason": np.r_[np.where(records.reference[scrap] == EXPIRED, 0, 1), np.full(n, 2)],
        "share": np.r_[np.ones(len(scrap)), share],
        "second": np.r_[records.second[scrap] + _POSTED_AFTER, second],
    }
    base = {name: column[np.lexsort((base["key"], base["second"]))] for name, column in base.items()}
    item, day = company.item_of[base["key"]], (base["second"] - midnight) // DAY
    cents = np.rint(base["qty"] * CostAt(world)(item, day) * base["share"] * 100)
    base["amount"] = cents.astype("int64") * (MONEY_SCALE // 100)
    total = len(item)
    early = np.flatnonzero(day < days - 10)
    wrong = early[rng.random(len(early)) < _REVERSED_RATE]
    count = min(world.profile.faults.double_write_off, len(early) - len(wrong))
    faults = stream(world.seed, "faults.write_offs")
    twice = np.sort(faults.choice(np.setdiff1d(early, wrong), count, replace=False))
    row = np.r_[np.arange(total), wrong, twice]
    reverses = np.r_[np.full(total, NO_POSTING), wrong, np.full(len(twice), NO_POSTING)]
    repeats = np.r_[np.full(total + len(wrong), NO_POSTING), twice]
    later = np.r_[np.zeros(total), np.full(len(wrong), _REVERSED_AFTER), np.ones(len(twice))].astype("int64") * DAY
    second = base["second"][row] + later
    order = np.argsort(second, kind="stable")
    place = np.empty(len(order), dtype="int64")
    place[order] = np.arange(len(order))

    def moved(target: np.ndarray) -> np.ndarray:
        return np.where(target == NO_POSTING, NO_POSTING, place[target])[order]

    columns = {name: base[name][row][order] for name in ("key", "lot", "qty", "kind", "reason", "amount")}
    return WriteOffs(
        **columns,
        day=((second - midnight) // DAY)[order],
        posted=site_utc(company, base["key"][row], second)[order],
        reverses=moved(reverses),
        repeats=moved(repeats),
    )


def _leftovers(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return keys and local seconds at which the stock of ended items and failed launches is written down."""
    demand, days = world.demand, world.profile.days
    due = np.where(demand.end_day < days, demand.end_day + _AFTER_END, days).astype("int64")
    failed = np.isin(world.company.item_of, world.goods.failed)
    due = np.where(failed, np.minimum(demand.launch_day + _AFTER_LAUNCH, days), due).astype("int64")
    key = np.flatnonzero(due < days - 1)
    key = key[world.truth.record[due[key], key] > 0]
    return key, local_midnight(world.profile.first_day, due[key]) + 15 * 3600

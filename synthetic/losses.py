"""What went missing without any system hearing of it: its cause, the count that finds it, and what that count says.

Belongs here: causes of the hidden flows of the ledger, the words that counters write down, and their truth. Does not
belong here: the flows themselves (physical.py) and the layout of a count (emit_wms.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthetic.clock import DAY, local_midnight, stream
from synthetic.company import Company
from synthetic.costs import Costs
from synthetic.faults import GoodsPlan
from synthetic.ledger import Event
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.tables import pick

CAUSES = ("theft_external", "theft_internal", "process")
_WORDS = (("external theft", "burglary"), ("employee theft", "pilferage"), ("receiving error", "miscount at receipt"))
_TOLD_SHARE, _ODD_SHARE = 0.7, 0.05  # of the differences: with a cause, with words that say nothing
_ODD_WORDS = "see note"
_INTERNAL_SHARE, _INTERNAL_AT_ROBBED = 0.5, 0.85  # of the thefts
_WIDE = 1 << 40


@dataclass(frozen=True)
class Losses:
    """Hidden flows, shape (flows,): qty above zero is missing; `count` the row of Truth.counts that finds it, or -1.

    `told`: what each count says of its cause, one per row of Truth.counts, None where it says nothing.
    """

    key: np.ndarray
    day: np.ndarray
    cause: np.ndarray  # place in CAUSES
    qty: np.ndarray
    count: np.ndarray
    told: list[str | None]


def find_losses(company: Company, truth: Truth, goods: GoodsPlan, profile: Profile, seed: int) -> Losses:
    """Give every hidden flow a cause and the next count of its goods; let counts tell the cause that weighs most."""
    rng = stream(seed, "losses.cause")
    ledger, counts = truth.ledger, truth.counts
    hidden = np.flatnonzero((ledger.qty != ledger.physical_qty) & (ledger.event != int(Event.ADJUSTMENT)))
    key, second = ledger.key[hidden], ledger.second[hidden]
    robbed = np.isin(company.site_of[key], goods.robbed_sites)
    internal = rng.random(len(key)) < np.where(robbed, _INTERNAL_AT_ROBBED, _INTERNAL_SHARE)
    cause = np.where(ledger.event[hidden] == int(Event.THEFT), internal.astype("int64"), 2)
    qty = (ledger.qty - ledger.physical_qty)[hidden]

    order = np.lexsort((counts["second"], counts["key"]))
    at = counts["key"][order] * _WIDE + counts["second"][order]
    place = np.searchsorted(at, key * _WIDE + second)
    inside = np.minimum(place, len(order) - 1)
    is_found = (place < len(order)) & (counts["key"][order][inside] == key)
    count = np.where(is_found, order[inside], -1)

    weight = np.zeros((len(order), len(CAUSES)), dtype="int64")
    np.add.at(weight, (count[is_found], cause[is_found]), qty[is_found])
    main = np.abs(weight).argmax(axis=1)
    differs = counts["book"] != counts["counted"]
    draw, word = rng.random(len(order)), rng.integers(0, 2, len(order))
    told: list[str | None] = [None] * len(order)
    for row in np.flatnonzero(differs & (draw < _TOLD_SHARE + _ODD_SHARE)).tolist():
        told[row] = _WORDS[main[row]][word[row]] if draw[row] < _TOLD_SHARE else _ODD_WORDS
    day = (second - local_midnight(profile.first_day, 0)) // DAY
    return Losses(key, day, cause, qty, count, told)


def costs_on(company: Company, costs: Costs, profile: Profile, key: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the unit cost of keys on days in the company's currency, at the average rate of the month."""
    history = costs.history.sort_values(["item", "valid_from_day"])
    steps = history["item"].to_numpy().astype("int64") * _WIDE + history["valid_from_day"].to_numpy()
    item = company.item_of[key].astype("int64")
    local = history["unit_cost"].to_numpy()[np.searchsorted(steps, item * _WIDE + day, side="right") - 1]
    dates = (np.datetime64(profile.first_day, "D") + day).astype("datetime64[M]")
    rate = np.ones(len(key))
    for number, division in enumerate(company.divisions):
        own = costs.rates[costs.rates["currency"] == division.currency]
        starts = np.array(own["month_start"].to_list(), dtype="datetime64[M]")
        here = company.division_of_site[company.site_of[key]] == number
        rate[here] = own["average_rate"].to_numpy()[np.searchsorted(starts, dates[here])]
    return local * rate


def loss_table(company: Company, truth: Truth, costs: Costs, profile: Profile, losses: Losses) -> pa.Table:
    """Return what went missing by site and cause, counted or not yet, at the cost of the day of the count, or loss."""
    start = local_midnight(profile.first_day, 0)
    is_found = losses.count >= 0
    found_on = (truth.counts["second"][np.maximum(losses.count, 0)] - start) // DAY
    day = np.where(is_found, found_on, losses.day)
    amount = losses.qty * costs_on(company, costs, profile, losses.key, day)
    site = company.site_of[losses.key]
    group = (site * len(CAUSES) + losses.cause) * 2 + is_found
    groups = np.unique(group)
    sums = [np.bincount(group, weights, int(groups.max()) + 1)[groups] for weights in (losses.qty, amount)]
    place = groups // 2 // len(CAUSES)
    codes = [division.code for division in company.divisions]
    return pa.table(
        {
            "division_code": pick(codes, np.asarray(company.division_of_site)[place]),
            "location_code": pick([site.code for site in company.sites], place),
            "cause": pick(list(CAUSES), groups // 2 % len(CAUSES)),
            "is_counted": pa.array(groups % 2 == 1),
            "qty": pa.array(np.rint(sums[0]).astype("int64")),
            "amount": pa.array([f"{value:.4f}" for value in sums[1]]),
        }
    )


def write_loss_truth(company: Company, truth: Truth, costs: Costs, profile: Profile, losses: Losses,
                     folder: Path) -> None:  # fmt: skip
    """Write losses.parquet into `folder`: what really went missing, by site and cause."""
    pq.write_table(loss_table(company, truth, costs, profile, losses), folder / "losses.parquet", store_schema=False)

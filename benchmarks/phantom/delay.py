"""Days from the moment at which a rule's condition comes true to the first run whose flags show it.

Here: the company landed day by day as it would come, a run each evening, and the conditions from what happened. Not
here: whether a flag is right (figures.py). The conditions are told from the history of the bench, by the words of
docs/formulas.md and with the thresholds of the policy's first day.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.phantom.point import Point, has_rule, read
from orchestration.lib.contracts import load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from synthetic.phantom_lab.lab import Lab, build_lab
from synthetic.phantom_lab.landing import emit, item_codes, plan_silence, site_codes
from synthetic.phantom_lab.run import NO_COUNT
from synthetic.tables import Batch, day_name
from tests.python.compiled import Project

EVENINGS, ALLOWED = 7, 3
_BEFORE_LAST = 6  # the last evening of them: until then the ERP fell silent about some records, later about none
_STALE = 0.15  # share of stale records, enough that some begin every evening
_MASTERS = ("divisions", "fx_rates", "locations", "items", "item_costs")
_RECORD_AGE = {"A": 1, "B": 3}
_COUNT_AGE = {"A": 135, "B": 270}
_WINDOW, _SHORT_PICKS, _LOOKBACK, _IDLE, _SURE, _SELLING = 14, 2, 365, 180, 0.01, 5


def measure(point: Point, project: Project, root: Path) -> list[dict]:
    """Run every evening of the last days and return, per rule, how long conditions that began then went unflagged."""
    lab = build_lab(point.company, point.seed, point.records, point.base_rate, point.density)
    lab = replace(lab, company=replace(lab.company, knobs=replace(lab.company.knobs, stale=_STALE)))
    last = lab.company.knobs.days - 1 - _BEFORE_LAST
    days = list(range(last - EVENINGS + 1, last + 1))
    flags, conditions = {}, {}
    for day in days:
        said = _evening(lab, project, Home.at(root / f"{point.name}-evening"), day)
        flags[day] = {rule: has_rule(said, rule) for rule in RULES}
        conditions[day] = dict(_conditions(lab, day, said["abc_class"].fillna("-").to_numpy()))
    return [{"company": point.company, "seed": point.seed, **line} for line in _delays(days, flags, conditions)]


def _evening(lab: Lab, project: Project, home: Home, day: int) -> pd.DataFrame:
    """Land what had come by the evening of a day, build, and return what the models say in the order of the records."""
    shutil.rmtree(home.root, ignore_errors=True)
    contracts = load_contracts(home.make().repo)
    for batch in _by(lab, day, contracts):
        contract = contracts[batch.source, batch.entity]
        write_batch(home.landing, batch.source, batch.instance, batch.entity, batch.name, batch.table,
                    batch.extracted_at, contract=contract)  # fmt: skip
    with project.run(home) as connection:
        said = read(connection)
    shutil.rmtree(home.root)
    codes = pd.DataFrame(
        {
            "item_code": item_codes(lab.company.sku).to_pylist(),
            "location_code": np.array(site_codes(lab))[lab.company.site],
        }
    )
    return codes.merge(said, on=["item_code", "location_code"], how="left", validate="one_to_one")


def _by(lab: Lab, day: int, contracts: dict) -> Iterator[Batch]:
    knobs = lab.company.knobs
    name = day_name(knobs.last_day - timedelta(days=knobs.days - 1), day)
    back = timedelta(days=knobs.days - 1 - day)
    for batch in emit(lab, contracts):
        if batch.entity in _MASTERS:
            yield replace(batch, name=name, extracted_at=batch.extracted_at - back)
        elif batch.name <= name:
            yield batch


RULES = ("DQ-P1", "DQ-P2", "DQ-P3", "DQ-S1", "DQ-S2")


def _conditions(lab: Lab, day: int, abc_class: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the records whose condition holds on the evening of a day, from all that had happened by then."""
    c, h = lab.company, lab.history
    record = h.record[:, day].astype(int)
    moved = _last(h.receipt[:, : day + 1] > 0, h.sale[:, : day + 1] > 0, _corrected(lab)[:, : day + 1])
    counted = _last(h.count[:, : day + 1] != NO_COUNT)
    picks = (h.short[:, max(day - _WINDOW + 1, 0) : day + 1] > 0) & (
        np.arange(max(day - _WINDOW + 1, 0), day + 1)[None, :] > counted[:, None]
    )
    silence = plan_silence(lab)
    told = np.full(len(c), day)
    told[silence.key] = np.minimum(silence.last_day, day)
    yield "DQ-P1", (record > 0) & _is_frozen(lab, day)
    yield "DQ-P2", (record > 0) & (day - np.maximum(moved, 0) >= _IDLE)
    yield "DQ-P3", (record > 0) & (picks.sum(axis=1) >= _SHORT_PICKS)
    yield "DQ-S1", day - told > np.array([_RECORD_AGE.get(name, 7) for name in abc_class])
    limit = np.array([_COUNT_AGE.get(name, 547) for name in abc_class])
    yield "DQ-S2", (record != 0) & (day - np.maximum(counted, 0) > limit)


def _last(*marks: np.ndarray) -> np.ndarray:
    """Return the last day of any mark, -1 where there is none."""
    mark = np.logical_or.reduce(marks)
    width = mark.shape[1]
    return np.where(mark.any(axis=1), width - 1 - mark[:, ::-1].argmax(axis=1), -1)


def _corrected(lab: Lab) -> np.ndarray:
    h = lab.history
    before = np.concatenate([h.record[:, :1], h.record[:, :-1]], axis=1)
    change = h.record - before - h.receipt + h.sale != 0
    change[:, 0] = False
    return change


def _is_frozen(lab: Lab, day: int) -> np.ndarray:
    """Return the records on sale that sold on enough days and whose silence since is next to impossible."""
    c, begin = lab.company, max(day - _LOOKBACK + 1, 0)
    sold = lab.history.sale[:, begin : day + 1] > 0
    opened = np.zeros((c.knobs.sites, sold.shape[1]), dtype=bool)
    for site in range(c.knobs.sites):
        opened[site] = sold[c.site == site].any(axis=0)
    number = np.cumsum(opened, axis=1)[c.site]
    first, final = sold.argmax(axis=1), _last(sold)
    rows = np.arange(len(c))
    span = number[rows, final] - number[rows, first] + 1
    silent = number[:, -1] - number[rows, final]
    occasions = sold.sum(axis=1)
    sure = np.exp(-occasions / np.maximum(span, 1) * silent) < _SURE
    return sure & (occasions >= _SELLING) & (c.sku_status[c.sku] == 0)


def _delays(days: list[int], flags: dict, conditions: dict) -> Iterator[dict]:
    """Yield a line per rule: the conditions that came true after the first evening and stayed, by when they showed."""
    for rule in RULES:
        holds = np.stack([conditions[day][rule] for day in days])
        shown = np.stack([flags[day][rule] for day in days])
        waits, unflagged = [], 0
        for place in range(1, len(days)):
            for row in np.flatnonzero(holds[place] & ~holds[place - 1] & holds[place:].all(axis=0)):
                later = shown[place:, row]
                if later.any():
                    waits.append(int(later.argmax()))
                elif place + ALLOWED < len(days):
                    unflagged += 1
        waits_by = np.array(waits, dtype=int)
        yield {
            "rule": rule,
            "began": len(waits) + unflagged,
            "at once": int((waits_by == 0).sum()),
            "after 1 day": int((waits_by == 1).sum()),
            "after 2 or 3": int(((waits_by > 1) & (waits_by <= ALLOWED)).sum()),
            "later or never": int((waits_by > ALLOWED).sum()) + unflagged,
            "flagged without the condition, last evening": int((shown[-1] & ~holds[-1]).sum()),
            "condition without flag, last evening": int((holds[-1] & ~shown[-1]).sum()),
        }

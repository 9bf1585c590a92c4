"""What the systems of the company tell: one division's ERP and the WMS of every site, through the landing contract.

Belongs here: the layout of the entities that the record rules need, and what is told wrongly for innocent reasons. Does
not belong here: what happened (run.py) and what is true (truth.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from synthetic.clock import local_midnight, stream, to_utc, utc_datetime
from synthetic.phantom_lab.company import STATUS
from synthetic.phantom_lab.knobs import Knobs
from synthetic.phantom_lab.lab import Lab
from synthetic.phantom_lab.run import NO_COUNT
from synthetic.tables import (
    QTY_SCALE,
    Batch,
    conform,
    dates,
    day_name,
    decimals,
    instants,
    money,
    numbered,
    pick,
    quantities,
)  # fmt: skip

DIVISION, COMPANY_CODE, CURRENCY, UNIT = "lab", "LAB", "EUR", "EA"
_RECEIVED_AT, _PICKED_AT, _COUNTED_AT, _CUT_OFF_AT, _EXTRACTED_AT = 7 * 3600, 9 * 3600, 19 * 3600, 20 * 3600, 75_600
_HOURS_OF_PICKING = 9 * 3600
_DAILY, _WEEKLY = 14, 8  # the last days come by day, the weeks before by week, the rest by month
_STALE_DAYS = (10, 120)  # how long the ERP has not refreshed a stale record
_SENT_ON = 0.5
_OFF_DAYS = 5


@dataclass(frozen=True)
class Silence:
    """Records whose balance is no longer refreshed: day of the last refresh, whether the old row is sent on."""

    key: np.ndarray
    last_day: np.ndarray
    is_sent: np.ndarray


def plan_silence(lab: Lab) -> Silence:
    """Choose the stale records; half of them are sent on as they were, half are no longer sent."""
    rng, knobs = stream(lab.company.seed, f"phantom_lab.stale.{lab.company.knobs.name}"), lab.company.knobs
    n = len(lab.company)
    key = np.sort(rng.choice(n, max(2, round(n * knobs.stale)), replace=False))
    last_day = knobs.days - 1 - rng.integers(*_STALE_DAYS, len(key))
    is_sent = rng.random(len(key)) < _SENT_ON
    days = balance_days(knobs)
    told = days[np.searchsorted(days, last_day, side="right") - 1]  # the last balance that came of it
    return Silence(key, np.where(is_sent, last_day, told), is_sent)


def balance_days(knobs: Knobs) -> np.ndarray:
    """Return the days at whose evening the ERP sends balances: month ends, then every day."""
    recent = knobs.days - 1 - _DAILY
    return np.array([*(day for day in _month_ends(knobs) if day < recent), *range(recent, knobs.days)])


def _month_ends(knobs: Knobs) -> list[int]:
    first = knobs.last_day - timedelta(days=knobs.days - 1)
    return [day for day in range(knobs.days - 1) if (first + timedelta(days=day + 1)).day == 1]


def item_codes(sku: np.ndarray) -> pa.Array:
    """Return the codes of SKUs."""
    return numbered("L", sku + 1, 6)


def site_codes(lab: Lab) -> list[str]:
    """Return the codes of all sites."""
    return [f"{lab.company.knobs.name.upper()}{number + 1}" for number in range(lab.company.knobs.sites)]


def land(lab: Lab, home: Home) -> int:
    """Land everything below `home` and return the number of rows."""
    contracts = load_contracts(home.repo)
    home.make()
    rows = 0
    for batch in emit(lab, contracts):
        write_batch(
            home.landing, batch.source, batch.instance, batch.entity, batch.name, batch.table, batch.extracted_at,
            contract=contracts[batch.source, batch.entity],
        )  # fmt: skip
        rows += batch.table.num_rows
    return rows


def emit(lab: Lab, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield every batch of the company."""
    told = _Told(lab, contracts)
    yield from told.masters()
    yield from told.balances()
    for site in range(lab.company.knobs.sites):
        yield from told.movements(site)
        yield from told.counts(site)
        yield from told.pick_errors(site)


class _Told:
    """The company as its systems tell it."""

    def __init__(self, lab: Lab, contracts: dict[tuple[str, str], Contract]):
        self.lab, self.contracts = lab, contracts
        self.company, self.history, self.knobs = lab.company, lab.history, lab.company.knobs
        self.first_day = self.knobs.last_day - timedelta(days=self.knobs.days - 1)
        self.sites = site_codes(lab)
        self.silence = plan_silence(lab)
        last = self.knobs.days - 1
        recent = last - _DAILY
        old = [day for day in _month_ends(self.knobs) if day < recent - 7 * _WEEKLY]
        weeks = list(range(recent - 7 * (_WEEKLY - 1), recent + 1, 7))
        self.ends = np.array([*old, *weeks, *range(recent + 1, last + 1)])

    def utc(self, day: np.ndarray | int, second: np.ndarray | int) -> np.ndarray:
        """Return UTC seconds of a local second of a day."""
        return to_utc(np.atleast_1d(local_midnight(self.first_day, day) + second), self.knobs.time_zone)

    def batch(self, source: str, instance: str, entity: str, day: int, columns: dict) -> Batch:
        """Return a batch extracted in the evening of a day."""
        at = utc_datetime(int(self.utc(int(day), _EXTRACTED_AT)[0]))
        table = conform(columns, self.contracts[source, entity])
        return Batch(source, instance, entity, day_name(self.first_day, int(day)), table, at)

    def masters(self) -> Iterator[Batch]:
        """Yield the masters as they stand at the end: one division, its sites, its items and their costs."""
        c, last = self.company, self.knobs.days - 1
        skus = np.arange(len(c.sku_status))
        months = [day for day in (self.first_day + timedelta(days=n) for n in range(-31, last + 1)) if day.day == 1]
        one = decimals(np.full(len(months), 10**8), 18, 8)
        created = self.utc(np.zeros(len(skus), dtype="int64"), 0)
        yield self.batch("erp", DIVISION, "divisions", last, {
            "division_code": [DIVISION], "division_name": ["Laboratory"], "company_code": [COMPANY_CODE],
            "company_currency": [CURRENCY], "currency": [CURRENCY],
        })  # fmt: skip
        yield self.batch("erp", DIVISION, "fx_rates", last, {
            "currency": [CURRENCY] * len(months), "company_currency": [CURRENCY] * len(months), "month_start": months,
            "average_rate": one, "closing_rate": one,
        })  # fmt: skip
        yield self.batch("erp", DIVISION, "locations", last, {
            "location_code": self.sites, "location_name": [f"Site {code}" for code in self.sites],
            "location_type": ["warehouse"] * len(self.sites), "region": ["EU"] * len(self.sites),
            "country": ["DE"] * len(self.sites), "time_zone": [self.knobs.time_zone] * len(self.sites),
        })  # fmt: skip
        yield self.batch("erp", DIVISION, "items", last, {
            "item_code": item_codes(skus), "description": numbered("Laboratory article ", skus + 1, 6),
            "category": pick([f"Category {n}" for n in range(10)], skus % 10),
            "base_uom": [UNIT] * len(skus), "status": pick(list(STATUS), c.sku_status),
            "is_key": [False] * len(skus), "launch_date": dates(np.full(len(skus), -200), self.first_day),
            "list_price": decimals(c.sku_cost * 14_000, 18, 6), "currency": [CURRENCY] * len(skus),
            "updated_at": instants(created),
        })  # fmt: skip
        yield self.batch("erp", DIVISION, "item_costs", last, {
            "item_code": item_codes(skus), "cost_method": ["moving_average"] * len(skus),
            "unit_cost": money(c.sku_cost / 100), "currency": [CURRENCY] * len(skus),
            "valid_from": dates(np.full(len(skus), -200), self.first_day),
        })  # fmt: skip

    def balances(self) -> Iterator[Batch]:
        """Yield what the ERP holds: month ends, then days. Stale records stay as they were, a few are merely off."""
        c, n, last = self.company, len(self.company), self.knobs.days - 1
        rng = stream(c.seed, f"phantom_lab.balances.{self.knobs.name}")
        off = np.setdiff1d(rng.choice(n, round(n * self.knobs.off_balance), replace=False), self.silence.key)
        wrong = rng.integers(3, 9, len(off)) * np.where(rng.random(len(off)) < 0.5, 1, -1)
        refreshed = np.full(n, last + 1)
        refreshed[self.silence.key] = self.silence.last_day
        for day in balance_days(self.knobs).tolist():
            shown = np.minimum(np.minimum(day, c.last - 1), refreshed)
            on_hand = self.history.record[np.arange(n), shown].astype("int64")
            if day > last - _OFF_DAYS:
                on_hand[off] += wrong
            sent = np.ones(n, dtype=bool)
            sent[self.silence.key[~self.silence.is_sent]] = self.silence.last_day[~self.silence.is_sent] >= day
            key = np.flatnonzero(sent)
            yield self.batch("erp", DIVISION, "inventory_balances", day, {
                "item_code": item_codes(c.sku[key]), "location_code": pick(self.sites, c.site[key]),
                "on_hand_qty": quantities(on_hand[key]), "reserved_qty": quantities(np.zeros(len(key))),
                "in_transit_qty": quantities(np.zeros(len(key))), "quarantine_qty": quantities(np.zeros(len(key))),
                "uom": pick([UNIT], np.zeros(len(key), dtype="int64")),
                "as_of": instants(self.utc(shown[key], _CUT_OFF_AT)),
            })  # fmt: skip

    def movements(self, site: int) -> Iterator[Batch]:
        """Yield opening balances, receipts, sales and corrections of a site."""
        h, own = self.history, np.flatnonzero(self.company.site == site)
        rng = stream(self.company.seed, f"phantom_lab.clock.{self.knobs.name}.{site}")
        opening = (h.record[own, 0] + h.sale[own, 0] - h.receipt[own, 0]).astype("int64")
        change = self._corrections(own)
        parts = [(np.arange(len(own)), np.zeros(len(own), dtype="int64"), opening, 0)]
        for table, sign in ((h.receipt[own], 1), (h.sale[own], -1), (change, 1)):
            row, day = np.nonzero(table)
            parts.append((row, day, sign * table[row, day].astype("int64"), len(parts)))
        row, day, qty = (np.concatenate([part[place] for part in parts]) for place in range(3))
        kind = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
        second = np.array([60, _RECEIVED_AT, _PICKED_AT, _COUNTED_AT + 60])[kind]
        second = second + np.where(
            kind == 2, rng.integers(0, _HOURS_OF_PICKING, len(row)), rng.integers(0, 50, len(row))
        )
        order = np.lexsort((row, second, day))
        row, day, qty, kind, second = (values[order] for values in (row, day, qty, kind, second))
        at = self.utc(day, second)
        number = np.arange(len(row))
        names, reasons = ["opening_balance", "receipt", "sales_issue", "adjustment"], [None, None, None, "count"]
        for begin, end, until in self._periods(day, site):
            part = slice(begin, end)
            yield self.batch("wms", self.sites[site], "movements", until, {
                "event_id": numbered("M", number[part] + 1, 8), "event_type": pick(names, kind[part]),
                "item_code": item_codes(self.company.sku[own[row[part]]]), "qty": quantities(qty[part]),
                "uom": pick([UNIT], kind[part] * 0), "occurred_at": instants(at[part]),
                "recorded_at": instants(at[part] + 20), "reason": pick(reasons, kind[part]),
            })  # fmt: skip

    def _corrections(self, own: np.ndarray) -> np.ndarray:
        h = self.history
        before = np.concatenate([h.record[own, :1], h.record[own, :-1]], axis=1)
        change = h.record[own] - before - h.receipt[own] + h.sale[own]
        change[:, 0] = 0
        return change

    def counts(self, site: int) -> Iterator[Batch]:
        """Yield the counts that came in, quarter by quarter of the year; their corrections are movements."""
        h, own = self.history, np.flatnonzero(self.company.site == site)
        day, row = np.nonzero(h.count[own].T != NO_COUNT)
        counted = h.count[own][row, day].astype("int64")
        book = h.record[own][row, day] - self._corrections(own)[row, day].astype("int64")
        number = np.arange(len(row))
        at = self.utc(day, _COUNTED_AT + number % 50)
        for begin, end, until in self._periods(day, site):
            part = slice(begin, end)
            yield self.batch("wms", self.sites[site], "cycle_counts", until, {
                "count_id": numbered("C", number[part] + 1, 7),
                "item_code": item_codes(self.company.sku[own[row[part]]]),
                "uom": [UNIT] * (end - begin), "book_qty": decimals(book[part] * QTY_SCALE),
                "counted_qty": decimals(counted[part] * QTY_SCALE), "counted_at": instants(at[part]),
                "trigger": pick(["scheduled", "targeted"], h.trigger[own][row, day][part]),
                "is_blind": [True] * (end - begin),
            })  # fmt: skip

    def pick_errors(self, site: int) -> Iterator[Batch]:
        """Yield reported short picks and reported finds."""
        h, own = self.history, np.flatnonzero(self.company.site == site)
        rng = stream(self.company.seed, f"phantom_lab.errors.{self.knobs.name}.{site}")
        day, row = np.nonzero(((h.short[own] > 0) | (h.found[own] > 0)).T)
        short, found = h.short[own][row, day].astype("int64"), h.found[own][row, day] > 0
        both = np.flatnonzero(found & (short > 0))
        day, row = np.r_[day, day[both]], np.r_[row, row[both]]
        is_found = np.r_[found, np.zeros(len(both), dtype=bool)]
        short = np.where(is_found, 0, np.r_[short, short[both]])
        order = np.argsort(day, kind="stable")
        day, row, is_found, short = day[order], row[order], is_found[order], short[order]
        at = self.utc(day, np.where(is_found, _RECEIVED_AT, _PICKED_AT + rng.integers(0, _HOURS_OF_PICKING, len(day))))
        kind = np.where(is_found, 2, np.where(h.sale[own][row, day] > 0, 0, 1))
        number = np.arange(len(day))
        missing = np.int64(-(1 << 62))
        for begin, end, until in self._periods(day, site):
            part = slice(begin, end)
            yield self.batch("wms", self.sites[site], "pick_errors", until, {
                "error_id": numbered("P", number[part] + 1, 7),
                "item_code": item_codes(self.company.sku[own[row[part]]]),
                "error_type": pick(["short_pick", "not_found", "found_elsewhere"], kind[part]),
                "short_qty": quantities(short[part]), "uom": [UNIT] * (end - begin),
                "occurred_at": instants(at[part]),
                "found_at": instants(np.where(is_found[part], at[part] + 600, missing)),
            })  # fmt: skip

    def _periods(self, day: np.ndarray, site: int) -> Iterator[tuple[int, int, int]]:
        """Yield begin and end of the rows of each batch, ordered by day, and its day; a late feed lacks the last."""
        ends = self.ends[self.ends < self.knobs.days - self.company.site_late[site]]
        cuts = np.r_[0, np.searchsorted(day, ends, side="right")]
        for place, end in enumerate(ends.tolist()):
            yield int(cuts[place]), int(cuts[place + 1]), end

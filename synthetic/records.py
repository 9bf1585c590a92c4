"""What the WMS holds before anything goes wrong: recorded events with identity, device, sequence and UTC times.

Belongs here: numbering, clocks and the batch calendar of the sites. Does not belong here: faults (report_faults.py) and
the layout of a landing entity (emit_wms.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import DAY, local_midnight, month_starts, stream, to_utc
from synthetic.company import Company
from synthetic.faults import SLOW_SECONDS, GoodsPlan
from synthetic.ledger import Event
from synthetic.lots import Lots, allot
from synthetic.physical import CUT_OFF_AT, Truth
from synthetic.profiles import Profile

HANDHELDS = 4
HOST = 0  # device that posts what no handheld does
_WEEK = 7


@dataclass(frozen=True)
class Calendar:
    """When batches are cut, in simulated days. A period is named by its last day."""

    period_of_day: np.ndarray
    period_ends: np.ndarray  # last day of each WMS period: by month, then weekly, then daily
    history_periods: int  # those before the daily ones
    month_ends: np.ndarray  # last simulated day of each month
    quarter_ends: np.ndarray  # last simulated day of each quarter, for what is sent rarely
    balance_days: np.ndarray  # days at whose cut-off the ERP sends balances


@dataclass(frozen=True)
class Records:
    """Recorded events in order of local time; every array has shape (events,), times are seconds."""

    key: np.ndarray
    event: np.ndarray
    qty: np.ndarray
    reference: np.ndarray
    day: np.ndarray
    second: np.ndarray  # local
    occurred: np.ndarray  # UTC
    recorded: np.ndarray  # UTC
    period: np.ndarray  # batch in which it is delivered when nothing goes wrong
    site: np.ndarray
    number: np.ndarray  # running number at the site, from 1
    device: np.ndarray
    sequence: np.ndarray  # running number of the device, from 1
    lot: np.ndarray  # place in lots, NO_LOT where goods do not expire
    lots: Lots
    calendar: Calendar

    def __len__(self) -> int:
        return len(self.key)


def build_calendar(profile: Profile) -> Calendar:
    """Return the batch calendar: history by month and week, then daily_batches days; balances at month ends too."""
    last = profile.days - 1
    history = profile.days - profile.daily_batches
    months = month_starts(profile.first_day, profile.last_day)[1:]
    month_ends = np.array([(month - profile.first_day).days - 1 for month in months] + [last])
    month_ends = month_ends[month_ends >= 0]
    quarter_ends = np.array([(month - profile.first_day).days - 1 for month in months if month.month % 3 == 1] + [last])
    recent = max(history - profile.weekly_days, 0)  # first day of the weekly batches
    old = month_ends[month_ends < recent - 1]
    start = recent if len(old) else 0
    ends = np.r_[old, recent - 1 if len(old) else -1, np.arange(start + _WEEK - 1, history - 1, _WEEK), history - 1]
    ends = np.unique(np.r_[ends, np.arange(history, profile.days)])
    ends = ends[ends >= 0]
    return Calendar(
        period_of_day=np.searchsorted(ends, np.arange(profile.days)),
        period_ends=ends,
        history_periods=int((ends < history).sum()),
        month_ends=month_ends,
        quarter_ends=np.unique(quarter_ends),
        balance_days=np.unique(np.r_[month_ends, np.arange(history, profile.days)]),
    )


def site_utc(company: Company, key: np.ndarray, local_seconds: np.ndarray) -> np.ndarray:
    """Convert local seconds at the sites of keys to UTC seconds, shape kept."""
    result = np.empty(len(key), dtype="int64")
    site = company.site_of[key]
    for zone in sorted({s.time_zone for s in company.sites}):
        mask = np.isin(site, [n for n, s in enumerate(company.sites) if s.time_zone == zone])
        result[mask] = to_utc(local_seconds[mask], zone)
    return result


def cut_off_utc(company: Company, profile: Profile, day: int | np.ndarray) -> np.ndarray:
    """Return the UTC second of the balance cut-off of every key on a day (one day, or one per key), shape (keys,)."""
    local = np.broadcast_to(np.asarray(local_midnight(profile.first_day, day) + CUT_OFF_AT), company.keys)
    return site_utc(company, np.arange(company.keys), local)


def record_events(company: Company, truth: Truth, goods: GoodsPlan, profile: Profile, seed: int) -> Records:
    """Number the recorded events of every site and spread them over its devices."""
    rng = stream(seed, "records")
    calendar = build_calendar(profile)
    ledger, lot, lots = allot(company, truth.ledger.recorded(), profile)
    n = len(ledger)
    site = company.site_of[ledger.key]
    device = np.where(ledger.event == int(Event.OPENING), HOST, rng.integers(1, HANDHELDS + 1, n))
    number, sequence = np.empty(n, dtype="int64"), np.empty(n, dtype="int64")
    for place in range(len(company.sites)):
        here = np.flatnonzero(site == place)
        number[here] = np.arange(1, len(here) + 1)
        for unit in range(HANDHELDS + 1):
            own = here[device[here] == unit]
            sequence[own] = np.arange(1, len(own) + 1)
    day = (ledger.second - local_midnight(profile.first_day, 0)) // DAY
    occurred = site_utc(company, ledger.key, ledger.second)
    delay = rng.integers(2, 90, n)
    slow = np.isin(site, goods.slow_sites)
    delay[slow] = stream(seed, "records.slow").integers(*SLOW_SECONDS, slow.sum())
    return Records(
        key=ledger.key,
        event=ledger.event,
        qty=ledger.qty,
        reference=ledger.reference,
        day=day,
        second=ledger.second,
        occurred=occurred,
        recorded=occurred + delay,
        period=calendar.period_of_day[day],
        site=site,
        number=number,
        device=device,
        sequence=sequence,
        lot=lot,
        lots=lots,
        calendar=calendar,
    )

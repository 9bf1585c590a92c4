"""Simulated time: local seconds to UTC, day numbers to dates, and one random stream per purpose.

Belongs here: conversions of the fixed calendar and the seeding rule. Does not belong here: the machine's clock, which
nothing in this package reads.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd

DAY = 86_400
_EPOCH = date(1970, 1, 1)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator of one purpose. A new purpose leaves the draws of every other one as they were."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def local_midnight(first_day: date, day: int | np.ndarray) -> int | np.ndarray:
    """Return local seconds since 1970 at the start of simulated day(s) `day` (0 = first_day)."""
    return ((first_day - _EPOCH).days + day) * DAY


def to_utc(local_seconds: np.ndarray, time_zone: str) -> np.ndarray:
    """Convert local wall-clock seconds to UTC seconds (int64, same shape).

    An hour that happens twice takes the first; an hour that does not exist moves to the next one that does.
    """
    local = np.atleast_1d(np.asarray(local_seconds, dtype="int64"))
    index = pd.DatetimeIndex(local.astype("datetime64[s]"))
    zoned = index.tz_localize(time_zone, ambiguous=np.ones(len(local), dtype=bool), nonexistent="shift_forward")
    return zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]").astype("int64")


def utc_datetime(seconds: int) -> datetime:
    """Return an aware UTC datetime for UTC seconds since 1970."""
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def month_starts(first_day: date, last_day: date) -> list[date]:
    """Return the first day of every month that the period touches."""
    months, current = [], first_day.replace(day=1)
    while current <= last_day:
        months.append(current)
        current = (pd.Timestamp(current) + pd.DateOffset(months=1)).date()
    return months

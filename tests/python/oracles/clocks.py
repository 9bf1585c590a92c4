"""When an event happened, where its device numbered it: told by event against event, as a clerk with two clocks would.

Here: row 16 of docs/faults.md for the events of one site. Not here: under which day the books hold it (posting.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.python.oracles.posting import Calendar


def moments(rows: list[Any], calendar: Calendar, best: Callable[[list[Any]], Any]) -> Callable[[Any], datetime]:
    """What gives the moment of a delivery: the device's, or the system's if that recorded it, or what the device told
    after it, before; no earlier than an event that the device numbered before it, that was recorded no later and came
    before its day was closed.
    """
    said: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        said[row.event_id].append(row)
    by_device: dict[str, list[Any]] = defaultdict(list)
    for deliveries in said.values():
        came = min(row.extracted_at for row in deliveries)
        first = best([row for row in deliveries if row.extracted_at == came])
        if _is_numbered(first):
            by_device[first.device_id].append(first)

    numbered: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if _is_numbered(row):
            numbered[row.device_id].append(row)

    def _told(row: Any) -> datetime:
        after = (
            other.recorded_at
            for other in numbered[row.device_id]
            if other.sequence_no > row.sequence_no
            and other.occurred_at >= row.occurred_at
            and other.extracted_at <= row.extracted_at
        )
        return min(row.occurred_at, row.recorded_at, *after)

    def moment(row: Any) -> datetime:
        if not _is_numbered(row):
            return row.occurred_at
        told = _told(row)
        day = calendar.day_of(told)
        before = (
            _told(other)
            for other in by_device[row.device_id]
            if other.sequence_no < row.sequence_no
            and other.recorded_at <= row.recorded_at
            and _told(other) > told
            and not calendar.is_closed(day, other.extracted_at)
        )
        return max(before, default=told)

    return moment


def _is_numbered(row: Any) -> bool:
    return row.device_id is not None and row.sequence_no is not None

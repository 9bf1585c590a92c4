"""Under which day the books hold each event, by walking through the extractions as a bookkeeper would.

Here: the books of one site, batch by batch, from docs/decisions/0028-late-postings.md. Not here: what a movement means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

HORIZON, WORKDAY = timedelta(days=45), 5
_NO_PAYLOAD = {"source_version", "instance", "batch_id", "extracted_at", "file", "row"}


@dataclass(eq=False, slots=True)
class Entry:
    """A version in the books; taken_back: the day and moment on which it was, if it was."""

    row: Any
    day: date
    at: datetime
    taken_back: tuple[date, datetime] | None = None


@dataclass(frozen=True)
class Calendar:
    """The close of one site in `zone` that began to send at `first`; closes_on: last open day of a business day."""

    zone: ZoneInfo
    first: datetime
    horizon: timedelta = HORIZON
    workday: int = WORKDAY

    def day_of(self, at: datetime) -> date:
        """Business day of a naive UTC moment."""
        return at.replace(tzinfo=UTC).astimezone(self.zone).date()

    def closes_on(self, day: date) -> date:
        """The fifth working day of the month after, or the horizon if that comes first."""
        close, left = (day.replace(day=1) + timedelta(days=31)).replace(day=1), self.workday
        while (left := left - (close.weekday() < 5)) > 0:
            close += timedelta(days=1)
        return max(day, min(day + self.horizon, close))

    def is_closed(self, day: date, extracted: datetime) -> bool:
        """Whether the books of a day take nothing more of a batch, though the site was sending while they were open."""
        return self.day_of(self.first) <= self.closes_on(day) < self.day_of(extracted)

    def open_day(self, extracted: datetime) -> tuple[date, datetime]:
        """The first open day for a batch, and the moment at which it is booked there."""
        day = self.day_of(extracted)
        while self.closes_on(day - timedelta(days=1)) >= self.day_of(extracted):
            day -= timedelta(days=1)
        noon = next(m for h in (11, 1, 23) if self.day_of(m := datetime.combine(day, time(h))) == day)
        return day, min(noon, extracted)


def payload(row: Any) -> tuple:
    """What a delivery says, but for its version."""
    return tuple(value for name, value in row._asdict().items() if name not in _NO_PAYLOAD)


def books(
    rows: list[Any], calendar: Calendar, best: Callable[[list[Any]], Any], moment: Callable[[Any], datetime]
) -> dict[str, list[Entry]]:
    """event -> its entries in order, from the deliveries of a site; `best`: the delivery that speaks among several;
    `moment`: when a delivery says that it happened.
    """
    held: dict[str, list[Entry]] = defaultdict(list)
    known: dict[str, list[Any]] = defaultdict(list)
    for extracted, batch in groupby(sorted(rows, key=lambda r: r.extracted_at), key=lambda r: r.extracted_at):
        for event in {row.event_id: known[row.event_id].append(row) for row in batch}:
            row, entries = best(known[event]), held[event]
            if entries and payload(entries[-1].row) == payload(row):
                continue
            if entries and calendar.is_closed(entries[-1].day, extracted):
                entries[-1].taken_back = calendar.open_day(extracted)
            elif entries:
                entries.pop()
            day, at = calendar.day_of(moment(row)), moment(row)
            if calendar.is_closed(day, extracted):
                day, at = calendar.open_day(extracted)
            entries.append(Entry(row, day, at))
    return dict(held)

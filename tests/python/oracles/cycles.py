"""Replenishment cycles of every record, walked event by event (docs/formulas.md#safety-stock).

Here: a cycle's days, least and last stock, whether somebody went without. Not here: windows, tests and triggers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.python.oracles.company import Company
from tests.python.oracles.fill import Fill

BRINGS = ("receipt", "production", "transfer_in")
Record = tuple[str, str]


@dataclass
class Cycle:
    """A finished cycle; `short`: somebody went without."""

    start: date
    end: date
    least: Decimal
    last: Decimal
    unmet: Decimal
    is_told: bool

    @property
    def is_short(self) -> bool:
        """By orders where they are known, else by stock that ran out."""
        return self.unmet > 0 if self.is_told else self.least <= 0


def cycles(company: Company, fill: Fill) -> dict[Record, list[Cycle]]:
    """Finished cycles per record, in order."""
    unmet: dict[Record, list[tuple[date, Decimal]]] = defaultdict(list)
    known: dict[str, date] = {}
    for line in fill.lines:
        if line.reason is None:
            unmet[line.record].append((line.due, line.asked - line.filled))
            known[line.record[1]] = min(line.due, known.get(line.record[1], line.due))
    found = {}
    for record, legs in company.by_record.items():
        moments: dict = defaultdict(list)
        for leg in legs:
            if leg.is_owned:
                moments[leg.at].append(leg)
        level, open_, finished = Decimal(0), None, []
        for at in sorted(moments):
            brought = [leg for leg in moments[at] if leg.kind in BRINGS and leg.qty > 0]
            day = moments[at][0].day
            if brought and (open_ is None or day > open_[0]):
                if open_ is not None and open_[1]:
                    finished.append((open_[0], day, open_[1]))
                open_ = (day, [])
            level += sum((leg.qty for leg in moments[at]), Decimal(0))
            if open_ is not None:
                open_[1].append(level)
        found[record] = [
            Cycle(
                start, end, min(levels), levels[-1],
                sum((qty for day, qty in unmet[record] if start <= day < end), Decimal(0)),
                known.get(record[1], date.max) <= start,
            )
            for start, end, levels in finished
        ]  # fmt: skip
    return found

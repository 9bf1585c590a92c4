"""Stock from the ledger: on hand at any instant, and the runs of equal quantity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.python.oracles.ledger import Leg

OPEN_END = datetime(9999, 12, 31)

Runs = list[tuple[Decimal, datetime, datetime]]


def runs(legs: Iterable[Leg], key: Callable[[Leg], Any]) -> dict[Any, Runs]:
    """Per key the maximal runs (quantity, from, to) of equal quantity; the last one is open to 9999-12-31."""
    grouped: dict[Any, list[Leg]] = defaultdict(list)
    for leg in legs:
        grouped[key(leg)].append(leg)
    found: dict[Any, Runs] = {}
    for name, members in grouped.items():
        steps: list[tuple[Decimal, datetime]] = []
        level = Decimal(0)
        for at, together in groupby(sorted(members, key=lambda leg: leg.at), key=lambda leg: leg.at):
            level += sum((leg.qty for leg in together), Decimal(0))
            if not steps or steps[-1][0] != level:
                steps.append((level, at))
        ends = [at for _, at in steps[1:]] + [OPEN_END]
        found[name] = [(qty, at, end) for (qty, at), end in zip(steps, ends, strict=True)]
    return found


def on_hand(legs: Iterable[Leg], at: datetime) -> Decimal | None:
    """Sum of everything that happened up to a moment; None when nothing had happened yet."""
    happened = [leg.qty for leg in legs if leg.at <= at]
    return sum(happened, Decimal(0)) if happened else None

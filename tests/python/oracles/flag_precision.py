"""The precision of flags, recomputed from docs/formulas.md#flag-precision over lists of flags and verdicts.

Here: labels by counts, sums per rule, scope and period, Wilson's bounds. Not here: the company they come from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CONFIRMS = {"confirmed_phantom", "confirmed_stale", "confirmed_error", "fixed"}
MIN_VERDICTS, Z, WINDOW_DAYS = 10, 1.96, 182


@dataclass(frozen=True)
class Flag:
    """A flag by its name, and the cut-off that told it no more."""

    sku_id: str
    location_id: str
    rule_id: str
    opened: date
    closed: date | None


@dataclass(frozen=True)
class Verdict:
    """What was said of a flag, by whom, on which day."""

    verdict: str
    source: str
    day: date


def count_verdict(flag: Flag, counts: Iterable[Mapping], tolerance: Decimal) -> Verdict | None:
    """What the first count after the flag says of it: counts of its record alone."""
    if flag.rule_id not in ("DQ-P1", "DQ-P2", "DQ-P3"):
        return None
    days: dict[date, list[Mapping]] = defaultdict(list)
    for row in counts:
        if flag.opened < row["counted_date"] and (flag.closed is None or row["counted_date"] <= flag.closed):
            days[row["counted_date"]].append(row)
    for day in sorted(days):
        book = sum(row["book_qty"] for row in days[day])
        found = sum(row["counted_qty"] for row in days[day])
        if book > 0:
            missing = book - found > tolerance * book
            at = max(row["counted_at"] for row in days[day]).date()
            return Verdict("confirmed_phantom" if missing else "false_alarm", "count", at)
    return None


def precision(
    judged: Mapping[Flag, Verdict | None], scopes: Mapping[tuple[str, str], Iterable[tuple[str, str]]], as_of: date
) -> dict[tuple, tuple]:
    """(rule, scope type, scope, period type, first day) -> every figure of visibility.kpi_flag_precision."""
    groups: dict[tuple, list[tuple[Flag, Verdict | None]]] = defaultdict(list)
    for flag, verdict in judged.items():
        periods = [("month", flag.opened.replace(day=1))]
        first = as_of - timedelta(days=WINDOW_DAYS - 1)
        if flag.opened >= first:
            periods.append(("window", first))
        for scope in scopes[flag.sku_id, flag.location_id]:
            for rule in (flag.rule_id, "*"):
                for period in periods:
                    groups[rule, *scope, *period].append((flag, verdict))
    return {key: _figures(rows) for key, rows in groups.items()}


def _figures(rows: list[tuple[Flag, Verdict | None]]) -> tuple:
    said = [verdict for _, verdict in rows if verdict]
    right = sum(verdict.verdict in CONFIRMS for verdict in said)
    wrong = sum(verdict.verdict == "false_alarm" for verdict in said)
    n = right + wrong
    waiting = [flag for flag, verdict in rows if not verdict]
    days = sorted((verdict.day - flag.opened).days for flag, verdict in rows if verdict)
    return (
        len(rows),
        right,
        wrong,
        len(said) - n,
        sum(flag.closed is None for flag in waiting),
        sum(flag.closed is not None for flag in waiting),
        sum(verdict.source == "count" for verdict in said),
        _six(Decimal(right) / n) if n >= MIN_VERDICTS else None,
        "no_verdict" if n == 0 else "few_verdicts" if n < MIN_VERDICTS else None,
        *(_wilson(right, n, side) if n else None for side in (-1, 1)),
        days[(len(days) - 1) // 2] if days else None,
    )


def _wilson(right: int, n: int, side: int) -> float:
    share = right / n
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return middle + side * half


def _six(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)

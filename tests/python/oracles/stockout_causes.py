"""Which cause a stock-out truly had, and which was found: the confusion matrix of a home.

Here: the pairing of true stock-outs with the events of the warehouse, and recall and precision. Not here: any figure to
be reached. `python -m tests.python.oracles.stockout_causes HOME` prints the matrix of a home that is built.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

NONE = "none"  # no stock-out on that side
FOUND = """
    select system_ids.division_code, system_ids.item_code, events.location_id, events.stockout_start_date as start_date,
        coalesce(events.stockout_end_date, cutoff.as_of_date) as end_date, events.cause
    from lag.fct_stockout_event as events
    cross join core.dim_cutoff as cutoff
    inner join core.bridge_sku_system_id as system_ids using (sku_id)
    where system_ids.division_code = split_part(events.location_id, '.', 1)
"""


def overlap_days(one: dict, other: dict) -> int:
    """Days that two stock-outs share."""
    return (min(one["end_date"], other["end_date"]) - max(one["start_date"], other["start_date"])).days + 1


def pairs(true: list[dict], found: list[dict]) -> list[tuple[dict | None, dict | None]]:
    """Each found event with the true stock-out it shares most days with; whatever has no partner stands alone.

    True stock-outs that two events share are taken once, by the event that shares most of it.
    """
    by_record: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(true):
        by_record[row["division_code"], row["item_code"], f"{row['division_code']}.{row['location_code']}"].append(
            place
        )
    shared = []
    for number, event in enumerate(found):
        for place in by_record[event["division_code"], event["item_code"], event["location_id"]]:
            days = overlap_days(true[place], event)
            if days > 0:
                shared.append((-days, number, place))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, place in sorted(shared):
        if number not in partner and place not in taken:
            partner[number] = place
            taken.add(place)
    result: list[tuple[dict | None, dict | None]] = [
        (true[partner[number]] if number in partner else None, event) for number, event in enumerate(found)
    ]
    return result + [(row, None) for place, row in enumerate(true) if place not in taken]


def confusion(true: list[dict], found: list[dict]) -> Counter[tuple[str, str]]:
    """(true cause, found cause) -> stock-outs; "none" where there is none on that side."""
    return Counter(
        (row["cause"] if row else NONE, event["cause"] if event else NONE) for row, event in pairs(true, found)
    )


def scores(matrix: Counter[tuple[str, str]]) -> dict[str, tuple[int, int, int]]:
    """Cause -> (true, found, found rightly), among the stock-outs that both sides have."""
    both = {pair: n for pair, n in matrix.items() if NONE not in pair}
    return {
        name: (
            sum(n for (true, _), n in both.items() if true == name),
            sum(n for (_, found), n in both.items() if found == name),
            both.get((name, name), 0),
        )
        for name in sorted({name for pair in both for name in pair})
    }


def day_scores(true: list[dict], found: list[dict]) -> tuple[int, int, int]:
    """Days of true stock-outs, days of found ones, days that both have; a day without goods between two counts too."""

    def days(rows: list[dict]) -> set[tuple[str, str, str, date]]:
        return {
            (row["division_code"], row["item_code"], row["location_id"], row["start_date"] + timedelta(days=n))
            for row in rows
            for n in range((row["end_date"] - row["start_date"]).days + 1)
        }

    placed = [row | {"location_id": f"{row['division_code']}.{row['location_code']}"} for row in true]
    one, other = days(placed), days(found)
    return len(one), len(other), len(one & other)


def read_home(home: Path) -> tuple[list[dict], list[dict]]:
    """True and found stock-outs of a home that is built."""
    with duckdb.connect(str(home / "build" / "leadlag.duckdb"), read_only=True) as connection:
        cursor = connection.execute(FOUND)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return pq.read_table(home / "truth" / "stockouts.parquet").to_pylist(), found


def _print(home: Path) -> None:
    true, found = read_home(home)
    matrix = confusion(true, found)
    names = [*sorted({name for pair in matrix for name in pair} - {NONE}), NONE]
    print("true \\ found, " + ", ".join(names))
    for name in names:
        print(f"{name}, " + ", ".join(str(matrix[name, other]) for other in names))
    print("cause, true, found, rightly, precision, recall")
    for name, (there, told, right) in scores(matrix).items():
        precision, recall = (f"{right / n:.2f}" if n else "-" for n in (told, there))
        print(f"{name}, {there}, {told}, {right}, {precision}, {recall}")
    print("days true, found, both:", *day_scores(true, found))
    unknown = sum(event["cause"] == "unknown" for event in found)
    print(f"unknown: {unknown} of {len(found)} events")


if __name__ == "__main__":
    _print(Path(sys.argv[1]))

"""What speaks for the cause of every stock-out, and the cause, against the oracle; and one item per cause and border.

Here: the comparison over every event of the companies, what is expected by hand of the company of cause_company.py, and
that a wrong figure would be seen. Not here: whether the cause is the true one (test_stockout_causes.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.python.compiled import Project, whole_project
from tests.python.oracles.cause_company import ITEMS, LATE, TIES, build, day
from tests.python.oracles.cause_evidence import FAMILIES, Causes
from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.differences import Case
from tests.python.oracles.replenishment import Supply
from tests.python.oracles.test_stockouts import stockouts_of

__all__ = ["whole_project"]
ALL_ROWS = "select * from lag.fct_stockout_event"
BRANCHES = {
    "is_record_error", "is_supplier", "is_below_requirement", "is_not_ordered", "is_exceeded", "is_stock_elsewhere",
    "is_large_order",
}  # fmt: skip
_said: dict[str, dict[tuple, dict[str, Any]]] = {}


def oracle_of(case: Case) -> dict[tuple, dict[str, Any]]:
    """(SKU, location, first day) -> evidence and cause of every event of a company, computed once."""
    if case.name not in _said:
        stockouts = stockouts_of(case)
        causes = Causes(case.company, stockouts, Supply(case.company))
        events = [event for own in stockouts.events.values() for event in own]
        _said[case.name] = {(*event.record, event.start): causes.evidence(event) for event in events}
    return _said[case.name]


def differences(oracle: dict[tuple, dict[str, Any]], rows: list[dict]) -> list[tuple]:
    """(event, column, mart, oracle) wherever the mart says otherwise."""
    found = {(row["sku_id"], row["location_id"], row["stockout_start_date"]): row for row in rows}
    assert len(found) == len(rows)
    wrong: list[tuple] = [(key, "only one side") for key in set(found) ^ set(oracle)]
    for key in set(found) & set(oracle):
        for name, said in oracle[key].items():
            mart = found[key][name]
            same = near(mart, Decimal(said), 3) if isinstance(said, float) else mart == said
            if not same:
                wrong.append((key, name, mart, said))
    return wrong


@pytest.fixture(scope="module")
def hand(whole_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The company of which every item runs out once."""
    return build(whole_project, tmp_path_factory.mktemp("causes"), "by hand")


def by_item(rows: list[dict]) -> dict[str, dict]:
    """Item code -> its only event."""
    found = {row["sku_id"].split("-")[-1]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_event(case):
    rows = case.marts.rows(ALL_ROWS)
    assert_none(differences(oracle_of(case), rows), len(rows))


def test_every_event_made_by_hand(hand):
    rows = hand.marts.rows(ALL_ROWS)
    assert_none(differences(oracle_of(hand), rows), len(rows))


def test_each_cause_and_each_border(hand):
    """Neither the mart nor the oracle is asked what is right here."""
    events = by_item(hand.marts.rows(ALL_ROWS))
    assert set(events) == set(ITEMS)
    wrong = []
    for name, item in ITEMS.items():
        row = events[name]
        said = {"stockout_start_date": day(item.begins), "cause": item.cause, "cause_family": FAMILIES[item.cause]}
        for column, value in item.evidence.items():
            said[column] = day(value) if column.endswith("_date") and value is not None else value
        said["is_open"] = not item.is_refilled
        wrong += [(name, column, row[column], value) for column, value in said.items() if row[column] != value]
    assert_none(wrong, len(events))


def test_the_first_of_two_branches_speaks_and_both_are_told(hand):
    events = by_item(hand.marts.rows(ALL_ROWS))
    assert {name: {branch for branch in BRANCHES if events[name][branch]} for name in TIES} == TIES
    for name, item in ITEMS.items():
        if name not in TIES:
            told = {branch for branch in BRANCHES if events[name][branch]}
            assert len(told) == (item.cause != "unknown"), (name, told)


def test_every_cause_and_every_kind_of_evidence_is_there(hand, tiny):
    """The comparisons would be empty words otherwise."""
    rows = hand.marts.rows(ALL_ROWS) + tiny.marts.rows(ALL_ROWS)
    assert {row["cause"] for row in rows} == set(FAMILIES)
    for name in next(iter(oracle_of(hand).values())):
        assert len({row[name] for row in rows}) > 1, name


def test_a_changed_figure_is_seen(hand):
    """Each column that is compared, changed in one row, is the one difference."""
    oracle, rows = oracle_of(hand), hand.marts.rows(ALL_ROWS)
    place = next(n for n, row in enumerate(rows) if row["sku_id"].endswith("-two_late"))
    for name in next(iter(oracle.values())):
        value = rows[place][name]
        if isinstance(value, bool) or value is None:
            other: Any = not value
        elif isinstance(value, str):
            other = f"{value}?"
        else:
            other = value + (timedelta(days=1) if name.endswith("_date") else 1)
        broken = [row | {name: other} if n == place else row for n, row in enumerate(rows)]
        assert [found[1] for found in differences(oracle, broken)] == [name]
    assert differences(oracle, rows[1:]) and not differences(oracle, rows)


def test_what_is_landed_otherwise_moves_both_alike(hand, whole_project, tmp_path):
    """Another promise, reorder point, sale, forecast and count: the same causes in the mart and in the oracle."""
    changed = {
        "plain": (replace(ITEMS["plain"], orders=(LATE,)), "supplier"),
        "within_tolerance": (replace(ITEMS["within_tolerance"], plans=((-500, "17", 0),)), "parameter"),
        "above_the_point": (replace(ITEMS["above_the_point"], last=16), "no_order"),
        "foreseen_too_low": (replace(ITEMS["foreseen_too_low"], forecasts=()), "unknown"),
        "counted_on_first_day": (replace(ITEMS["counted_on_first_day"], counts=((0, 0, 0),)), "unknown"),
    }
    other = build(whole_project, tmp_path, "otherwise", {name: item for name, (item, _) in changed.items()})
    rows = other.marts.rows(ALL_ROWS)
    assert {name: row["cause"] for name, row in by_item(rows).items()} == {n: said for n, (_, said) in changed.items()}
    assert_none(differences(oracle_of(other), rows), len(rows))
    before = {key: said["cause"] for key, said in oracle_of(hand).items()}
    assert all(said["cause"] != before[key] for key, said in oracle_of(other).items())

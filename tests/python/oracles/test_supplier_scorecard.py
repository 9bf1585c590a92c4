"""Every month of the supplier scorecard against the oracle, and the borders of its windows by hand.

Here: the comparison over the companies, suppliers whose figures are worked out by hand, and that a wrong figure would
be seen. Not here: the row of the cut-off as planning reads it (test_replenishment.py), the lines themselves
(test_receipts.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.python.compiled import Project, whole_project
from tests.python.oracles.cause_company import Item, Order, build
from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.differences import Case
from tests.python.oracles.supplier_scorecard import Row, Scorecard

__all__ = ["whole_project"]
ALL_ROWS = "select * from lag.kpi_supplier_scorecard"
_scorecards: dict[str, Scorecard] = {}

# Days are counted from 20 March 2024; the window of March begins on 2 April 2023, that of the cut-off on 22 April.
ON_FIRST_DAY = Order(-360, -353, ((-353, 50, 0),))
THE_DAY_BEFORE = Order(-361, -354, ((-354, 50, 0),))
SUPPLIERS = {
    "window": Item("unknown", orders=(ON_FIRST_DAY, THE_DAY_BEFORE)),
    "nothing": Item("unknown", orders=(Order(-5, 40, (), "open"),)),
    # Due on 10 March and 5 April; a fifth rejected of the one, half of the other, which was late, never came.
    "parts": Item("unknown", orders=(Order(-20, -10, ((-10, 50, 10),)), Order(-4, 16, ((18, 25, 0),), "closed_short"))),
    # Due on 1 March and not there at its end: what came on 2 April is known now, and it is late.
    "late": Item("unknown", orders=(Order(-30, -19, ((13, 50, 0),)),)),
    "tie": Item("unknown", orders=(Order(-30, -19, ((13, 50, 0),)),)),
    "good": Item("unknown", orders=(Order(-30, -20, ((-20, 50, 0),)), Order(-30, -20, ((-20, 50, 0),)))),
}
MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 1)


def decimal(value: Any) -> Decimal | None:
    """A fraction or float as a decimal."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return None if value is None else Decimal(value)


def scorecard_of(case: Case) -> Scorecard:
    """The oracle's scorecard of a company, computed once."""
    if case.name not in _scorecards:
        _scorecards[case.name] = Scorecard(case.company)
    return _scorecards[case.name]


def row_differences(oracle: Scorecard, row: dict, said: Row) -> list[tuple]:
    """(column, mart, oracle) wherever a row says otherwise."""
    exact = said.counts | {
        "division_code": said.division,
        "company_code": said.company,
        "last_day_date": said.last,
        "is_month_closed": oracle.is_closed(said),
        "is_latest": said.last == oracle.today,
        "supplier_score_reason": said.reason,
    }
    if not said.near_tie:
        exact["score_rank"] = said.rank
    ratios = said.sums | {
        "mean_lead_time_days": said.mean_days,
        "sd_lead_time_days": said.sd_days,
        "otif_ratio": said.parts["otif"],
        "otif_value_ratio": said.value_ratio,
        "quality_ratio": said.parts["quality"],
        "lead_time_consistency_ratio": said.parts["consistency"],
        "quantity_accuracy_ratio": said.parts["quantity"],
        "weighted_parts_ratio": said.weighted,
        "known_weight_ratio": said.weight,
        "supplier_score_ratio": said.score,
        "earlier_score_ratio": said.earlier,
        "score_change_ratio": None if None in (said.score, said.earlier) else said.score - said.earlier,
        "spend_ratio": said.spend,
        "single_source_ratio": said.single,
    }
    wrong = [(name, row[name], value) for name, value in exact.items() if row[name] != value]
    wrong += [(name, row[name], value) for name, value in said.amounts.items() if not close(row[name], value)]
    wrong += [(name, row[name], value) for name, value in ratios.items() if not near(row[name], decimal(value))]
    return wrong


def differences(oracle: Scorecard, rows: list[dict]) -> list[tuple]:
    """(supplier and month, column, mart, oracle) of every difference, after the grain."""
    found = {(row["supplier_id"], row["month_start_date"]): row for row in rows}
    assert len(found) == len(rows)
    wrong: list[tuple] = [(key, "only one side") for key in set(found) ^ set(oracle.rows)]
    for key in set(found) & set(oracle.rows):
        wrong += [(key, *one) for one in row_differences(oracle, found[key], oracle.rows[key])]
    return wrong


@pytest.fixture(scope="module")
def hand(whole_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A company of six suppliers."""
    return build(whole_project, tmp_path_factory.mktemp("suppliers"), "suppliers", SUPPLIERS)


def test_every_supplier_in_every_month(case):
    rows = case.marts.rows(ALL_ROWS)
    assert_none(differences(scorecard_of(case), rows), len(rows))


def test_every_supplier_made_by_hand(hand):
    rows = hand.marts.rows(ALL_ROWS)
    assert_none(differences(scorecard_of(hand), rows), len(rows))


def test_past_months_and_every_part_are_there_to_compare(tiny, edge):
    """A trend, a month without a score, parts that are missing, ranks, and months before the last one."""
    assert len({row["month_start_date"] for row in tiny.marts.rows(ALL_ROWS)}) >= 4
    rows = tiny.marts.rows(ALL_ROWS) + edge.marts.rows(ALL_ROWS)
    for name in ("score_change_ratio", "supplier_score_reason", "sd_lead_time_days", "otif_value_ratio", "spend_ratio"):
        assert {row[name] is None for row in rows} == {True, False}, name
    past = [row for row in rows if not row["is_latest"]]
    for name in ("otif_ratio", "quality_ratio", "lead_time_consistency_ratio", "quantity_accuracy_ratio", "score_rank"):
        assert len({row[name] for row in past}) > 2, name
    assert {0, 1} < {row["known_weight_ratio"] for row in rows}


def test_windows_parts_ranks_and_money_by_hand(hand):
    """Neither the mart nor the oracle is asked what is right here."""
    rows = {(r["supplier_id"].split(".")[1], r["month_start_date"]): r for r in hand.marts.rows(ALL_ROWS)}

    def said(name: str, month: date, *columns: str) -> tuple:
        return tuple(rows[name, month][column] for column in columns)

    counts = "due_line_count", "otif_line_count", "lead_time_count"
    assert said("window", date(2024, 2, 1), *counts) == (2, 2, 2)
    assert said("window", MARCH, *counts) == (1, 1, 1)
    assert said("window", APRIL, *counts) == (0, 0, 0)
    for month in (MARCH, APRIL):
        none = said("nothing", month, "supplier_score_ratio", "supplier_score_reason", "score_rank", "spend_ratio")
        assert none == (None, "no_lines", None, 0)
    # Late in March although it came in April; early in February nobody could know of it.
    assert said("late", MARCH, "due_line_count", "otif_ratio", "quantity_accuracy_ratio") == (1, 0, 1)
    assert said("late", date(2024, 2, 1), "due_line_count", "supplier_score_reason") == (0, "no_lines")
    # One in five rejected and so too little; the other half as much as ordered and two days late.
    parts = said("parts", APRIL, "otif_ratio", "quality_ratio", "quantity_accuracy_ratio", "rejected_lines_ratio")
    assert parts == (0, Decimal("0.9"), Decimal("0.65"), Decimal("0.2"))
    # Lead times of 10 and 22 days: mean 16, deviation 8.485281, of which the CV is 0.53033.
    days = said("parts", APRIL, "mean_lead_time_days", "sd_lead_time_days", "lead_time_consistency_ratio")
    assert days == (16, Decimal("8.485281"), Decimal("0.469670"))
    assert said("parts", APRIL, "supplier_score_ratio", "known_weight_ratio") == (Decimal("0.428934"), 1)
    assert said("good", MARCH, "supplier_score_ratio", "score_rank", "known_weight_ratio") == (1, 1, 1)
    ranks = {name: said(name, APRIL, "score_rank")[0] for name in SUPPLIERS}
    assert ranks == {"good": 1, "late": 2, "tie": 2, "parts": 4, "window": None, "nothing": None}
    # Six lines of 150 each; every item has one supplier.
    assert said("good", APRIL, "due_amount", "spend_ratio", "single_source_ratio") == (
        300,
        Decimal("0.333333"),
        Decimal("0.333333"),
    )


def test_a_changed_figure_is_seen(hand):
    """Each column that is compared, changed in one row of a past month, is the one difference."""
    oracle, rows = scorecard_of(hand), hand.marts.rows(ALL_ROWS)
    place = next(n for n, r in enumerate(rows) if r["supplier_id"] == "hand.good" and r["month_start_date"] == MARCH)
    names = set(rows[0]) - {"supplier_id", "month_start_date"}
    for name in names:
        value = rows[place][name]
        if isinstance(value, bool) or value is None:
            other: Any = not value
        elif isinstance(value, str):
            other = f"{value}?"
        else:
            other = MARCH if isinstance(value, date) else value + Decimal("0.02")
        broken = [row | {name: other} if n == place else row for n, row in enumerate(rows)]
        assert [found[1] for found in differences(oracle, broken)] == [name]
    assert differences(oracle, rows[1:]) and not differences(oracle, rows)


def test_a_receipt_landed_otherwise_moves_both_alike(hand, whole_project, tmp_path):
    """One unit rejected of a line that had none: OTIF, quality and quantity of every month whose window holds it."""
    first, second = SUPPLIERS["good"].orders
    items = SUPPLIERS | {"good": replace(SUPPLIERS["good"], orders=(replace(first, came=((-20, 50, 1),)), second))}
    other = build(whole_project, tmp_path, "rejected", items)
    rows = other.marts.rows(ALL_ROWS)
    assert_none(differences(scorecard_of(other), rows), len(rows))
    before = {(row["supplier_id"], row["month_start_date"]): row for row in hand.marts.rows(ALL_ROWS)}
    moved = {
        (row["supplier_id"], row["month_start_date"])
        for row in rows
        if row["supplier_score_ratio"] != before[row["supplier_id"], row["month_start_date"]]["supplier_score_ratio"]
    }
    assert moved == {("hand.good", date(2024, 2, 1)), ("hand.good", MARCH), ("hand.good", APRIL)}

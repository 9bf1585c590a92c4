"""Figures of the 3PLs (docs/formulas.md 2.4): nothing expected is no ratio, a wait without an end goes on."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tests.python.macros.render import evaluate


def test_completeness_counts_what_came_over_what_should_have(macros, duck):
    cases = [(199, 1, "0.995000"), (1, 2, "0.333333"), (5, 0, "1.000000"), (0, 3, "0.000000"), (0, 0, None)]
    sql = macros["kpi_tpl_completeness_ratio"]("received", "missing")
    found = evaluate(duck, sql, {"received": "integer", "missing": "integer"}, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_a_share_of_nothing_is_none(macros, duck):
    sql = macros["kpi_tpl_share_ratio"]("part", "whole")
    found = evaluate(duck, sql, {"part": "integer", "whole": "integer"}, [(2, 3), (0, 3), (0, 0)])
    assert found == [Decimal("0.666667"), Decimal(0), None]


def test_a_message_waits_until_it_is_acknowledged_or_until_now(macros, duck):
    at = [datetime(2026, 1, 1, 10, 0, second) for second in (0, 30)]
    now = datetime(2026, 1, 3, 10)
    cases = [(at[0], at[1], 30), (at[0], at[0], 0), (at[1], at[0], 0), (at[0], None, 2 * 86_400), (now, None, 0)]
    sql = macros["kpi_tpl_waiting_seconds"]("sent", "acknowledged", "as_of")
    columns = {"sent": "timestamp", "acknowledged": "timestamp", "as_of": "timestamp"}
    assert evaluate(duck, sql, columns, [(*case[:2], now) for case in cases]) == [case[2] for case in cases]


def test_minutes_of_seconds(macros, duck):
    sql = macros["kpi_tpl_ack_minutes"]("seconds")
    found = evaluate(duck, sql, {"seconds": "bigint"}, [(900,), (901,), (0,), (None,)])
    assert found == [Decimal(15), Decimal("15.016667"), Decimal(0), None]


def test_an_answer_is_due_at_the_hour_not_before(macros, duck):
    sent, now = datetime(2026, 1, 1, 10), datetime(2026, 1, 2, 10)
    sql = macros["kpi_tpl_is_answer_due"]("sent", "hours", "as_of")
    columns = {"sent": "timestamp", "hours": "decimal(18, 6)", "as_of": "timestamp"}
    assert evaluate(duck, sql, columns, [(sent, "24", now), (sent, "25", now), (sent, "0", sent)]) == [
        True,
        False,
        True,
    ]

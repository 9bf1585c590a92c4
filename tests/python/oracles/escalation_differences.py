"""What the escalation marts say otherwise than the oracle, row by row: for the comparisons and for flipped policies.

Here: functions that give (differences, rows compared). Not here: how many differences there may be.
"""

from __future__ import annotations

from datetime import date, timedelta

from tests.python.fixtures_marts import Marts
from tests.python.oracles.compare import CENT, close, ratio_close
from tests.python.oracles.escalation import Escalation, Scope, Week


def week_differences(marts: Marts, said: dict[Scope, dict[date, Week]]) -> tuple[list, int]:
    """Rows of int_governance__overstock_week that do not say what the oracle says."""
    found = marts.rows("select * from governance.int_governance__overstock_week")
    keys = {(row["scope_type"], row["scope_id"], row["week_start_date"]) for row in found}
    assert keys == {(*scope, monday) for scope, its_weeks in said.items() for monday in its_weeks}
    differences = []
    for row in found:
        week = said[row["scope_type"], row["scope_id"]][row["week_start_date"]]
        if week.cogs is not None and 0 < abs(week.cogs) < CENT:
            continue  # less than a cent was sold: the mart's four digits may say nothing was
        wrong = [
            (name, row[name], value)
            for name, value in (("reason_code", week.reason), ("is_breach", week.is_breach))
            if row[name] != value
        ]
        if week.reason is None and not ratio_close(row["measure_value"], week.closing, week.cogs, 91):
            wrong.append(("measure_value", row["measure_value"], week.days))
        if not close(row["excess_amount"], week.excess):
            wrong.append(("excess_amount", row["excess_amount"], week.excess))
        differences += [(row["scope_id"], row["week_start_date"], *error) for error in wrong]
    return differences, len(found)


def escalation_differences(marts: Marts, said: dict[str, Escalation], as_of: date) -> tuple[list, int]:
    """Rows of fct_escalation and fct_escalation_level that do not say what the oracle says."""
    found = {row["escalation_id"]: row for row in marts.rows("select * from governance.fct_escalation")}
    differences: list = [("only in the mart", name) for name in sorted(found.keys() - said.keys())]
    differences += [("only in the oracle", name) for name in sorted(said.keys() - found.keys())]
    for name in sorted(found.keys() & said.keys()):
        differences += [(name, *error) for error in _errors(found[name], said[name], as_of)]
    rows = marts.rows("select * from governance.fct_escalation_level")
    levels = {(r["escalation_id"], r["level_number"]): _level(r) for r in rows}
    expected = {(name, number): level for name, one in said.items() for number, level in one.levels.items()}
    differences += [
        (key, levels.get(key), expected.get(key))
        for key in sorted(levels.keys() | expected.keys())
        if levels.get(key) != expected.get(key)
    ]
    return differences, len(found) + len(levels)


def _level(row: dict) -> tuple[date, str, date]:
    assert row["reached_date"] == row["reached_week_date"] + timedelta(days=6)
    return row["reached_week_date"], row["responsible_role"], row["due_date"]


def _errors(row: dict, said: Escalation, as_of: date) -> list:
    level = max(said.levels)
    monday, role, due = said.levels[level]
    closed_week, closed_reason = said.closed or (None, None)
    valued = [week for week in said.weeks if week.days is not None]
    exact = {
        "location_id": said.location,
        "first_week_date": said.first_week,
        "opened_date": said.opened,
        "last_breach_week_date": said.last_breach,
        "breach_week_count": said.breaches,
        "no_demand_week_count": len([week for week in said.weeks if week.reason == "no_demand"]),
        "current_level": level,
        "level_reached_date": monday + timedelta(days=6),
        "responsible_role": role,
        "due_date": due,
        "first_due_date": said.first_due,
        "acknowledged_date": said.taken and said.taken[0],
        "acknowledged_by": said.taken and said.taken[1],
        "closed_week_date": closed_week,
        "closed_reason": closed_reason,
        "is_open": closed_week is None,
        "is_due": said.first_due < as_of,
        "is_sla_breached": said.is_late(as_of),
        "target_value": said.weeks[-1].target,
    }
    wrong = [(name, row[name], value) for name, value in exact.items() if row[name] != value]
    if not close(row["excess_amount"], said.weeks[-1].excess):
        wrong.append(("excess_amount", row["excess_amount"], said.weeks[-1].excess))
    most = max((week.excess for week in said.weeks if week.excess is not None), default=None)
    if not close(row["max_excess_amount"], most):
        wrong.append(("max_excess_amount", row["max_excess_amount"], most))
    worst = max(valued, key=lambda week: week.days, default=None)
    if (row["worst_value"] is None) != (worst is None):
        wrong.append(("worst_value", row["worst_value"], worst))
    elif worst is not None and not ratio_close(row["worst_value"], worst.closing, worst.cogs, 91):
        wrong.append(("worst_value", row["worst_value"], worst.days))
    return wrong

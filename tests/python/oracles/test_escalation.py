"""Weekly breaches, escalations and how many were taken in time, against the oracle, every scope."""

from __future__ import annotations

from collections import Counter

from tests.python.oracles.compare import assert_none
from tests.python.oracles.escalation import escalations, weeks
from tests.python.oracles.escalation_differences import escalation_differences, week_differences


def test_days_on_hand_of_every_week(case):
    said = weeks(case.company)
    assert_none(*week_differences(case.marts, said))


def test_every_escalation(case):
    said = escalations(case.company, weeks(case.company))
    assert_none(*escalation_differences(case.marts, said, case.company.as_of_date))


def test_the_history_gives_something_to_compare(edge):
    """Closed and open ones, all three levels, weeks without demand: else the comparison above is empty words."""
    found = edge.marts.rows("select * from governance.fct_escalation")
    assert {row["is_open"] for row in found} == {True, False}
    assert {row["current_level"] for row in found} == {1, 2, 3}
    assert {row["scope_type"] for row in found} == {"sku_location", "location_category"}
    assert any(row["no_demand_week_count"] for row in found)


def test_a_scope_has_one_open_at_a_time(case):
    found = case.marts.rows("select scope_type, scope_id from governance.fct_escalation where is_open")
    assert found
    assert max(Counter((row["scope_type"], row["scope_id"]) for row in found).values()) == 1


def test_how_many_were_taken_in_time(case):
    """Per company and month of the promise, once all promises of the month are over."""
    as_of = case.company.as_of_date
    over = [
        one for one in escalations(case.company, weeks(case.company)).values() if one.first_due < as_of.replace(day=1)
    ]
    due = Counter(one.first_due.replace(day=1) for one in over)
    kept = Counter(one.first_due.replace(day=1) for one in over if not one.is_late(as_of))
    found = case.marts.rows(
        "select * from scorecard.fct_kpi_value where kpi_id = 'escalation_ack_ratio' and scope_type = 'company'"
    )
    assert {row["period_start_date"]: row["denominator"] for row in found} == due
    assert all(row["numerator"] == kept[row["period_start_date"]] for row in found)

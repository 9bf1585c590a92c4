"""Order lines against promise and quantity, their months and exceptions, against the oracle."""

from __future__ import annotations

from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.receipt_differences import EXACT, line_differences, month_differences
from tests.python.oracles.receipts import limits, order_lines


def test_every_order_line(case):
    assert_none(*line_differences(case, case.marts))


def test_every_month_of_every_scope(case):
    assert_none(*month_differences(case, case.marts))


def test_the_edge_company_has_every_reason_and_verdict(edge):
    """The comparison would be empty words if the odd cases did not occur."""
    found = edge.marts.rows("select * from lead.kpi_receipt_variance")
    states = {"cancelled", "nothing_ordered", "received", "closed_short", "never_received", "open"}
    assert {row["receipt_state"] for row in found} == states
    reasons = {"cancelled", "nothing_ordered", "no_promise", "never_received", "not_due", "no_plan", None}
    assert {row["date_variance_reason"] for row in found} == reasons | {"received_before_order"}
    assert {row["ordered_amount_reason"] for row in found} == {"no_price", "no_rate", None}
    for name in ("is_date_alert", "is_too_early", "is_quantity_alert", "is_on_time", "is_in_full", "is_otif"):
        assert {row[name] for row in found} == {True, False, None}, name
    for name in EXACT:
        assert len({row[name] for row in found}) > 1, name


def test_split_in_time_is_whole_never_received_is_late_and_a_supplier_without_judged_lines_is_null(edge):
    """Ten as six and four before the promise is one good line, none of five a failed one; nothing to judge is null."""
    names = ("line_count", "otif_judged_line_count", "otif_ratio", "otif_value_reason")
    rows = edge.marts.rows("select * from lead.fct_receipt_exception where scope_type = 'supplier'")
    said = {row["scope_id"].split(".")[1]: tuple(row[name] for name in names) for row in rows}
    assert said["split"] == (1, 1, 1, "no_value")
    assert said["absent"] == (1, 1, 0, "no_value")
    assert said["unjudged"] == (1, 0, None, "no_judged_line")
    lines = {r["supplier_id"]: r for r in edge.marts.rows("select * from lead.kpi_receipt_variance")}
    assert [lines[f"east.{name}"]["is_on_time"] for name in ("split", "absent", "unjudged")] == [True, False, None]


def test_a_ratio_is_null_with_its_reason_only(case):
    pairs = {"date_variance_ratio": "date_variance_reason", "quantity_variance_ratio": "quantity_variance_reason"}
    pairs |= {"is_otif": "otif_reason", "ordered_amount": "ordered_amount_reason"}
    rows = case.marts.rows("select * from lead.kpi_receipt_variance")
    assert rows
    for value, reason in pairs.items():
        assert all((row[value] is None) == (row[reason] is not None) for row in rows), value


def test_a_supplier_is_an_exception_above_the_share_of_policy(case):
    said = limits()
    rows = case.marts.rows("select * from lead.fct_receipt_exception")
    assert any(row["is_exception"] for row in rows)
    for row in rows:
        above = row["date_alert_line_count"] > said.exception * row["date_judged_line_count"]
        assert row["is_exception"] == (above and row["scope_type"] == "supplier"), row
        late = row["late_alert_line_count"] > said.late_exception * row["date_judged_line_count"]
        assert row["is_late_exception"] == (late and row["scope_type"] == "supplier"), row


def test_the_scorecard_tells_the_closed_months(case):
    told = case.marts.rows(
        "select * from scorecard.fct_kpi_value inner join scorecard.dim_kpi using (kpi_id) "
        "where model in ('kpi_receipt_variance', 'fct_receipt_exception')"
    )
    months = case.marts.rows("select * from lead.fct_receipt_exception where is_month_closed")
    assert len(told) == 5 * len(months)
    assert len(months) > 0
    for row in told:
        if row["kpi_value"] is not None:
            assert near(row["kpi_value"], row["numerator"] / row["denominator"])
        assert (row["kpi_value"] is None) == (row["reason_code"] is not None)


def test_an_alert_is_raised_for_the_supplier(tiny):
    raised = tiny.marts.rows("select * from scorecard.fct_alert where owner = 'procurement' and alert_status = 'open'")
    assert raised
    assert {row["scope_type"] for row in raised} == {"supplier"}
    last = max(row["period_end_date"] for row in raised)
    exceptions = tiny.marts.rows(
        f"select scope_id from lead.fct_receipt_exception where is_exception and last_day_date = date '{last}'"
    )
    alerted = {row["scope_id"] for row in raised if row["kpi_id"] == "receipt_date_alert_ratio"}
    assert {row["scope_id"] for row in exceptions} <= alerted


def test_values_of_months_add_up_over_suppliers(case):
    """Every supplier belongs to one company: lines and amounts of suppliers are those of the company."""
    sums = "sum(line_count) as lines, sum(otif_judged_amount) as amount"
    grouped = "select month_start_date, {} from lead.fct_receipt_exception where scope_type = '{}' group by 1"
    suppliers = {r["month_start_date"]: r for r in case.marts.rows(grouped.format(sums, "supplier"))}
    for row in case.marts.rows(grouped.format(sums, "company")):
        other = suppliers[row["month_start_date"]]
        assert row["lines"] == other["lines"]
        assert close(row["amount"], other["amount"])


def test_first_and_weighted_receipts_lie_around_the_full_one(case):
    """Without returns the first receipt is never after the full one, nor the weighted mean before the first."""
    oracle = order_lines(case.company, limits())
    rows = case.marts.rows("select * from lead.kpi_receipt_variance where receipt_state = 'received'")
    assert rows
    for row in rows:
        line = oracle[row["purchase_order_line_id"]]
        assert line.first <= row["full_receipt_date"]
        assert row["first_received_date"] <= row["full_receipt_date"]

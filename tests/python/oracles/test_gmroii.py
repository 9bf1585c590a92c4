"""Gross margin return on inventory investment against the oracle, every scope; its identity with turns."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.oracles.compare import assert_none, close, ratio_close
from tests.python.oracles.gmroii import Return, Sales, returns_on_stock


def months_of(case) -> list:
    """All months, or of a long history some: the first, the first full year, one between, the last two."""
    months = case.company.months
    return months if len(months) < 20 else [months[n] for n in (0, 11, 12, 25, -2, -1)]


def errors(row: dict, said: Return) -> list:
    """What a row of kpi_gmroii says otherwise than the oracle: (column, mart, oracle)."""
    amounts = {
        "net_sales_amount": said.sales,
        "cogs_amount": said.cogs,
        "gross_margin_amount": said.margin,
        "avg_inventory_amount": said.average,
        "uncosted_sales_amount": said.all_sales - (said.sales or 0),
    }
    wrong = [(name, row[name], value) for name, value in amounts.items() if not close(row[name], value)]
    if row["gmroii_reason"] != said.reason:
        wrong.append(("gmroii_reason", row["gmroii_reason"], said.reason))
    if said.reason is not None and row["gmroii_ratio"] is not None:
        wrong.append(("gmroii_ratio", row["gmroii_ratio"], None))
    if said.reason is None and not ratio_close(row["gmroii_ratio"], said.margin, said.average):
        wrong.append(("gmroii_ratio", row["gmroii_ratio"], said.margin / said.average))
    return wrong


def test_return_of_every_scope(case):
    sales, differences, total = Sales(case.company), [], 0
    for _, last_day in months_of(case):
        oracle = returns_on_stock(case.company, sales, last_day)
        found = case.marts.rows(f"select * from lag.kpi_gmroii where last_day_date = date '{last_day}'")
        assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
        total += len(found)
        for row in found:
            scope = row["scope_type"], row["scope_id"]
            differences += [(last_day, *scope, *error) for error in errors(row, oracle[scope])]
    assert_none(differences, total)


def test_return_is_margin_over_cost_share_times_turns(case):
    """GMROII = GM% / (1 - GM%) x turns, where both speak of the same records."""
    rows = case.marts.rows(
        "select g.*, t.turnover_ratio, t.uncosted_record_count as left_out from lag.kpi_gmroii as g "
        "inner join lag.kpi_inventory_turnover as t using (scope_type, scope_id, month_start_date) "
        "where g.gmroii_ratio is not null and g.net_sales_amount > 100 and g.cogs_amount > 100 "
        "and g.cogs_amount = t.turnover_numerator_amount and g.avg_inventory_amount = t.avg_inventory_amount"
    )
    assert rows or case.name == "tiny"  # tiny has no twelve months
    for row in rows:
        share = row["gross_margin_amount"] / row["net_sales_amount"]
        expected = share / (1 - share) * row["turnover_ratio"]
        assert abs(row["gmroii_ratio"] - expected) <= Decimal("0.0001") * max(1, abs(expected))
        parts = row["gross_margin_ratio"] * row["sales_to_stock_ratio"]
        assert abs(row["gmroii_ratio"] - parts) <= Decimal("0.0001") * max(1, abs(parts))


@pytest.mark.parametrize("reason", ["open_month", "no_sales", "short_history", "no_cost", None])
def test_the_edges_are_there_to_compare(edge, reason):
    """The comparison above would be empty words if every figure had one reason."""
    same = "is null" if reason is None else f"= '{reason}'"
    assert edge.marts.rows(f"select 1 from lag.kpi_gmroii where gmroii_reason {same} limit 1")


def test_lines_of_unknown_items_are_held_back_and_redelivered_ones_count_once(edge):
    held = edge.marts.rows("select rule_id from visibility.fct_quarantined_row where entity = 'sales_invoice_lines'")
    assert held == [{"rule_id": "unknown_item"}]
    told = edge.company.accepted.rows("erp", "sales_invoice_lines")
    keys = {(row.instance, row.invoice_number, row.line_number) for row in told}
    assert len(keys) < len(told)
    assert edge.marts.rows("select count(*) as n from core.fct_invoice_line")[0]["n"] == len(keys) - 1


def test_an_invoice_belongs_to_the_month_of_its_site(edge):
    lines = edge.marts.rows(
        "select invoice_number, month_start_date from core.fct_invoice_line "
        "where invoice_number in ('E1-NIGHT', 'E1-MORNING')"
    )
    months = {row["invoice_number"]: row["month_start_date"].month for row in lines}
    assert months == {"E1-NIGHT": 10, "E1-MORNING": 11}

"""The bridge of stock value, turns against audits, reported figures and what they come to, against their oracles."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.gmroii import Sales
from tests.python.oracles.turnover import figures
from tests.python.oracles.turnover_audit import Audited, audited_turns, found_errors
from tests.python.oracles.value_bridge import STEPS, Bridge, bridges

CONSERVED = " + ".join(f"{name}_amount" for name in ("opening", *STEPS, "residual"))


def bridge_errors(row: dict, said: Bridge) -> list:
    """What a row of kpi_stock_value_bridge says otherwise than the oracle."""
    wrong = [
        (name, row[f"{name}_amount"], amount)
        for name, amount in (("opening", said.opening), ("closing", said.closing))
        if not close(row[f"{name}_amount"], amount)
    ]
    wrong += [(s, row[f"{s}_amount"], said.steps[s]) for s in STEPS if not close(row[f"{s}_amount"], said.steps[s])]
    if row["uncosted_record_count"] != said.uncosted_records:
        wrong.append(("uncosted_record_count", row["uncosted_record_count"], said.uncosted_records))
    if (row["unexplained_reason"] == "no_cost") != (said.uncosted_records == said.records):
        wrong.append(("unexplained_reason", row["unexplained_reason"], said))
    return wrong


def test_every_step_of_the_bridge(case):
    oracle, differences = bridges(case.company), []
    rows = case.marts.rows("select * from lag.kpi_stock_value_bridge")
    assert {(r["scope_type"], r["scope_id"], r["month_start_date"]) for r in rows} == set(oracle)
    for row in rows:
        key = row["scope_type"], row["scope_id"], row["month_start_date"]
        differences += [(*key, *error) for error in bridge_errors(row, oracle[key])]
    assert_none(differences, len(rows))


def test_the_bridge_adds_up_exactly_and_leaves_next_to_nothing(case):
    broken = case.marts.rows(f"select * from lag.kpi_stock_value_bridge where {CONSERVED} <> closing_amount")
    assert broken == []
    worst = case.marts.rows("""
        select max(abs(residual_amount)) as residual, max(abs(transfer_amount)) filter (where scope_type = 'company')
            as transfers from lag.kpi_stock_value_bridge
    """)[0]  # fmt: skip
    assert worst["residual"] < Decimal("0.01") and worst["transfers"] == 0


def test_a_month_opens_with_what_the_one_before_closed_with(case):
    assert case.marts.rows("""
        select * from (
            select *, lag(closing_amount) over (partition by scope_type, scope_id order by month_start_date) as before
            from lag.kpi_stock_value_bridge
        ) where before is not null and before <> opening_amount
    """) == []  # fmt: skip


def test_the_steps_occur_somewhere(tiny, edge):
    for step in ("cost_of_sales", "customer_return", "price", "negative", "fx", "count_adjustment", "in_transit"):
        sql = f"select 1 from lag.kpi_stock_value_bridge where {step}_amount <> 0 limit 1"
        assert tiny.marts.rows(sql) or edge.marts.rows(sql), step
    assert edge.marts.rows("select 1 from lag.kpi_stock_value_bridge where uncosted_record_count > 0 limit 1")


def audit_errors(row: dict, said: Audited, choice: str) -> list:
    """What a row of kpi_turnover_audit says otherwise than the oracle."""
    wrong = []
    amounts = {
        "cogs_amount": said.cogs,
        "avg_inventory_amount": said.average,
        "shrink_amount": said.shrink,
        "audited_cogs_amount": said.audited_cogs(choice),
        "audited_inventory_amount": said.audited_average,
        "counted_inventory_amount": said.counted_average,
    }
    wrong += [(name, row[name], value) for name, value in amounts.items() if not close(row[name], value)]
    if row["audit_reason"] != said.reason(choice):
        wrong.append(("audit_reason", row["audit_reason"], said.reason(choice)))
    elif said.reason(choice) is None:
        deviation = said.deviation(choice)
        if not near(row["audit_deviation_ratio"], deviation, 4):
            wrong.append(("audit_deviation_ratio", row["audit_deviation_ratio"], deviation))
        tolerance, warning = (Decimal(policy(f"turnover_audit_{name}")) for name in ("tol", "warn"))
        verdict = "pass" if abs(deviation) <= tolerance else "warn" if abs(deviation) <= warning else "fail"
        edges = min(abs(abs(deviation) - bound) for bound in (tolerance, warning))
        if row["audit_verdict"] != verdict and edges > Decimal("0.00001"):
            wrong.append(("audit_verdict", row["audit_verdict"], verdict))
    return wrong


def audit_differences(case, marts, last_day, choice: str = "true") -> tuple[list, int]:
    """(differences, rows compared) of a month's end."""
    oracle, wrong = audited_turns(case.company, last_day), []
    rows = marts.rows(f"select * from lag.kpi_turnover_audit where last_day_date = date '{last_day}'")
    assert {(row["scope_type"], row["scope_id"]) for row in rows} == set(oracle)
    for row in rows:
        scope = row["scope_type"], row["scope_id"]
        wrong += [(last_day, *scope, *error) for error in audit_errors(row, oracle[scope], choice)]
    return wrong, len(rows)


def test_turns_of_the_books_against_audited_ones(case):
    months = case.company.months if len(case.company.months) < 20 else case.company.months[-2:]
    wrong, total = [], 0
    for _, last_day in months:
        more, compared = audit_differences(case, case.marts, last_day)
        wrong, total = wrong + more, total + compared
    assert_none(wrong, total)


def test_counts_and_audits_find_errors_to_compare(tiny, edge):
    for company in (tiny.company, edge.company):
        assert any(error for days in found_errors(company).values() for error in days.values())


def test_reported_figures_beside_ours(tiny):
    """Sums over the days of a division's records, a record without a cost in a month left out of it."""
    company, sales = tiny.company, Sales(tiny.company)
    rows = tiny.marts.rows("select * from lag.fct_system_kpi_verdict")
    key = ("instance", "kpi", "period_start", "period_end")
    told = latest(company.accepted.rows("erp", "system_kpis"), lambda r: tuple(getattr(r, k) for k in key))
    assert len(rows) == len(told) > 0
    wrong = []
    for row in rows:
        months = [m for m in company.months if m[1] >= row["period_start_date"] and m[0] <= row["period_end_date"]]
        sums, known = defaultdict(Decimal), 0
        for first, last in months:
            longest = 0
            for record, series in company.days.items():
                start = max(first, company.feed_start[record[1]])
                if company.masters.locations[record[1]].division != row["division_code"] or start > last:
                    continue
                days = [series[start + timedelta(days=n)] for n in range((last - start).days + 1)]
                longest = max(longest, len(days))
                if any(day.value is None or day.cogs is None for day in days) or (record, first) in sales.unrated:
                    continue
                sums["value"] += sum(day.value for day in days)
                sums["cogs"] += sum(day.cogs for day in days)
                sums["sales"] += sales.by_month.get((record, first), Decimal(0))
            known += longest
        part = sums["cogs"] if row["kpi_id"] == "inventory_turnover" else sums["sales"] - sums["cogs"]
        rate = part * 12 / len(months) / (sums["value"] / known)
        deviation = row["reported_rate"] / rate - 1
        agrees = abs(deviation) <= Decimal(policy("turnover_audit_tol"))
        if row["verdict_reason"] is not None:
            assert row["verdict_reason"] == "low_cost_coverage" and row["book_rate"] is None
        elif not near(row["book_rate"], rate, 4) or (row["verdict"] == "agree") != agrees:
            wrong.append((row, rate, deviation))
    assert_none(wrong, len(rows))


def test_the_false_figure_of_an_erp_is_found(tiny):
    """The turnover that the simulator falsified by 18 per cent lies furthest off, and is right on no average."""
    worst = tiny.marts.rows("select * from lag.fct_system_kpi_verdict order by abs(deviation_ratio) desc limit 1")[0]
    assert (worst["division_code"], worst["kpi_id"], worst["verdict"]) == ("north", "inventory_turnover", "differs")
    assert worst["period_end_date"].isoformat() == "2026-05-31" and worst["deviation_ratio"] < Decimal("-0.15")


def test_stock_ties_out_with_the_general_ledger(tiny):
    company, books = tiny.company, defaultdict(Decimal)
    key = ("instance", "account", "location_code", "period_end")
    for row in latest(company.accepted.rows("erp", "financial_balances"), lambda r: tuple(getattr(r, k) for k in key)):
        if row.account == "inventory":
            location = company.masters.locations[f"{row.instance}.{row.location_code}"]
            month = row.period_end.replace(day=1)
            rate = company.masters.rate(row.currency, location.company_currency, month, "closing")
            for scope in (location.location_id, location.division, location.company):
                books[scope, row.period_end] += row.amount * rate
    rows = tiny.marts.rows("select * from lag.fct_ledger_tie_out where tie_out = 'inventory'")
    assert {(row["scope_id"], row["last_day_date"]) for row in rows} == set(books)
    wrong = []
    for row in rows:
        ours = figures(company, row["last_day_date"])[row["scope_type"], row["scope_id"]].closing
        theirs = books[row["scope_id"], row["last_day_date"]]
        passes = abs(ours - theirs) <= Decimal(policy("ledger_tie_tol")) * theirs
        told = row["verdict"] == ("pass" if passes else "fail")
        if not close(row["our_amount"], ours) or not close(row["book_amount"], theirs) or not told:
            wrong.append((row, ours, theirs))
    assert_none(wrong, len(rows))


def test_working_capital_released(case):
    _, last_day = case.company.months[-2]
    oracle, wrong = figures(case.company, last_day), []
    rows = case.marts.rows(f"select * from service.kpi_financial_outcome where last_day_date = date '{last_day}'")
    target, cash = Decimal(policy("days_on_hand_target")), Decimal(policy("cash_saving_rate"))
    kinds = ("category", "location", "region", "division", "company")
    assert {(r["scope_type"], r["scope_id"]) for r in rows} == {scope for scope in oracle if scope[0] in kinds}
    for row in rows:
        said = oracle[row["scope_type"], row["scope_id"]]
        if said.doh_90 is None:
            if row["wc_release_amount"] is not None or row["wc_release_reason"] is None:
                wrong.append((row, said))
            continue
        release = (said.doh_90 - target) * said.cogs_90 / 90
        if not close(row["wc_release_amount"], release) or not close(row["cash_saving_amount"], release * cash):
            wrong.append((row, release))
        if row["carrying_saving_amount"] * row["wc_release_amount"] < 0:
            wrong.append((row, "a saving has the sign of what is released"))
    assert_none(wrong, len(rows))


@pytest.mark.parametrize("reason", ["short_history", "insufficient", "no_cost"])
def test_the_edges_of_an_audit_are_there(edge, reason):
    assert edge.marts.rows(f"select 1 from lag.kpi_turnover_audit where audit_reason = '{reason}' limit 1")

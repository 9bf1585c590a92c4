"""Fill, OTIF and perfect orders of every scope and month, and contracts kept, against the oracle."""

from __future__ import annotations

from decimal import Decimal

from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.contract_service import ContractService
from tests.python.oracles.fill import Fill, last_day


def fill_differences(company, marts, moment=None):
    """(differences, rows) between kpi_fill_rate and the oracle."""
    said = Fill(company, moment).months()
    rows = marts.rows("select * from service.kpi_fill_rate")
    assert {(r["scope_type"], r["scope_id"], r["month_start_date"]) for r in rows} == set(said)
    wrong = []
    for row in rows:
        sums = said[row["scope_type"], row["scope_id"], row["month_start_date"]]
        has_orders = row["scope_type"] in ("location", "division", "company")
        orders = {name: len(sums.orders[name]) for name in ("judged", "filled", "told", "perfect")}
        exact = {
            "line_count": sums.lines, "judged_line_count": sums.judged, "filled_line_count": sums.filled_lines,
            "unvalued_line_count": sums.unvalued, "otif_judged_line_count": sums.otif_judged,
            "otif_line_count": sums.otif, "asked_qty": sums.asked, "filled_qty": sums.filled,
            "last_day_date": last_day(row["month_start_date"], company.as_of_date),
        }  # fmt: skip
        off = [name for name, value in exact.items() if row[name] != value]
        off += [name for name, value in (("asked_amount", sums.value), ("filled_amount", sums.filled_value))
                if not close(row[name], value)]  # fmt: skip
        ratios = {"line_fill_ratio": (sums.filled_lines, sums.judged), "unit_fill_ratio": (sums.filled, sums.asked),
                  "customer_otif_ratio": (sums.otif, sums.otif_judged)}  # fmt: skip
        if has_orders:
            counts = {"judged_order_count": "judged", "filled_order_count": "filled",
                      "perfect_judged_order_count": "told", "perfect_order_count": "perfect"}  # fmt: skip
            off += [name for name, key in counts.items() if (row[name] or 0) != orders[key]]
            ratios |= {"order_fill_ratio": (orders["filled"], orders["judged"]),
                       "perfect_order_ratio": (orders["perfect"], orders["told"])}  # fmt: skip
        else:
            off += [name for name in ("order_fill_ratio", "perfect_order_ratio") if row[name] is not None]
        for name, (part, whole) in ratios.items():
            if not near(row[name], Decimal(part) / Decimal(whole) if whole else None):
                off.append(name)
        if off:
            wrong.append((row["scope_type"], row["scope_id"], row["month_start_date"], off, row, sums))
    return wrong, len(rows)


def test_every_scope_and_month(case):
    assert_none(*fill_differences(case.company, case.marts))


def test_who_tells_what_left(tiny_marts, wwi_marts):
    """Invoices where they name orders; the picks of Wide World Importers, whose invoices name none."""
    query = "select told_by, count(*) as n from service.int_service__order_line_departure group by all"
    assert {row["told_by"] for row in tiny_marts.rows(query)} == {"invoice"}
    assert [(row["told_by"], row["n"]) for row in wwi_marts.rows(query)] == [("picked", 228_265)]


def test_a_value_is_null_with_its_reason_only(edge):
    names = ("value_fill", "customer_otif", "order_fill", "perfect_order")
    pairs = {f"{name}_ratio": f"{name}_reason" for name in names}
    pairs |= {"line_fill_ratio": "fill_reason", "unit_fill_ratio": "fill_reason"}
    rows = edge.marts.rows("select * from service.kpi_fill_rate")
    for value, reason in pairs.items():
        assert all((row[value] is None) == (row[reason] is not None) for row in rows), value
        assert {row[value] is None for row in rows} == {True, False}, value


def test_the_edge_company_has_every_reason_and_verdict(edge):
    rows = edge.marts.rows("select * from service.int_service__order_line_fill")
    reasons = {"nothing_ordered", "withdrawn", "no_due_date", "not_due", None}
    assert {row["fill_reason"] for row in rows} == reasons
    for name in ("is_filled", "is_on_time", "is_in_full", "is_otif"):
        assert {row[name] for row in rows} == {True, False, None}, name
    assert {row["is_goods_flaw"] for row in rows} == {row["is_paper_flaw"] for row in rows} == {True, False}
    assert any(0 < row["filled_qty"] < row["asked_qty"] < row["shipped_qty"] for row in rows) or any(
        0 < row["filled_qty"] < row["shipped_qty"] for row in rows
    )
    assert any(row["is_otif"] and not row["is_filled"] for row in rows)  # late for the wish, not for the promise


def test_every_contract_month(case):
    said = ContractService(case.company, case.marts.rows).months()
    rows = case.marts.rows("select * from service.fct_contract_service")
    found = {(r["division_code"], r["contract_number"], r["line_number"], r["month_start_date"]): r for r in rows}
    assert set(found) == set(said)
    wrong = []
    for key, row in found.items():
        month = said[key]
        off = [n for n in ("wanted_qty", "served_qty", "short_qty", "is_kept", "window_month_count", "order_line_count")
               if row[n] != month[n]]  # fmt: skip
        off += [n for n in ("short_amount", "exposure_amount", "penalty_amount") if not close(row[n], month[n])]
        if off:
            wrong.append((key, off, row, month))
    if case.name != "wwi":  # it has no contracts
        assert_none(wrong, len(found))


def test_contracts_of_every_type_are_kept_and_missed(tiny, edge):
    rows = [row for case in (tiny, edge) for row in case.marts.rows("select * from service.fct_contract_service")]
    assert {row["service_type"] for row in rows} == {"fill", "in_stock", "cycle"}
    assert {row["is_kept"] for row in rows} == {True, False, None}
    assert any(row["penalty_amount"] and row["penalty_amount"] > 0 for row in rows)
    assert any(row["exposure_amount"] and row["penalty_amount"] == 0 for row in rows)

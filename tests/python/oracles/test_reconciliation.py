"""ERP, bins and ledger, and the record rules, against the oracle."""

from __future__ import annotations

from tests.python.oracles.compare import assert_none, close
from tests.python.oracles.reconciliation import agreements, compare
from tests.python.oracles.records import dead, frozen, negative, stale, stock_at_cut_off


def test_delta_and_match_of_every_record_and_cut_off(case):
    oracle = compare(case.company)
    found = case.marts.rows("select * from visibility.kpi_stock_reconciliation")
    mart = {((row["sku_id"], row["location_id"]), row["cut_off_at"]): row for row in found}
    assert len(mart) == len(found)
    differences = [key for key in mart.keys() ^ oracle.keys()]
    for key in mart.keys() & oracle.keys():
        row, said = mart[key], oracle[key]
        mine = row["as_of_at"], row["erp_on_hand_qty"], row["ledger_on_hand_qty"], row["delta_qty"], row["is_matched"]
        mine += row["bin_as_of_at"], row["bin_on_hand_qty"], row["bin_delta_qty"], row["side_alone"]
        theirs = said.as_of, said.erp, said.ledger, said.delta, said.is_matched
        if mine != (*theirs, said.bin_as_of, said.bins, said.bin_delta, said.side_alone):
            differences.append((key, mine, said, said.delta))
        assert (row["break_class"] == "matched") == said.is_matched
    assert_none(differences, len(found))


def test_agreement_of_every_scope_and_day(case):
    oracle = agreements(case.company, compare(case.company))
    found = case.marts.rows("select * from visibility.fct_stock_agreement")
    mart = {(row["scope_type"], row["scope_id"], row["agreement_date"]): row for row in found}
    differences = [key for key in mart.keys() ^ oracle.keys()]
    for key in mart.keys() & oracle.keys():
        row, said = mart[key], oracle[key]
        counts = row["matched_record_count"], row["record_count"], row["agreed_record_count"]
        counts += (row["uncosted_record_count"],)
        same = counts == (said.matched, said.records, said.agreed, said.uncosted)
        same &= close(row["net_amount"], said.net) and close(row["gross_amount"], said.gross)
        same &= close(row["book_amount"], said.book)
        ratio = said.gross / said.book if said.book else None
        same &= (row["gross_variance_ratio"] is None) == (ratio is None) == (row["gross_variance_reason"] is not None)
        if not (same and (ratio is None or abs(row["gross_variance_ratio"] - ratio) < 1e-5)):
            differences.append((key, row, said))
    assert_none(differences, len(found))


def test_the_company_of_the_last_day_holds_every_location(case):
    """Its locations cut off on two dates of UTC: the figure held those of the later one alone."""
    figures = "select * from scorecard.fct_kpi_value where kpi_id = 'stock_match_ratio'"
    rows = case.marts.rows(f"{figures} qualify period_end_date = max(period_end_date) over ()")
    company = [row for row in rows if row["scope_type"] == "company"]
    places = [row for row in rows if row["scope_type"] == "location"]
    if case.name != "edge":  # there a location was compared some days before
        assert sum(row["denominator"] for row in company) == sum(row["denominator"] for row in places)
    assert company


def test_the_edge_company_has_every_side_alone(edge):
    sides = {said.side_alone for said in compare(edge.company).values()}
    assert sides >= {"none", "erp", "wms", "ledger", "unknown"}


def test_stock_of_the_record_table(case):
    found = case.marts.rows("select sku_id, location_id, on_hand_qty from visibility.fct_stock_record")
    assert {(r["sku_id"], r["location_id"]): r["on_hand_qty"] for r in found} == stock_at_cut_off(case.company)


def flagged(case, rule: str) -> dict:
    """Record -> observed value of the flags of a rule."""
    rows = case.marts.rows(f"select * from visibility.fct_stock_record_flag where rule_id = '{rule}'")
    return {(row["sku_id"], row["location_id"]): row["observed_value"] for row in rows}


def test_negative_stock(case):
    assert set(flagged(case, "DQ-N1")) == negative(case.company)


def test_stale_records(case):
    rows = case.marts.rows("select sku_id, location_id, abc_class from visibility.fct_stock_record")
    classes = {(row["sku_id"], row["location_id"]): row["abc_class"] for row in rows}
    assert flagged(case, "DQ-S1") == stale(case.company, classes)


def test_frozen_sellers(case):
    mart, oracle = flagged(case, "DQ-P1"), frozen(case.company)
    assert set(mart) == set(oracle)
    for record, probability in oracle.items():
        assert abs(float(mart[record]) - probability) < 1e-5, record  # the rate is kept to six digits


def test_dead_stock(case):
    assert flagged(case, "DQ-P2") == dead(case.company)


def test_the_edge_company_breaks_every_rule_once(edge):
    for rule in ("DQ-N1", "DQ-S1", "DQ-P1", "DQ-P2"):
        assert flagged(edge, rule), f"nothing to compare for {rule}"

"""The audit: every rule fails on its fault and on nothing else, flags never block, a broken check is no pass."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations import results as audit_results
from expectations import runner
from expectations.check import COULD_NOT_CHECK, CRITICAL, FAILED, PASSED, CheckResult
from expectations.runner import run_suites
from expectations.suites import BELIEFS
from orchestration.lib.paths import Home
from tests.python.marts_fixture import make_build

RECORD = "visibility.fct_stock_record"
EVIDENCE = "visibility.fct_stock_record_evidence"
FIRST = "where sku_id = 'sku_0'"


def flag(rule: str) -> str:
    return (
        "insert into visibility.fct_stock_record_flag "
        f"select sku_id, location_id, '{rule}', date '2026-06-30', 'warning' from {RECORD} {FIRST}"
    )


FAULTS = {
    "row_accounting.AR-1": ["update visibility.fct_row_account set rows_unaccounted = 1 where batch_id like '%b1'"],
    "row_accounting.AR-2": [
        "update visibility.fct_row_account set quarantined_ratio = 0.0501 where batch_id like '%b1'"
    ],
    "row_accounting.AR-3": ["update visibility.fct_ledger_account set rows_unaccounted = -1"],
    "stale_stock.SF-1": ["update visibility.fct_location_audit set feed_age_days = 4 where location_id = 'loc_0'"],
    "phantom_stock.PV-1": [
        "update visibility.fct_location_audit set flagged_value_ratio = 0.2001 where location_id = 'loc_0'"
    ],
    "stale_stock.DQ-S1": [f"update {RECORD} set record_age_days = 2 {FIRST}", flag("DQ-S1")],
    "stale_stock.DQ-S2": [f"update {RECORD} set days_since_count = 136 {FIRST}", flag("DQ-S2")],
    "phantom_stock.DQ-N1": [f"update {RECORD} set on_hand_qty = -0.0001 {FIRST}", flag("DQ-N1")],
    "phantom_stock.DQ-P1": [f"update {RECORD} set zero_sales_probability = 0.009999 {FIRST}", flag("DQ-P1")],
    "phantom_stock.DQ-P2": [f"update {RECORD} set days_since_movement = 180 {FIRST}", flag("DQ-P2")],
    "phantom_stock.DQ-P4": [f"update {RECORD} set balance_delta_qty = -0.5001 {FIRST}", flag("DQ-P4")],
    "phantom_stock.DQ-P3": [f"update {EVIDENCE} set short_pick_count = 2 {FIRST}", flag("DQ-P3")],
    "phantom_stock.DQ-P5": [f"update {EVIDENCE} set impossible_place_qty = 0.0001 {FIRST}", flag("DQ-P5")],
    "phantom_stock.DQ-P6": [f"update {EVIDENCE} set staging_hours = 24.000001 {FIRST}", flag("DQ-P6")],
    "phantom_stock.DQ-P7": [f"update {EVIDENCE} set opposite_bin_qty = 0.0001 {FIRST}", flag("DQ-P7")],
    "phantom_stock.DQ-V2": [f"update {EVIDENCE} set cost_change_ratio = 0.500001 {FIRST}", flag("DQ-V2")],
    "stale_stock.SF-2": ["update visibility.fct_source_freshness set feed_age_days = 4 where instance = 'site_0'"],
}

AT_THE_LIMIT = [
    "update visibility.fct_row_account set quarantined_ratio = max_quarantined_ratio",
    "update visibility.fct_location_audit set feed_age_days = 3, flagged_value_ratio = max_flagged_value_ratio",
    f"update {RECORD} set zero_sales_probability = 0.01, days_since_movement = 179, balance_delta_qty = -0.5, "
    "days_since_count = 135, on_hand_qty = 0.0001",
    f"update {EVIDENCE} set short_pick_count = 1, staging_hours = 24, cost_change_ratio = 0.5",
    "update visibility.fct_source_freshness set feed_age_days = 3",
]


def audit(home: Home, statements=(), checks=BELIEFS) -> dict[str, CheckResult]:
    make_build(home, tuple(statements))
    with duckdb.connect(str(home.build_db), read_only=True) as connection:
        return {result.rule.name: result for result in run_suites(connection, checks)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


def test_a_clean_build_passes_every_rule(home):
    found = audit(home)
    assert set(found) == set(FAULTS), "every rule of the suites has its fault here"
    assert {r.outcome for r in found.values()} == {PASSED}
    assert not any(r.blocks for r in found.values())
    assert found["phantom_stock.DQ-P1"].checked_rows == 50


def test_values_at_the_limit_pass(home):
    assert {r.outcome for r in audit(home, AT_THE_LIMIT).values()} == {PASSED}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_fails_its_rule_alone_and_blocks_only_if_critical(home, name):
    found = audit(home, FAULTS[name])
    assert {n for n, r in found.items() if r.outcome != PASSED} == {name}
    result = found[name]
    assert (result.outcome, result.failed_rows) == (FAILED, 1), result.message
    assert len(result.keys) == 1
    assert result.blocks is (result.rule.severity == CRITICAL) is ("DQ-" not in name and "SF-2" not in name)


def test_nobody_counted_and_nothing_sold_is_no_fault(home):
    found = audit(
        home,
        [
            f"update {RECORD} set days_since_count = null, days_since_movement = null, zero_sales_probability = null, "
            "balance_delta_qty = null"
        ],
    )
    assert {r.outcome for r in found.values()} == {PASSED}


def test_an_empty_build_passes_and_counts_no_rows(home):
    found = audit(home, [f"delete from {t}" for t in ("visibility.fct_row_account", RECORD)])
    assert {r.outcome for r in found.values()} == {PASSED}
    assert found["row_accounting.AR-1"].checked_rows == 0


def test_a_missing_count_is_no_zero(home):
    found = audit(home, ["update visibility.fct_row_account set rows_unaccounted = null where batch_id like '%b1'"])
    assert found["row_accounting.AR-1"].outcome == FAILED
    assert found["row_accounting.AR-1"].keys[0][1] == "wms/site_a/movements/b1"


BROKEN = {
    "table missing": ["drop table visibility.fct_location_audit"],
    "column missing": ["alter table visibility.fct_location_audit drop column feed_age_days"],
    "no policy row": ["update visibility.fct_location_audit set max_feed_age_days = null"],
}


@pytest.mark.parametrize("why", sorted(BROKEN))
def test_what_could_not_be_checked_is_kept_apart_and_blocks_when_critical(home, why):
    result = audit(home, BROKEN[why])["stale_stock.SF-1"]
    assert result.outcome == COULD_NOT_CHECK
    assert result.blocks
    assert result.message


def test_an_exception_inside_great_expectations_is_no_verdict(home, monkeypatch):
    checks = [c for c in BELIEFS if c.rule.id == "AR-1"]
    broken = [runner.Check(**{**checks[0].__dict__, "kwargs": {"column": "not_there", "min_value": 0}})]
    result = audit(home, checks=broken)["row_accounting.AR-1"]
    assert result.outcome == COULD_NOT_CHECK
    assert "not_there" in result.message


def test_a_flag_without_its_condition_is_a_disagreement_not_a_failure(home):
    result = audit(home, [flag("DQ-N1")])["phantom_stock.DQ-N1"]
    assert result.outcome == COULD_NOT_CHECK
    assert "0 rows" in result.message
    assert not result.blocks


def test_the_message_of_a_block_names_suite_rule_keys_and_the_way_out(home, tmp_path):
    found = audit(home, [*FAULTS["row_accounting.AR-2"], *FAULTS["stale_stock.DQ-S1"]])
    text = str(audit_results.AuditBlocked(list(found.values()), tmp_path))
    assert "row_accounting AR-2 failed for 1 of 3" in text
    assert "make withdraw BATCH=wms/site_a/movements/b1" in text
    assert "0.0501 against limit 0.0500" in text
    assert "DQ-S1" not in text, "a warning does not block"


def test_results_land_once_whatever_their_outcome(home):
    as_of = datetime(2026, 6, 30)
    found = list(audit(home, FAULTS["row_accounting.AR-2"]).values())
    folder = audit_results.land(home, found, "ab" * 32, as_of)
    assert folder.parent.relative_to(home.landing).as_posix() == "audit/gx/validation_results"
    assert audit_results.land(home, found, "ab" * 32, as_of) == folder
    assert audit_results.land(home, found[:-1], "ab" * 32, as_of) != folder
    assert audit_results.land(home, found, "ab" * 32, datetime(2026, 7, 31)) != folder
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select suite || '.' || rule, outcome, failed_rows, as_of "
            f"from '{folder}/*.parquet' where outcome = 'failed'"
        ).fetchall()
    assert rows == [("row_accounting.AR-2", "failed", 1, as_of)]


def test_all_failing_keys_are_written_and_no_cell_is_a_formula(home, tmp_path):
    hostile = "=cmd()|' /C calc'!A0"
    statements = [
        f"update {RECORD} set on_hand_qty = -1",
        f"update {RECORD} set sku_id = '{hostile.replace(chr(39), chr(39) * 2)}' {FIRST}",
        "insert into visibility.fct_stock_record_flag "
        f"select sku_id, location_id, 'DQ-N1', date '2026-06-30', 'warning' from {RECORD}",
    ]
    make_build(home, tuple(statements))
    with duckdb.connect(str(home.build_db), read_only=True) as connection:
        found = run_suites(connection, BELIEFS)
        written = audit_results.write_keys(tmp_path, BELIEFS, found, connection)
    assert [p.name for p in written] == ["phantom_stock.DQ-N1.csv"]
    lines = written[0].read_text().splitlines()
    assert len(lines) == 51
    assert lines[0] == "sku_id,location_id"
    assert lines[1].startswith("'=cmd()")
    result = next(r for r in found if r.rule.id == "DQ-N1")
    assert (len(result.keys), result.failed_rows) == (20, 50)

"""The suites of whole tables: every core table has one, every rule finds the row that breaks it, and counts agree.

Here: mutations of a copied build, one rule after the other, with Great Expectations judging each. Not here: rules with
limits of policy (test_expectations.py), what a publication does with a verdict (test_orchestration.py).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from expectations import catalogue, runner
from expectations.check import COULD_NOT_CHECK, CRITICAL, DIMENSIONS, FAILED, PASSED, Check
from expectations.suites import SUITES, TABLES
from orchestration.lib.content_hash import content_tables
from orchestration.lib.paths import REPO
from orchestration.lib.sql import ident, literal

NAMES = [check.rule.name for check in TABLES]
RECORDS = {f"visibility.fct_stock_record{tail}" for tail in ("", "_evidence", "_flag")}
OF_DESIGN = {"AR-1", "AR-2", "AR-3", "SF-1", "PV-1"}
FUTURE = "timestamp '2999-01-01 00:00:00'"


def tables_of(schema: str) -> set[str]:
    return {f"{schema}.{path.stem}" for path in (REPO / "models" / "marts" / schema).glob("*.sql")}


def test_every_core_table_and_record_table_has_a_suite_with_its_grain():
    unique = {check.table for check in TABLES if check.rule.id == "unique"}
    missing = sorted((tables_of("core") | RECORDS) - unique)
    assert not missing, f"{missing} have no suite: add a TableSuite with its grain to expectations/core_*.py"
    assert unique - RECORDS <= tables_of("core"), "a suite of a table that is no more"


def test_every_grain_is_the_one_that_dbt_tests():
    for check in TABLES:
        if check.rule.id != "unique":
            continue
        schema, name = check.table.split(".")
        text = (REPO / "models" / "marts" / schema / f"{name}.yml").read_text(encoding="utf-8")
        told = re.search(r"unique_grain:\s*arguments: *\{columns: \[(.*?)\]\}", text).group(1)
        grain = re.sub(r"coalesce\((\w+), '-'\)", r"\1", told).replace('"', "").split(", ")
        assert set(grain) <= set(check.key), f"{check.table}: {grain} against {check.key}"


def test_every_rule_is_told_apart_and_says_what_it_is():
    names = [check.rule.name for check in SUITES]
    assert len(set(names)) == len(names)
    for rule in (check.rule for check in SUITES):
        assert rule.dimension in DIMENSIONS, rule
        assert rule.owner and rule.says and rule.advice
    assert {check.rule.dimension for check in SUITES} == set(DIMENSIONS)


def test_only_what_the_design_lets_block_is_critical():
    """Broken conservation or accounting of rows, a doubled grain, a dead feed, a flagged share above its bound."""
    critical = {(check.rule.suite, check.rule.id) for check in SUITES if check.rule.severity == CRITICAL}
    others = {(suite, rule) for suite, rule in critical if rule not in OF_DESIGN | {"unique"}}
    assert others == {
        ("fct_stock_position", "conserved"),
        ("fct_stock_on_hand", "conserved"),
        ("fct_landed_file", "adds_up"),
        ("fct_delivery_account", "adds_up"),
    }


def test_the_seed_of_rules_is_what_the_suites_say():
    written = (REPO / catalogue.SEED).read_text(encoding="utf-8")
    assert written == catalogue.render(), f"{catalogue.SEED} is out of date: run `make docs`"


@pytest.fixture(scope="module")
def broken(tiny_marts, tmp_path_factory):
    """A copy of the built marts with every audited view made a table, so that each can be broken and put back."""
    marts = tiny_marts.copy(tmp_path_factory.mktemp("broken") / "home")
    connection = duckdb.connect(str(marts.home.build_db))
    for table in {check.table for check in TABLES}:
        connection.execute(f"create or replace temp table kept as select * from {table}")
        if table.endswith("position_daily"):
            connection.execute("delete from kept where date_day <> (select as_of_date from core.dim_cutoff)")
        is_view = connection.execute(
            "select count(*) from duckdb_views() where schema_name || '.' || view_name = ?", [table]
        ).fetchone()[0]
        connection.execute(f"drop {'view' if is_view else 'table'} {table}")
        connection.execute(f"create table {table} as select * from kept")
    for table in {check.table for check in TABLES}:
        some_row(connection, table)
    runner._set_cutoff(connection)
    yield connection, runner._batches()
    connection.close()


def columns_of(connection, table: str) -> dict[str, str]:
    schema, name = table.split(".")
    return dict(
        connection.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = ? and table_name = ? order by ordinal_position",
            [schema, name],
        ).fetchall()
    )


def plain(data_type: str) -> str:
    return {"DATE": "date '2026-01-31'", "BOOLEAN": "true", "VARCHAR": "'x'"}.get(
        data_type, "timestamp '2026-01-31 00:00:00'" if data_type.startswith("TIMESTAMP") else "0"
    )


def some_row(connection, table: str) -> None:
    """Give an empty table a row that names what there is and says allowed words."""
    types = columns_of(connection, table)
    words = {c.observed: literal(c.kwargs["value_set"][0]) for c in TABLES if c.table == table and c.is_text}
    if not connection.execute(f"select count(*) from {table}").fetchone()[0]:
        there = {"sku_id": "(select min(sku_id) from core.dim_sku)", "successor_sku_id": "null"}
        there["location_id"] = "(select min(location_id) from core.dim_location)"
        values = ", ".join(f"{(there | words).get(name, plain(kind))}::{kind}" for name, kind in types.items())
        connection.execute(f"insert into {table} values ({values})")


def breaking(check: Check, types: dict[str, str]) -> str:
    """SQL of the assignments that make the row of rowid 0 break the rule."""
    rule = check.rule.id
    if rule == "filled":
        return f"{ident(_judged(check)[0])} = null"
    if rule == "known":
        return f"{ident(_judged(check)[0])} = 'nobody knows this'"
    if rule == "not_negative":
        return f"{ident(_judged(check)[0])} = -1"
    if rule == "past":
        return f"{ident(_judged(check)[0])} = {FUTURE}"
    if rule.startswith("words_of_"):
        return f"{ident(check.observed)} = 'no such word'"
    if rule == "ordered":
        first, second = _judged(check)[:2]
        small, large = ("0", "1")
        if types[first] == "DATE" or types[first].startswith("TIMESTAMP"):
            small, large = "date '2026-01-01'", "date '2026-01-02'"
        return f"{ident(first)} = {large}, {ident(second)} = {small}"
    raise AssertionError(f"no way to break {check.rule.name}: add it to HAND or SUMS")


def _judged(check: Check) -> list[str]:
    return list(dict.fromkeys(re.findall(r'"(\w+)"', next(iter(check.columns.values())))))


HAND = {
    "dim_cutoff.one_row": "insert into core.dim_cutoff select as_of_at - interval 1 day, as_of_date - 1 "
    "from core.dim_cutoff",
    "fct_stock_record.complete": "delete from visibility.fct_stock_record where rowid = 0",
    "fct_stock_position_daily.agrees": "update core.fct_stock_position_daily set on_hand_qty = on_hand_qty + 1 "
    "where rowid = 0",
}
HAND |= {
    f"{table}.without_gaps": f"update core.{table} set {column} = {column} + interval 2 day where rowid = 0"
    for table, column in (
        ("fct_stock_position", "valid_to"),
        ("fct_stock_on_hand", "valid_to"),
    )
}
HAND["fct_unit_cost.without_gaps"] = (
    "insert into core.fct_unit_cost select * replace (valid_from_date - 3 as valid_from_date, "
    "valid_from_date - 1 as valid_to_date) from core.fct_unit_cost where rowid = 0"
)
SUMS = {
    "fct_stock_position.conserved": "on_hand_qty",
    "fct_stock_on_hand.conserved": "on_hand_qty",
    "fct_cost_layer.adds_up": "layer_amount",
    "fct_cycle_count.adds_up": "variance_qty",
    "fct_count_result.adds_up": "variance_qty",
    "fct_transfer.adds_up": "in_transit_qty",
    "fct_restatement.adds_up": "restated_qty",
    "fct_sequence_gap.adds_up": "missing_event_count",
    "fct_receipt.adds_up": "accepted_qty",
    "fct_inventory_position.adds_up": "net_position_qty",
    "fct_demand_daily.adds_up": "gross_demand_qty",
    "fct_forecast_error.adds_up": "error_qty",
    "fct_landed_file.adds_up": "row_count",
    "fct_delivery_account.adds_up": "accepted_row_count",
    "fct_stock_record.adds_up": "on_hand_amount",
    "fct_stock_record.agrees": "on_hand_qty",
    "fct_stock_record_evidence.agrees": "on_hand_qty",
}


def break_it(connection, check: Check) -> None:
    name, table = check.rule.name, check.table
    types = columns_of(connection, table)
    if name in HAND:
        connection.execute(HAND[name])
    elif check.rule.id == "unique":
        connection.execute(f"insert into {table} select * from {table} where rowid = 0")
    elif name in SUMS:
        column = SUMS[name]
        which = f"valid_to = (select max(valid_to) from {table})" if "conserved" in name else "true"
        row = f"(select min(rowid) from {table} where {which} and {column} is not null)"
        connection.execute(f"update {table} set {column} = {column} + 1 where rowid = {row}")
    else:
        connection.execute(f"update {table} set {breaking(check, types)} where rowid = 0")


@pytest.mark.parametrize("check", TABLES, ids=NAMES)
def test_a_broken_row_is_found_by_its_rule_and_both_count_it(broken, check):
    connection, batches = broken
    connection.execute("begin")
    try:
        before = runner.run_check(batches, check, connection)
        assert before.outcome != COULD_NOT_CHECK, before.message
        break_it(connection, check)
        after = runner.run_check(batches, check, connection)
    finally:
        connection.execute("rollback")
    assert after.outcome == FAILED, (after, before)
    assert after.failed_rows > before.failed_rows, (before, after)
    assert after.keys, after


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_a_rule_that_raises_could_not_be_checked_and_blocks_only_if_critical(broken, severity):
    connection, batches = broken
    check = next(c for c in TABLES if c.rule.name == "dim_sku.filled")
    rule = replace(check.rule, severity=severity)
    for fault in ({"keys_sql": "select no_such_column from core.dim_sku"}, {"expectation": "ExpectNothingKnown"}):
        result = runner.run_check(batches, replace(check, rule=rule, **fault), connection)
        assert (result.outcome, result.blocks) == (COULD_NOT_CHECK, severity == "critical"), result
        assert result.message


def test_two_counts_that_differ_are_no_verdict(broken):
    connection, batches = broken
    check = next(c for c in TABLES if c.rule.name == "dim_sku.filled")
    result = runner.run_check(batches, replace(check, keys_sql="select sku_id from core.dim_sku limit 1"), connection)
    assert result.outcome == COULD_NOT_CHECK
    assert "0 rows against the rule and our SQL 1" in result.message


def test_without_a_cut_off_nothing_is_called_past(broken):
    connection, batches = broken
    check = next(c for c in TABLES if c.rule.name == "fct_stock_movement.past")
    connection.execute("set variable as_of_at = null")
    try:
        result = runner.run_check(batches, check, connection)
    finally:
        runner._set_cutoff(connection)
    assert result.outcome == COULD_NOT_CHECK
    assert "core.dim_cutoff" in result.message


def test_each_row_or_each_value_seen_gives_one_verdict(broken, monkeypatch):
    """Beyond MAX_GROUPS distinct values the library sees every row: outcome, counts and keys must be the same."""
    connection, batches = broken
    checks = [c for c in SUITES if c.table in RECORDS]
    grouped = [runner.run_check(batches, c, connection) for c in checks]
    monkeypatch.setattr(runner, "MAX_GROUPS", 0)
    rows = [runner.run_check(batches, c, connection) for c in checks]
    told = [
        [(r.rule.name, r.outcome, r.checked_rows, r.failed_rows, r.keys) for r in found] for found in (grouped, rows)
    ]
    assert told[0] == told[1]
    assert any(r.failed_rows for r in rows)


def test_policy_lets_a_warning_break_its_share_and_a_critical_rule_none(broken):
    connection, batches = broken
    check = next(c for c in TABLES if c.rule.name == "dim_sku.filled")
    connection.execute("begin")
    try:
        connection.execute("update core.dim_sku set category = null where rowid = 0")
        share = Decimal(1) / connection.execute("select count(*) from core.dim_sku").fetchone()[0]
        at_limit = runner.run_check(batches, check, connection, share)
        below = runner.run_check(batches, check, connection, share * Decimal("0.99"))
        critical = replace(check, rule=replace(check.rule, severity=CRITICAL))
        blocked = runner.run_check(batches, critical, connection, share)
    finally:
        connection.execute("rollback")
    assert (at_limit.outcome, at_limit.failed_rows) == (PASSED, 1)
    assert "1 of" in at_limit.message
    assert below.outcome == FAILED
    assert (blocked.outcome, blocked.blocks) == (FAILED, True)


def test_failing_keys_are_counted_by_location(broken):
    connection, batches = broken
    check = next(c for c in TABLES if c.rule.name == "fct_stock_record.filled")
    connection.execute("begin")
    try:
        connection.execute("update visibility.fct_stock_record set on_hand_qty = null where rowid < 5")
        sql = "select location_id, count(*) from visibility.fct_stock_record where rowid < 5 group by 1 order by 1"
        expected = connection.execute(sql).fetchall()
        result = runner.run_check(batches, check, connection)
    finally:
        connection.execute("rollback")
    assert list(result.locations) == expected
    assert len(expected) > 1


def test_the_suites_look_at_published_tables_only(broken):
    connection, _ = broken
    database = connection.execute("select current_database()").fetchone()[0]
    assert {check.table for check in SUITES} <= set(content_tables(connection, database))

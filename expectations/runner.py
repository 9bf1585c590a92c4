"""Runs the suites over a closed build database and says of each rule: passed, failed, or could not be checked.

Here: DuckDB -> pandas -> Great Expectations for the verdict, our own SQL for the keys, and the comparison of both.
Not here: what the rules are, and what becomes of the results (results.py).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from expectations import phantom_stock, row_accounting, stale_stock
from expectations.check import COULD_NOT_CHECK, FAILED, PASSED, Check, CheckResult
from orchestration.lib.sql import ident

SUITES: tuple[Check, ...] = (*row_accounting.CHECKS, *stale_stock.CHECKS, *phantom_stock.CHECKS)
"""Every check of the audit, in the order they run."""

KEYS_SHOWN = 20


class AuditError(RuntimeError):
    """A check could not be made; the message says why."""


def _context() -> Any:
    """Ephemeral context; the import costs seconds, so only a run of the audit pays for it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    for noisy in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def _verdict(context: Any, check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """(rows seen, rows that broke it) by Great Expectations. AuditError when it raised inside or did not agree with
    itself."""
    import great_expectations.expectations as gxe

    columns = ", ".join(f"({expression})::double as {ident(name)}" for name, expression in check.columns.items())
    frame = connection.execute(f"select {columns} from {check.table} where {check.scope}").df()
    source = context.data_sources.add_or_update_pandas(check.rule.name)
    batch = (
        source.add_dataframe_asset(check.rule.name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    expectation = getattr(gxe, check.expectation)(**check.kwargs)
    outcome = batch.validate(expectation, result_format="SUMMARY")
    result = outcome.result or {}
    if "unexpected_count" not in result:  # an exception inside counts as success False there: it is no verdict
        raise AuditError(f"Great Expectations could not evaluate {check.expectation}: {_first_exception(outcome)}")
    broken = int(result["unexpected_count"])
    if outcome.success is not (broken == 0):
        raise AuditError(f"Great Expectations says success={outcome.success} with {broken} rows against it")
    return len(frame), broken


def _first_exception(outcome: Any) -> str:
    info = outcome.exception_info or {}
    entries = [info] if "exception_message" in info else [v for v in info.values() if isinstance(v, dict)]
    return next((str(e.get("exception_message")) for e in entries if e.get("exception_message")), "no reason given")


def keys_relation(check: Check) -> str:
    """SQL of all failing keys as text columns in a fixed order."""
    names = ", ".join(f"{ident(k)}::varchar as {ident(k)}" for k in check.key)
    return f"select {names} from ({check.keys_sql}) order by all"


def _extreme(check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None]:
    """(worst observed value, the limit it met), as text; nulls when the table has no value."""
    value = check.columns[check.observed]
    if check.threshold:
        limit = ident(check.threshold)
        is_floor = check.kwargs["column_A"] == check.observed
        order = f"({value}) - {limit}" if is_floor else f"{limit} - ({value})"
    else:
        limit = "0"
        order = f"-abs({value})" if "max_value" in check.kwargs else value
    row = connection.execute(
        f"select ({value})::varchar, ({limit})::varchar from {check.table} "
        f"where ({check.scope}) and ({value}) is not null order by {order} nulls last, 1 limit 1"
    ).fetchone()
    return row or (None, None)


def run_check(context: Any, check: Check, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Run one check. Whatever goes wrong becomes outcome could_not_check with a message, never an exception."""
    checked = failed = 0
    keys: list[tuple[str, ...]] = []
    observed = threshold = None
    try:
        checked, failed_by_gx = _verdict(context, check, connection)
        cursor = connection.execute(keys_relation(check))
        keys = cursor.fetchmany(KEYS_SHOWN)
        failed = connection.execute(f"select count(*) from ({check.keys_sql})").fetchone()[0]
        observed, threshold = _extreme(check, connection)
        if check.needs_threshold:
            _require_thresholds(check, connection)
        if failed != failed_by_gx:
            raise AuditError(
                f"Great Expectations finds {failed_by_gx} rows against the rule and our SQL {failed}: "
                f"compare {check.table} with: {check.keys_sql}"
            )
        outcome, message = (FAILED if failed else PASSED), ""
    except Exception as error:  # the suite itself may be broken (a missing table, a bug of the library): say so
        outcome, message = COULD_NOT_CHECK, f"{type(error).__name__}: {error}"
    shown = tuple(tuple(str(v) for v in row) for row in keys)
    return CheckResult(check.rule, outcome, checked, failed, observed, threshold, check.key, shown, message)


def _require_thresholds(check: Check, connection: duckdb.DuckDBPyConnection) -> None:
    names = ", ".join(ident(k) for k in check.key)
    missing = connection.execute(
        f"select {names} from {check.table} where ({check.scope}) and {check.columns[check.observed]} is not null "
        f"and {ident(str(check.threshold))} is null order by all limit 3"
    ).fetchall()
    if missing:
        raise AuditError(f"policy gives no {check.threshold} for {missing}: add a row to seeds/policy")


def run_suites(
    connection: duckdb.DuckDBPyConnection,
    checks: Sequence[Check] = SUITES,
    on_result: Callable[[CheckResult], None] = lambda result: None,
) -> list[CheckResult]:
    """Run `checks` over the database that `connection` has open (read-only is enough), one result per check."""
    context = _context()
    results = []
    for check in checks:
        result = run_check(context, check, connection)
        on_result(result)
        results.append(result)
    return results

"""Runs the suites over a closed build database and says of each rule: passed, failed, or could not be checked.

Here: DuckDB -> pandas -> Great Expectations for the verdict, our own SQL for the keys, and the comparison of both.
Not here: what the rules are, and what becomes of the results (results.py).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import duckdb

from expectations.check import COULD_NOT_CHECK, CRITICAL, FAILED, PASSED, Check, CheckResult
from expectations.suites import SUITES
from orchestration.lib.sql import ident

KEYS_SHOWN = 20

MAX_GROUPS = 20_000
"""Distinct values up to which Great Expectations sees each once, with its number of rows; beyond, it sees each row."""


class AuditError(RuntimeError):
    """A check could not be made; the message says why."""


def _batches() -> Any:
    """What makes a batch of a frame. The import costs seconds, so only a run of the audit pays for it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    for noisy in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_or_update_pandas("build")  # once: the library writes its whole configuration anew
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")


def _frame(check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[Any, Any]:
    """(frame, rows behind each of its lines; None when each line is a row of its own).

    What the expectation judges is a value, so equal values need one judgement: a million records of a few hundred ages
    are a few hundred lines. Only where nearly every row has a value of its own does each row become a line.
    """
    grouped = f"select *, count(*) as _rows from ({check.seen}) group by all limit {MAX_GROUPS + 1}"
    frame = connection.execute(grouped).df()
    if len(frame) <= MAX_GROUPS:
        rows = frame.pop("_rows")
        return frame, rows
    return connection.execute(check.seen).df(), None


def _verdict(batches: Any, check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[int, int, list[Any]]:
    """(rows seen, rows that broke it, values that broke it) by Great Expectations. AuditError when it raised inside or
    did not agree with itself."""
    import great_expectations.expectations as gxe

    frame, rows = _frame(check, connection)
    batch = batches.get_batch(batch_parameters={"dataframe": frame})
    expectation = getattr(gxe, check.expectation)(**check.kwargs)
    outcome = batch.validate(expectation, result_format="SUMMARY" if rows is None else "COMPLETE")
    result = outcome.result or {}
    if "unexpected_count" not in result:  # an exception inside counts as success False there: it is no verdict
        raise AuditError(f"Great Expectations could not evaluate {check.expectation}: {_first_exception(outcome)}")
    broken = int(result["unexpected_count"])
    if outcome.success is not (broken == 0):
        raise AuditError(f"Great Expectations says success={outcome.success} with {broken} rows against it")
    values = sorted(set(result.get("partial_unexpected_list", [])), key=str) if "column" in check.kwargs else []
    if rows is None:
        return len(frame), broken, values
    lines = result.get("unexpected_index_list") or []
    if len(lines) != broken:
        raise AuditError(f"Great Expectations counts {broken} values against the rule and names {len(lines)}")
    return int(rows.sum()), int(rows.loc[lines].sum()), values


def _first_exception(outcome: Any) -> str:
    info = outcome.exception_info or {}
    entries = [info] if "exception_message" in info else [v for v in info.values() if isinstance(v, dict)]
    return next((str(e.get("exception_message")) for e in entries if e.get("exception_message")), "no reason given")


def keys_relation(check: Check) -> str:
    """SQL of all failing keys as text columns in a fixed order."""
    names = ", ".join(f"{ident(k)}::varchar as {ident(k)}" for k in check.key)
    return f"select {names} from ({check.keys_sql}) order by all"


def _extreme(check: Check, values: list[Any], connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None]:
    """(worst observed value, the limit it met), as text; nulls when the table has no value.

    A rule with a limit of its own in each row is asked in SQL; for the others the worst of the values that broke it.
    """
    if check.threshold is None:
        worst = max(values, key=lambda v: abs(v) if isinstance(v, (int, float)) else 0, default=None)
        limit = check.kwargs.get("min_value", check.kwargs.get("max_value"))
        return _text(worst), _text(limit)
    value = check.columns[check.observed]
    limit = ident(check.threshold)
    is_floor = check.kwargs["column_A"] == check.observed
    order = f"({value}) - {limit}" if is_floor else f"{limit} - ({value})"
    row = connection.execute(
        f"select ({value})::varchar, ({limit})::varchar from {check.table} "
        f"where ({check.scope}) and ({value}) is not null order by {order} nulls last, 1 limit 1"
    ).fetchone()
    return row or (None, None)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _locations(check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int], ...]:
    """(location, failing keys that name it), if keys of this check name any."""
    if "location_id" not in check.key:
        return ()
    sql = f"select location_id, count(*) from ({check.keys_sql}) where location_id is not null group by 1 order by 1"
    return tuple(connection.execute(sql).fetchall())


def _allowed(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    """Rule -> share of rows that policy lets it break; none where the build does not say."""
    with suppress(duckdb.Error):
        sql = "select rule_key, max_failed_row_ratio from core.dim_audit_rule where max_failed_row_ratio is not null"
        return dict(connection.execute(sql).fetchall())
    return {}


def run_check(
    batches: Any, check: Check, connection: duckdb.DuckDBPyConnection, allowed_ratio: Decimal = Decimal(0)
) -> CheckResult:
    """Run one check. Whatever goes wrong becomes outcome could_not_check with a message, never an exception.

    allowed_ratio: share of the rows seen that a warning may break and pass; a critical rule breaks with its first row.
    """
    checked = failed = 0
    keys: list[tuple[str, ...]] = []
    observed = threshold = None
    locations: tuple[tuple[str, int], ...] = ()
    try:
        _require_cutoff(check, connection)
        checked, failed_by_gx, values = _verdict(batches, check, connection)
        cursor = connection.execute(keys_relation(check))
        keys = cursor.fetchmany(KEYS_SHOWN)
        failed = connection.execute(f"select count(*) from ({check.keys_sql})").fetchone()[0]
        observed, threshold = _extreme(check, values, connection)
        if check.needs_threshold:
            _require_thresholds(check, connection)
        if failed != failed_by_gx:
            raise AuditError(
                f"Great Expectations finds {failed_by_gx} rows against the rule and our SQL {failed}: "
                f"compare {check.table} with: {check.keys_sql}"
            )
        locations = _locations(check, connection) if failed else ()
        outcome, message = (FAILED if failed else PASSED), ""
        if failed and check.rule.severity != CRITICAL and failed <= allowed_ratio * checked:
            outcome, message = PASSED, f"policy lets {allowed_ratio} of the rows break it: {failed} of {checked} do"
    except Exception as error:  # the suite itself may be broken (a missing table, a bug of the library): say so
        outcome, message = COULD_NOT_CHECK, f"{type(error).__name__}: {error}"
    shown = tuple(tuple("" if v is None else str(v) for v in row) for row in keys)
    return CheckResult(check.rule, outcome, checked, failed, observed, threshold, check.key, shown, message, locations)


def _set_cutoff(connection: duckdb.DuckDBPyConnection) -> None:
    """Set what tables.CUTOFF and CUTOFF_DATE read; without a cut-off both stay null and _require_cutoff says so."""
    for name in ("as_of_at", "as_of_date"):
        connection.execute(f"set variable {name} = null")
        with suppress(duckdb.Error):
            connection.execute(f"set variable {name} = (select {name} from core.dim_cutoff)")


def _require_cutoff(check: Check, connection: duckdb.DuckDBPyConnection) -> None:
    needs_it = "getvariable(" in check.seen + check.keys_sql
    if needs_it and connection.execute("select getvariable('as_of_at') is null").fetchone()[0]:
        raise AuditError("core.dim_cutoff does not say when this build speaks of: nothing can lie after it")


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
    batches = _batches()
    _set_cutoff(connection)
    allowed = _allowed(connection)
    results = []
    for check in checks:
        result = run_check(batches, check, connection, allowed.get(check.rule.name, Decimal(0)))
        on_result(result)
        results.append(result)
    return results

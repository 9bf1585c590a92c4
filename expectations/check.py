"""What a check is and what comes out of it: the vocabulary of the suites.

Here: the declarative Check, its result, and constructors for the shapes of check the suites use. Not here: any table or
rule (row_accounting.py, stale_stock.py, phantom_stock.py) and how a check is run (runner.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.lib.sql import ident, literal

CRITICAL = "critical"
WARNING = "warning"
PASSED = "passed"
FAILED = "failed"
COULD_NOT_CHECK = "could_not_check"
DIMENSIONS = ("completeness", "validity", "consistency", "timeliness", "accuracy", "phantom", "stale")

FLAGS = "visibility.fct_stock_record_flag"


@dataclass(frozen=True)
class Rule:
    """Identity of a check: its suite and id, its severity, what it says in words, what to do when it fails, what kind
    of rule it is, and which role answers for it."""

    suite: str
    id: str
    severity: str
    says: str
    advice: str
    dimension: str = "accuracy"
    owner: str = "inventory_control"

    @property
    def name(self) -> str:
        """suite.rule."""
        return f"{self.suite}.{self.id}"


@dataclass(frozen=True)
class Check:
    """One rule over one table of the build: the verdict by Great Expectations, the keys by our own SQL.

    columns: name -> SQL expression of what the expectation sees, taken as DOUBLE (as text with is_text); scope: SQL
    condition of the rows it sees; relation: what they are read from, if not from the table in that scope. keys_sql: the
    keys of the rows that break the rule, one column per name in `key`. observed: column whose worst value is reported;
    threshold: column of the limit, from policy. needs_threshold: a null limit means that policy has no row, so nothing
    was checked.
    """

    rule: Rule
    table: str
    key: tuple[str, ...]
    expectation: str
    kwargs: Mapping[str, object]
    columns: Mapping[str, str]
    keys_sql: str
    observed: str
    threshold: str | None = None
    scope: str = "true"
    needs_threshold: bool = False
    relation: str | None = None
    is_text: bool = False

    @property
    def seen(self) -> str:
        """SQL of the rows that the expectation sees, one column per name in `columns`."""
        kind = "varchar" if self.is_text else "double"
        columns = ", ".join(f"({value})::{kind} as {ident(name)}" for name, value in self.columns.items())
        return f"select {columns} from {self.relation or f'{self.table} as t where ({self.scope})'}"


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check: `keys` are the first failing keys, `failed_rows` counts all of them, `locations` those of
    each location they name; observed and threshold are text; `message` says why a check could not be made, or why it
    passed in spite of failing keys."""

    rule: Rule
    outcome: str
    checked_rows: int
    failed_rows: int
    observed: str | None = None
    threshold: str | None = None
    key: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    message: str = ""
    locations: tuple[tuple[str, int], ...] = ()

    @property
    def blocks(self) -> bool:
        """True when a critical rule failed or could not be checked: the build must not be published."""
        return self.rule.severity == CRITICAL and self.outcome != PASSED


def flagged(rule_id: str) -> str:
    """SQL of the records that carry flag `rule_id`, as published."""
    return f"select distinct sku_id, location_id from {FLAGS} where rule_id = {literal(rule_id)}"


def zero(rule: Rule, table: str, key: tuple[str, ...], column: str) -> Check:
    """`column` = 0 in every row; a missing count is no zero."""
    names = ", ".join(ident(k) for k in key)
    return Check(
        rule=rule,
        table=table,
        key=key,
        expectation="ExpectColumnValuesToBeBetween",
        kwargs={"column": column, "min_value": 0, "max_value": 0},
        columns={column: f"coalesce({ident(column)}, -1)"},  # the expectation would skip a null
        keys_sql=f"select {names} from {table} where {ident(column)} is distinct from 0",
        observed=column,
    )


def not_negative(rule: Rule, table: str, key: tuple[str, ...], column: str, keys_sql: str) -> Check:
    """`column` >= 0 in every row that has one."""
    return Check(
        rule=rule,
        table=table,
        key=key,
        expectation="ExpectColumnValuesToBeBetween",
        kwargs={"column": column, "min_value": 0},
        columns={column: ident(column)},
        keys_sql=keys_sql,
        observed=column,
    )


def within_limit(
    rule: Rule,
    table: str,
    key: tuple[str, ...],
    column: str,
    limit: str,
    *,
    is_floor: bool = False,
    is_strict: bool = False,
    scope: str = "true",
    expression: str | None = None,
    keys_sql: str | None = None,
) -> Check:
    """`column` <= `limit` row by row (>= with is_floor, without equality with is_strict); null on either side: skipped.

    expression: SQL of the value where it is not the column itself. Without keys_sql the same condition in SQL finds the
    keys. A critical rule needs a limit wherever there is a value.
    """
    value = expression or ident(column)
    larger, smaller = (column, limit) if is_floor else (limit, column)
    names = ", ".join(ident(k) for k in key)
    sign = (">" if is_strict else ">=") if is_floor else ("<" if is_strict else "<=")
    broken = f"({scope}) and not ({value} {sign} {ident(limit)})"
    return Check(
        rule=rule,
        table=table,
        key=key,
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        kwargs={
            "column_A": larger,
            "column_B": smaller,
            "or_equal": not is_strict,
            "ignore_row_if": "either_value_is_missing",
        },
        columns={column: value, limit: ident(limit)},
        keys_sql=keys_sql or f"select {names} from {table} where {broken}",
        observed=column,
        threshold=limit,
        scope=scope,
        needs_threshold=rule.severity == CRITICAL,
    )

"""Rules that every table of the marts has in common, as checks: filled, one row per key, known references, and so on.

Here: the shapes of these rules. Each projects a row onto the little that its judgement needs (a number of filled
columns, a sign, a word), so that Great Expectations sees few distinct values with their row counts, whatever the size
of the table; the SQL of the keys says the rule anew. Not here: which table has which rule (core_*.py, records.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from expectations.check import CRITICAL, WARNING, Check, Rule
from orchestration.lib.sql import ident, literal

CUTOFF, CUTOFF_DATE = "getvariable('as_of_at')", "getvariable('as_of_date')"
"""SQL of the moment and the day the build speaks of, set by the runner: a constant prunes, a subquery would not."""

REFERENCES = {
    "sku_id": "core.dim_sku",
    "location_id": "core.dim_location",
    "supplier_id": "core.dim_supplier",
    "customer_id": "core.dim_customer",
}
"""Column of a fact -> the dimension that knows its values."""

_MODEL = "a model lost, doubled or changed rows: compare the keys with the table's inputs before anybody uses it"
_SENDER = "published as it is: see the failing keys, and have the sender or the owner of the master correct them"


class TableSuite:
    """The checks of one table. `name` is schema.table, `key` its grain, `owner` the role that answers for it.

    Keys of failing rows are the grain and the location, where the table has one that is not part of it.
    """

    def __init__(self, name: str, owner: str, key: str, *, location: str | None = None, scope: str = "true") -> None:
        self.name, self.owner, self.scope = name, owner, scope
        self.suite = name.split(".", 1)[1]
        self.grain = tuple(key.split())
        extra = () if location is None or location in self.grain else (location,)
        self.key = (*self.grain, *extra)
        self.checks: list[Check] = []

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def _add(
        self,
        rule_id: str,
        dimension: str,
        says: str,
        column: str,
        value: str,
        broken: str,
        *,
        severity: str = WARNING,
        relation: str | None = None,
        low: int | None = None,
        high: int | None = None,
        words: Sequence[str] = (),
        advice: str = _SENDER,
    ) -> None:
        names = ", ".join(ident(k) for k in self.key)
        bounds = {k: v for k, v in (("min_value", low), ("max_value", high)) if v is not None}
        self.checks.append(
            Check(
                rule=Rule(self.suite, rule_id, severity, says, advice, dimension, self.owner),
                table=self.name,
                key=self.key,
                expectation="ExpectColumnValuesToBeInSet" if words else "ExpectColumnValuesToBeBetween",
                kwargs={"column": column, **({"value_set": list(words)} if words else bounds)},
                columns={column: value},
                keys_sql=f"select {names} from {self.name} as t where ({self.scope}) and ({broken})",
                observed=column,
                scope=self.scope,
                relation=relation,
                is_text=bool(words),
            )
        )

    def filled(self, columns: str) -> TableSuite:
        """No row lacks a value in these columns."""
        names = columns.split()
        self._add(
            "filled",
            "completeness",
            f"every row has its {_list(names)}",
            "filled_columns",
            " + ".join(f"({ident(n)} is not null)::integer" for n in names),
            " or ".join(f"{ident(n)} is null" for n in names),
            low=len(names),
        )
        return self

    def unique(self) -> TableSuite:
        """One row per grain: a second one would double what is joined to it, so it blocks.

        Keys are compared as they are among the rows that share a hash with another only: in a good table next to none.
        """
        names = ", ".join(ident(k) for k in self.grain)
        hashed = f"hash({names})"
        rows = f"from {self.name} where ({self.scope})"
        twins = f"select {hashed} {rows} group by 1 having count(*) > 1"
        self._add(
            "unique",
            "consistency",
            f"there is one row per {_list(self.grain)}",
            "rows_per_key",
            "rows_per_key",
            "true",
            severity=CRITICAL,
            relation=f"(with hashed as (select {hashed} as hash, count(*) as n {rows} group by 1) "
            "select n as rows_per_key from hashed where n = 1 "
            f"union all select count(*) {rows} and {hashed} in (select hash from hashed where n > 1) group by {names})",
            high=1,
            advice=_MODEL,
        )
        location = "".join(f", min({ident(k)}) as {ident(k)}" for k in self.key if k not in self.grain)
        sql = f"select {names}{location} {rows} and {hashed} in ({twins}) group by {names} having count(*) > 1"
        self.checks[-1] = replace(self.checks[-1], keys_sql=sql)
        return self

    def known(self, columns: str = "", **others: str) -> TableSuite:
        """Values of these columns are in their dimension (REFERENCES, or column=schema.table.column).

        Each distinct value is looked up once: what is unknown is a short list, and in a good table an empty one.
        """
        targets = {n: (REFERENCES[n], n) for n in columns.split()}
        targets |= {n: tuple(t.rsplit(".", 1)) for n, t in others.items()}
        unknown = {
            name: f"select v from (select distinct {ident(name)} as v from {self.name} where {self.scope}) as told "
            f"where v is not null and not exists (select 1 from {table} as d where d.{ident(column)} = v)"
            for name, (table, column) in targets.items()
        }
        self._add(
            "known",
            "consistency",
            f"every {_list(list(targets))} is known to its dimension",
            "known_references",
            " + ".join(f"(coalesce({ident(n)} not in ({sql}), true))::integer" for n, sql in unknown.items()),
            " or ".join(f"{ident(n)} in ({sql})" for n, sql in unknown.items()),
            low=len(targets),
        )
        return self

    def not_negative(self, columns: str) -> TableSuite:
        """Numbers that cannot be below zero are not; a null is skipped."""
        names = columns.split()
        self._add(
            "not_negative",
            "validity",
            f"no {_list(names, 'or')} is below zero",
            "lowest_sign",
            _least(f"sign({ident(n)})" for n in names),
            " or ".join(f"{ident(n)} < 0" for n in names),
            low=0,
        )
        return self

    def ordered(self, *pairs: str) -> TableSuite:
        """ "a b": a is not above b (dates, moments, numbers); a null on either side is skipped."""
        split = [p.split() for p in pairs]
        self._add(
            "ordered",
            "consistency",
            " and ".join(f"{b} is not before {a}" for a, b in split),
            "lowest_order",
            _least(
                f"case when {ident(a)} = {ident(b)} then 0 when {ident(a)} <= {ident(b)} then 1 "
                f"when {ident(a)} is not null and {ident(b)} is not null then -1 end"
                for a, b in split
            ),
            " or ".join(f"{ident(b)} < {ident(a)}" for a, b in split),
            low=0,
        )
        return self

    def past(self, columns: str) -> TableSuite:
        """Moments of what has happened do not lie behind the cut-off."""
        names = columns.split()
        self._add(
            "past",
            "timeliness",
            f"no {_list(names, 'or')} lies after the cut-off",
            "lowest_order",
            _least(f"case when {ident(n)} <= {CUTOFF} then 1 when {ident(n)} is not null then -1 end" for n in names),
            " or ".join(f"{ident(n)} > {CUTOFF}" for n in names),
            low=0,
        )
        return self

    def words(self, column: str, allowed: str) -> TableSuite:
        """A column of words says one of the allowed ones; a null is skipped."""
        names = allowed.split()
        self._add(
            f"words_of_{column}",
            "validity",
            f"{column} is one of {', '.join(names)}",
            column,
            ident(column),
            f"{ident(column)} not in ({', '.join(literal(n) for n in names)})",
            words=names,
        )
        return self

    def holds(
        self,
        rule_id: str,
        dimension: str,
        says: str,
        left: str,
        right: str,
        *,
        severity: str = WARNING,
        advice: str = _SENDER,
        relation: str | None = None,
    ) -> TableSuite:
        """left = right in every row that has both; `relation`: where both stand, by the name t, if not in the table."""
        self._add(
            rule_id,
            dimension,
            says,
            "sign_of_difference",
            f"sign(({left}) - ({right}))",
            f"({left}) <> ({right})",
            severity=severity,
            relation=relation,
            low=0,
            high=0,
            advice=advice,
        )
        if relation:
            names = ", ".join(ident(k) for k in self.key)
            sql = f"select {names} from {relation} as t where ({left}) <> ({right})"
            self.checks[-1] = replace(self.checks[-1], keys_sql=sql, scope="true")
        return self


def _least(values: Iterable[str]) -> str:
    return f"least({', '.join(values)})"


def _list(names: Sequence[str], last: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def suites(tables: Iterable[TableSuite]) -> tuple[Check, ...]:
    """All checks of `tables`, in their order."""
    return tuple(check for table in tables for check in table)

"""How DuckDB will run the models: a join on equal columns is a hash join, never a comparison of all pairs.

An outer join whose ON holds a condition on one side alone, or one computed from both sides, is planned as a nested
loop: right, and slow with the square of the rows. Here: the plans of every compiled model. Not here: times
(benchmarks/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from tests.python.fixtures_marts import Marts

_SHORT = {
    "stg_unified__local_day": "96 quarters of an hour",
    "stg_unified__close_day": "a close calendar kept by hand",
}
"""Models that may compare all pairs: one side is a list that no data makes longer."""
_NESTED_LOOP = "BLOCKWISE_NL_JOIN"
_EQUAL_COLUMNS = re.compile(r"\w+ = \w+")


def test_no_model_compares_all_pairs_where_columns_are_equal(tiny_marts: Marts) -> None:
    models = [path for path in (tiny_marts.home.target / "compiled").rglob("*.sql") if _is_model(path)]
    assert len(models) > 500
    with tiny_marts.connect() as connection:
        slow = {path.stem: found for path in models if (found := _slow_joins(connection, path.read_text("utf-8")))}
    assert slow.keys() >= _SHORT.keys(), "a model no longer compares all pairs: take it out of _SHORT"
    slow = {name: found for name, found in slow.items() if name not in _SHORT}
    told = "\n".join(f"  {name}: {'; '.join(conditions)}" for name, conditions in sorted(slow.items()))
    assert not slow, (
        "these outer joins compare every row of one side with every row of the other. What ON says of one side, or "
        "computes from both, is to be worked out before, in a CTE or by `case when <condition> then <column> end = "
        f"<column>`:\n{told}"
    )


def test_a_condition_on_one_side_of_an_outer_join_is_seen() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table a as select range as i, range % 7 = 0 as b from range(100)")
        connection.execute("create table c as select range as i, range as n from range(50)")
        assert _slow_joins(connection, "select * from a left join c on a.i = c.i and not a.b")
        assert _slow_joins(connection, "select * from a left join c on a.i = c.i and a.i < coalesce(c.n, a.i + 1)")
        assert not _slow_joins(connection, "select * from a left join c on a.i = c.i and a.i < c.n")
        assert not _slow_joins(connection, "select * from a left join c on case when not a.b then a.i end = c.i")
        assert not _slow_joins(connection, "select * from a left join c on a.i = c.i or (a.b and a.i = c.n)")


def _is_model(path: Path) -> bool:
    return "models" in path.parts and not any(part.endswith(".yml") for part in path.parts)


def _slow_joins(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Conditions of the nested loops of a query in which a pair of columns must be equal."""
    (plan,) = json.loads(connection.execute(f"explain (format json) {sql}").fetchone()[1])
    conditions = [str(node["extra_info"].get("Condition")) for node in _nodes(plan) if node["name"] == _NESTED_LOOP]
    return [condition for condition in conditions if any(map(_EQUAL_COLUMNS.fullmatch, _all_of(condition)))]


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for child in plan["children"]:
        yield from _nodes(child)


def _all_of(condition: str) -> Iterator[str]:
    """The parts of a condition that must all be true; what stands in an OR is one part."""
    parts = _split(condition)
    if parts is None:
        yield condition
        return
    for part in parts:
        yield from _all_of(part)


def _split(condition: str) -> list[str] | None:
    """Both sides of the outermost AND, or the inside of outermost brackets; None where there is neither."""
    depth, is_wrapped = 0, condition.startswith("(")
    for at, letter in enumerate(condition):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and condition.startswith(" AND ", at):
            return [condition[:at], condition[at + len(" AND ") :]]
        is_wrapped = is_wrapped and (depth > 0 or at == len(condition) - 1)
    return [condition[1:-1]] if is_wrapped else None

"""A good row for any contract, and a row that breaks one thing: found by search over the contract's own words.

Here: candidates of values by type and by the literals of the rules, and the search through DuckDB. Not here: the
validator, which must come to the same verdicts by its own means (test_contracts_of_every_entity.py).
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

import duckdb

from orchestration.lib.contracts import Column, Contract

_LITERAL = re.compile(r"'([^']*)'")
_NUMBERS = ("1", "0", "-1", "-100", "100")
_CANDIDATES = {
    "boolean": ("true", "false"),
    "date": ("2026-02-10", "2026-02-01", "2026-02-20"),
    "timestamp": ("2026-02-10T05:00:00Z", "2026-02-01T05:00:00Z", "2026-02-20T05:00:00Z"),
}
_UNFIT = {"boolean": "perhaps", "date": "2026-02-30", "timestamp": "yesterday"}
FUTURE = "2026-03-02T06:00:00Z"  # a day after landing_fixture.EXTRACTED_AT
_MANY = 20_000  # combinations that are tried for one rule


class Breach(NamedTuple):
    """A row and the rule that must hold it back; None: the row must load."""

    rule: str | None
    row: dict[str, str | None]


def breaches(contract: Contract) -> list[Breach]:
    """The good row first, then one row for each type, required column, rule and time that can be broken.

    LookupError names a rule that no row can keep or that no row can break.
    """
    good = good_row(contract)
    found = [Breach(None, good)]
    for column in contract.columns:
        if column.data_type != "varchar":
            unfit = _UNFIT.get(column.data_type, "1,234")
            found.append(Breach(f"type:{column.name}", good | {column.name: unfit}))
        if column.required:
            found.append(Breach(f"required:{column.name}", good | {column.name: None}))
        if column.name.endswith("qty"):
            found.append(Breach(f"large:{column.name}", good | {column.name: "4006381333931"}))  # a scanned EAN-13
        if column.name.startswith("factor_to"):
            found.append(Breach(f"large:{column.name}", good | {column.name: "100000"}))
    for rule in contract.rules:
        found.append(Breach(f"rule:{rule.name}", _search(contract, good, rule.expression, breaking=rule.name)))
    if contract.event_time:
        later = {"timestamp": FUTURE, "date": FUTURE[:10]}  # all of them, so that no rule about their order is broken
        times = {c.name: later[c.data_type] for c in contract.columns if c.data_type in later}
        found.append(Breach(f"future:{contract.event_time}", good | times))
    return found


def good_row(contract: Contract) -> dict[str, str | None]:
    """A row with a value in every column that keeps every rule."""
    row: dict[str, str | None] = {column.name: _values(contract, column)[0] for column in contract.columns}
    for _ in contract.rules:
        for rule in contract.rules:
            row = _search(contract, row, rule.expression, breaking=None, goal=rule.name)
    if not all(kept is not False for kept in _verdicts(contract, [row])[0].values()):
        raise LookupError(f"{contract.source}.{contract.entity}: no row keeps all rules")
    return row


def _search(contract: Contract, start: dict[str, str | None], expression: str, breaking: str | None,
            goal: str | None = None) -> dict[str, str | None]:  # fmt: skip
    """Change the columns that a rule names until it alone is broken, or until `goal` is kept."""
    named = [c for c in contract.columns if re.search(rf"\b{re.escape(c.name)}\b", expression)]
    choices = [[*_values(contract, c), *(() if c.required else (None,))] for c in named]
    tried = itertools.islice(itertools.product(*choices), _MANY)
    rows = [start] if breaking is None else []
    rows += [start | dict(zip((c.name for c in named), values, strict=True)) for values in tried]
    broken = [{name for name, kept in verdict.items() if kept is False} for verdict in _verdicts(contract, rows)]
    fit = [n for n, names in enumerate(broken) if (names == {breaking} if breaking else goal not in names)]
    if fit:
        return rows[min(fit, key=lambda n: len(broken[n]))]  # what breaks least; the first of these
    verb = f"breaks {breaking} and nothing else" if breaking else f"keeps {goal}"
    raise LookupError(f"{contract.source}.{contract.entity}: no row {verb}: {expression}")


def _verdicts(contract: Contract, rows: list[dict[str, str | None]]) -> list[dict[str, bool | None]]:
    """What each rule says of each row: true, false, or null, which breaks nothing."""
    if not contract.rules:
        return [{} for _ in rows]
    typed = ", ".join(f'cast("{c.name}" as {c.data_type}) as "{c.name}"' for c in contract.columns)
    rules = ", ".join(f'({rule.expression}) as "rule:{rule.name}"' for rule in contract.rules)
    columns = ", ".join(f'"{c.name}" varchar' for c in contract.columns)
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"create table raw (place bigint, {columns})")
        values = [[place, *(row[c.name] for c in contract.columns)] for place, row in enumerate(rows)]
        con.executemany(f"insert into raw values (?{', ?' * len(contract.columns)})", values)
        told = con.execute(f"select {rules} from (select place, {typed} from raw) order by place").fetchall()
    names = [rule.name for rule in contract.rules]
    return [dict(zip(names, verdict, strict=True)) for verdict in told]


def _values(contract: Contract, column: Column) -> tuple[str, ...]:
    """Values that fit a column, the likeliest first."""
    if column.data_type != "varchar":
        return _CANDIDATES.get(column.data_type, (*_NUMBERS, "0.5") if column.decimal else _NUMBERS)
    compared = [rule.expression for rule in contract.rules if re.search(rf"\b{column.name}\b", rule.expression)]
    return (f"{column.name} x", *dict.fromkeys(_LITERAL.findall(" ".join(compared))), "another")

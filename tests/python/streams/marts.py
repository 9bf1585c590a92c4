"""Marts of many plans at once, as they were sent and as they were bent: what differs, and whose it is.

Here: building both, comparing every table both ways, comparing with the oracles, finding the plan. Not here: how many
plans there are (test_streams.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.content_hash import SUBJECTS, VALIDATION_HISTORY
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.compiled import Project, tables
from tests.python.faults.stream import ACCOUNTS
from tests.python.oracles import test_conservation, test_costs, test_layers, test_stock
from tests.python.oracles.company import Company
from tests.python.oracles.differences import Case
from tests.python.streams import area
from tests.python.streams.bends import Bend, bent
from tests.python.streams.plan import Delivery, Plan

ORACLES: tuple[Callable[[Case], None], ...] = (
    test_stock.test_every_leg_of_the_ledger,
    test_stock.test_positions_are_the_same_runs,
    test_stock.test_stock_on_hand_is_the_same_runs,
    test_stock.test_any_moment_is_a_filter,
    test_stock.test_closing_stock_of_every_day,
    test_costs.test_unit_cost_of_every_interval,
    test_costs.test_demand_of_every_day,
    test_layers.test_every_layer_its_age_and_its_value,
    test_layers.test_layers_add_up_to_the_stock,
    test_conservation.test_opening_and_movements_are_closing_of_every_stock_and_day,
    test_conservation.test_quantity_seconds_of_the_intervals_are_those_of_the_ledger,
    test_conservation.test_midnights_of_the_intervals_are_the_days_of_the_expansion,
    test_conservation.test_transfers_net_to_zero_or_are_on_their_way,
)
"""Comparisons of the suite that hold for any company, and so for a company of plans."""

_NAME = re.compile(r"\bP(\d+)(?=[AB]?\b)")

LOT = "LEADLAG_STREAM_LOT"

Bent = Callable[[Plan], list[Delivery]]


@dataclass
class OpenMarts:
    """An open database as the comparisons with the oracles want it."""

    connection: duckdb.DuckDBPyConnection

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of the open connection."""
        yield self.connection.cursor()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass
class Loom:
    """Builds plans with `project` in two homes below `folder`."""

    project: Project
    folder: Path

    def home(self, side: str) -> Home:
        """The home of one side."""
        return Home.at(self.folder / side).make()

    @property
    def database(self) -> Path:
        """Where the marts of what was sent lie."""
        return self.home("sent").root / "compiled" / "leadlag.duckdb"

    @contextmanager
    def sent(self, plans: Sequence[Plan]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Marts of the plans as they were sent."""
        area.write(self.home("sent"), plans, (d for plan in plans for d in plan.deliveries))
        with self.project.build(self.home("sent")) as connection:
            yield connection

    def differences(self, plans: Sequence[Plan], bend: Bent = bent, apart: frozenset[str] = frozenset()) -> dict:
        """Table -> rows that only one side has, when the plans are bent; `sent` must have been built."""
        area.write(self.home("bent"), plans, (d for plan in plans for d in bend(plan)))
        with self.project.build(self.home("bent")) as connection:
            return self.against_sent(connection, apart)

    def against_sent(self, connection: duckdb.DuckDBPyConnection, apart: frozenset[str] = frozenset()) -> dict:
        """Table -> rows that only this database or only that of `sent` has."""
        connection.execute(f"attach {literal(str(self.database))} as sent (read_only)")
        found = _compare(connection, apart)
        connection.execute("detach sent")
        return found

    def values(self, sql: str) -> set[Any]:
        """The values of a query over the marts that `sent` has built."""
        with connect(self.database, read_only=True) as connection:
            return {value for (value,) in connection.execute(sql).fetchall()}

    def check(self, seeds: Sequence[int], bend: Bent = bent, apart: frozenset[str] = frozenset()) -> None:
        """AssertionError when marts and oracle or marts and bent marts differ; it names a seed that replays it."""
        plans = [Plan(seed) for seed in seeds]
        wrong: dict[str, Any] = {}
        with self.sent(plans) as connection:
            connection.execute("set TimeZone = 'UTC'")
            case = Case("plans", OpenMarts(connection), Company(self.home("sent")))
            for oracle in ORACLES:
                try:
                    oracle(case)
                except AssertionError as error:
                    wrong[oracle.__name__] = str(error)
        wrong |= self.differences(plans, bend, apart)
        if wrong:
            raise AssertionError(report(wrong, seeds))

    def culprit(self, seeds: Sequence[int], bend: Bent = bent) -> int:
        """One seed of a failing lot that fails alone, or in the company of the fewest others found by halving."""
        while len(seeds) > 1:
            half = seeds[: len(seeds) // 2]
            try:
                self.check(half, bend)
                seeds = seeds[len(half) :]
            except AssertionError:
                seeds = half
        return seeds[0]


def only(differ: Callable[[Plan, list[Delivery]], list[Delivery]]) -> Bent:
    """A bend that does nothing but this to what a plan sent."""
    return lambda plan: differ(plan, plan.deliveries)


def bent_after(first: Bend) -> Bent:
    """Harmless bends after this one."""
    return lambda plan: bent(plan, also=first)


def report(wrong: dict[str, Any], seeds: Sequence[int]) -> str:
    """What differs, and how to see it again."""
    text = "\n".join(f"{name}: {str(rows)[:600]}" for name, rows in sorted(wrong.items()))
    told = Counter(int(seed) for seed in _NAME.findall(text) if int(seed) in seeds)
    named = [seed for seed, _ in told.most_common(20)]
    again = f"LEADLAG_STREAM_SEED={named[0]}" if named else f"LEADLAG_STREAM_SEED={seeds[0]} {LOT}={len(seeds)}"
    again += " .venv/bin/python -m pytest tests/python/streams/test_streams.py -k replayed"
    return f"{text}\nplans told of, most often first: {named or 'none, only what they add up to'}\nagain: {again}"


def _compare(connection: duckdb.DuckDBPyConnection, apart: frozenset[str]) -> dict[str, Any]:
    """`apart` is not compared: a table by its name, a column as `table.column`, a KPI's rows as `kpi:` and its id."""
    found = {}
    kpis = ", ".join(literal(each.removeprefix("kpi:")) for each in sorted(apart) if each.startswith("kpi:"))
    for schema, table in tables(connection, SUBJECTS):
        if table in ACCOUNTS | apart or f"{schema}.{table}" in VALIDATION_HISTORY:
            continue
        name = f"{ident(schema)}.{ident(table)}"
        columns = [row[0] for row in connection.execute(f"describe {name}").fetchall()]
        kept = [c for c in columns if not c.startswith("_meta") and f"{table}.{c}" not in apart]
        listed = ", ".join(ident(column) for column in kept)
        rows = f" where kpi_id not in ({kpis})" if kpis and "kpi_id" in columns else ""
        ours, theirs = (f"select {listed} from {side}{name}{rows}" for side in ("", "sent."))
        gone, more = (
            connection.execute(f"{a} except all {b} limit 20").fetchall() for a, b in ((theirs, ours), (ours, theirs))
        )
        if gone or more:
            found[f"{schema}.{table}"] = {"as sent": gone, "as bent": more}
    return found

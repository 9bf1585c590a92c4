"""The whole loop on the tiny company: flags are published, a steward who errs judges them, counts judge others, and
the next build says how often each rule is right, as the truth of what was said has it.

Here: the compiled project over one home, built before and after the verdicts. Not here: the rules of a sheet
(test_dispositions.py), the job around it (test_orchestration.py).
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from orchestration.lib import publishing
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.landing import iter_batches, write_batch
from orchestration.lib.paths import Home
from orchestration.lib.published_history import RECORD_FLAGS, record
from orchestration.lib.sql import connect
from synthetic.stewards import Judged, judge, steward
from tests.python.compiled import Project, whole_project
from tests.python.fixtures_marts import simulate
from tests.python.marts_fixture import content_of
from tests.python.oracles.flag_precision import Flag, Verdict, count_verdict, precision

__all__ = ["whole_project"]
NEEDED = {"fct_steward_worklist", "kpi_flag_precision", "bridge_sku_system_id", "int_scorecard__stewardship_kpi_value"}
EARLIER = date(2026, 5, 10)
FIGURES = (
    "flag_count", "confirmed_count", "false_alarm_count", "accepted_count", "open_count", "lapsed_count",
    "judged_by_count_count", "flag_precision_ratio", "flag_precision_reason", "flag_precision_lower_ratio",
    "flag_precision_upper_ratio", "median_verdict_days",
)  # fmt: skip


@dataclass(frozen=True)
class Loop:
    """A home that went round: its databases before and after the verdicts, and what the steward said."""

    home: Home
    before: Path
    after: Path
    said: list[Judged]
    earlier: list[tuple[str, str, str]]

    def rows(self, sql: str, *, before: bool = False) -> list[dict[str, Any]]:
        with connect(self.before if before else self.after, read_only=True) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def build(project: Project, home: Home, name: str) -> Path:
    with project.run(home):
        pass
    path = home.root / name
    shutil.copyfile(home.root / "compiled" / "leadlag.duckdb", path)
    return path


@pytest.fixture(scope="module")
def loop(whole_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    project = whole_project.needed_by(lambda node: node.name in NEEDED)
    home = Home.at(tmp_path_factory.mktemp("stewards") / "home").make()
    simulate(home)
    before = build(project, home, "before.duckdb")
    total, tables = content_of(before)
    publishing.publish(
        home, before, pin_hash="pin", content_hash=total, content=tables, as_of="2026-07-01T05:30:00Z", audit={}
    )
    assert record(home, RECORD_FLAGS) is not None
    assert record(home, RECORD_FLAGS) is None
    _, said = steward(home, 11)
    earlier = land_earlier_flags(home, before)
    return Loop(home, before, build(project, home, "after.duckdb"), said, earlier)


def land_earlier_flags(home: Home, database: Path) -> list[tuple[str, str, str]]:
    """What a generation of May had recorded: every record counted since was a frozen seller without a cost."""
    with connect(database, read_only=True) as connection:
        stocks = connection.execute(
            "select distinct sku_id, location_id from core.fct_count_result "
            f"where counted_date > date '{EARLIER}' order by all"
        ).fetchall()
    contract = load_contracts(home.repo)["audit", "record_flags"]
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    told = [(*stock, rule) for stock in stocks for rule in ("DQ-P1", "DQ-V1")]
    at = datetime.combine(EARLIER, datetime.min.time()) + timedelta(hours=5)
    rows = [
        {"generation": "g0", "sku_id": sku, "location_id": place, "rule_id": rule, "opened_date": EARLIER, "as_of": at}
        for sku, place, rule in told
    ]
    table = pa.Table.from_pylist(rows, schema=schema)
    write_batch(home.landing, "audit", "central", "record_flags", "earlier", table, at, contract=contract)
    return told


def flags_of(loop: Loop) -> list[Flag]:
    """Flags by what was published and recorded, not by the episodes of the build."""
    now = {(r["sku_id"], r["location_id"], r["rule_id"]) for r in loop.rows(
        "select sku_id, location_id, rule_id from visibility.fct_stock_record_flag"
    )}  # fmt: skip
    (as_of,) = {r["as_of_date"] for r in loop.rows("select as_of_date from core.dim_cutoff")}
    earlier = [Flag(*one, EARLIER, None if one in now else as_of) for one in loop.earlier]
    return earlier + [Flag(*one, as_of, None) for one in now - set(loop.earlier)]


def judged_flags(loop: Loop) -> dict[Flag, Verdict | None]:
    said = {(one.sku_id, one.location_id, one.rule_id): one for one in loop.said if one.sku_id}
    classes = {(r["sku_id"], r["location_id"]): r["abc_class"] for r in loop.rows(
        "select sku_id, location_id, abc_class from visibility.fct_stock_record"
    )}  # fmt: skip
    tolerances = {"A": Decimal("0.002"), "B": Decimal("0.01")}
    counts: dict[tuple, list[dict]] = {}
    for row in loop.rows("select * from core.fct_count_result"):
        counts.setdefault((row["sku_id"], row["location_id"]), []).append(row)
    found: dict[Flag, Verdict | None] = {}
    for flag in flags_of(loop):
        stock = flag.sku_id, flag.location_id
        word = said.get((*stock, flag.rule_id)) if flag.closed is None else None
        tolerance = tolerances.get(classes[stock], Decimal("0.05"))
        counted = count_verdict(flag, counts.get(stock, []), tolerance)
        found[flag] = Verdict(word.verdict, "steward", word.decided_at.date()) if word else counted
    return found


def test_the_steward_judged_much_and_erred_a_little(loop: Loop):
    flags = [one for one in loop.said if one.sku_id]
    assert len(flags) >= 20
    assert 0 < sum(one.is_error for one in flags) < len(flags) / 3
    assert {one.verdict for one in loop.said} >= {"confirmed_phantom", "false_alarm", "fixed", "rejected"}
    for one in flags:
        if one.verdict != "accepted":
            assert (one.verdict != "false_alarm") == (one.is_right != one.is_error)


def test_every_verdict_speaks_for_its_flag(loop: Loop):
    rows = loop.rows("select * from visibility.fct_flag_verdict")
    found = {Flag(r["sku_id"], r["location_id"], r["rule_id"], r["flagged_date"], None):
             (r["verdict"], r["source"], r["judged_at"].date(), r["is_confirmed"]) for r in rows}  # fmt: skip
    confirms = {"false_alarm": False, "accepted": None}
    expected = {
        Flag(flag.sku_id, flag.location_id, flag.rule_id, flag.opened, None): (
            verdict.verdict, verdict.source, verdict.day, confirms.get(verdict.verdict, True)
        )
        for flag, verdict in judged_flags(loop).items()
        if verdict
    }  # fmt: skip
    assert found == expected
    assert {source for _, source, _, _ in found.values()} == {"steward", "count"}
    by_count = [row for row in found.values() if row[1] == "count"]
    assert {row[0] for row in by_count} == {"confirmed_phantom", "false_alarm"}


def test_precision_is_what_the_truth_says(loop: Loop):
    scopes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in loop.rows(
        "select * from core.bridge_stock_scope where scope_type in ('company', 'division', 'location', 'category') "
        "union all by name select sku_id, location_id, 'abc_class' as scope_type, abc_class as scope_id "
        "from visibility.fct_stock_record"
    ):
        scopes.setdefault((row["sku_id"], row["location_id"]), []).append((row["scope_type"], row["scope_id"]))
    expected = precision(judged_flags(loop), scopes, date(2026, 7, 1))
    found = {
        (r["rule_id"], r["scope_type"], r["scope_id"], r["period_type"], r["period_start_date"]): r
        for r in loop.rows("select * from visibility.kpi_flag_precision")
    }
    assert set(found) == set(expected)
    for key, figures in expected.items():
        for name, value in zip(FIGURES, figures, strict=True):
            told = found[key][name]
            same = abs(float(told) - value) < 5e-6 if isinstance(value, float) else told == value
            assert same, (key, name, told, value)
    reasons = {row["flag_precision_reason"] for row in found.values()}
    assert reasons == {None, "no_verdict", "few_verdicts"}
    assert any(row["accepted_count"] for row in found.values()) or all(o.verdict != "accepted" for o in loop.said)


def test_the_scorecard_tells_the_window_of_all_rules(loop: Loop):
    told = loop.rows("select * from scorecard.int_scorecard__stewardship_kpi_value where scope_type = 'company'")
    (kpi,) = loop.rows(
        "select * from visibility.kpi_flag_precision "
        "where rule_id = '*' and scope_type = 'company' and period_type = 'window'"
    )
    assert [(row["numerator"], row["denominator"], row["kpi_value"]) for row in told] == [
        (kpi["confirmed_count"], kpi["confirmed_count"] + kpi["false_alarm_count"], kpi["flag_precision_ratio"])
    ]
    assert kpi["flag_precision_ratio"] is not None


def test_the_worklist_knows_what_was_said_and_keeps_its_names(loop: Loop):
    before = {r["worklist_id"]: r for r in loop.rows("select * from visibility.fct_steward_worklist", before=True)}
    after = {r["worklist_id"]: r for r in loop.rows("select * from visibility.fct_steward_worklist")}
    earlier = {(sku, place, rule) for sku, place, rule in loop.earlier}
    moved = {key for key, r in before.items() if (r["sku_id"], r["location_id"], r["rule_id"]) in earlier}
    assert set(before) - moved <= set(after)
    assert {row["worklist_status"] for row in before.values()} == {"open"}
    said = {one.worklist_id: one.verdict for one in loop.said if one.worklist_id not in moved}
    assert {key: row["last_verdict"] for key, row in after.items() if key in said} == said
    kinds = {row["subject_kind"] for row in after.values() if row["worklist_status"] == "judged"}
    assert kinds == {"flag", "quarantined_row"}


def test_a_record_of_this_day_changes_nothing(loop: Loop):
    """The first build read no record of its own, the second does: today's flags open today in both."""
    opened = (
        "select * from visibility.fct_flag_episode "
        "where opened_date = (select as_of_date from core.dim_cutoff) order by all"
    )
    earlier = set(loop.earlier)
    kept = [r for r in loop.rows(opened, before=True) if (r["sku_id"], r["location_id"], r["rule_id"]) not in earlier]
    assert kept
    assert loop.rows(opened) == kept
    batches = [batch.name for batch in iter_batches(loop.home) if batch.entity == "record_flags"]
    assert len(batches) == 2


def test_the_same_question_gets_the_same_answer():
    asked = [
        {"worklist_id": f"F-{n}", "subject_kind": "flag", "subject_signal": "phantom", "sku_id": "s",
         "location_id": "d.l", "rule_id": "DQ-P1"}
        for n in range(200)
    ]  # fmt: skip
    ledger = SimpleNamespace(is_right=lambda rule, location, codes: True)
    one = judge(asked, ledger, {}, 5, datetime(2026, 7, 1))
    assert judge(list(reversed(asked)), ledger, {}, 5, datetime(2026, 7, 1)) == one
    assert judge(asked, ledger, {}, 6, datetime(2026, 7, 1)) != one
    assert 130 < len(one) < 190
    assert 0 < sum(word.is_error for word in one) < 30


def test_the_registry_of_verdicts_is_read_by_everyone_alike(repo: Path):
    with (repo / "seeds" / "registry" / "steward_verdicts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = {verdict: {row["is_confirmed"] for row in rows if row["verdict"] == verdict} for verdict in
            {row["verdict"] for row in rows}}  # fmt: skip
    assert all(len(meanings) == 1 for meanings in told.values()), "a verdict means one thing whatever it is on"

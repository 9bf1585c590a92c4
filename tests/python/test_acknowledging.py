"""Taking an escalation into work: from the command line or a team's own file to the published promise.

Here: one refreshed tiny company whose people answer, once by `python -m orchestration acknowledge` and once by a CSV
of their own. Not here: the rules of escalation (oracles/test_escalation.py, unit tests of the models).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from orchestration.lib.acknowledging import Escalation, acknowledge, open_escalations
from orchestration.lib.generations import GenerationError, current, open_current
from orchestration.lib.landing import LandingError, iter_batches
from orchestration.lib.paths import Home
from tests.python.dbt_in_process import Dbt
from tests.python.fixtures_marts import Marts
from tests.python.fixtures_refresh import Refreshed, run_cli
from tests.python.landing_fixture import csv_bytes, send
from tests.python.oracles.company import Company
from tests.python.oracles.compare import assert_none
from tests.python.oracles.escalation import escalations, weeks
from tests.python.oracles.escalation_differences import escalation_differences


def noon(day: date) -> str:
    return f"{day}T12:00:00Z"


def published(home: Home, sql: str) -> list[tuple]:
    with open_current(home) as opened:
        return opened.connection.execute(sql).fetchall()


@dataclass(frozen=True)
class Answered:
    """A home in which `in_time` was taken by the command, `late` by a file, and nobody took the others."""

    home: Home
    before: Home
    in_time: Escalation
    late: Escalation
    silent: Escalation


@pytest.fixture(scope="module")
def answered(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Answered:
    target = tmp_path_factory.mktemp("answered") / "home"
    shutil.copytree(refreshed.home.root, target, symlinks=True)
    home = Home.at(target)
    in_time, late, silent = [one for one in open_escalations(home) if one.is_sla_breached][:3]
    command = ["acknowledge", "--alert", in_time.escalation_id, "--by", "planner", "--note", "order postponed"]
    for _ in range(2):  # the same word again changes nothing
        done = run_cli(home, *command, "--at", noon(in_time.first_due_date))
        assert done.returncode == 0, done.stderr
    rows = [
        {"alert_id": late.escalation_id, "acknowledged_by": "desk", "acknowledged_at": noon(day), "note": ""}
        for day in (late.first_due_date + timedelta(days=3), late.first_due_date + timedelta(days=2))
    ]
    rows.append({"alert_id": "no such id", "acknowledged_by": "desk", "acknowledged_at": noon(date(2026, 6, 1))})
    columns = ["alert_id", "acknowledged_by", "acknowledged_at", "note"]
    content = csv_bytes([{name: row.get(name, "") for name in columns} for row in rows])
    path = "steward/desk/alert_acknowledgements/b1"
    send(home, {"words.csv": content}, len(rows), path=path, extracted_at="2026-11-30T06:00:00Z")
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return Answered(home, refreshed.home, in_time, late, silent)


def row_of(home: Home, one: Escalation) -> tuple:
    columns = "acknowledged_at, acknowledged_by, acknowledgement_note, is_sla_breached, is_open"
    (row,) = published(
        home, f"select {columns} from governance.fct_escalation where escalation_id = '{one.escalation_id}'"
    )
    return row


def test_a_word_in_time_keeps_the_promise(answered: Answered):
    one = answered.in_time
    assert row_of(answered.before, one) == (None, None, None, True, True)
    at = datetime.fromisoformat(noon(one.first_due_date)).replace(tzinfo=None)
    assert row_of(answered.home, one) == (at, "planner", "order postponed", False, True)


def test_the_first_late_word_is_kept_and_the_promise_stays_missed(answered: Answered):
    at, by, _, is_late, is_open = row_of(answered.home, answered.late)
    assert (at.date(), by, is_late, is_open) == (answered.late.first_due_date + timedelta(days=2), "desk", True, True)


def test_a_word_for_an_unknown_id_waits_and_changes_nothing(answered: Answered):
    assert row_of(answered.home, answered.silent) == (None, None, None, True, True)
    sql = "select count(*) from core.fct_alert_acknowledgement where alert_id = 'no such id'"
    assert published(answered.home, sql) == [(1,)]


def test_people_do_not_move_the_cut_off(answered: Answered):
    """Words of five months later: the company's data reaches no further for them."""
    assert current(answered.home).manifest["as_of"] == current(answered.before).manifest["as_of"]
    sql = (
        "select escalation_id, first_week_date, breach_week_count, is_open from governance.fct_escalation order by all"
    )
    assert published(answered.home, sql) == published(answered.before, sql)


def test_the_scorecard_counts_the_word(answered: Answered):
    sql = (
        "select sum(numerator), sum(denominator) from scorecard.fct_kpi_value "
        "where kpi_id = 'escalation_ack_ratio' and scope_type = 'company'"
    )
    ((none, due),), ((one, still),) = published(answered.before, sql), published(answered.home, sql)
    assert one == none + 1
    assert due == still > 1


def test_the_oracle_agrees(answered: Answered):
    company = Company(answered.home)
    said = escalations(company, weeks(company))
    assert len([one for one in said.values() if one.taken]) == 2
    assert_none(*escalation_differences(Marts(answered.home, Dbt(answered.home)), said, company.as_of_date))


def test_the_same_word_lands_once(answered: Answered):
    batches = [batch for batch in iter_batches(answered.home) if batch.entity == "alert_acknowledgements"]
    assert sorted(batch.instance for batch in batches) == ["desk", "governance"]


def test_the_list_is_gravest_first_and_shows_who_took_what(answered: Answered):
    listed = run_cli(answered.home, "escalations").stdout
    assert f"taken by planner, excess {answered.in_time.excess_amount:,.2f}: {answered.in_time.escalation_id}" in listed
    levels = [one.current_level for one in open_escalations(answered.home)]
    assert levels == sorted(levels, reverse=True)
    assert len(listed.splitlines()) == len(levels)


def test_an_id_that_is_not_published_is_refused_with_what_is_like_it(refreshed: Refreshed):
    whole = open_escalations(refreshed.home)[0].escalation_id
    done = run_cli(refreshed.home, "acknowledge", "--alert", whole[:-1], "--by", "planner")
    assert done.returncode == 1
    assert whole in done.stderr
    with pytest.raises(LandingError, match="say who"):
        acknowledge(refreshed.home, whole, " ", None, datetime(2026, 6, 16))


def test_without_a_publication_there_is_nothing_to_take(home: Home):
    with pytest.raises(GenerationError):
        open_escalations(home)


def test_an_alert_of_the_scorecard_can_be_taken_too(copy_home: Callable[[], Home]):
    home = copy_home()
    ((alert,),) = published(home, "select min(alert_id) from scorecard.fct_alert")
    batch = acknowledge(home, alert, "finance", None, datetime(2026, 7, 2, 9))
    assert [b.batch_id for b in iter_batches(home) if b.entity == "alert_acknowledgements"] == [batch]

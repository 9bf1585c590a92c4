"""Readers of docs/guides/read_the_marts.md meet whole generations while a refresh publishes the next one.

Here: what four readers told, each in a process of its own beside a real refresh in another (fixtures_next_day.py). Not
here: publishing itself (test_publishing.py) and how a reader reads (bi_reader.py).
"""

from __future__ import annotations

import re

import duckdb
import pytest

from orchestration.lib import generations
from orchestration.lib.paths import REPO
from tests.python.bi_reader import WAYS
from tests.python.fixtures_next_day import LEDGER

GUIDE = REPO / "docs" / "guides" / "read_the_marts.md"


def test_the_refresh_published_something_else(next_day):
    assert next_day.after.sequence > next_day.before.sequence
    assert next_day.after.manifest["tables"][LEDGER]["form"] == "parquet"
    rows = [generation.manifest["tables"][LEDGER]["rows"] for generation in (next_day.before, next_day.after)]
    assert rows[1] == rows[0] + 1


@pytest.mark.parametrize("way", WAYS)
def test_a_session_sees_one_whole_generation(next_day, way):
    for session in next_day.sessions[way]:
        assert session["first"] == session["again"], session
    assert {s["generation"] for s in next_day.sessions[way]} == {next_day.before.name, next_day.after.name}


@pytest.mark.parametrize("way", WAYS)
def test_there_were_sessions_before_and_after_the_pointer_moved(next_day, way):
    *_, last, long = sessions = next_day.sessions[way]
    assert (sessions[0]["kind"], sessions[0]["generation"]) == ("short", next_day.before.name)
    assert (last["kind"], last["generation"]) == ("last", next_day.after.name)
    assert (long["kind"], long["generation"]) == ("long", next_day.before.name), "held open over the move"


def test_all_ways_read_the_same_of_a_generation(next_day):
    seen = {(s["generation"], tuple(s["first"])) for sessions in next_day.sessions.values() for s in sessions}
    assert len(seen) == 2
    for name, told in seen:
        generation = next_day.before if name == next_day.before.name else next_day.after
        assert int(told[0]) == generation.manifest["tables"][LEDGER]["rows"]
        assert int(told[3]) == generation.manifest["tables"]["scorecard.fct_kpi_value"]["rows"]


def test_readers_did_not_hurt_what_they_read(next_day):
    assert generations.verify(next_day.before) > 0
    assert generations.verify(next_day.after) > 0


def blocks(language: str) -> list[str]:
    """Code blocks of the guide in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_python_of_the_guide_runs(next_day, monkeypatch, capsys):
    """One client after the other: those with settings of their own refuse each other, as the guide says."""
    monkeypatch.setenv("LEADLAG_HOME", str(next_day.home.root))
    names: dict = {}
    for apart in ("", "create_engine", "open_current"):
        for block in blocks("python"):
            if (apart in block) if apart else not any(word in block for word in ("create_engine", "open_current")):
                exec(compile(block, "guide", "exec"), names)
        names["marts"].close()
        if "engine" in names:
            names["engine"].dispose()
    assert names["full"] == str(next_day.after.path / "full")
    assert len(names["frame"]) > 0
    assert len(names["rows"]) == next_day.after.manifest["tables"]["scorecard.fct_kpi_value"]["rows"]
    assert 0 < names["june"].num_rows < next_day.after.manifest["tables"][LEDGER]["rows"]
    assert next_day.after.name in capsys.readouterr().out
    assert generations.leased_names(next_day.home) == set()


def test_why_the_link_is_resolved_once(next_day, tmp_path):
    """A session through a link that moves reads tables of one generation and Parquet files of the next."""
    link, facts = tmp_path / "current", f"select count(*) from {LEDGER}"
    link.symlink_to(next_day.before.path)
    rows = [generation.manifest["tables"][LEDGER]["rows"] for generation in (next_day.before, next_day.after)]
    with duckdb.connect(str(link / "full" / "marts.duckdb"), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{link / 'full'}'")
        assert connection.execute(facts).fetchone() == (rows[0],)
        link.unlink()
        link.symlink_to(next_day.after.path)
        assert connection.execute(facts).fetchone() == (rows[1],)


def test_the_queries_of_the_guide_answer(next_day):
    with generations.open_current(next_day.home) as opened:
        queries = [query for block in blocks("sql") for query in block.split(";") if query.strip()]
        assert len(queries) >= 5
        for query in queries:
            assert opened.connection.execute(query).fetchall(), query


def test_without_the_search_path_tables_answer_and_parquet_says_so(next_day):
    with duckdb.connect(str(next_day.after.path / "full" / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from registry.kpi_registry").fetchone() > (0,)
        with pytest.raises(duckdb.IOException, match="No files found that match the pattern"):
            connection.execute(f"select count(*) from {LEDGER}")

"""Readers of docs/guides/read_the_marts.md meet whole generations while a refresh publishes the next one.

Here: four readers, each in a process of its own, beside a real refresh in another. Not here: publishing itself
(test_publishing.py) and how a reader reads (bi_reader.py).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib import generations, publishing
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.landing import MANIFEST, iter_batches, write_batch
from orchestration.lib.paths import REPO, Home
from tests.python.bi_reader import WAYS
from tests.python.fixtures_refresh import environment_of
from tests.python.marts_fixture import content_of

GUIDE = REPO / "docs" / "guides" / "read_the_marts.md"
LEDGER = "core.fct_stock_movement"
PARQUET_ABOVE = 1000
"""The tiny company has no fact of two million rows: the ledger is published as Parquet files from here on."""
REFRESH = (
    "import sys; from orchestration.lib import publishing; from orchestration.__main__ import main; "
    f"publishing.publish.__kwdefaults__['parquet_above'] = {PARQUET_ABOVE}; sys.exit(main(['refresh']))"
)


@dataclass(frozen=True)
class Watched:
    """What the readers told, per way in order, and the generations before and after the refresh."""

    home: Home
    sessions: dict[str, list[dict]]
    before: generations.Generation
    after: generations.Generation


def publish_with_parquet(home: Home) -> None:
    """Publish the build of `home` again with the ledger in Parquet files, as a company of that size has it."""
    total, tables = content_of(home.build_db)
    here = generations.current(home).manifest
    more = {"as_of": here["as_of"], "audit": here["audit"], "parquet_above": PARQUET_ABOVE}
    publishing.publish(home, home.build_db, pin_hash="again", content_hash=total, content=tables, **more)


def land_one_movement(home: Home) -> None:
    """A batch with one adjustment that was not there before."""
    contract = load_contracts(REPO)["wms", "movements"]
    last = max((b for b in iter_batches(home) if b.entity == "movements"), key=lambda b: (b.name, b.instance))
    extracted_at = datetime.fromisoformat(json.loads((last.folder / MANIFEST).read_text())["extracted_at"])
    (file,) = last.folder.glob("*.parquet")
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    rows = pq.read_table(file).to_pylist()
    row = {name: value for name, value in rows[-1].items() if name in schema.names}
    row |= {"event_id": "bi-1", "event_type": "adjustment", "qty": 1, "transfer_id": None, "reverses_event_id": None}
    table = pa.Table.from_pylist([row], schema=schema)
    write_batch(home.landing, "wms", last.instance, "movements", "bi", table, extracted_at, contract=contract)


def watch(home: Home, stop: Path) -> Watched:
    """All four readers, a refresh under their eyes, and what they told; AssertionError with what a failed one said."""
    publish_with_parquet(home)
    before = generations.current(home)
    readers = {
        way: subprocess.Popen(
            [sys.executable, "-m", "tests.python.bi_reader", way, str(home.root), str(stop)],
            cwd=REPO,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for way in WAYS
    }
    try:
        firsts = {way: reader.stdout.readline() for way, reader in readers.items()}
        land_one_movement(home)
        done = subprocess.run(
            [sys.executable, "-c", REFRESH], cwd=REPO, env=environment_of(home), capture_output=True, text=True
        )
        stop.touch()
        told = {way: reader.communicate(timeout=120) for way, reader in readers.items()}
    finally:
        for reader in readers.values():
            reader.kill()
    assert done.returncode == 0, done.stdout + done.stderr
    for way, reader in readers.items():
        assert reader.returncode == 0, f"{way}: {told[way][1]}"
    sessions = {way: [json.loads(s) for s in (firsts[way] + told[way][0]).splitlines()] for way in WAYS}
    return Watched(home, sessions, before, generations.current(home))


@pytest.fixture(scope="module")
def watched(refreshed, tmp_path_factory) -> Watched:
    """One refresh watched by all readers, in a copy of the refreshed home."""
    root = tmp_path_factory.mktemp("bi")
    shutil.copytree(refreshed.home.root, root / "home", symlinks=True)
    return watch(Home.at(root / "home"), root / "stop")


def test_the_refresh_published_something_else(watched):
    assert watched.after.sequence > watched.before.sequence
    assert watched.after.manifest["tables"][LEDGER]["form"] == "parquet"
    rows = [generation.manifest["tables"][LEDGER]["rows"] for generation in (watched.before, watched.after)]
    assert rows[1] == rows[0] + 1


@pytest.mark.parametrize("way", WAYS)
def test_a_session_sees_one_whole_generation(watched, way):
    for session in watched.sessions[way]:
        assert session["first"] == session["again"], session
    assert {s["generation"] for s in watched.sessions[way]} == {watched.before.name, watched.after.name}


@pytest.mark.parametrize("way", WAYS)
def test_there_were_sessions_before_and_after_the_pointer_moved(watched, way):
    *_, last, long = sessions = watched.sessions[way]
    assert (sessions[0]["kind"], sessions[0]["generation"]) == ("short", watched.before.name)
    assert (last["kind"], last["generation"]) == ("last", watched.after.name)
    assert (long["kind"], long["generation"]) == ("long", watched.before.name), "held open over the move"


def test_all_ways_read_the_same_of_a_generation(watched):
    seen = {(s["generation"], tuple(s["first"])) for sessions in watched.sessions.values() for s in sessions}
    assert len(seen) == 2
    for name, told in seen:
        generation = watched.before if name == watched.before.name else watched.after
        assert int(told[0]) == generation.manifest["tables"][LEDGER]["rows"]
        assert int(told[3]) == generation.manifest["tables"]["scorecard.fct_kpi_value"]["rows"]


def test_readers_did_not_hurt_what_they_read(watched):
    assert generations.verify(watched.before) > 0
    assert generations.verify(watched.after) > 0


def blocks(language: str) -> list[str]:
    """Code blocks of the guide in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_python_of_the_guide_runs(watched, monkeypatch, capsys):
    """One client after the other: those with settings of their own refuse each other, as the guide says."""
    monkeypatch.setenv("LEADLAG_HOME", str(watched.home.root))
    names: dict = {}
    for apart in ("", "create_engine", "open_current"):
        for block in blocks("python"):
            if (apart in block) if apart else not any(word in block for word in ("create_engine", "open_current")):
                exec(compile(block, "guide", "exec"), names)
        names["marts"].close()
        if "engine" in names:
            names["engine"].dispose()
    assert names["full"] == str(watched.after.path / "full")
    assert len(names["frame"]) > 0
    assert len(names["rows"]) == watched.after.manifest["tables"]["scorecard.fct_kpi_value"]["rows"]
    assert 0 < names["june"].num_rows < watched.after.manifest["tables"][LEDGER]["rows"]
    assert watched.after.name in capsys.readouterr().out
    assert generations.leased_names(watched.home) == set()


def test_why_the_link_is_resolved_once(watched, tmp_path):
    """A session through a link that moves reads tables of one generation and Parquet files of the next."""
    link, facts = tmp_path / "current", f"select count(*) from {LEDGER}"
    link.symlink_to(watched.before.path)
    rows = [generation.manifest["tables"][LEDGER]["rows"] for generation in (watched.before, watched.after)]
    with duckdb.connect(str(link / "full" / "marts.duckdb"), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{link / 'full'}'")
        assert connection.execute(facts).fetchone() == (rows[0],)
        link.unlink()
        link.symlink_to(watched.after.path)
        assert connection.execute(facts).fetchone() == (rows[1],)


def test_the_queries_of_the_guide_answer(watched):
    with generations.open_current(watched.home) as opened:
        queries = [query for block in blocks("sql") for query in block.split(";") if query.strip()]
        assert len(queries) >= 5
        for query in queries:
            assert opened.connection.execute(query).fetchall(), query


def test_without_the_search_path_tables_answer_and_parquet_says_so(watched):
    with duckdb.connect(str(watched.after.path / "full" / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from registry.kpi_registry").fetchone() > (0,)
        with pytest.raises(duckdb.IOException, match="No files found that match the pattern"):
            connection.execute(f"select count(*) from {LEDGER}")

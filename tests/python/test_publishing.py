"""Write-audit-publish: what a generation holds, and that a crash between any two steps leaves readers a whole one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import generations, publishing
from orchestration.lib.paths import REPO, Home
from tests.python.marts_fixture import AS_OF, content_of, make_build

STEPS = ("exported", "sealed", "renamed", "pointed", "retired")


class Crash(BaseException):
    """What a test throws in the middle of publishing: no `except Exception` may swallow it."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.at(tmp_path / "home")
    make_build(home)
    return home


def publish(home: Home, pin: str = "pin1", **more) -> publishing.Publication:
    total, tables = content_of(home.build_db)
    more = {"parquet_above": 1000, **more}
    return publishing.publish(
        home, home.build_db, pin_hash=pin, content_hash=total, content=tables, as_of=AS_OF, audit={}, **more
    )


def change(home: Home, sql: str) -> None:
    with duckdb.connect(str(home.build_db)) as connection:
        connection.execute(sql)


def test_a_generation_holds_the_marts_and_nothing_private(home):
    done = publish(home)
    manifest = done.generation.manifest
    assert done.is_new
    assert done.generation.name.startswith("g000001-")
    assert {"core.dim_sku", "lag.kpi_small", "policy.policy", "visibility.fct_stock_record"} <= set(manifest["tables"])
    assert not {n for n in manifest["tables"] if n.startswith(("staging.", "reference.")) or ".int_" in n}
    assert manifest["tables"]["core.fct_stock_movement"]["form"] == "parquet"
    assert manifest["tables"]["core.dim_sku"] == {
        "rows": 50,
        "form": "table",
        "hash": content_of(home.build_db)[1]["core.dim_sku"].hash,
    }
    assert sorted(p for p in manifest["files"] if p.endswith(".parquet")) == [
        f"full/core/fct_stock_movement/2026-0{month}.parquet" for month in (1, 2, 3)
    ]
    assert generations.verify(done.generation) == len(manifest["files"]) == 4


def test_published_content_equals_the_build_and_comments_travel(home):
    publish(home)
    with generations.open_current(home) as opened:
        run = opened.connection.execute
        assert run("select count(*), sum(qty) from core.fct_stock_movement").fetchone() == (3000, 3000)
        assert run("select sku_count from lag.kpi_small").fetchone() == (50,)
        comments = run("select comment from duckdb_tables() where table_name = 'dim_sku'").fetchall()
        assert comments == [("One row per SKU; it's the golden record.",)]
        columns = "select comment from duckdb_columns() where comment is not null order by 1"
        assert run(columns).fetchall() == [("Base UoM.",), ("Golden id.",)]
        with pytest.raises(duckdb.InvalidInputException):
            run("create table t (i integer)")
        opened.connection.execute(f"attach '{home.build_db}' as b (read_only)")
        name = "core.fct_stock_movement"
        for one, two in ((f"b.{name}", name), (name, f"b.{name}")):
            assert run(f"select count(*) from (from {one} except all from {two})").fetchone() == (0,)


def test_the_marts_open_after_the_folder_moved_and_with_an_old_storage_version(home, tmp_path):
    generation = publish(home).generation
    moved = tmp_path / "elsewhere"
    generation.path.rename(moved)
    with duckdb.connect(str(moved / "full" / "marts.duckdb"), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{moved / 'full'}'")
        assert connection.execute("select count(*) from core.fct_stock_movement").fetchone() == (3000,)
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'marts'").fetchone()
        assert tags[0]["storage_version"].startswith("v1.2.0")


def test_a_view_is_published_as_a_view_and_reads_under_any_alias(home):
    change(home, "create view core.fct_daily as select event_date, count(*) as n from leadlag.core.fct_stock_movement"
                 " group by event_date")  # fmt: skip
    generation = publish(home).generation
    assert generation.manifest["tables"]["core.fct_daily"]["form"] == "view"
    assert generation.manifest["tables"]["core.fct_daily"]["rows"] == 90
    marts = generation.path / "full" / "marts.duckdb"
    for alias in ("marts", "another name"):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{marts}' as \"{alias}\" (read_only)")
            connection.execute(f"set file_search_path = '{marts.parent}'")
            assert connection.execute(f'select sum(n) from "{alias}".core.fct_daily').fetchone() == (3000,)


def test_a_view_over_what_stays_here_is_published_as_its_rows(home):
    """Storage of the positions, the ledger, a private step: a reader does not get them, and would see nothing."""
    change(home, "create schema kernel; create table kernel.fct_runs_closed as select 1 as qty union all select 2; "
                 "create view core.fct_runs as select * from leadlag.kernel.fct_runs_closed; "
                 "create view core.fct_steps as select * from leadlag.lag.int_lag__step; "
                 "create view core.fct_told as select sum(qty) as qty from leadlag.core.fct_runs")  # fmt: skip
    generation = publish(home).generation
    forms = [generation.manifest["tables"][f"core.{name}"]["form"] for name in ("fct_runs", "fct_steps", "fct_told")]
    assert forms == ["table", "table", "view"]
    with duckdb.connect(str(generation.path / "full" / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute("from core.fct_told").fetchall() == [(3,)]
    change(home, "insert into kernel.fct_runs_closed values (4)")
    assert publish(home).is_new, "its rows are content"


def test_unchanged_months_are_links_and_changed_ones_are_not(home):
    first = publish(home).generation
    change(home, "insert into core.fct_stock_movement values (9999, date '2026-03-05', 2)")
    second = publish(home, pin="pin2")
    assert second.linked_files == 2
    for month, linked in (("2026-01", True), ("2026-02", True), ("2026-03", False)):
        file = f"full/core/fct_stock_movement/{month}.parquet"
        same = (first.path / file).stat().st_ino == (second.generation.path / file).stat().st_ino
        assert same is linked, month
    generations.verify(second.generation)


def test_a_damaged_month_is_written_again_instead_of_linked(home):
    first = publish(home).generation
    damaged = first.path / "full/core/fct_stock_movement/2026-01.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(b"rot" + damaged.read_bytes()[3:])
    change(home, "update core.dim_sku set description = 'new'")
    second = publish(home, pin="pin2")
    assert second.linked_files == 2
    generations.verify(second.generation)


def test_the_same_content_of_the_same_batches_is_published_once(home):
    first = publish(home)
    again = publish(home)
    assert (again.is_new, again.generation.name) == (False, first.generation.name)
    assert publish(home, pin="pin2").generation.sequence == 2


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_leaves_one_whole_generation_and_the_next_run_is_right(home, step):
    old = publish(home).generation.name
    change(home, "update core.dim_sku set description = 'new'")

    def crash(done: str) -> None:
        if done == step:
            raise Crash

    with pytest.raises(Crash):
        publish(home, pin="pin2", on_step=crash)
    moved = step in ("pointed", "retired")
    here = generations.current(home)
    assert (here.name != old) is moved
    generations.verify(here)

    done = publish(home, pin="pin2").generation
    assert generations.current_name(home) == done.name
    generations.verify(done)
    assert done.manifest["content_hash"] == content_of(home.build_db)[0]
    assert not list(home.published.glob(".tmp-*"))


def test_leftovers_of_a_killed_publish_are_cleaned(home):
    for name in (".tmp-g000009-0123456789/full", ".tmp-retired-g000001-0123456789"):
        (home.published / name).mkdir(parents=True)
    (home.published / ".current-123").symlink_to("nowhere")
    publish(home)
    assert sorted(p.name for p in home.published.iterdir() if p.name.startswith(".")) == []


def test_a_failed_export_leaves_nothing_and_the_pointer(home):
    old = publish(home).generation.name
    change(home, "create view lag.kpi_broken as select 1 as i")
    total, tables = content_of(home.build_db)
    tables["lag.kpi_absent"] = tables["lag.kpi_broken"]
    with pytest.raises(generations.GenerationError, match=r"no lag\.kpi_absent, which was audited"):
        publishing.publish(home, home.build_db, pin_hash="p", content_hash=total, content=tables, as_of=AS_OF, audit={})
    assert generations.current_name(home) == old
    assert not list(home.published.glob(".tmp-*"))


READER = """
import sys, time
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home
home = Home.at(sys.argv[1])
with open_current(home) as opened:
    query = "select min(description), max(description), count(*) from core.dim_sku"
    facts = "select count(*) from core.fct_stock_movement"
    first = opened.connection.execute(query).fetchone()
    print(opened.generation.name, flush=True)
    sys.stdin.readline()
    assert opened.connection.execute(query).fetchone() == first
    assert opened.connection.execute(facts).fetchone() == (3000,)
    print("same", flush=True)
"""


def test_an_open_reader_neither_blocks_a_publication_nor_breaks_by_it(home):
    first = publish(home).generation.name
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPO,
    )
    assert reader.stdout.readline().strip() == first
    for number in range(3):
        change(home, f"update core.dim_sku set description = 'version {number}'")
        publish(home, pin=f"pin{number + 2}", keep=1, min_age_seconds=0)
    assert generations.current_name(home) != first
    assert generations.list_generations(home)[0].name == first, "its lease keeps what it reads"
    out, _ = reader.communicate("\n", timeout=30)
    assert out.strip() == "same"
    assert reader.returncode == 0
    change(home, "update core.dim_sku set description = 'last'")
    publish(home, pin="pin9", keep=1, min_age_seconds=0)
    assert len(generations.list_generations(home)) == 1


LOOP = """
import sys, time
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home
home, seen, queries = Home.at(sys.argv[1]), set(), 0
print("ready", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end and len(seen) < 4:
    with open_current(home) as opened:
        run = opened.connection.execute
        low, high = run("select min(description), max(description) from core.dim_sku").fetchone()
        version = run("select min(policy_key) from policy.policy").fetchone()[0]
        assert low == high == version, (low, high, version)
        seen.add(opened.generation.name)
        queries += 2
print(len(seen), queries)
"""


def test_a_reader_in_a_loop_never_sees_a_mixed_generation(home):
    def version(number: int) -> None:
        change(
            home,
            f"update core.dim_sku set description = 'v{number}'; update policy.policy set policy_key = 'v{number}'",
        )
        publish(home, pin=f"pin{number}", keep=1, min_age_seconds=0)

    version(0)
    reader = subprocess.Popen(
        [sys.executable, "-c", LOOP, str(home.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPO,
    )
    assert reader.stdout.readline() == "ready\n"
    number = 1
    while reader.poll() is None and number < 40:
        version(number)
        number += 1
        time.sleep(0.05)
    out, error = reader.communicate(timeout=60)
    assert reader.returncode == 0, error
    assert int(out.split()[0]) >= 4


def test_the_manifest_is_json_that_names_every_file_but_itself(home):
    path = publish(home).generation.path
    manifest = json.loads((path / "MANIFEST.json").read_text())
    on_disk = {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file()}
    assert on_disk == set(manifest["files"]) | {"MANIFEST.json"}
    assert {"pin_hash", "content_hash", "as_of", "duckdb_version", "sequence"} <= set(manifest)

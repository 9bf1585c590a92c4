"""The edge build: one site from its own feed says what the central build says of it, and disturbs nobody.

Here: `python -m orchestration edge` on copies of the landing areas of the built companies. Not here: whether the edge
is the right place (macros/test_topology.py, oracles/test_topology.py), how runs are recorded (test_ingestion_runs.py).
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import landing
from orchestration.lib.edge import sites
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.fixtures_marts import Marts
from tests.python.fixtures_refresh import run_cli
from tests.python.landing_fixture import tree_hashes

MARTS = {
    "core.fct_stock_movement",
    "core.fct_stock_position",
    "core.fct_stock_on_hand",
    "core.fct_demand_daily",
    "visibility.fct_site_record_flag",
}
"""What the selector builds for a site's readers; the rest of it are masters and policy."""
PRIVATE = {
    "core.dim_cutoff",
    "core.dim_date",
    "core.dim_location",
    "core.dim_policy",
    "core.fct_promotion",
    "core.int_core__demand_day",
}


@dataclass
class Edge:
    """An edge build beside the central one of the same batches."""

    home: Home
    central: Marts
    site: str
    location_id: str
    as_of: str
    output: str

    @property
    def database(self) -> Path:
        return self.home.root / "edge" / self.site / "leadlag.duckdb"


def copy_of_landing(marts: Marts, folder: Path) -> Home:
    """A home in which the same batches have landed and nothing else has happened."""
    home = Home.at(folder)
    shutil.copytree(marts.home.landing, home.landing)
    return home


def build(marts: Marts, home: Home, site: str) -> Edge:
    found = marts.rows(f"select location_id from core.dim_location where site_code = {literal(site)}")
    as_of = marts.rows("select as_of_at from core.dim_cutoff")[0]["as_of_at"].isoformat()
    done = run_cli(home, "edge", "--site", site, "--as-of", as_of)
    assert done.returncode == 0, done.stdout + done.stderr
    return Edge(home, marts, site, found[0]["location_id"], as_of, done.stdout)


@pytest.fixture(scope="module")
def tiny_home(tiny_marts, tmp_path_factory) -> Home:
    return copy_of_landing(tiny_marts, tmp_path_factory.mktemp("edge_of_tiny") / "home")


@pytest.fixture(scope="module")
def bcn(tiny_marts, tiny_home) -> Edge:
    return build(tiny_marts, tiny_home, "BCN1")


def rows_of(database: Path, name: str, where: str = "") -> Counter:
    """The rows of a mart, all columns but `_meta*`. Each file by itself: a view names the database it was made in."""
    schema, table = name.split(".")
    with connect(database, read_only=True) as connection:
        columns = connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
            "and not starts_with(column_name, '_meta') order by column_name",
            [schema, table],
        ).fetchall()
        listed = ", ".join(ident(column) for (column,) in columns)
        return Counter(connection.execute(f"select {listed} from {schema}.{table} {where}").fetchall())


def differences(edge: Edge) -> dict[str, dict]:
    """Rows of each mart that one side has and the other has not, both ways, duplicates counted."""
    found = {}
    where = f"where location_id = {literal(edge.location_id)}"
    for name in sorted(MARTS):
        site, central = rows_of(edge.database, name), rows_of(edge.central.home.build_db, name, where)
        assert central or name.endswith("_flag"), f"{name} has rows to compare"
        if site != central:
            found[name] = {"only at the edge": [*(site - central)][:3], "only centrally": [*(central - site)][:3]}
    return found


def test_the_figures_of_a_site_equal_the_central_ones(bcn):
    assert not differences(bcn)
    counts = bcn.central.rows(
        f"select count(*) as n from core.fct_stock_movement where location_id = {literal(bcn.location_id)}"
    )
    assert counts[0]["n"] > 500, "there is something to compare"


def test_so_do_those_of_the_site_that_records_late(tiny_marts, tiny_home):
    edge = build(tiny_marts, tiny_home, "CHI1")
    assert not differences(edge)
    rows = tiny_marts.rows(f"select * from visibility.fct_site_record_flag where location_id = '{edge.location_id}'")
    assert len(rows) > 0, "the planted negative stock lies at another site: compare that one"


def test_so_do_those_of_a_company_of_edge_cases(edge_marts, tmp_path):
    """Redeliveries, unknown units, codes of two divisions that mean one SKU: the master copy is of all divisions."""
    home = copy_of_landing(edge_marts, tmp_path / "home")
    for site in sites(home)[:2]:
        assert not differences(build(edge_marts, home, site)), site


def test_a_difference_would_be_seen(bcn, tmp_path):
    copy = bcn.central.copy(tmp_path / "changed")
    with connect(copy.home.build_db) as connection:
        connection.execute(
            f"delete from core.int_core__demand_day where location_id = {literal(bcn.location_id)} "
            "and demand_date = (select max(demand_date) from core.int_core__demand_day "
            f"where location_id = {literal(bcn.location_id)})"
        )
    changed = Edge(bcn.home, copy, bcn.site, bcn.location_id, bcn.as_of, "")
    assert set(differences(changed)) == {"core.fct_demand_daily"}


def test_flags_of_a_site_are_those_of_all_rules(tiny_marts, edge_marts):
    """What a site flags by itself is what the whole rule book says of these two rules."""
    for marts in (tiny_marts, edge_marts):
        site = marts.rows("select sku_id, location_id, rule_id from visibility.fct_site_record_flag order by all")
        whole = marts.rows(
            "select sku_id, location_id, rule_id from visibility.fct_stock_record_flag "
            "where rule_id in ('DQ-N1', 'DQ-P2') order by all"
        )
        assert site == whole
    assert {row["rule_id"] for row in edge_marts.rows("from visibility.fct_site_record_flag")} == {"DQ-N1", "DQ-P2"}


def test_only_the_models_needed_are_built_from_the_batches_of_the_site(bcn):
    with connect(bcn.database, read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('core', 'visibility')"
        ).fetchall()
        assert {name for (name,) in tables} == MARTS | PRIVATE
        assert connection.execute("select distinct site_code from core.fct_stock_movement").fetchall() == [("BCN1",)]
    read = {(batch.source, batch.instance) for batch in landing.iter_batches(bcn.home.edge("BCN1"))}
    assert {r for r in read if r[0] != "steward"} == {("wms", "BCN1"), ("erp", "north"), ("erp", "south")}
    entities = {batch.entity for batch in landing.iter_batches(bcn.home.edge("BCN1")) if batch.source == "erp"}
    assert entities == {"divisions", "items", "item_uoms", "locations", "promotions"}


def test_it_prints_figures_and_seconds(bcn):
    on_hand = bcn.central.rows(
        "select sum(on_hand_qty) as qty from core.fct_stock_on_hand "
        f"where location_id = {literal(bcn.location_id)} and valid_to = timestamp '9999-12-31'"
    )[0]["qty"]
    assert f"on_hand_qty      {on_hand:>16,}" in bcn.output
    assert f"BCN1 as of {bcn.as_of}Z" in bcn.output
    assert " s, " in bcn.output.splitlines()[-1]


def test_an_unknown_site_is_told_which_there_are(tiny_home):
    for wrong in ("LYS9", "../BCN1", ""):
        done = run_cli(tiny_home, "edge", "--site", wrong)
        assert done.returncode == 1
        assert f"no site is called {wrong!r}" in done.stderr
        assert [line.strip() for line in done.stderr.splitlines()[2:]] == ["BCN1", "CHI1", "DAL1", "MAD1"]


def test_a_central_run_and_an_edge_build_do_not_wait_for_each_other(bcn):
    home = bcn.home.make()
    before = {name: tree_hashes(getattr(home, name)) for name in ("accepted", "published", "quarantine")}
    with duckdb.connect(str(bcn.database), read_only=True) as reader:  # a reader of the file that is replaced
        with writer_lock(home.build / ".lock"):
            again = build(bcn.central, home, "BCN1")
        assert reader.execute("select count(*) from core.fct_stock_movement").fetchone()[0] > 500
    assert "the same batches as last time" in again.output
    assert {name: tree_hashes(getattr(home, name)) for name in before} == before
    assert not home.build_db.exists()
    with writer_lock(home.edge("BCN1").build / ".lock"):
        done = run_cli(home, "edge", "--site", "BCN1")
    assert done.returncode == 1
    assert "another leadlag process writes this home" in done.stderr


def test_a_withdrawn_batch_leaves_the_edge_too(bcn, tmp_path):
    home = copy_of_landing(bcn.central, tmp_path / "home")
    batches = [b for b in landing.iter_batches(home) if b.batch_id.startswith("wms/BCN1/movements/")]
    counts = []
    for reason in (None, "planted"):
        if reason:
            landing.withdraw(home, batches[0].batch_id, reason)
        edge = build(bcn.central, home, "BCN1")
        with connect(edge.database, read_only=True) as connection:
            counts.append(connection.execute("select count(*) from core.fct_stock_movement").fetchone()[0])
    assert counts[1] < counts[0]

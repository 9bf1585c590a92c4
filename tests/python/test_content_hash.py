"""The content hash: sensitive to every change of content, blind to order, threads and what is no content."""

from __future__ import annotations

import time

import duckdb
import pytest

from orchestration.lib.catalogue import relations
from orchestration.lib.content_hash import VALIDATION_HISTORY, content_hashes, rows_hash, view_definition

BASE = (
    "select * from (values (1, 'a', 1.50, date '2024-01-01'), (2, '', 2.25, null), (2, '', 2.25, null)) v(i, s, q, d)"
)
COLUMNS = [("i", "INTEGER"), ("s", "VARCHAR"), ("q", "DECIMAL"), ("d", "DATE")]


def digest(sql: str, columns=COLUMNS, threads: int = 2) -> str:
    with duckdb.connect(config={"threads": threads}) as connection:
        return rows_hash(connection, f"({sql})", columns)[1]


def test_order_and_threads_do_not_matter():
    big = "select i, (i % 7)::varchar as s, (i / 3)::decimal(18, 4) as q, date '2024-01-01' as d from range(50000) t(i)"
    reference = digest(big, threads=1)
    assert digest(f"{big} order by i desc", threads=1) == reference
    assert digest(big, threads=4) == reference


@pytest.mark.parametrize(
    "changed",
    [
        BASE.replace(", (2, '', 2.25, null), (2", ", (2"),  # a duplicate lost
        BASE.replace("''", "null"),  # empty text became null
        BASE.replace("2.25", "2.26"),
        BASE.replace("(1, 'a', 1.50", "(1, 'A', 1.50"),
        BASE.replace("(values (1, 'a'", "(values (11, 'a'"),
        f"{BASE} where false",
    ],
)
def test_every_change_changes_it(changed):
    assert digest(changed) != digest(BASE)


def test_neighbouring_texts_do_not_run_together():
    columns = [("a", "VARCHAR"), ("b", "VARCHAR")]
    one, two = "select 'x' as a, 'yz' as b", "select 'xy' as a, 'z' as b"
    assert digest(one, columns) != digest(two, columns)


def test_names_and_types_are_content():
    assert digest("select 1 as i", [("i", "INTEGER")]) != digest("select 1 as i", [("i", "BIGINT")])


@pytest.fixture
def marts():
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as leadlag")
    for schema in ("core", "visibility", "staging"):
        connection.execute(f"create schema leadlag.{schema}")
    connection.execute("create table leadlag.core.dim_sku as select 1 as sku_id, now() as _meta_built_at")
    connection.execute("create table leadlag.staging.stg_x as select 1 as i")
    connection.execute("create table leadlag.core.int_core__step as select 1 as i")
    connection.execute("create table leadlag.visibility.fct_validation_result as select 1 as i")
    yield connection
    connection.close()


def test_meta_columns_history_and_private_steps_are_no_content(marts):
    reference, tables = content_hashes(marts, "leadlag")
    assert set(tables) == {"core.dim_sku", "visibility.fct_validation_result"}
    for change in (
        "update leadlag.core.dim_sku set _meta_built_at = timestamp '2001-01-01'",
        "insert into leadlag.visibility.fct_validation_result values (2)",
        "insert into leadlag.staging.stg_x values (2)",
        "insert into leadlag.core.int_core__step values (2)",
    ):
        marts.execute(change)
        assert content_hashes(marts, "leadlag")[0] == reference, change
    marts.execute("insert into leadlag.core.dim_sku values (2, null)")
    assert content_hashes(marts, "leadlag")[0] != reference
    assert "visibility.fct_validation_result" in VALIDATION_HISTORY


def test_a_view_counts_by_its_words_whatever_the_database_is_called(marts):
    marts.execute("create view leadlag.core.fct_x as select sku_id, 'leadlag.core' as note from leadlag.core.dim_sku")
    reference = content_hashes(marts, "leadlag")[1]["core.fct_x"]
    known = relations(marts, "leadlag")
    assert view_definition(known["core.dim_sku"], "leadlag") is None
    assert "leadlag.core.dim_sku" not in view_definition(known["core.fct_x"], "leadlag")
    assert "'leadlag.core'" in view_definition(known["core.fct_x"], "leadlag")
    assert reference.rows == 1
    marts.execute("create or replace view leadlag.core.fct_x as select sku_id + 1 as sku_id from leadlag.core.dim_sku")
    assert content_hashes(marts, "leadlag")[1]["core.fct_x"].hash != reference.hash


def test_a_million_rows_take_seconds():
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            "create table t as select i, (i % 99)::varchar as s, (i / 3)::decimal(18, 4) as q, date '2024-01-01' as d "
            "from range(1000000) t(i)"
        )
        start = time.monotonic()
        rows_hash(connection, "t", COLUMNS)
        assert time.monotonic() - start < 10

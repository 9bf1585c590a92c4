"""Connectors on a live PostgreSQL: exact values, one snapshot, only what changed, and nothing lost when killed.

A shop of our own in a throw-away cluster; what must have landed is said by queries on the database itself.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from fixtures_postgres import PASSWORD, Database
from fixtures_refresh import run_cli
from landing_fixture import pinned_rows, tree_hashes

from orchestration.lib.accepting import accept
from orchestration.lib.connectors import ConnectorError, batches, land_connector
from orchestration.lib.connectors.postgres import LiveSource, redact
from orchestration.lib.landing import withdraw
from orchestration.lib.lock import LockHeldError
from orchestration.lib.paths import REPO, Home

YML = """
system: shop
description: A shop on PostgreSQL.
instances: {erp: shop, wms: shop_main}
tables:
  vendor: {}
  buy.order: {cursor: updated_at, overlap: 2 hours, key: [id]}
  buy.line: {cursor: updated_at, overlap: 2 hours, key: [id]}
  Move: {cursor: id, overlap: 10, key: [id]}
"""
SELECTS = {
    "suppliers": "select code as supplier_code, name as supplier_name from vendor",
    "purchase_order_lines": """
        select o.number as order_number, l.id::varchar as line_number, l.item as item_code, o.vendor as supplier_code,
            'main' as location_code, o.created_at, l.qty as ordered_qty, 'EA' as uom, l.price as unit_price,
            l.status
        from "buy.line" as l left join "buy.order" as o on l.order_id = o.id""",
    "movements": """
        select id::varchar as event_id, kind as event_type, item as item_code, qty::decimal(18, 4) as qty,
            'EA' as uom, "at" as occurred_at, "at" as recorded_at, meta as reference, ref as reason from "Move" """,
}
TABLES = (
    "create table vendor (code char(4), name varchar(20), doc jsonb)",
    "create schema buy",
    """create table buy.order (id int, number text, vendor char(4), created_at timestamptz,
        updated_at timestamptz)""",
    """create table buy.line (id bigint, order_id int, item text, qty numeric(18, 4), price numeric, status text,
        updated_at timestamptz)""",
    """create table "Move" (id bigint, kind text, item text, qty numeric(10, 2), at timestamp, meta jsonb, ref uuid)""",
)
ROWS = (
    "insert into vendor values ('V1', 'Ann', null), ('V2', 'Bob', '{\"a\": 1}')",
    "insert into buy.order values (1, 'P1', 'V1', '2026-01-05 09:00+02', '2026-01-05 10:00+00')",
    """insert into buy.line values
        (1, 1, '1E5', 999999999.9999, 123456789012.345678, 'open', '2026-01-05 10:00+00'),
        (2, 1, '007', 0.0001, 0.1, 'open', '2026-01-05 10:00+00')""",
    """insert into "Move" select n, 'receipt', 'A', n + 0.25, timestamp '2026-01-05 08:00' + n * interval '1 minute',
        '{"b": [1]}', '00000000-0000-0000-0000-00000000000a' from generate_series(1, 30) as n""",
)


class Shop:
    """The shop's database, a checkout with its connector, and a home."""

    def __init__(self, home: Home, database: Database, folder: Path) -> None:
        shutil.copytree(REPO / "models" / "staging", folder / "models" / "staging")
        self.connector = folder / "connectors" / "shop"
        self.connector.mkdir(parents=True)
        (self.connector / "_connector.yml").write_text(YML)
        for entity, query in SELECTS.items():
            (self.connector / f"{entity}.sql").write_text(query)
        self.home, self.database = Home(home.root, home.landing, folder), database
        self.run = database.run

    def land(self, **options) -> dict[str, int]:
        """Land, and say how many rows came per entity."""
        landed = land_connector("shop", None, self.home, dsn=self.database.dsn, **options)
        return {batch.split("/")[2]: len(self.rows(batch)) for batch in landed}

    def rows(self, batch: str) -> list[tuple]:
        [file] = (self.home.landing / batch).glob("*.parquet")
        with duckdb.connect() as connection:
            return connection.execute(f"from '{file}'").fetchall()

    def accepted(self, source: str, entity: str) -> list[dict]:
        accept(self.home)
        return pinned_rows(self.home, source, entity)


@pytest.fixture
def shop(home, database, tmp_path) -> Shop:
    database.run(*TABLES, *ROWS)
    return Shop(home, database, tmp_path / "repo")


def test_values_arrive_exactly_and_times_in_utc(shop):
    assert shop.land() == {"suppliers": 2, "purchase_order_lines": 2, "movements": 30}
    lines = shop.accepted("erp", "purchase_order_lines")
    found = [tuple(line[c] for c in ("line_number", "item_code", "ordered_qty", "unit_price")) for line in lines]
    assert sorted(found) == [
        ("1", "1E5", Decimal("999999999.9999"), Decimal("123456789012.345678")),
        ("2", "007", Decimal("0.0001"), Decimal("0.100000")),
    ]
    assert {(line["created_at"], line["supplier_code"]) for line in lines} == {(datetime(2026, 1, 5, 7), "V1")}
    moves = shop.accepted("wms", "movements")
    assert {(m["reference"], m["reason"]) for m in moves} == {('{"b": [1]}', "00000000-0000-0000-0000-00000000000a")}
    assert sum(m["qty"] for m in moves) == shop.run('select sum(qty) from "Move"')[0][0]


def test_a_number_that_the_contract_cannot_hold_is_held_back_and_not_rounded(shop):
    shop.run("update buy.line set price = 1.1234567 where id = 1", "update buy.line set price = 'NaN' where id = 2")
    shop.land()
    assert shop.accepted("erp", "purchase_order_lines") == []
    held = [(row["rule"], row["raw_row"]) for row in pinned_rows(shop.home, "audit", "quarantined_rows")]
    assert sorted(rule for rule, _ in held) == ["type:unit_price", "type:unit_price"]
    assert any("1.1234567" in raw for _, raw in held) and any("nan" in raw.lower() for _, raw in held)


def test_infinity_stays_infinity_and_is_held_back(shop):
    shop.run("update buy.order set created_at = 'infinity'", "update \"Move\" set at = '-infinity' where id = 3")
    landed = land_connector("shop", None, shop.home, dsn=shop.database.dsn)
    accept(shop.home)
    held = [row["rule"] for row in pinned_rows(shop.home, "audit", "quarantined_rows")]
    assert sorted(held) == ["type:created_at", "type:created_at", "type:occurred_at"]
    assert len(landed) == 3 and len(pinned_rows(shop.home, "wms", "movements")) == 29


def test_the_moment_is_that_of_the_transaction(shop):
    [(before,)] = shop.run("select now() at time zone 'UTC'")
    shop.land()
    [(after,)] = shop.run("select now() at time zone 'UTC'")
    moments = {row["_extracted_at"] for row in shop.accepted("wms", "movements") + shop.accepted("erp", "suppliers")}
    assert len(moments) == 1 and before <= moments.pop() <= after


def test_only_what_changed_lands_and_a_run_without_news_lands_only_pictures(shop):
    shop.land()
    assert shop.land() == {"suppliers": 2}, "a snapshot is a picture of its moment"
    shop.run(
        "update buy.line set status = 'received', updated_at = now() where id = 2",
        "insert into \"Move\" values (31, 'scrap', 'A', -1, '2026-01-06 00:00', null, null)",
    )
    assert shop.land() == {"suppliers": 2, "purchase_order_lines": 1, "movements": 1}
    shop.run("update buy.order set vendor = 'V2', updated_at = now()")
    assert shop.land() == {"suppliers": 2, "purchase_order_lines": 2}, "both lines of the changed order"


def test_a_state_that_changes_back_lands_again(shop):
    shop.land()
    for status in ("received", "open", "received"):
        shop.run(f"update buy.line set status = '{status}', updated_at = now() where id = 1")
        assert shop.land()["purchase_order_lines"] == 1


def test_only_rows_from_the_mark_less_the_overlap_are_read_from_the_database(shop, monkeypatch):
    seen: list[tuple[str, int]] = []
    read = LiveSource.read

    def counted(self, table, columns, mark=None):
        rows = read(self, table, columns, mark).read_all()
        seen.append((table.name, rows.num_rows))
        return rows.to_reader()

    monkeypatch.setattr(LiveSource, "read", counted)
    shop.land()
    shop.land()
    assert seen[:4] == [("vendor", 2), ("buy.order", 1), ("buy.line", 2), ("Move", 30)]
    assert seen[4:] == [("vendor", 2), ("buy.order", 1), ("buy.line", 2), ("Move", 11)], "30 less 10, itself included"
    shop.run("insert into buy.line values (3, 1, 'C', 1, 1, 'open', '2026-01-05 12:30+00')")
    shop.land()
    shop.land()
    assert seen[-2] == ("buy.line", 1), "the older lines lie more than two hours below the mark"


def test_a_transaction_that_commits_late_is_caught_within_the_overlap(shop):
    with shop.database.connect() as late:
        late.execute("insert into buy.line values (3, 1, 'LATE', 5, 1, 'open', '2026-01-05 11:00+00')")
        shop.run("insert into buy.line values (4, 1, 'EARLY', 5, 1, 'open', '2026-01-05 12:00+00')")
        assert shop.land()["purchase_order_lines"] == 3
    assert shop.land()["purchase_order_lines"] == 1, "line 3, although the mark stands an hour above it"
    shop.run("insert into buy.line values (5, 1, 'LATER', 5, 1, 'open', '2026-01-05 09:59+00')")
    assert "purchase_order_lines" not in shop.land(), "beyond the overlap it is not seen"
    assert shop.land(full=True)["purchase_order_lines"] == 1, "but by a full reading"


def test_a_row_dated_in_the_future_hides_no_later_change(shop):
    shop.run("update buy.line set updated_at = '2099-01-01' where id = 1")
    shop.land()
    shop.run("insert into buy.line values (3, 1, 'C', 1, 1, 'open', now())")
    assert shop.land()["purchase_order_lines"] == 1
    shop.run("insert into buy.line values (4, 1, 'D', 1, 1, 'open', null)")
    assert shop.land()["purchase_order_lines"] == 1, "nor does a row without a date stay unseen"


def test_all_tables_are_read_in_one_snapshot(shop, monkeypatch):
    read = LiveSource.read

    def meanwhile(self, table, columns, mark=None):
        if table.name == "buy.line":
            shop.run("insert into buy.order values (2, 'P2', 'V1', now(), now())")
            shop.run("insert into buy.line values (9, 2, 'NEW', 1, 1, 'open', now())")
        return read(self, table, columns, mark)

    monkeypatch.setattr(LiveSource, "read", meanwhile)
    assert shop.land()["purchase_order_lines"] == 2, "no line whose order was read before it was there"
    monkeypatch.undo()
    assert shop.land()["purchase_order_lines"] == 1


def test_the_source_is_only_read(shop):
    with LiveSource(_connector(shop), shop.database.dsn) as source, pytest.raises(Exception, match="read-only"):
        source.rows("insert into vendor values ('V3', 'x', null) returning code")


@pytest.mark.parametrize("at", range(4))
def test_killed_anywhere_the_next_run_lands_the_rest(shop, monkeypatch, at):
    shop.land()
    shop.run(
        "update buy.line set qty = qty + 1, updated_at = now()",
        "insert into \"Move\" values (31, 'scrap', 'A', -1, '2026-01-06 00:00', null, null)",
    )
    marks = tree_hashes(shop.home.replicas)
    write, calls = batches.write_batch, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) == at + 1:
            raise KeyboardInterrupt
        return write(*arguments)

    if at == 3:  # after the last batch, before the mark moves
        monkeypatch.setattr("orchestration.lib.connectors.Replicas.keep", lambda self: (_ for _ in ()).throw(OSError))
    else:
        monkeypatch.setattr(batches, "write_batch", killed)
    with pytest.raises((KeyboardInterrupt, OSError)):
        shop.land()
    assert tree_hashes(shop.home.replicas) == marks, "no mark has moved and no draft is left"
    monkeypatch.undo()
    after = shop.land()
    landed = {entity: rows for entity, rows in after.items() if entity != "suppliers"}
    done = ["movements", "purchase_order_lines"][: min(at, 2)]
    assert landed == {e: n for e, n in {"movements": 1, "purchase_order_lines": 2}.items() if e not in done}
    moves = shop.accepted("wms", "movements")
    assert sorted(int(m["event_id"]) for m in moves) == list(range(1, 32))
    assert set(shop.land()) == {"suppliers"}


def test_what_a_killed_run_left_of_the_source_goes_with_the_next_one(shop):
    left = shop.home.replicas / "shop" / ".draft-killed"
    left.mkdir(parents=True)
    (left / "0.parquet").write_bytes(b"rows")
    shop.land()
    assert list((shop.home.replicas / "shop").glob(".draft-*")) == []


def test_two_runs_of_one_system_do_not_mix(shop):
    hold = (
        "import sys; from pathlib import Path; from orchestration.lib.lock import acquire; acquire(Path(sys.argv[1])); "
    )
    lock = shop.home.replicas / "shop" / ".lock"
    other = subprocess.Popen(
        [sys.executable, "-c", hold + "print('held', flush=True); sys.stdin.read()", str(lock)],
        cwd=REPO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockHeldError, match=f"pid {other.pid}"):
            shop.land()
    finally:
        other.communicate("")
    assert set(shop.land()) == {"suppliers", "purchase_order_lines", "movements"}


def test_with_a_moment_from_the_data_the_same_data_lands_nothing_at_all(shop):
    yml = YML + 'extracted_at_sql: select max(updated_at) from "buy.line"\n'
    (shop.connector / "_connector.yml").write_text(yml)
    assert set(shop.land()) == {"suppliers", "purchase_order_lines", "movements"}
    before = tree_hashes(shop.home.landing)
    assert shop.land() == {} and tree_hashes(shop.home.landing) == before
    shop.run("update vendor set name = 'Cleo' where code = 'V1'")
    assert shop.land() == {"suppliers": 2}, "the vendors changed although the data's moment did not"
    names = {row["supplier_name"]: row["_extracted_at"] for row in shop.accepted("erp", "suppliers")}
    assert names["Cleo"] > names["Ann"] == datetime(2026, 1, 5, 10)


def test_a_withdrawn_batch_lands_again(shop):
    shop.land()
    [batch] = (shop.home.landing / "wms/shop_main/movements").iterdir()
    withdraw(shop.home, batch.name, "a test")
    assert shop.land()["movements"] == 30


def test_what_is_deleted_leaves_the_picture(shop):
    shop.land()
    shop.run("delete from vendor where code = 'V2'")
    assert shop.land() == {"suppliers": 1}


def test_another_database_is_another_replica(shop, new_database):
    shop.land()
    other = new_database()
    other.run(*TABLES, ROWS[0], "insert into buy.order values (1, 'Q1', 'V1', '2026-01-01', '2026-01-01')")
    other.run("insert into buy.line values (7, 1, 'Z', 1, 1, 'open', '2026-01-01')")
    shop.database = other
    assert shop.land() == {"suppliers": 2, "purchase_order_lines": 1}


def test_a_replica_that_cannot_be_read_is_made_anew(shop):
    shop.land()
    for file in shop.home.replicas.rglob("*.parquet"):
        file.write_bytes(b"PAR1 no longer")
    assert set(shop.land()) == {"suppliers"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "  Move:",
            "  move:",
            r"_connector.yml: there is no table move in the database \(there is public.Move\): correct",
        ),
        ("key: [id]}", "key: [nope]}", "table buy.order has no column nope; it has id, number"),
        ("cursor: id", "cursor: item", "the cursor item of table Move is text; a cursor is a whole number"),
        ("cursor: id, overlap: 10, key: [id]", "cursor: id", "table Move has a cursor and no key"),
        ("overlap: 10", "overlap: a while", "table Move: overlap is like `3 days`"),
        ("overlap: 10, key: [id]", "key: [kind]", "key kind of table Move is not unique"),
        ("cursor: id, overlap: 10", "columns: [id, kind]", 'movements.sql fails: .*"item" not found'),
        ("  vendor: {}\n", "", "suppliers.sql fails: .*vendor"),
        (YML[YML.index("tables") :], "", "names no tables: list those"),
    ],
)
def test_a_faulty_connector_lands_nothing_and_says_what_to_do(shop, old, new, message):
    (shop.connector / "_connector.yml").write_text(YML.replace(old, new))
    with pytest.raises(ConnectorError, match=message):
        shop.land()
    assert tree_hashes(shop.home.landing) == {}


def test_the_secret_is_told_to_nobody(shop, monkeypatch):
    good = shop.database.dsn
    secret = PASSWORD.replace(" ", "%20")
    monkeypatch.setenv("LEADLAG_SOURCE_DSN", good.replace("@127", "x@127"))
    with pytest.raises(ConnectorError, match=r"named by LEADLAG_SOURCE_DSN cannot be opened .*password auth") as caught:
        land_connector("shop", None, shop.home)
    assert not _leaks(str(caught.value)) and caught.value.__cause__ is None
    for broken in (
        good.replace("127.0.0.1", "no.such.host.invalid"),
        good.replace(":" + str(shop.database.port), ":p"),
    ):
        monkeypatch.setenv("LEADLAG_SOURCE_DSN", broken)
        with pytest.raises(ConnectorError) as caught:
            land_connector("shop", None, shop.home)
        assert not _leaks(str(caught.value)), caught.value
    assert redact(f"host=h password='{PASSWORD}' x", f"host=h password='{PASSWORD}'") == "*** x"
    assert redact(f"tried {PASSWORD} at {secret}", good) == "tried *** at ***"

    monkeypatch.setenv("LEADLAG_SOURCE_DSN", good)
    land_connector("shop", None, shop.home)
    for file in shop.home.root.rglob("*"):
        assert not file.is_file() or not _leaks(file.read_bytes().decode("latin-1")), file


def test_the_command_asks_for_a_source_and_reads_the_one_in_the_environment(home, monkeypatch, database):
    monkeypatch.delenv("LEADLAG_SOURCE_DSN", raising=False)
    done = run_cli(home, "land", "--connector", "wide_world_importers")
    assert done.returncode == 1
    assert "give SOURCE=<folder of extracts>, or set LEADLAG_SOURCE_DSN" in done.stderr


def _leaks(text: str) -> bool:
    return any(word in text for word in (PASSWORD, PASSWORD.replace(" ", "%20"), "s3cret"))


def _connector(shop: Shop):
    from orchestration.lib.connectors import load_connector

    return load_connector(shop.home.repo, "shop")

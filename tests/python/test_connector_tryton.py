"""Tryton's own tables through its connector: every figure asked once of the landed rows and once of PostgreSQL.

Here: a company that lived in Tryton (connectors/tryton/company.py), restored from its dump into a throw-away cluster,
landed live, accepted and built. `make test-tryton` lives it through again in Tryton itself. Not here: the engine that
reads PostgreSQL (test_connector_postgres.py).
"""

from __future__ import annotations

import gzip
import os
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.lib import connectors
from orchestration.lib.paths import REPO, Home
from tests.python.fixtures_marts import Marts, build
from tests.python.fixtures_postgres import Database
from tests.python.landing_fixture import pinned_rows

DUMP = REPO / "connectors" / "tryton" / "company.sql.gz"
ITEM = {"u": "EA", "kg": "kg", "l": "l"}


def restore(database: Database) -> Database:
    """The company in a database of its own."""
    database.run(*gzip.decompress(DUMP.read_bytes()).decode().splitlines())
    return database


@pytest.fixture(scope="module")
def company(new_database) -> Database:
    return restore(new_database())


@pytest.fixture(scope="module")
def marts(company, tmp_path_factory) -> Marts:
    home = Home.at(tmp_path_factory.mktemp("tryton") / "home").make()
    previous = os.environ.get("LEADLAG_SOURCE_DSN")
    os.environ["LEADLAG_SOURCE_DSN"] = company.dsn
    try:
        connectors.land_connector("tryton", None, home)
    finally:
        os.environ.pop("LEADLAG_SOURCE_DSN")
        if previous is not None:
            os.environ["LEADLAG_SOURCE_DSN"] = previous
    return build(home)


def asked(company: Database, query: str) -> dict:
    """First column -> second column of a query of the ERP's own tables."""
    return {key: value for key, value in company.run(query)}


def summed(rows: list[dict], value: str, *, key: str = "item_code") -> dict:
    found: dict = defaultdict(Decimal)
    for row in rows:
        found[row[key]] += row[value]
    return dict(found)


def test_every_row_is_accounted_for_and_none_is_held_back(marts):
    rows = marts.rows("select * from visibility.fct_row_account")
    assert len(rows) == 18
    assert {row["rows_unaccounted"] for row in rows} == {0}
    assert sum(row["rows_in"] for row in rows) == sum(row["rows_loaded"] for row in rows) > 800
    assert marts.rows("select * from visibility.fct_quarantined_row") == []


def test_stock_is_what_tryton_says_itself(company, marts):
    """On hand = all that came into the warehouse less all that left it, added up by PostgreSQL over every zone."""
    said = asked(
        company,
        """
        select p.code, sum(case when t.type = 'storage' then m.internal_quantity else 0 end
                         - case when f.type = 'storage' then m.internal_quantity else 0 end)::numeric
        from stock_move m
        join product_product p on p.id = m.product
        join stock_location f on f.id = m.from_location
        join stock_location t on t.id = m.to_location
        where m.state = 'done' group by p.code""",
    )
    held = {k: v for k, v in said.items() if v}
    assert len(held) >= 15
    balances = summed(pinned_rows(marts.home, "erp", "inventory_balances"), "on_hand_qty")
    ledger = summed(pinned_rows(marts.home, "wms", "movements"), "qty")
    position = {
        row["item_code"]: row["qty"]
        for row in marts.rows(
            "select ids.item_code, p.on_hand_qty as qty from core.fct_stock_on_hand as p"
            " inner join core.bridge_sku_system_id as ids using (sku_id) where p.valid_to > timestamp '2100-01-01'"
        )
    }
    for found in (balances, ledger, position):
        assert {k: v for k, v in found.items() if v} == held
    assert {r["break_class"] for r in marts.rows("select break_class from visibility.kpi_stock_reconciliation")} == {
        "matched"
    }


def test_orders_received_late_and_in_parts_are_seen_as_such(company, marts):
    """Lines, parts and days off their promise, taken from Tryton's moves by hand."""
    moves = company.run(
        "select split_part(origin, ',', 2), origin_planned_date, effective_date, quantity, state from stock_move"
        " where origin like 'purchase.line,%'"
    )
    by_line = defaultdict(list)
    for line, promised, received, qty, state in moves:
        by_line[line].append((promised, received, qty, state))
    split = {line for line, parts in by_line.items() if sum(p[3] == "done" for p in parts) > 1}
    days = {}
    for line, parts in by_line.items():
        done = [p for p in parts if p[3] == "done"]
        if len(done) == len(parts):
            days[line] = (max(p[1] for p in done) - min(p[0] for p in parts if p[0])).days
    assert len(split) >= 5 and sum(d > 0 for d in days.values()) >= 10 and min(days.values()) < 0
    found = marts.rows(
        "select o.line_number, v.deviation_days from lead.kpi_receipt_variance as v"
        " inner join core.fct_purchase_order_line as o using (purchase_order_line_id)"
    )
    assert {row["line_number"] for row in found} == by_line.keys()
    receipts = marts.rows("select line_number, count(*) as n from core.fct_receipt group by all")
    assert {row["line_number"] for row in receipts if row["n"] > 1} == split
    timed = {row["line_number"]: row["deviation_days"] for row in found if row["line_number"] in days}
    assert timed == days


def test_sales_and_invoices_tie_to_the_erp(company, marts):
    total = "select 'all', sum(round(quantity::numeric, 4) * unit_price) from account_invoice_line l"
    said = asked(company, total + " join account_invoice i on i.id = l.invoice where i.type = 'out'")["all"]
    assert marts.rows("select sum(net_amount) as n from core.fct_invoice_line")[0]["n"] == said > 10_000
    ordered = asked(
        company,
        "select p.code, sum(l.quantity)::numeric from sale_line l"
        " join product_product p on p.id = l.product group by 1",
    )
    assert summed(pinned_rows(marts.home, "erp", "sales_order_lines"), "ordered_qty") == ordered
    shipped = asked(
        company,
        "select p.code, sum(m.internal_quantity)::numeric from stock_move m join product_product p on p.id = m.product"
        " join stock_location t on t.id = m.to_location where t.type = 'customer' and m.state = 'done' group by 1",
    )
    assert summed(marts.rows(_DEMAND), "qty") == shipped


_DEMAND = """
select ids.item_code, d.gross_demand_qty as qty
from core.fct_demand_daily as d inner join core.bridge_sku_system_id as ids using (sku_id)
"""


def test_the_count_of_may_found_what_was_planted(company, marts):
    """Four goods short and one over, as the company's calendar says; every other line as expected."""
    counts = marts.rows(
        "select ids.item_code, c.counted_qty - c.book_qty as off_qty, c.counted_date"
        " from core.fct_cycle_count as c inner join core.bridge_sku_system_id as ids using (sku_id)"
    )
    may = [row for row in counts if f"{row['counted_date']}" == "2026-05-29"]
    off = {row["item_code"]: row["off_qty"] for row in may if row["off_qty"]}
    assert off == {"AH-40": -3, "CH-500": -1, "SP-80": -12, "SW-200": -2, "MG": 1}
    assert len(may) > 20


def test_lots_follow_the_goods(company, marts):
    lots = asked(
        company,
        "select p.code || '/' || l.number, min(m.effective_date) from stock_lot l join product_product p"
        " on p.id = l.product join stock_move m on m.lot = l.id and m.state = 'done' group by 1",
    )
    landed = pinned_rows(marts.home, "wms", "lots")
    assert {f"{row['item_code']}/{row['lot']}": row["received_at"].date() for row in landed} == lots
    assert len(lots) > 10


def test_terms_and_masters(company, marts):
    terms = {row["item_code"]: row for row in pinned_rows(marts.home, "erp", "item_suppliers")}
    assert {row["planned_lead_time_days"] for row in terms.values()} == {9, 12, 21}
    assert len(terms) == 20 and all(row["is_preferred"] and row["unit_price"] > 0 for row in terms.values())
    items = {row["item_code"]: row for row in pinned_rows(marts.home, "erp", "items")}
    assert items["HG"]["base_uom"] == "kg" and items["LO"]["base_uom"] == "l" and items["AH-40"]["base_uom"] == "EA"
    assert {row["category"] for row in items.values()} == {
        *("Handles", "Hammers", "Chisels", "Glue", "Finish", "Abrasives", "Measuring")
    }
    statuses = marts.rows("select gtin_status, count(*) as n from unified.stg_unified__item group by all")
    assert {row["gtin_status"]: row["n"] for row in statuses} == {"valid": 13, "absent": 7}


def test_landing_again_lands_nothing_new(company, marts, monkeypatch):
    before = sorted(p.name for p in marts.home.landing.glob("*/*/*/*"))
    monkeypatch.setenv("LEADLAG_SOURCE_DSN", company.dsn)
    connectors.land_connector("tryton", None, marts.home)
    assert sorted(p.name for p in marts.home.landing.glob("*/*/*/*")) == before


def tryton_python() -> str:
    """The Python of Tryton's environment; skips, and says so, where there is none."""
    python = Path(os.environ.get("LEADLAG_TRYTON_PYTHON", REPO / ".tryton" / "bin" / "python"))
    found = python.exists() and subprocess.run([python, "-c", "import proteus, trytond, yaml"], capture_output=True)
    if not found or found.returncode:
        pytest.skip(f"no Tryton in {python}: make test-tryton installs it and runs this test")
    return str(python)


@pytest.mark.proof
def test_the_dump_is_what_tryton_makes_today(cluster, tmp_path):
    """A database made by Tryton's administrator, the half-year lived through in it: the same rows."""
    python = tryton_python()
    server = Database("", cluster).dsn.rstrip("/")
    fresh = tmp_path / "fresh.sql.gz"
    subprocess.run(
        [python, "connectors/tryton/company.py", "tryton_again", "--dump", str(fresh)],
        cwd=REPO,
        env={**os.environ, "TRYTOND_DATABASE_URI": server},
        check=True,
        timeout=1800,
    )
    assert gzip.decompress(fresh.read_bytes()) == gzip.decompress(DUMP.read_bytes())

"""The connector runner, and the connector of Wide World Importers against the raw tables.

Real data is asked twice: by the connector's SELECTs, and here by independent queries on the raw files; no row of it is
kept in the repository. Where there is none, the tests on it skip and say so; those of the runner use made-up tables.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from landing_fixture import tree_hashes

from orchestration.lib.accepting import Acceptance, accept
from orchestration.lib.connectors import ConnectorError, land_connector
from orchestration.lib.paths import REPO, Home


class Landed:
    """Wide World Importers landed and accepted: `accepted` and `raw` run SQL on either side of the connector."""

    def __init__(self, home: Home, source: Path) -> None:
        self.home, self.source = home, source
        self.ids = land_connector("wide_world_importers", source, home)
        self.acceptance: Acceptance = accept(home)

    def accepted(self, query: str) -> list[tuple]:
        with duckdb.connect() as connection:
            for folder in self.home.pinned.glob("[!b]*/*"):  # not `baseline`, whose entity has a name of the ERP's
                connection.execute(f"create view {folder.name} as from read_parquet('{folder}/*.parquet')")
            return connection.execute(query).fetchall()

    def raw(self, query: str) -> list[tuple]:
        with duckdb.connect() as connection:
            for file in self.source.glob("*.parquet"):
                name = file.stem.split(".")[1]
                connection.execute(f"create view {name} as from read_parquet('{file}')")
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def wwi(real_data, tmp_path_factory) -> Landed:
    return Landed(Home.at(tmp_path_factory.mktemp("wwi")).make(), real_data / "wide_world_importers")


def test_nothing_is_quarantined_or_deduplicated_and_every_table_row_is_there(wwi):
    found = {entity: (c.rows_in, c.rows_loaded) for (_, entity), c in wwi.acceptance.entities.items()}
    [(items, holdings, lines, suppliers, ledger)] = wwi.raw(
        "select (select count(*) from StockItems), (select count(*) from StockItemHoldings), "
        "(select count(*) from PurchaseOrderLines), (select count(*) from Suppliers), "
        "(select count(*) from StockItemTransactions)"
    )
    [(invoiced, ordered, picked)] = wwi.raw(
        "select (select count(*) from InvoiceLines), count(*), count(*) filter (PickedQuantity > 0) from OrderLines"
    )
    [(received,)] = wwi.raw("select count(*) from PurchaseOrderLines where LastReceiptDate is not null")
    assert ledger == 236_667
    assert found == {
        entity: (rows, rows)
        for entity, rows in {
            "divisions": 1,
            "locations": 1,
            "items": items,
            "item_uoms": items,
            "item_costs": holdings,
            "inventory_balances": holdings,
            "suppliers": suppliers,
            "item_suppliers": items,
            "planning_parameters": holdings,
            "purchase_order_lines": lines,
            "purchase_receipts": received,
            "movements": ledger,
            "sales_invoice_lines": invoiced,
            "sales_order_lines": ordered,
            "order_stages": picked,
        }.items()
    }
    assert wwi.accepted("select sum(rows_quarantined + rows_deduplicated) from file_accounts") == [(0,)]


def test_the_ledger_is_the_raw_ledger_row_by_row(wwi):
    wwi_types = "case TransactionTypeID when 10 then 'sales_issue' when 11 then 'receipt' when 12 then 'adjustment' end"
    raw = wwi.raw(
        f"select {wwi_types}, count(*), sum(Quantity)::bigint, sum(StockItemTransactionID * 7 + StockItemID), "
        "sum(epoch(TransactionOccurredWhen)::bigint * Quantity)::bigint "
        "from StockItemTransactions group by all order by 1"
    )
    accepted = wwi.accepted(
        "select event_type, count(*), sum(qty)::bigint, sum(event_id::bigint * 7 + item_code::bigint), "
        "sum(epoch(occurred_at)::bigint * qty)::bigint from movements group by all order by 1"
    )
    assert accepted == raw
    assert [(kind, rows, total) for kind, rows, total, *_ in accepted] == [
        ("adjustment", 44, -18),
        ("receipt", 8_358, 139_418_326),
        ("sales_issue", 228_265, -8_950_628),
    ]


def test_business_dates_are_the_dates_of_the_raw_tables(wwi):
    days = "select {0}::date as day, count(*) from {1} group by all order by 1"
    assert wwi.accepted(days.format("occurred_at", "movements")) == wwi.raw(
        days.format("TransactionOccurredWhen", "StockItemTransactions")
    )
    assert wwi.accepted("select time_zone from locations") == [("UTC",)]


def test_received_outers_times_their_size_are_the_receipts_of_the_ledger_for_every_item(wwi):
    query = """
        select count(*), count(*) filter (ledger.qty = bought.qty)
        from (select item_code, sum(qty) as qty from movements where event_type = 'receipt' group by all) as ledger
        full join (
            select item_code, sum(received_qty * factor_to_base) as qty
            from purchase_receipts inner join item_uoms using (item_code, uom) group by all
        ) as bought using (item_code)
    """
    assert wwi.accepted(query) == [(227, 227)]


def test_balances_costs_and_prices_are_those_of_the_raw_tables(wwi):
    raw = wwi.raw(
        "select sum(QuantityOnHand)::bigint, sum(LastCostPrice::decimal(18, 2)), "
        "sum((QuantityOnHand * LastCostPrice::decimal(18, 2))::decimal(18, 2)) from StockItemHoldings"
    )
    assert raw == wwi.accepted(
        "select sum(on_hand_qty)::bigint, sum(unit_cost)::decimal(18, 2), sum(on_hand_qty * unit_cost)::decimal(18, 2) "
        "from inventory_balances inner join item_costs using (item_code)"
    )
    assert wwi.accepted("select distinct valid_from::varchar, cost_method, currency from item_costs") == [
        ("2013-01-01", "last_purchase", "USD")
    ]
    last = wwi.raw("select max(LastEditedWhen) from StockItemTransactions")
    assert wwi.accepted("select distinct as_of from inventory_balances") == last
    prices = wwi.raw("select sum(UnitPrice::decimal(18, 2)) from StockItems")
    assert wwi.accepted("select sum(list_price)::decimal(18, 2) from items") == prices


def test_each_item_has_the_smallest_of_its_groups_as_category(wwi):
    groups: dict[int, list[tuple[int, str]]] = {}
    for item, group, name in wwi.raw(
        "select StockItemID, StockGroupID, StockGroupName "
        "from StockItemStockGroups inner join StockGroups using (StockGroupID)"
    ):
        groups.setdefault(item, []).append((group, name))
    sizes: dict[int, int] = {}
    for group in (group for found in groups.values() for group, _ in found):
        sizes[group] = sizes.get(group, 0) + 1
    expected = {str(i): min(found, key=lambda g: (sizes[g[0]], g[0]))[1] for i, found in groups.items()}
    assert dict(wwi.accepted("select item_code, category from items")) == expected
    assert len(expected) == 227


def test_purchase_lines_carry_status_and_promise(wwi):
    raw = wwi.raw(
        "select IsOrderLineFinalized, count(*), sum(OrderedOuters)::bigint, min(ExpectedDeliveryDate)::date, "
        "max(ExpectedDeliveryDate)::date from PurchaseOrderLines inner join PurchaseOrders using (PurchaseOrderID) "
        "group by all order by 1"
    )
    accepted = wwi.accepted(
        "select status = 'received', count(*), sum(ordered_qty)::bigint, min(original_promised_date), "
        "max(promised_date) from purchase_order_lines group by all order by 1"
    )
    assert accepted == raw
    assert wwi.accepted("select count(*) from purchase_order_lines where (status = 'open') <> (closed_at is null)") == [
        (0,)
    ]


def test_terms_and_parameters_are_those_of_the_raw_tables(wwi):
    raw = wwi.raw(
        "select SupplierID::varchar, count(*), sum(LeadTimeDays)::bigint, sum(StockItemID * LeadTimeDays)::bigint "
        "from StockItems group by all order by 1"
    )
    accepted = wwi.accepted(
        "select supplier_code, count(*), sum(planned_lead_time_days)::bigint, "
        "sum(item_code::bigint * planned_lead_time_days)::bigint from item_suppliers group by all order by 1"
    )
    assert accepted == raw
    assert wwi.accepted(
        "select distinct uom, order_multiple_qty::integer, is_preferred, moq_qty from item_suppliers"
    ) == [("OUTER", 1, True, None)]
    bought = wwi.accepted(
        "select count(*) from purchase_order_lines as lines "
        "anti join item_suppliers as terms using (item_code, supplier_code)"
    )
    assert bought == [(0,)], "every line was bought from the supplier of its item"
    raw = wwi.raw("select StockItemID::varchar, ReorderLevel, TargetStockLevel from StockItemHoldings order by 1")
    accepted = wwi.accepted(
        "select item_code, reorder_point_qty::bigint, (reorder_point_qty + order_qty)::bigint "
        "from planning_parameters order by 1"
    )
    assert accepted == raw
    assert wwi.accepted("select min(order_qty) > 0, max(valid_from)::varchar from planning_parameters") == [
        (True, "2013-01-01")
    ]


def test_extraction_time_comes_from_the_data_and_landing_again_lands_nothing(wwi):
    [(latest,)] = wwi.raw("select max(ValidFrom) from StockItems")
    assert wwi.acceptance.as_of == latest
    before = tree_hashes(wwi.home.landing)
    assert land_connector("wide_world_importers", wwi.source, wwi.home) == wwi.ids
    assert tree_hashes(wwi.home.landing) == before


# --- the runner, on made-up tables ------------------------------------------------------------------------------------

YML = """
system: shop
description: A shop.
files: {format: csv, delimiter: ';'}
instances: {erp: shop}
extracted_at_sql: select max(edited)::timestamp from "dbo.Vendors"
"""
SUPPLIERS = 'select id as supplier_code, name as supplier_name from "dbo.Vendors"'


@pytest.fixture
def shop(home, tmp_path):
    """A repository with one connector of its own, and a folder of extracts."""
    repo = tmp_path / "repo"
    shutil.copytree(REPO / "models" / "staging", repo / "models" / "staging")
    connector = repo / "connectors" / "shop"
    connector.mkdir(parents=True)
    (connector / "_connector.yml").write_text(YML)
    (connector / "suppliers.sql").write_text(SUPPLIERS)
    source, other = tmp_path / "extracts *", tmp_path / "extracts 2"  # as a pattern, the first name means both
    source.mkdir()
    other.mkdir()
    (other / "dbo.Vendors.csv").write_text("id;name;edited\nX;X;2027-01-01 00:00:00\n")
    (source / "dbo.Vendors.csv").write_text("id;name;edited\n1E5;A;2026-01-02 03:04:05\n007;B;2026-01-01 00:00:00\n")
    return Home(home.root, home.landing, repo), connector, source


def test_csv_extracts_are_text_and_the_batch_is_named_by_its_content(shop):
    home, connector, source = shop
    [first] = land_connector("shop", source, home)
    assert first.startswith("erp/shop/suppliers/20260102T030405Z-")
    accept(home)
    rows = duckdb.sql(
        "select supplier_code, supplier_name, _extracted_at "
        f"from read_parquet('{home.pinned}/erp/suppliers/*.parquet') order by supplier_code"
    ).fetchall()
    moment = datetime(2026, 1, 2, 3, 4, 5)
    assert rows == [("007", "B", moment), ("1E5", "A", moment)]

    (source / "dbo.Vendors.csv").write_text("id;name;edited\n007;B;2026-01-01 00:00:00\n1E5;A;2026-01-02 03:04:05\n")
    assert land_connector("shop", source, home) == [first], "the same rows in another order are the same batch"
    (source / "dbo.Vendors.csv").write_text("id;name;edited\n007;B;2026-01-01 00:00:00\n1E5;C;2026-01-02 03:04:05\n")
    [other] = land_connector("shop", source, home)
    assert other != first
    del connector


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("suppliers.sql", "select 1 as supplier_code", "supplier_code is integer, the contract says varchar: cast it"),
        ("suppliers.sql", "select 'a' as supplier_name", "supplier_code is required and missing"),
        ("suppliers.sql", "select 'a' as supplier_code, 'b' as fax", "fax is no column of erp.suppliers"),
        ("suppliers.sql", 'select id as supplier_code from "dbo.Gone"', "suppliers.sql fails: .*dbo.Gone"),
        ("suppliers.sql", "select 'a' as supplier_code -- of\nwhere CURRENT_DATE > '2020-01-01'", "not from the clock"),
        ("gadgets.sql", "select 1", "entity 'gadgets': no source of it has a contract"),
        ("movements.sql", "select 1", "entity 'movements': no source of it has a contract"),
        ("_connector.yml", YML.replace("max(edited)::timestamp", "now()"), r"extracted_at_sql uses 'now\('"),
        ("_connector.yml", YML.replace("max(edited)::timestamp", "max(edited)"), "must give one timestamp"),
        ("_connector.yml", YML.replace("Vendors", "Gone"), "extracted_at_sql fails .*is a table missing"),
        ("_connector.yml", YML.replace("instances", "instance"), "lacks or garbles 'instances'"),
        ("_connector.yml", YML.replace("csv", "xlsx"), "files.format one of parquet, csv"),
    ],
)
def test_a_faulty_connector_lands_nothing_and_says_what_to_do(shop, file, text, message):
    home, connector, source = shop
    (connector / "locations.sql").write_text("select 'x' as location_code, 'UTC' as time_zone")
    (connector / file).write_text(text)
    with pytest.raises(ConnectorError, match=message):
        land_connector("shop", source, home)
    assert list(home.landing.rglob("*")) == []


BARE = YML.replace(
    "{format: csv, delimiter: ';'}",
    "{format: csv, delimiter: '\\t', quote: '', header: false, encoding: ENCODING, "
    "columns: {dbo.Vendors: [id, name, edited]}}",
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_files_without_a_header_are_read_by_the_columns_that_are_declared(shop, encoding):
    home, connector, source = shop
    (connector / "_connector.yml").write_text(BARE.replace("ENCODING", encoding))
    text = '007\tCafé "3,5"\t2026-01-02 03:04:05\r\n1E5\t\t2026-01-01 00:00:00\r\n'
    (source / "dbo.Vendors.csv").write_bytes(text.encode(encoding))
    (source / "dbo.Other.csv").write_text("not declared, left alone")
    [batch] = land_connector("shop", source, home)
    rows = duckdb.sql(f"from '{home.landing}/{batch}/*.parquet'").fetchall()
    assert rows == [("007", 'Café "3,5"'), ("1E5", None)]


@pytest.mark.parametrize(
    ("yml", "text", "message"),
    [
        (BARE, b"007\tA\t2026-01-01\n008\tB\n", "fails.*CSV Error on Line: 2"),
        (BARE, b"007\tA\t2026-01-01\tmore\n", "fails.*CSV Error on Line: 1"),
        (
            BARE.replace("ENCODING", "ascii"),
            "007\tCafé\t2026-01-01\n".encode(),
            "Vendors.csv is not ascii .*files.encoding",
        ),
        (BARE.replace("ENCODING", "martian"), b"", "files.encoding 'martian' is unknown"),
        (BARE.replace("dbo.Vendors: [", "dbo.Items: ["), b"", "lacks dbo.Items.csv, whose columns .* lists: extract"),
        (
            BARE.replace("header: false", "header: true"),
            b"",
            "columns names the columns of each file where header is false",
        ),
        (BARE.replace("quote:", "quotes:"), b"", "lacks or garbles .*unexpected keyword argument 'quotes'"),
    ],
)
def test_a_file_that_is_not_as_declared_lands_nothing(shop, yml, text, message):
    home, connector, source = shop
    (connector / "_connector.yml").write_text(yml.replace("ENCODING", "utf-8"))
    (source / "dbo.Vendors.csv").write_bytes(text)
    with pytest.raises(ConnectorError, match=message):
        land_connector("shop", source, home)
    assert list(home.landing.rglob("*")) == []


def test_an_unknown_connector_or_an_empty_folder_is_named(shop, tmp_path):
    home, _, _ = shop
    with pytest.raises(ConnectorError, match=r"no connector '../shop'; there are: shop"):
        land_connector("../shop", tmp_path, home)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConnectorError, match=r"holds no \*.csv: give the folder"):
        land_connector("shop", tmp_path / "empty", home)


def test_invoiced_lines_tie_to_the_raw_table_and_lie_on_the_day_of_their_issue(wwi):
    [raw] = wwi.raw(
        "select count(*), sum(Quantity)::bigint, round(sum(ExtendedPrice - TaxAmount), 2)::decimal(18, 2) "
        "from InvoiceLines"
    )
    total = "select count(*), sum(shipped_qty)::bigint, sum(net_amount)::decimal(18, 2) from sales_invoice_lines"
    assert wwi.accepted(total) == [raw]
    by_year = "select year(invoiced_at), count(*) from sales_invoice_lines group by 1 order by 1"
    ledger = (
        "select year(TransactionOccurredWhen), count(*) from StockItemTransactions where InvoiceID is not null "
        "group by 1 order by 1"
    )
    assert wwi.accepted(by_year) == wwi.raw(ledger)


def test_order_lines_carry_what_was_asked_when_and_whether_it_left(wwi):
    raw = wwi.raw(
        "select OrderLines.PickingCompletedWhen is null, count(*), sum(Quantity)::bigint, "
        "sum(OrderLineID * Quantity)::bigint, "
        "min(ExpectedDeliveryDate)::date, max(OrderDate)::date, sum((Quantity * UnitPrice)::decimal(18, 2)), "
        "sum(CustomerID)::bigint from OrderLines inner join Orders using (OrderID) group by 1 order by 1"
    )
    accepted = wwi.accepted(
        "select status = 'open', count(*), sum(ordered_qty)::bigint, sum(line_number::bigint * ordered_qty)::bigint, "
        "min(requested_date), max(ordered_at)::date, sum((ordered_qty * unit_price)::decimal(18, 2)), "
        "sum(customer_code::bigint)::bigint from sales_order_lines group by 1 order by 1"
    )
    assert accepted == raw
    assert [row[:2] for row in raw] == [(False, 228_265), (True, 3_147)]


def test_picks_are_the_issues_of_the_ledger_for_every_item_and_day(wwi):
    query = """
        select count(*), count(*) filter (picked.qty = issued.qty)
        from (select item_code, occurred_at::date as day, sum(qty) as qty from order_stages group by all) as picked
        full join (
            select item_code, occurred_at::date as day, -sum(qty) as qty from movements
            where event_type = 'sales_issue' group by all
        ) as issued using (item_code, day)
    """
    [(days, equal)] = wwi.accepted(query)
    assert days == equal > 100_000
    assert wwi.accepted("select distinct stage from order_stages") == [("picked",)]

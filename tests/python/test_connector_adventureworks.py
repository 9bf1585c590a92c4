"""The connector of AdventureWorks against the raw files, which are tab-separated and have no header.

The files are split here by hand, without the connector's reader; no row of them is kept in the repository. Where there
is no real data the tests skip and say so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.lib.accepting import accept
from orchestration.lib.connectors import land_connector
from orchestration.lib.paths import REPO, Home

Rows = list[dict[str, str]]


class Landed:
    """AdventureWorks landed and accepted: `accepted` runs SQL on it, `table` gives the rows of a raw file."""

    def __init__(self, home: Home, source: Path) -> None:
        self.home, self.source = home, source
        self.ids = land_connector("adventureworks", source, home)
        self.acceptance = accept(home)
        said = yaml.safe_load((REPO / "connectors" / "adventureworks" / "_connector.yml").read_text())
        self.columns: dict[str, list[str]] = said["files"]["columns"]

    def accepted(self, query: str) -> list[tuple]:
        with duckdb.connect() as connection:
            for folder in self.home.pinned.glob("[!b]*/*"):  # not `baseline`, whose entity has a name of the ERP's
                connection.execute(f"create view {folder.name} as from read_parquet('{folder}/*.parquet')")
            return connection.execute(query).fetchall()

    def table(self, name: str) -> Rows:
        text = (self.source / f"{name}.csv").read_bytes().decode("ascii")
        lines = text.split("\r\n")
        assert lines.pop() == ""
        return [dict(zip(self.columns[name], line.split("\t"), strict=True)) for line in lines]


@pytest.fixture(scope="module")
def aw(real_data, tmp_path_factory) -> Landed:
    source = real_data / "adventureworks"
    if not source.is_dir():
        pytest.skip(f"no AdventureWorks in {real_data}")
    return Landed(Home.at(tmp_path_factory.mktemp("aw")).make(), source)


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def total(rows: Rows, column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def test_every_table_row_is_there_and_only_receipts_without_a_day_are_held_back(aw):
    found = {e: (c.rows_in, c.rows_loaded, c.rows_quarantined) for (_, e), c in aw.acceptance.entities.items()}
    offers = [row for row in aw.table("SpecialOfferProduct") if row["SpecialOfferID"] != "1"]
    stocked = {row["ProductID"] for row in aw.table("ProductInventory")}
    lines = aw.table("PurchaseOrderDetail")
    current = {row["ProductID"] for row in aw.table("ProductCostHistory") if not row["EndDate"]}
    items = aw.table("Product")
    costs = len(aw.table("ProductCostHistory")) + sum(row["ProductID"] not in current for row in items)
    rows = {
        "divisions": 1,
        "locations": 1,
        "items": len(items),
        "item_costs": costs,
        "item_suppliers": len(aw.table("ProductVendor")),
        "suppliers": len(aw.table("Vendor")),
        "inventory_balances": len(stocked),
        "planning_parameters": len(items),
        "promotions": len(offers),
        "purchase_order_lines": len(lines),
        "movements": len(aw.table("ProductInventory")),
    }
    assert found == {entity: (n, n, 0) for entity, n in rows.items()} | {
        "purchase_receipts": (len(lines), len(lines) - 57, 57)
    }
    approved = {row["PurchaseOrderID"] for row in aw.table("PurchaseOrderHeader") if row["Status"] == "2"}
    assert sum(row["PurchaseOrderID"] in approved for row in lines) == 57
    assert aw.accepted("select distinct rule from quarantined_rows") == [("required:received_at",)]
    assert (len(items), len(lines)) == (504, 8_845)


def test_stock_on_hand_is_that_of_all_areas_item_by_item(aw):
    raw: dict[str, Decimal] = defaultdict(Decimal)
    for row in aw.table("ProductInventory"):
        raw[row["ProductID"]] += int(row["Quantity"])
    assert dict(aw.accepted("select item_code, on_hand_qty from inventory_balances")) == raw
    assert sum(raw.values()) == 335_974 and len(raw) == 432
    opened = "select item_code, sum(qty) from movements where event_type = 'opening_balance' group by 1"
    assert dict(aw.accepted(opened)) == raw
    newest = max(row["ModifiedDate"] for row in aw.table("ProductInventory"))
    assert aw.accepted("select max(last_movement_at)::varchar from inventory_balances") == [(newest,)]


def test_orders_and_receipts_carry_the_amounts_of_the_raw_lines(aw):
    lines, orders = aw.table("PurchaseOrderDetail"), {r["PurchaseOrderID"]: r for r in aw.table("PurchaseOrderHeader")}
    [(ordered, amount)] = aw.accepted(
        "select sum(ordered_qty), sum(ordered_qty * unit_price) from purchase_order_lines"
    )
    assert (ordered, amount) == (total(lines, "OrderQty"), total(lines, "LineTotal"))
    known = [line for line in lines if orders[line["PurchaseOrderID"]]["Status"] != "2"]
    [(received, rejected)] = aw.accepted("select sum(received_qty), sum(rejected_qty) from purchase_receipts")
    assert (received, rejected) == (total(known, "ReceivedQty"), total(known, "RejectedQty"))
    assert received - rejected == total(known, "StockedQty")
    days = Counter(day(line["ModifiedDate"]) - day(orders[line["PurchaseOrderID"]]["OrderDate"]) for line in known)
    assert days == {timedelta(days=7): 8_788}, "each receipt was written a week after its order"
    found = aw.accepted(
        "select received_at::date - created_at::date, count(*) from purchase_receipts "
        "inner join purchase_order_lines using (order_number, line_number) group by all"
    )
    assert found == [(7, 8_788)]


def test_each_order_status_becomes_the_state_of_its_lines(aw):
    orders = {row["PurchaseOrderID"]: row for row in aw.table("PurchaseOrderHeader")}
    expected: Counter[tuple[str, bool]] = Counter()
    for line in aw.table("PurchaseOrderDetail"):
        status = orders[line["PurchaseOrderID"]]["Status"]
        short = Decimal(line["ReceivedQty"]) < Decimal(line["OrderQty"])
        expected["open" if status in "12" else "closed_short" if short else "received", status in "34"] += 1
    found = aw.accepted("select status, closed_at is not null, count(*) from purchase_order_lines group by all")
    assert {(status, closed): n for status, closed, n in found} == expected
    assert sum(n for (status, _), n in expected.items() if status == "open") == 477 + 57


def test_every_day_has_the_cost_the_tables_give_it_and_a_missing_one_stays_missing(aw):
    history: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in aw.table("ProductCostHistory"):
        history[row["ProductID"]].append(row)
    now = {row["ProductID"]: Decimal(row["StandardCost"]) for row in aw.table("Product")}
    days = [
        date(2011, 1, 1),
        date(2011, 6, 1),
        date(2012, 5, 29),
        date(2012, 5, 30),
        date(2013, 6, 1),
        date(2014, 9, 22),
    ]

    def cost(item: str, on: date) -> Decimal:
        fitting = [
            row
            for row in history[item]
            if day(row["StartDate"]) <= on and (not row["EndDate"] or on <= day(row["EndDate"]))
        ]
        if fitting:
            return Decimal(fitting[0]["StandardCost"])
        ended = history[item] and all(row["EndDate"] and day(row["EndDate"]) < on for row in history[item])
        return now[item] if ended or not history[item] else Decimal(0)

    for on in days:
        found = dict(
            aw.accepted(
                "select item_code, coalesce(arg_max(unit_cost, valid_from), 0) from item_costs "
                f"where valid_from <= date '{on}' group by 1"
            )
        )
        assert {item: found.get(item, 0) for item in now} == {item: cost(item, on) for item in now}, on
    stocked = {row["ProductID"] for row in aw.table("ProductInventory")}
    assert sum(cost(item, days[-1]) == 0 for item in stocked) == 200


def test_items_have_the_one_unit_of_their_vendors_and_the_price_of_the_table(aw):
    units: dict[str, set[str]] = defaultdict(set)
    for row in aw.table("ProductVendor"):
        units[row["ProductID"]].add(row["UnitMeasureCode"].strip())
    assert all(len(found) == 1 for found in units.values())
    items = aw.table("Product")
    assert dict(aw.accepted("select item_code, base_uom from items")) == {
        row["ProductID"]: min(units.get(row["ProductID"], {"EA"})) for row in items
    }
    assert aw.accepted("select sum(list_price), count(*) filter (list_price is null) from items") == [
        (total(items, "ListPrice"), sum(Decimal(row["ListPrice"]) == 0 for row in items))
    ]
    parents = {r["ProductSubcategoryID"]: r["ProductCategoryID"] for r in aw.table("ProductSubcategory")}
    names = {r["ProductCategoryID"]: r["Name"] for r in aw.table("ProductCategory")}
    expected = Counter(names.get(parents.get(row["ProductSubcategoryID"], "")) for row in items)
    assert dict(aw.accepted("select category, count(*) from items group by 1")) == expected
    for entity in ("item_suppliers", "purchase_order_lines", "purchase_receipts", "inventory_balances"):
        assert aw.accepted(
            f"select count(*) from {entity} inner join items using (item_code) where uom <> base_uom"
        ) == [(0,)]


def test_terms_and_reorder_points_are_those_of_the_tables(aw):
    terms = aw.table("ProductVendor")
    assert aw.accepted(
        "select sum(moq_qty), sum(planned_lead_time_days), sum(unit_price), count(order_multiple_qty) "
        "from item_suppliers"
    ) == [(total(terms, "MinOrderQty"), total(terms, "AverageLeadTime"), total(terms, "StandardPrice"), 0)]
    assert aw.accepted(
        "select max(n) from (select sum(is_preferred::int) as n from item_suppliers group by item_code)"
    ) == [(1,)]
    marks = {row["BusinessEntityID"]: row["PreferredVendorStatus"] == "1" for row in aw.table("Vendor")}
    vendors: dict[str, list[str]] = defaultdict(list)
    for row in terms:
        vendors[row["ProductID"]].append(row["BusinessEntityID"])
    preferred = set()
    for item, found in vendors.items():
        marked = [vendor for vendor in found if marks[vendor]]
        preferred |= {(item, found[0])} if len(found) == 1 else {(item, marked[0])} if len(marked) == 1 else set()
    assert set(aw.accepted("select item_code, supplier_code from item_suppliers where is_preferred")) == preferred
    assert aw.accepted("select sum(reorder_point_qty), count(safety_stock_qty) from planning_parameters") == [
        (total(aw.table("Product"), "ReorderPoint"), 0)
    ]


def test_offers_are_promotions_but_for_the_one_that_offers_nothing(aw):
    offers = {row["SpecialOfferID"]: row for row in aw.table("SpecialOffer")}
    raw = [offers[row["SpecialOfferID"]] for row in aw.table("SpecialOfferProduct") if row["SpecialOfferID"] != "1"]
    found = aw.accepted("select sum(discount_ratio), min(start_date), max(end_date), count(*) from promotions")
    assert found == [
        (total(raw, "DiscountPct"), min(day(r["StartDate"]) for r in raw), max(day(r["EndDate"]) for r in raw), 243)
    ]
    assert Decimal(offers["1"]["DiscountPct"]) == 0
    assert aw.accepted("select distinct status from promotions") == [("ended",)]


def test_the_moment_is_the_last_day_of_business_and_landing_again_lands_nothing(aw):
    last = max(row["OrderDate"] for row in aw.table("PurchaseOrderHeader"))
    assert aw.acceptance.as_of == datetime.fromisoformat(last) == datetime(2014, 9, 22)
    assert land_connector("adventureworks", aw.source, aw.home) == aw.ids

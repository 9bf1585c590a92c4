"""A small company lived through in Tryton, a real ERP, by its own scripting client: what the connector is tried on.

Here: the calendar of one half-year (masters, purchases that come late and in parts, sales, shipments, a count with
differences) and how Tryton is told of it. Not here: reading Tryton's tables (the SELECTs beside this file). It runs in
the environment of dependency group `tryton` (`make tryton DATABASE=...`), which makes the database. Same seed, same
company; only Tryton's own create_date and write_date differ, and no SELECT reads those. `company.sql.gz` beside this
file is what the connector reads of it, so that tests need no Tryton.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

MODULES = ("account_invoice_stock", "purchase", "sale", "stock", "stock_lot", "stock_supply")
FIRST_DAY, LAST_DAY = date(2026, 1, 5), date(2026, 6, 26)
SEED = 20260626
PURCHASES, SALES = 24, 96
# name, code, category, unit, sale price, cost, daily demand, lots, EAN-13 without its check digit
GOODS = (
    ("Ash handle 40 cm", "AH-40", "Handles", "Unit", "7.90", "3.20", 3.0, False, "400638133393"),
    ("Ash handle 60 cm", "AH-60", "Handles", "Unit", "9.40", "4.10", 2.0, False, "400638133394"),
    ("Beech handle 40 cm", "BH-40", "Handles", "Unit", "6.50", "2.60", 2.5, False, None),
    ("Claw hammer 500 g", "CH-500", "Hammers", "Unit", "24.00", "11.50", 1.5, False, "400638133396"),
    ("Claw hammer 700 g", "CH-700", "Hammers", "Unit", "29.00", "14.20", 0.8, False, "400638133397"),
    ("Club hammer 1 kg", "CL-1", "Hammers", "Unit", "31.00", "15.00", 0.5, False, None),
    ("Chisel 10 mm", "CS-10", "Chisels", "Unit", "12.50", "5.40", 1.2, False, "400638133399"),
    ("Chisel 20 mm", "CS-20", "Chisels", "Unit", "14.90", "6.80", 1.0, False, "400638133400"),
    ("Chisel set of 4", "CS-SET", "Chisels", "Unit", "49.00", "22.00", 0.4, False, None),
    ("Wood glue 250 g", "WG-250", "Glue", "Unit", "5.20", "1.90", 4.0, True, "400638133402"),
    ("Wood glue 750 g", "WG-750", "Glue", "Unit", "11.80", "4.70", 2.2, True, "400638133403"),
    ("Hide glue", "HG", "Glue", "Kilogram", "18.00", "8.50", 1.4, True, None),
    ("Linseed oil", "LO", "Finish", "Liter", "9.80", "3.90", 2.6, True, None),
    ("Shellac flakes", "SF", "Finish", "Kilogram", "64.00", "31.00", 0.3, False, None),
    ("Sanding paper P80", "SP-80", "Abrasives", "Unit", "0.90", "0.28", 12.0, False, "400638133407"),
    ("Sanding paper P120", "SP-120", "Abrasives", "Unit", "0.90", "0.28", 14.0, False, "400638133408"),
    ("Sanding paper P240", "SP-240", "Abrasives", "Unit", "0.95", "0.30", 9.0, False, None),
    ("Steel wool 200 g", "SW-200", "Abrasives", "Unit", "4.10", "1.50", 1.8, False, "400638133410"),
    ("Marking gauge", "MG", "Measuring", "Unit", "19.50", "8.00", 0.4, False, "400638133411"),
    ("Steel rule 300 mm", "SR-300", "Measuring", "Unit", "8.20", "3.10", 1.1, False, "400638133412"),
)
SUPPLIERS = (("Holzwerk Nord", 12), ("Stahl & Sohn", 21), ("Chemie Lindner", 9))  # name, planned lead time in days
CUSTOMERS = ("Tischlerei Abel", "Werkzeug Baum", "Hobbyladen Celle", "Onlinehandel Dorn", "Bauhof Emden", "Möbel Frey")
SUPPLIER_OF = {"Handles": 0, "Hammers": 1, "Chisels": 1, "Glue": 2, "Finish": 2, "Abrasives": 1, "Measuring": 1}


@dataclass
class Masters:
    """What the calendar needs of the masters: proteus records by code or name."""

    products: dict
    suppliers: list
    customers: list
    payment_term: object
    warehouse: object
    shelf: (
        dict  # code -> lots on the shelf, oldest first, each [number, quantity]; Tryton leaves the choice to the picker
    )


def ean13(twelve: str) -> str:
    """The twelve digits with their GS1 check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def build(database_uri: str) -> None:
    """Live the half-year through in the database. Tryton raises what it refuses; nothing is caught."""
    from proteus import config
    from trytond.pool import Pool

    session = config.set_trytond(database=database_uri)
    session.skip_warning = True  # nobody is there to be asked
    today = [FIRST_DAY]
    Pool(session.database_name).get("ir.date").today = lambda timezone=None: today[0]  # Tryton lives the day we play
    rng = random.Random(SEED)  # noqa: S311 a company wants a seeded generator
    masters = _masters()
    calendar = [*_purchases(rng), *_sales(rng)]
    calendar.append((date(2026, 5, 29), 9, ("count", None)))
    calendar.sort(key=lambda entry: entry[:2])
    _opening(masters)
    later: list[tuple[date, int, tuple]] = []
    while calendar or later:
        calendar = sorted([*calendar, *later], key=lambda entry: entry[:2])
        later = []
        day, _, (kind, what) = calendar.pop(0)
        today[0] = max(today[0], day)
        if day <= LAST_DAY:
            later = _STEPS[kind](masters, rng, day, what) or []


def _masters() -> Masters:
    from proteus import Model
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
    from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
    from trytond.modules.company.tests.tools import create_company

    get = Model.get
    create_company(party=_saved(get("party.party")(name="Werkzeughandel Tryton")), currency="EUR")
    create_chart()
    year = set_fiscalyear_invoice_sequences(create_fiscalyear(today=(FIRST_DAY, LAST_DAY)))
    year.click("create_period")
    accounts = get_accounts()
    category = get("product.category")(name="Trade", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.save()
    payment_term = create_payment_term()
    payment_term.save()
    suppliers = [_saved(get("party.party")(name=name)) for name, _ in SUPPLIERS]
    customers = [_saved(get("party.party")(name=name)) for name in CUSTOMERS]
    units = {unit.name: unit for unit in get("product.uom").find([])}
    groups = {name: _saved(get("product.category")(name=name)) for name in sorted({g[2] for g in GOODS})}
    products = {}
    for name, code, group, unit, price, cost, _, has_lots, ean in GOODS:
        template = get("product.template")(name=name, code=code, type="goods")
        template.default_uom = units[unit]
        template.list_price, template.cost_price_method = Decimal(price), "average"
        template.purchasable = template.salable = True
        template.account_category = category
        template.categories.append(get("product.category")(groups[group].id))
        if has_lots:
            template.lot_required = ["supplier", "customer", "lost_found", "storage"]
        terms = template.product_suppliers.new(party=suppliers[SUPPLIER_OF[group]])
        terms.lead_time = timedelta(days=SUPPLIERS[SUPPLIER_OF[group]][1])
        terms.prices.new(quantity=0, unit_price=Decimal(cost))
        (product,) = template.products
        product.cost_price = Decimal(cost)
        if ean:
            product.identifiers.new(type="ean", code=ean13(ean))
        template.save()
        (products[code],) = template.products
    (warehouse,) = get("stock.location").find([("type", "=", "warehouse")])
    for code in ("AH-40", "CH-500", "WG-250", "SP-80", "SP-120"):
        point = get("stock.order_point")(type="purchase", product=products[code])
        point.location = warehouse
        point.min_quantity, point.target_quantity = 40, 120
        point.save()
    return Masters(products, suppliers, customers, payment_term, warehouse, {g[1]: [] for g in GOODS if g[7]})


def _saved(record: object) -> object:
    record.save()
    return record


def _opening(masters: Masters) -> None:
    """The stock of the first day, from a full count."""
    lines = [(code, round(demand * 30)) for _, code, _, _, _, _, demand, _, _ in GOODS]
    _inventory(masters, FIRST_DAY, lines)


def _inventory(masters: Masters, day: date, lines: list[tuple[str, float]]) -> None:
    """Post a count of `lines` (code, quantity found) in the storage location on `day`."""
    from proteus import Model

    inventory = Model.get("stock.inventory")()
    inventory.location = masters.warehouse.storage_location
    inventory.date = day
    inventory.empty_quantity = "keep"
    inventory.save()
    inventory.click("complete_lines")
    found = dict(lines)
    for line in inventory.lines:
        code = line.product.code
        if code in found:
            line.quantity = float(found.pop(code))
    for code, qty in found.items():
        line = inventory.lines.new(product=masters.products[code])
        line.quantity = float(qty)
        line.lot = _lot(masters, code, "L0", qty)
    inventory.save()
    inventory.click("confirm")


def _lot(masters: Masters, code: str, number: str, qty: float) -> object | None:
    """The lot of that number, made when new, with so much more of it on the shelf; None for goods without lots."""
    from proteus import Model

    if code not in masters.shelf:
        return None
    product = masters.products[code]
    masters.shelf[code].append([number, qty])
    found = Model.get("stock.lot").find([("product", "=", product.id), ("number", "=", number)])
    return found[0] if found else _saved(Model.get("stock.lot")(product=product, number=number))


def _pick_lots(masters: Masters, shipment: object) -> bool:
    """Write the oldest lots into the moves off the shelf, a move a lot; False when the shelf holds too little."""
    from proteus import Model

    wanted = {}
    for move in shipment.inventory_moves:
        code = move.product.code
        if code in masters.shelf and not move.lot:
            wanted[code] = wanted.get(code, 0) + move.quantity
    if any(sum(qty for _, qty in masters.shelf[code]) < qty for code, qty in wanted.items()):
        return False
    for move in list(shipment.inventory_moves):
        shelf = masters.shelf.get(move.product.code)
        open_qty, is_first = move.quantity, True
        while shelf and open_qty > 0 and not (is_first and move.lot):
            number, there = shelf[0]
            taken = min(there, open_qty)
            shelf[0][1], open_qty = there - taken, open_qty - taken
            if shelf[0][1] == 0:
                shelf.pop(0)
            part = move if is_first else shipment.inventory_moves.new()
            if not is_first:
                part.product, part.unit = move.product, move.unit
                part.from_location, part.to_location = move.from_location, move.to_location
                part.planned_date, part.company = move.planned_date, move.company
            part.quantity = taken
            (part.lot,) = Model.get("stock.lot").find([("product", "=", move.product.id), ("number", "=", number)])
            is_first = False
    shipment.save()
    return True


def _purchases(rng: random.Random) -> list[tuple[date, int, tuple]]:
    """Orders spread over the half-year: one or two goods of one supplier each."""
    found = []
    for number in range(PURCHASES):
        day = FIRST_DAY + timedelta(days=2 + number * 6)
        supplier = number % len(SUPPLIERS)
        own = [g for g in GOODS if SUPPLIER_OF[g[2]] == supplier]
        goods = rng.sample(own, 2)
        found.append((day, 1, ("purchase", (supplier, [(g[1], max(round(g[6] * 28), 10), g[5]) for g in goods]))))
    return found


def _sales(rng: random.Random) -> list[tuple[date, int, tuple]]:
    """Orders of customers, one to three goods each."""
    found = []
    for number in range(SALES):
        day = FIRST_DAY + timedelta(days=1 + number * 170 // SALES)
        goods = rng.sample(GOODS, rng.randint(1, 3))
        lines = [(g[1], max(1, round(rng.uniform(0.4, 1.6) * g[6] * 4)), g[4]) for g in goods]
        found.append((day, 3, ("sale", (rng.randrange(len(CUSTOMERS)), lines))))
    return found


def _purchase(masters: Masters, rng: random.Random, day: date, what: tuple) -> list:
    """Send an order; its goods come at once, in two parts, late, or are cut short."""
    from proteus import Model

    supplier, lines = what
    purchase = Model.get("purchase.purchase")(party=masters.suppliers[supplier])
    purchase.purchase_date, purchase.payment_term = day, masters.payment_term
    purchase.invoice_method = "manual"
    for code, qty, price in lines:
        line = purchase.lines.new(product=masters.products[code])
        line.product_supplier = masters.products[code].template.product_suppliers[0]
        line.quantity, line.unit_price = float(qty), Decimal(price)
    purchase.click("quote")
    purchase.click("confirm")
    planned = SUPPLIERS[supplier][1]
    kind = rng.choice(("on_time", "late", "parts", "early", "late_parts"))
    late = {"on_time": 0, "late": rng.randint(3, 11), "parts": 0, "early": -2, "late_parts": rng.randint(2, 8)}[kind]
    arrives = day + timedelta(days=planned + late)
    share = 0.6 if kind.endswith("parts") else 1.0
    steps = [(arrives, 0, ("receipt", (purchase.id, share)))]
    if share < 1:
        steps.append((arrives + timedelta(days=rng.randint(4, 9)), 0, ("receipt", (purchase.id, 1.0))))
    return steps


def _receipt(masters: Masters, rng: random.Random, day: date, what: tuple) -> None:
    """Receive a share of what is still open of an order."""
    from proteus import Model

    purchase = Model.get("purchase.purchase")(what[0])
    open_moves = [move for move in purchase.moves if move.state == "draft"]
    if not open_moves:
        return
    shipment = Model.get("stock.shipment.in")(supplier=purchase.party)
    shipment.effective_date = day
    for move in open_moves:
        shipment.incoming_moves.append(Model.get("stock.move")(move.id))
    shipment.save()
    for move in shipment.incoming_moves:
        move.quantity = float(max(1, round(move.quantity * what[1])))
        move.lot = _lot(masters, move.product.code, f"L{day:%m%d}", move.quantity)
    shipment.save()
    shipment.click("receive")
    shipment.click("do")


def _sale(masters: Masters, rng: random.Random, day: date, what: tuple) -> list:
    """Take an order and ship what the shelves hold a day or two later."""
    from proteus import Model

    customer, lines = what
    sale = Model.get("sale.sale")(party=masters.customers[customer])
    sale.sale_date, sale.payment_term = day, masters.payment_term
    sale.shipping_date = day + timedelta(days=2)
    sale.invoice_method = "fulfillment"
    for code, qty, price in lines:
        line = sale.lines.new(product=masters.products[code])
        line.quantity, line.unit_price = float(qty), Decimal(price)
    sale.click("quote")
    sale.click("confirm")
    return [(day + timedelta(days=rng.choice((1, 1, 2, 2, 3, 5))), 4, ("shipment", (sale.id, 0)))]


def _shipment(masters: Masters, rng: random.Random, day: date, what: tuple) -> list | None:
    """Pick, pack and send what an order waits for; what finds too little waits a week, twice, and is given up."""
    from proteus import Model

    sale = Model.get("sale.sale")(what[0])
    for shipment in sale.shipments:
        if shipment.state not in ("waiting", "draft"):
            continue
        shipment.effective_date = day
        shipment.save()
        if _pick_lots(masters, shipment):
            shipment.click("assign_try")
        if shipment.state != "assigned" and what[1] < 2:
            return [(day + timedelta(days=7), 4, ("shipment", (what[0], what[1] + 1)))]
        if shipment.state == "assigned":
            shipment.click("pick")
            shipment.click("pack")
            shipment.click("do")
        else:
            shipment.click("cancel")
    sale.reload()
    for invoice in sale.invoices:
        if invoice.state == "draft":
            invoice.invoice_date = day
            invoice.click("post")
    return None


def _count(masters: Masters, rng: random.Random, day: date, what: None) -> None:
    """Count every good; four are found short and one over."""
    from proteus import Model

    inventory = Model.get("stock.inventory")()
    inventory.location = masters.warehouse.storage_location
    inventory.date = day
    inventory.empty_quantity = "keep"
    inventory.save()
    inventory.click("complete_lines")
    off = {"AH-40": -3, "CH-500": -1, "SP-80": -12, "SW-200": -2, "MG": 1}
    for line in inventory.lines:
        expected = Decimal(str(line.expected_quantity))
        line.quantity = float(max(Decimal(0), expected + off.pop(line.product.code, 0)))
    inventory.save()
    inventory.click("confirm")


_STEPS = {"purchase": _purchase, "receipt": _receipt, "sale": _sale, "shipment": _shipment, "count": _count}


def activate(server_uri: str, database: str) -> None:
    """Make the database (it must not be there yet) and activate MODULES in it, as Tryton's own administrator does."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server_uri + "/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    with tempfile.TemporaryDirectory() as folder:
        settings, password = Path(folder) / "trytond.conf", Path(folder) / "password"
        settings.write_text(f"[database]\nuri = {server_uri}/\n", encoding="utf-8")
        password.write_text(secrets.token_urlsafe() + "\n", encoding="utf-8")
        admin = [str(Path(sys.executable).with_name("trytond-admin")), "-c", str(settings), "-d", database, "--all"]
        admin += ["--email", "nobody@example.com", "--activate-dependencies", "-u", *MODULES]
        subprocess.run(admin, check=True, env={**os.environ, "TRYTONPASSFILE": str(password)})


def dump(database_uri: str, path: Path) -> None:
    """Write what the connector reads of the database as SQL statements, one a line, gzipped; same rows, same bytes."""
    import psycopg
    from psycopg import sql

    connector = yaml.safe_load(Path(__file__).with_name("_connector.yml").read_text(encoding="utf-8"))
    lines = []
    with psycopg.connect(database_uri) as connection:
        for table, how in connector["tables"].items():
            named = sql.SQL(", ").join(map(sql.Identifier, how["columns"]))
            types = connection.execute(
                "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a "
                "where a.attrelid = %s::regclass and a.attnum > 0",
                [f'"{table}"'],
            )
            kinds = dict(types.fetchall())
            columns = ", ".join(f'"{column}" {kinds[column]}' for column in how["columns"])
            lines.append(f'create table "{table}" ({columns})')
            values = sql.SQL(" || ', ' || ").join(
                sql.SQL("quote_nullable({}::text)").format(sql.Identifier(column)) for column in how["columns"]
            )
            query = sql.SQL("select {} from {} order by {}").format(values, sql.Identifier(table), named)
            for (row,) in connection.execute(query):
                text = row.replace("\n", " ")
                lines.append(f'insert into "{table}" values ({text})')
    body = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(body.encode(), mtime=0))


def main() -> None:
    """Command line: `company.py DATABASE [--dump FILE]`; the server is TRYTOND_DATABASE_URI (postgresql://...)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", help="name of the database to make")
    parser.add_argument("--dump", type=Path, help="write what the connector reads of it to this file (.sql.gz)")
    arguments = parser.parse_args()
    server = os.environ["TRYTOND_DATABASE_URI"].rstrip("/")
    activate(server, arguments.database)
    build(f"{server}/{arguments.database}")
    if arguments.dump:
        dump(f"{server}/{arguments.database}", arguments.dump)


if __name__ == "__main__":
    main()

"""A company made by hand of which every item runs out once: one item per cause, per border of a window, per tie.

Here: the items, what speaks for the cause of each, and the landing of it all. Every item sells two a day from the fifth
of January 2024 on and has its last goods sold on the twentieth of March unless it says otherwise; days are counted from
that one. Not here: any figure that the warehouse computes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.lib import accepting
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO, Home
from tests.python.compiled import Project
from tests.python.dbt_in_process import Dbt
from tests.python.fixtures_marts import Marts
from tests.python.oracles.company import Company
from tests.python.oracles.differences import Case

RUN_OUT = date(2024, 3, 20)  # in a leap year: its windows of 365 days do not begin with a month
EXTRACTED_AT = datetime(2024, 4, 20, 6, tzinfo=UTC)
DIVISION, SITE, OTHER = "hand", "C1", "C2"
NEEDED = {"fct_stockout_event", "fct_stock_record_flag", "kpi_supplier_scorecard"}
FIRST, REFILLED = -75, 5  # first day on sale, day on which the goods are there again


@dataclass(frozen=True)
class Order:
    """A purchase order line of fifty. came: (day, received, rejected) of each receipt."""

    placed: int = -5
    due: int | None = 3
    came: tuple[tuple[int, int, int], ...] = ((REFILLED, 50, 0),)
    status: str = "received"
    qty: int = 50
    created: int | None = None
    closed: int | None = None
    moved_to: int | None = None


@dataclass(frozen=True)
class Item:
    """An item of the company, and why it ran out. last: sold on the day it ran out."""

    cause: str
    last: int = 2
    sales: tuple[tuple[int, int], ...] = ()
    goods: tuple[tuple[int, str, int, dict], ...] = ()  # (hour after the day it ran out began, event, quantity, more)
    orders: tuple[Order, ...] = (Order(),)
    plans: tuple[tuple[int, str | None, int], ...] = ((-500, "100", 0),)  # (day, reorder point, safety stock)
    counts: tuple[tuple[int, int, int], ...] = ()  # (day, book, counted)
    asked: tuple[tuple[int, int, str | None], ...] = ()  # (day, quantity of a customer's order line, why cancelled)
    forecasts: tuple[tuple[int, date, int], ...] = ()  # (day made, month, quantity)
    promotions: tuple[tuple[str, int, int, str], ...] = ()  # (code, first day, last day, status)
    elsewhere: tuple[int, str | None] | None = None  # stock and reorder point at the other site
    apart_elsewhere: int = 0  # of that stock, set apart
    begins: int = 0  # first day out of stock
    is_refilled: bool = True
    evidence: dict[str, Any] = field(default_factory=dict)  # columns that tell the border apart


LATE = Order(due=0)
SHORT = Order(-40, -20, ((-20, 30, 0),), "closed_short")
FULL = Order(-20, -10, ((-10, 50, 0),))
NEVER = Order(-40, -20, (), "closed_short", closed=-15)
MARCH, FEBRUARY = date(2024, 3, 1), date(2024, 2, 1)
SIX_DAYS = ((-5, MARCH, 31),)  # one a day, where two are asked for
APART = ((-480, "status_change", 3, {"from_stock_status": "available", "to_stock_status": "quarantine"}),)
RAN = (("SPRING", -10, 2, "ended"),)
USUAL = ((-30, 1, None),)


def plan(point: str | None, safety: int = 0) -> dict[str, Any]:
    """Planning parameters that never changed."""
    return {"plans": ((-500, point, safety),)}


def came(day: int) -> tuple[Order, ...]:
    """A line that took 28 days and came in full on a day, before the usual one."""
    return (Order(day - 28, day, ((day, 50, 0),)), Order())


ITEMS: dict[str, Item] = {
    "plain": Item("unknown"),
    "open": Item("unknown", is_refilled=False, orders=(Order(due=40, came=(), status="open"),)),
    # The record: goods on the book and none on the shelf, counts, a book below nil.
    "nothing_found": Item("record_error", asked=((-2, 3, "no_stock"),), begins=-2),
    "counted_none": Item("record_error", counts=((-1, 2, 0),), begins=-1),
    "counted_on_first_day": Item("record_error", counts=((0, 0, 1),), evidence={"wrong_count_count": 1}),
    "counted_on_last_day": Item("record_error", counts=((4, 0, 1),), evidence={"wrong_count_count": 1}),
    "counted_the_day_before": Item("unknown", counts=((-1, 2, 1),)),
    "counted_the_day_after": Item("unknown", counts=((5, 500, 499),)),
    "counted_right": Item("unknown", counts=((0, 0, 0),)),
    "below_nil": Item("record_error", goods=((12, "adjustment", -1, {}),), evidence={"least_book_qty": -1}),
    "below_nil_for_an_hour": Item(
        "record_error", goods=((12, "adjustment", -3, {}), (13, "adjustment", 3, {})), evidence={"least_book_qty": -3}
    ),
    "below_nil_for_an_hour_later": Item(
        "record_error", goods=((36, "adjustment", -3, {}), (37, "adjustment", 3, {})), evidence={"least_book_qty": -3}
    ),
    "below_nil_before": Item("unknown", goods=((-14, "adjustment", -5, {}), (-13, "adjustment", 5, {}))),
    # The supplier: due and not there, or short.
    "due_on_first_day": Item("supplier", orders=(LATE,), evidence={"late_order_count": 1}),
    "due_the_day_after": Item("unknown", orders=(replace(LATE, due=1),), evidence={"late_order_count": 0}),
    "came_on_first_day": Item(
        "unknown", orders=(replace(LATE, came=((0, 50, 0),)),), **plan(None), evidence={"on_order_count": 0}
    ),
    "came_the_day_after": Item("supplier", orders=(replace(LATE, came=((1, 50, 0),)),)),
    "last_part_came_late": Item("supplier", orders=(replace(LATE, came=((-1, 49, 0), (1, 1, 0))),)),
    "placed_on_first_day": Item("supplier", orders=(replace(LATE, placed=0),), evidence={"on_order_count": 1}),
    "placed_the_day_after": Item(
        "unknown", orders=(replace(LATE, placed=1, due=1),), **plan(None), evidence={"on_order_count": 0}
    ),
    "sent_later": Item("unknown", orders=(Order(created=-7),), evidence={"order_placed_date": -5}),
    "promise_moved": Item("supplier", orders=(replace(LATE, moved_to=20),)),
    "one_promise": Item("supplier", orders=(Order(due=None, moved_to=0),), evidence={"late_due_date": 0}),
    "two_late": Item(
        "supplier",
        orders=(replace(LATE, due=-3), replace(LATE, placed=-12, due=-8)),
        evidence={"late_due_date": -8, "late_order_line_id": "hand/two_late-1/1"},
    ),
    "cancelled": Item("unknown", orders=(Order(due=-9, came=(), status="cancelled"), Order())),
    "of_nothing": Item("unknown", orders=(Order(due=-9, came=(), status="open", qty=0), Order())),
    "came_short": Item("supplier", orders=(SHORT, Order()), evidence={"was_last_in_full": False}),
    "short_then_full": Item("unknown", orders=(SHORT, FULL, Order()), evidence={"was_last_in_full": True}),
    "rejected": Item("supplier", orders=(replace(FULL, came=((-10, 50, 1),)), Order())),
    "never_came": Item("supplier", orders=(NEVER, Order()), evidence={"on_order_count": 1, "late_order_count": 0}),
    "never_came_then_full": Item("unknown", orders=(NEVER, FULL, Order()), evidence={"order_placed_date": -5}),
    "given_up_later": Item("supplier", orders=(replace(NEVER, closed=2), Order()), evidence={"late_order_count": 1}),
    "given_up_untold": Item("unknown", orders=(replace(NEVER, closed=None), Order()), evidence={"on_order_count": 1}),
    "on_its_way": Item(
        "unknown",
        orders=(),
        goods=((-110, "transfer_out", -9, {}), (130, "transfer_in", 9, {})),
        elsewhere=(9, None),
        evidence={"on_order_count": 1, "order_placed_date": -5},
    ),
    # The parameters: twenty are required, eighteen are within the tolerance.
    "within_tolerance": Item("unknown", **plan("18")),
    "below_tolerance": Item("parameter", **plan("17.9999")),
    "no_point": Item("unknown", **plan(None)),
    "set_on_the_order_day": Item("parameter", plans=((-500, "100", 0), (-5, "17", 0))),
    "set_the_day_after": Item("unknown", plans=((-500, "100", 0), (-4, "17", 0))),
    "slow_in_the_month_before": Item("parameter", orders=came(-20), **plan("20")),
    "slow_this_month": Item("unknown", orders=came(-19), **plan("20")),
    "slow_365_days_before": Item("parameter", orders=came(-384), **plan("20")),  # on 2 March 2023
    "slow_366_days_before": Item("unknown", orders=came(-385), **plan("20")),
    "much_asked_182_days_before": Item("parameter", sales=((-187, 182),), **plan("20", 20)),
    "much_asked_183_days_before": Item("unknown", sales=((-188, 182),), **plan("20", 20)),
    # Nobody ordered: twenty were left three days before.
    "forgotten": Item("no_order", last=16, orders=(), **plan("20"), evidence={"unordered_position_qty": 20}),
    "above_the_point": Item("unknown", last=17, orders=(), **plan("20")),
    "at_the_point_two_days_before": Item("unknown", last=18, orders=(), **plan("20")),
    "ordered_on_first_day": Item("unknown", last=16, orders=(Order(0),), **plan("20", 20)),
    "ordered_the_day_after": Item("no_order", last=16, orders=(Order(1),), **plan("20")),
    # More was asked for than foreseen: twelve, from the order on.
    "one_more_than_the_mean": Item("forecast", last=3, evidence={"since_decision_qty": 13, "foreseen_qty": 12}),
    "room_in_safety_stock": Item("unknown", last=3, **plan("100", 1)),
    "foreseen_too_low": Item("forecast", forecasts=SIX_DAYS, evidence={"foreseen_qty": 6}),
    "foreseen_after_the_order": Item("unknown", forecasts=((-4, MARCH, 31),), evidence={"foreseen_qty": 12}),
    "last_word": Item("forecast", forecasts=((-30, MARCH, 62), (-6, MARCH, 31)), evidence={"foreseen_qty": 6}),
    "half_foreseen": Item("unknown", orders=(Order(-24),), forecasts=((-30, MARCH, 31),)),
    "wholly_foreseen": Item(
        "forecast",
        orders=(Order(-24),),
        forecasts=((-30, MARCH, 31), (-30, FEBRUARY, 29)),
        evidence={"foreseen_qty": 25},
    ),
    "ordered_before_it_was_sold": Item(
        "unknown", orders=(Order(-90, 40, (), "open"),), evidence={"foreseen_qty": None, "since_decision_qty": 152}
    ),
    "promoted": Item("promotion", last=3, promotions=RAN, evidence={"promotion_code": "SPRING"}),
    "promoted_to_the_order_day": Item("promotion", last=3, promotions=(("A", -10, -5, "ended"),)),
    "promoted_to_the_day_before": Item("forecast", last=3, promotions=(("A", -10, -6, "ended"),)),
    "promoted_from_first_day": Item("promotion", last=3, promotions=(("A", 0, 9, "ended"),)),
    "promoted_from_the_day_after": Item("forecast", last=3, promotions=(("A", 1, 9, "ended"),)),
    "promotion_called_off": Item("forecast", last=3, promotions=(("A", -10, 2, "cancelled"),)),
    "promoted_twice": Item(
        "promotion", last=3, promotions=(*RAN, ("EASTER", -3, 2, "ended")), evidence={"promotion_code": "EASTER"}
    ),
    # Goods elsewhere: eight were lost.
    "set_apart": Item("internal", goods=APART, evidence={"blocked_qty": 3}),
    "surplus_of_all": Item("internal", elsewhere=(12, "4"), evidence={"surplus_elsewhere_qty": 8}),
    "surplus_of_less": Item("unknown", elsewhere=(12, "5"), evidence={"surplus_elsewhere_qty": 7}),
    "surplus_without_point": Item("internal", elsewhere=(8, None), evidence={"surplus_elsewhere_qty": 8}),
    "surplus_set_apart": Item(
        "unknown", elsewhere=(8, None), apart_elsewhere=1, evidence={"surplus_elsewhere_qty": 7, "blocked_qty": 0}
    ),
    "surplus_beside_what_is_apart": Item(
        "internal", elsewhere=(13, "4"), apart_elsewhere=1, evidence={"surplus_elsewhere_qty": 8, "blocked_qty": 0}
    ),
    # A large order: larger than 99 of 100.
    "large_order": Item("allocation", asked=(*USUAL * 99, (-30, 5, None), (0, 5, None))),
    "not_so_large": Item("unknown", asked=(*USUAL * 98, *((-30, 5, None),) * 2, (0, 5, None))),
    "as_large_365_days_before": Item("unknown", asked=((-365, 5, None), (0, 5, None))),
    "as_large_366_days_before": Item("allocation", asked=((-366, 5, None), *USUAL, (0, 5, None))),
    "large_the_day_before": Item("unknown", asked=(*USUAL, (-1, 5, None)), evidence={"largest_order_qty": None}),
    "first_order": Item("unknown", asked=((0, 5, None),)),
    # Two branches hold: the first of the tree speaks.
    "record_and_supplier": Item("record_error", goods=((12, "adjustment", -1, {}),), orders=(LATE,)),
    "supplier_and_parameter": Item("supplier", orders=(LATE,), **plan("10")),
    "parameter_and_no_order": Item("parameter", last=13, orders=(), **plan("17")),
    "parameter_and_forecast": Item("parameter", last=3, **plan("10")),
    "no_order_and_internal": Item("no_order", last=16, orders=(), **plan("23"), goods=APART),
    "forecast_and_internal": Item("forecast", last=3, goods=APART),
    "promotion_and_internal": Item("promotion", last=3, goods=APART, promotions=RAN),
    "internal_and_allocation": Item("internal", goods=APART, asked=(*USUAL, (0, 5, None))),
}
TIES = {  # item -> branches that hold
    "record_and_supplier": {"is_record_error", "is_supplier"},
    "supplier_and_parameter": {"is_supplier", "is_below_requirement"},
    "parameter_and_no_order": {"is_below_requirement", "is_not_ordered"},
    "parameter_and_forecast": {"is_below_requirement", "is_exceeded"},
    "no_order_and_internal": {"is_not_ordered", "is_stock_elsewhere"},
    "forecast_and_internal": {"is_exceeded", "is_stock_elsewhere"},
    "promotion_and_internal": {"is_exceeded", "is_stock_elsewhere"},
    "internal_and_allocation": {"is_stock_elsewhere", "is_large_order"},
}


def day(number: int) -> date:
    """A day counted from the one on which items run out."""
    return RUN_OUT + timedelta(days=number)


def moment(number: int, hour: int = 12) -> datetime:
    """An hour of such a day."""
    return datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=hour)


def rows(items: dict[str, Item]) -> dict[tuple[str, str, str], list[dict]]:
    """(source, instance, entity) -> rows in landing columns."""
    found: dict[tuple[str, str, str], list[dict]] = defaultdict(list)
    erp = ("erp", DIVISION)
    money = {"company_code": "HAND", "company_currency": "EUR", "currency": "EUR"}
    found[*erp, "divisions"] = [{"division_code": DIVISION, **money}]
    found[*erp, "locations"] = [
        {"location_code": site, "location_type": "warehouse", "time_zone": "UTC", "wms_site": site}
        for site in (SITE, OTHER)
    ]
    for name, item in items.items():
        item_row = {"item_code": name, "category": "Tools", "base_uom": "EA", "status": "active"}
        found[*erp, "items"].append(item_row | {"list_price": Decimal(5), "currency": "EUR"})
        found[*erp, "item_costs"].append(
            {"item_code": name, "cost_method": "standard", "unit_cost": Decimal(3), "currency": "EUR"}
            | {"valid_from": date(2023, 1, 1)}
        )
        found[*erp, "suppliers"].append({"supplier_code": name, "supplier_name": name})
        found[*erp, "item_suppliers"].append(
            {"item_code": name, "supplier_code": name, "is_preferred": True, "uom": "EA", "planned_lead_time_days": 10}
        )
        for told in (_planned(name, item), _bought(name, item), _asked(name, item)):
            for entity, more in told.items():
                found[*erp, entity] += more
        for site, event in _moved(name, item):
            events = found["wms", site, "movements"]
            events.append(event | {"event_id": f"{site}-{len(events):05}", "recorded_at": event["occurred_at"]})
        found["wms", SITE, "cycle_counts"] += [
            {"count_id": f"{name}-{number}", "item_code": name, "uom": "EA", "book_qty": Decimal(book)}
            | {"counted_qty": Decimal(counted), "counted_at": moment(number, 20), "trigger": "scheduled"}
            for number, book, counted in item.counts
        ]
    return found


def _planned(name: str, item: Item) -> dict[str, list[dict]]:
    """Parameters at either site, forecasts and promotions."""
    here = {"item_code": name, "location_code": SITE, "uom": "EA"}
    level = {"service_level_ratio": Decimal("0.95"), "review_days": 0}
    plans = [
        here | level | {"reorder_point_qty": point and Decimal(point), "safety_stock_qty": Decimal(safety)}
        | {"valid_from": day(number)}
        for number, point, safety in item.plans
    ]  # fmt: skip
    if item.elsewhere and item.elsewhere[1]:
        point = {"location_code": OTHER, "reorder_point_qty": Decimal(item.elsewhere[1]), "valid_from": day(-500)}
        plans.append(here | level | point)
    return {
        "planning_parameters": plans,
        "demand_forecasts": [
            here | {"made_at": moment(made), "period_start": month, "period_type": "month"}
            | {"forecast_qty": Decimal(qty)}
            for made, month, qty in item.forecasts
        ],
        "promotions": [
            {"promotion_code": code, "item_code": name, "location_code": SITE, "status": status}
            | {"start_date": day(first), "end_date": day(last), "discount_ratio": Decimal("0.2")}
            for code, first, last, status in item.promotions
        ],
    }  # fmt: skip


def _bought(name: str, item: Item) -> dict[str, list[dict]]:
    """Order lines and what the ERP was told of their receipts."""
    lines, receipts = [], []
    for number, order in enumerate(item.orders):
        key = {"order_number": f"{name}-{number}", "line_number": "1", "item_code": name, "location_code": SITE}
        last = order.due if order.moved_to is None else order.moved_to
        created = order.placed if order.created is None else order.created
        lines.append(
            key | {"supplier_code": name, "ordered_qty": Decimal(order.qty), "uom": "EA", "status": order.status}
            | {"unit_price": Decimal(3), "currency": "EUR", "created_at": moment(created)}
            | {"sent_at": None if order.created is None else moment(order.placed)}
            | {"original_promised_date": None if order.due is None else day(order.due)}
            | {"promised_date": None if last is None else day(last)}
            | {"closed_at": None if order.closed is None else moment(order.closed)}
        )  # fmt: skip
        receipts += [
            key | {"receipt_number": f"{name}-{number}-{part}", "received_qty": Decimal(qty), "uom": "EA"}
            | {"rejected_qty": Decimal(bad), "received_at": moment(when)}
            for part, (when, qty, bad) in enumerate(order.came)
        ]  # fmt: skip
    return {"purchase_order_lines": lines, "purchase_receipts": receipts}


def _asked(name: str, item: Item) -> dict[str, list[dict]]:
    """Customers' order lines; the sales themselves are movements."""
    return {
        "sales_order_lines": [
            {"order_number": f"{name}-S{number}", "line_number": "1", "item_code": name, "location_code": SITE}
            | {"ordered_at": moment(when), "ordered_qty": Decimal(qty), "uom": "EA", "cancel_reason": reason}
            | {"status": "cancelled" if reason else "open", "customer_code": "somebody"}
            for number, (when, qty, reason) in enumerate(item.asked)
        ]
    }


def _moved(name: str, item: Item) -> list[tuple[str, dict]]:
    """(site, event): goods for all that is sold and set apart, a sale a day, what else happened, and the refill."""
    sales = [(number, 2) for number in range(FIRST, 0)] + [(0, item.last), *item.sales]
    begin = min(number for number, _ in sales) - (3 if item.sales else 0)
    apart = sum(qty for _, kind, qty, _ in item.goods if kind == "status_change")
    told = [(SITE, moment(begin, 6), "receipt", sum(qty for _, qty in sales) + apart, {})]
    told += [(SITE, moment(number, 10), "sales_issue", -qty, {}) for number, qty in sales]
    for hour, kind, qty, more in item.goods:
        if kind.startswith("transfer"):
            more = more | {"transfer_id": name}
        told.append((OTHER if kind == "transfer_out" else SITE, moment(0, hour), kind, qty, more))
    if item.elsewhere:
        told.append((OTHER, moment(FIRST, 6), "receipt", item.elsewhere[0], {}))
    if item.apart_elsewhere:
        told += [(OTHER, moment(0, hour), kind, item.apart_elsewhere, more) for hour, kind, _, more in APART]
    if item.is_refilled:
        told.append((SITE, moment(REFILLED, 8), "receipt", 500, {}))
    told.sort(key=lambda event: event[1])
    return [
        (site, {"item_code": name, "uom": "EA", "event_type": kind, "qty": Decimal(qty), "occurred_at": at} | more)
        for site, at, kind, qty, more in told
    ]


def land(landing: Path, items: dict[str, Item] = ITEMS) -> None:
    """Write the company below `landing`, one batch of each entity."""
    contracts = load_contracts(REPO)
    for (source, instance, entity), told in rows(items).items():
        if told:
            contract = contracts[source, entity]
            schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
            table = pa.Table.from_pylist(told, schema=schema)
            write_batch(landing, source, instance, entity, "20240420", table, EXTRACTED_AT, contract=contract)


def build(project: Project, root: Path, name: str, items: dict[str, Item] = ITEMS) -> Case:
    """The company beside its oracle, built below `root` as far as stock-outs and suppliers need it."""
    home = Home.at(root / "home").make()
    land(home.landing, items)
    accepting.accept(home)
    with project.needed_by(lambda node: node.name in NEEDED).build(home, is_marts=True):
        pass
    return Case(name, Marts(home, Dbt(home)), Company(home))

"""Stock-outs against the oracle: every event, every scope and month, and what was lost at its price."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.stockouts import Stockouts, price_at, prices

COUNTS = ("active_day_count", "oos_day_count", "event_count", "begun_event_count")
SUMS = ("expected_qty", "served_qty", "lost_qty")
_known: dict[tuple[str, str], Stockouts] = {}


def stockouts_of(case, basis: str = "atp") -> Stockouts:
    """The oracle's stock-outs of a company, computed once."""
    if (case.name, basis) not in _known:
        flags = case.marts.rows(
            "select distinct sku_id, location_id from visibility.fct_stock_record_flag "
            "where rule_id in ('DQ-P1', 'DQ-P3')"
        )
        records = {(row["sku_id"], row["location_id"]) for row in flags}
        _known[case.name, basis] = Stockouts(case.company, records, basis)
    return _known[case.name, basis]


def event_differences(case, marts, basis: str) -> tuple[list, int]:
    """Events that differ, and how many there are."""
    oracle = stockouts_of(case, basis)
    expected = {(*record, event.start): event for record, events in oracle.events.items() for event in events}
    rows = marts.rows("select * from lag.fct_stockout_event")
    found = {(row["sku_id"], row["location_id"], row["stockout_start_date"]): row for row in rows}
    wrong: list = [("only one side", key) for key in set(expected) ^ set(found)]
    for key in set(expected) & set(found):
        event, row = expected[key], found[key]
        last = max(event.days)
        is_open = last == case.company.as_of_date
        same = row["oos_day_count"] == len(event.days) and row["is_open"] == is_open
        same &= row["stockout_end_date"] == (None if is_open else last)
        same &= close(row["lost_qty"], event.lost)
        same &= close(row["expected_qty"], sum((e for e, _ in event.days.values()), Decimal(0)))
        if not same:
            wrong.append((key, len(event.days), last, event.lost, row))
    return wrong, len(expected)


def test_every_event(case):
    assert_none(*event_differences(case, case.marts, "atp"))


def test_every_scope_and_month(case):
    oracle, company = stockouts_of(case), case.company
    months = company.months if len(company.months) < 20 else [company.months[n] for n in (0, 11, 25, -2, -1)]
    wrong, total = [], 0
    for first, last in months:
        sums: dict = defaultdict(lambda: defaultdict(Decimal))
        for record in company.by_record:
            part = oracle.month_of(record, first, last)
            if part is not None:
                for scope in company.scopes(record).items():
                    for name, value in part.items():
                        sums[scope][name] += value
        rows = case.marts.rows(f"select * from lag.kpi_stockout_frequency where month_start_date = date '{first}'")
        found = {(row["scope_type"], row["scope_id"]): row for row in rows}
        wrong += [("only one side", first, scope) for scope in set(sums) ^ set(found)]
        for scope in set(sums) & set(found):
            row, right = found[scope], sums[scope]
            same = all(row[name] == right[name] for name in COUNTS) and all(close(row[n], right[n]) for n in SUMS)
            active, empty = right["active_day_count"], right["oos_day_count"]
            same &= near(row["stockout_day_ratio"], empty / active if active else None)
            same &= row["stockout_day_reason"] == (None if active else "no_demand")
            if not same:
                wrong.append((first, scope, dict(right), row))
        total += len(sums)
    assert_none(wrong, total)


def test_what_was_lost_is_valued_at_the_price_of_the_last_month_that_sold(tiny):
    known, company = prices(tiny.company), tiny.company
    rows = tiny.marts.rows("select * from lag.fct_stockout_event where price_source = 'invoice'")
    assert rows
    wrong = []
    for row in rows:
        record = row["sku_id"], row["location_id"]
        price = price_at(known, record, row["stockout_start_date"])
        cost = company.costs.at(record, row["stockout_start_date"])[0]
        rate = company.rate(record, row["stockout_start_date"], "average")
        right = row["lost_qty"] * price, None if cost is None else row["lost_qty"] * (price - cost * rate)
        if not (near(row["lost_sales_amount"], right[0], 3) and near(row["lost_margin_amount"], right[1], 3)):
            wrong.append((row, right))
    assert_none(wrong, len(rows))


@pytest.mark.parametrize("kind", ["book", "effective"])
def test_both_kinds_of_event_are_there_to_compare(tiny, kind):
    assert tiny.marts.rows(f"select 1 from lag.fct_stockout_event where stockout_type = '{kind}' limit 1")


def test_a_month_of_every_record_adds_up_to_its_event(case):
    """Cut at period ends, an event loses nothing and counts nothing twice."""
    rows = case.marts.rows(
        "select (select sum(oos_day_count) from lag.fct_stockout_event) as days, "
        "(select count(*) from lag.fct_stockout_event) as events, "
        "(select sum(lost_qty) from lag.fct_stockout_event) as lost, sum(oos_day_count) as month_days, "
        "sum(begun_event_count) as month_events, sum(lost_qty) as month_lost "
        "from lag.kpi_stockout_frequency where scope_type = 'company'"
    )[0]
    assert (rows["days"], rows["events"], rows["lost"]) == (
        rows["month_days"],
        rows["month_events"],
        rows["month_lost"],
    )

"""Events and corrections that come after their day has closed: booked on the first open day, told by a restatement.

Here: rows 4 and 5 of docs/faults.md, and invariant I8: the closed days of a site before and after. Not here: lateness
within the close (test_delivery.py), the close calendar itself (unit tests of stg_unified__close_day).
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.python.faults.stream import all_rows_accounted, differences, one
from tests.python.oracles.posting import Calendar

E1 = "wms/E1/movements"
MONTH = f"{E1}/202509"
IN_TIME, TOO_LATE = datetime(2025, 10, 7, 20, tzinfo=UTC), datetime(2025, 11, 20, 6, tzinfo=UTC)
"""September closes at the end of 7 October in New York, October at the end of 7 November."""
OPEN_DAY = date(2025, 11, 1)


def late_sales(rows: list[dict]) -> list[dict]:
    """Sales well inside September, whatever the time zone."""
    found = [r for r in rows if r["event_type"] == "sales_issue" and 3 <= r["occurred_at"].day <= 25]
    assert len(found) >= 12
    return found[::3]


def hold_back(stream) -> list[dict]:
    """Take some sales of September out of its batch."""
    late = late_sales(stream.rows(MONTH))
    stream.change(MONTH, lambda rows: [row for row in rows if row not in late])
    return late


def positions(marts: duckdb.DuckDBPyConnection, db: str = "") -> dict[tuple, Decimal]:
    """(SKU, location, day) -> owned stock at the end of the day as the books hold it, every day of the calendar."""
    return {
        row[:3]: row[3]
        for row in marts.execute(
            f"""select h.sku_id, h.location_id, d.date_day, h.on_hand_qty from {db}core.fct_stock_on_hand h
            join {db}core.dim_date d on d.date_day >= h.valid_from_date and d.date_day < h.valid_to_date"""
        ).fetchall()
    }


def restatements(marts: duckdb.DuckDBPyConnection, columns: str, where: str = "true") -> list[tuple]:
    """Rows of fct_restatement that the clean stream does not have."""
    query = f"select {columns} from {{}}core.fct_restatement where {where}"
    return marts.execute(f"{query.format('')} except all {query.format('clean.')}").fetchall()


def test_row_04_before_the_close_nothing_tells_that_events_were_late(clean, stream):
    """Sent on the evening of the last open day, events and a correction are as if they had been in time."""
    late = hold_back(stream)
    wrong = stream.rows(MONTH)[:3]
    stream.change(MONTH, lambda rows: [r | {"qty": r["qty"] * 2} if r in wrong else r for r in rows])
    stream.write(f"{E1}/late", late + [r | {"source_version": 3} for r in wrong], IN_TIME)
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_05_late_events_leave_closed_days_alone_and_are_restated(clean, stream):
    """I8: what the books said of every day before the first open one stands; what happened less what they say is the
    restatement, to the unit, every day; demand moves to the open month by as much as the rows say."""
    late = hold_back(stream)
    with clean.marts(stream) as marts:
        before = positions(marts)
        assert restatements(marts, "sku_id, event_date, restated_qty") == []
        demand = _september(marts)
    stream.write(f"{E1}/late", late, TOO_LATE)
    with clean.marts(stream) as marts:
        after, truth = positions(marts), positions(marts, "clean.")
        assert {k: v for k, v in after.items() if k[2] < OPEN_DAY} == {
            k: v for k, v in before.items() if k[2] < OPEN_DAY
        }
        assert {k: v for k, v in after.items() if k[2] >= OPEN_DAY} == {
            k: v for k, v in truth.items() if k[2] >= OPEN_DAY
        }
        told: dict[tuple, Decimal] = defaultdict(Decimal)
        rows = restatements(marts, "sku_id, location_id, event_date, posting_date, restated_qty, movement_count")
        for sku, location, day, posted, qty, _ in rows:
            assert posted == OPEN_DAY
            for n in range((posted - day).days):
                told[sku, location, day + timedelta(days=n)] += qty
        keys = truth.keys() | after.keys()
        missing = {k: d for k in keys if (d := truth.get(k, Decimal(0)) - after.get(k, Decimal(0)))}
        assert missing == {k: v for k, v in told.items() if v} and len(missing) > 50
        assert sum(row[5] for row in rows) == len(late)
        assert _september(marts) == demand
        moved = marts.execute("select sum(net_demand_qty) from core.fct_restatement where posting_date = '2025-11-01'")
        assert moved.fetchone()[0] - _clean_sum(marts) == _september(marts, "clean.") - demand > 0
        all_rows_accounted(marts)


def _clean_sum(marts) -> Decimal:
    return one(
        marts,
        "select coalesce(sum(net_demand_qty), 0) from clean.core.fct_restatement where posting_date = '2025-11-01'",
    )


def _september(marts, db: str = "") -> Decimal:
    return one(
        marts,
        f"select sum(net_demand_qty) from {db}core.fct_demand_daily where location_id = 'east.E1' "
        "and demand_date >= '2025-09-01' and demand_date < '2025-10-01'",
    )


def test_row_05_the_rows_say_what_a_closed_day_held_and_would_hold(clean, stream):
    """Old and new closing of the event's day are those of the books and of the clean stream."""
    late = hold_back(stream)
    stream.write(f"{E1}/late", late, TOO_LATE)
    with clean.marts(stream) as marts:
        booked, truth = positions(marts), positions(marts, "clean.")
        columns = "sku_id, location_id, event_date, booked_closing_qty, old_closing_qty, new_closing_qty"
        rows = restatements(marts, columns, "posting_date = '2025-11-01' and event_date < '2025-10-01'")
        assert rows
        for sku, location, day, held, old, new in rows:
            key = sku, location, day
            assert (held, old, new) == (booked[key], booked[key], truth[key]), key
        valued = restatements(marts, "restated_qty, unit_cost_amount, restated_amount", "unit_cost_amount is not null")
        assert valued and all((q > 0) == (a > 0) for q, c, a in valued if q and c)


def test_row_05_a_late_correction_is_taken_back_and_booked_on_the_open_day(clean, stream):
    """The closed month keeps what it was told; the open one gets the difference, as two legs with their own names."""
    victims = late_sales(stream.rows(MONTH))[:4]
    stream.write(f"{E1}/corrected", [r | {"qty": r["qty"] - 3, "source_version": 9} for r in victims], TOO_LATE)
    with clean.marts(stream) as marts:
        assert {k: v for k, v in positions(marts).items() if k[2] < OPEN_DAY} == {
            k: v for k, v in positions(marts, "clean.").items() if k[2] < OPEN_DAY
        }
        for row in victims:
            legs = marts.execute(
                "select movement_id, posting_date, movement_qty, posting_kind, is_current_version "
                f"from core.fct_stock_movement where site_code = 'E1' and event_id = '{row['event_id']}' order by all"
            ).fetchall()
            name, day = f"E1/{row['event_id']}", legs[0][1]
            assert date(2025, 9, 2) <= day <= date(2025, 9, 26)
            assert legs == [
                (name, day, row["qty"], "on_time", False),
                (f"{name}#late_in", OPEN_DAY, row["qty"] - 3, "late_in", True),
                (f"{name}#late_out", OPEN_DAY, -row["qty"], "late_out", False),
            ]
        rows = restatements(marts, "sum(restated_qty), sum(net_demand_qty), sum(correction_count)")
        (clean_rows,) = marts.execute(
            "select sum(restated_qty), sum(net_demand_qty), sum(correction_count) from clean.core.fct_restatement"
        ).fetchall()
        assert tuple(a - b for a, b in zip(rows[0], clean_rows, strict=True)) == (-12, 12, 8)
        all_rows_accounted(marts)


def test_row_05_a_correction_that_moves_an_event_out_of_a_closed_day(clean, stream):
    """The better version happened on a day that is still open: booked there, and taken back where it was."""
    (victim,) = late_sales(stream.rows(MONTH))[:1]
    at = datetime(2025, 11, 18, 15)
    stream.write(f"{E1}/moved", [victim | {"occurred_at": at, "source_version": 9}], TOO_LATE)
    with clean.marts(stream) as marts:
        legs = marts.execute(
            "select posting_kind, posting_date, posted_at from core.fct_stock_movement "
            f"where site_code = 'E1' and event_id = '{victim['event_id']}' order by all"
        ).fetchall()
        assert legs[0] == ("late_in", date(2025, 11, 18), at)
        assert legs[1] == ("late_out", OPEN_DAY, datetime(2025, 11, 1, 11))
        assert legs[2][0] == "on_time" and legs[2][2] == victim["occurred_at"]


def test_row_05_a_replay_of_what_is_known_is_never_late(clean, stream):
    for batch in stream.batches(E1)[:6]:
        stream.write(f"{batch}-replay", stream.rows(batch), TOO_LATE)
        stream.write(f"{batch}-again", [r | {"source_version": 5} for r in stream.rows(batch)[:9]], TOO_LATE)
    with clean.marts(stream) as marts:
        assert differences(marts) == {}


def test_row_05_a_site_that_starts_with_its_history_is_never_late(clean, stream):
    """All batches of a site extracted today, or in backfills hour by hour from now on: its books begin today."""
    for number, batch in enumerate(stream.batches(E1)):
        stream.write(batch, stream.rows(batch), TOO_LATE + timedelta(days=217, hours=number))
    with clean.marts(stream) as marts:
        late = "select count(*) from core.fct_stock_movement where site_code = 'E1' and posting_kind = 'late'"
        assert one(marts, late) == 0
        assert one(marts, late.replace("core.", "clean.core.")) > 0
        assert one(marts, "select count(*) from core.fct_stock_movement where site_code = 'E1'") > 1000


@pytest.mark.parametrize("seed", range(3))
def test_row_05_order_and_batches_do_not_matter_extraction_times_do(clean, stream, seed):
    """Late events and corrections, then everything permuted, doubled and split, each delivery at its own extraction."""
    late = hold_back(stream)
    victims = late_sales(stream.rows(MONTH))[:4]
    stream.write(f"{E1}/late", late + [r | {"qty": r["qty"] - 3, "source_version": 9} for r in victims], TOO_LATE)
    again = TOO_LATE + timedelta(days=40)
    stream.write(f"{E1}/later", [r | {"qty": r["qty"] - 4, "source_version": 11} for r in victims[:2]], again)
    query = "select * exclude (_meta_batch_id) from core.fct_stock_movement"
    with clean.marts(stream) as marts:
        expected = marts.execute(f"{query} order by all").fetchall()
        restated = marts.execute("select * from core.fct_restatement order by all").fetchall()
        assert any(row[0].endswith("#late_in2") for row in expected)
    chance = random.Random(seed)
    for number, batch in enumerate(stream.batches(E1)):
        rows, at = stream.rows(batch), stream.extracted_at(batch)
        chance.shuffle(rows)
        cut = chance.randrange(len(rows) + 1)
        stream.write(batch, rows[:cut] + rows[: cut // 2], at)
        stream.write(f"{E1}/{999 - number}-{seed}", rows[cut:] + rows[:3], at)
    with clean.marts(stream) as marts:
        assert marts.execute(f"{query} order by all").fetchall() == expected
        assert marts.execute("select * from core.fct_restatement order by all").fetchall() == restated


def test_the_calendar_of_the_oracle_is_that_of_the_warehouse(clean, stream):
    with clean.marts(stream) as marts:
        rows = marts.execute(
            "select c.event_date, c.closes_on_date, s.time_zone, s.first_extracted_at "
            "from unified.stg_unified__close_day c join unified.stg_unified__site_start s using (site_code)"
        ).fetchall()
        assert len(rows) > 1000
        for day, closes, zone, first in rows:
            assert Calendar(ZoneInfo(zone), first).closes_on(day) == closes, day

"""Nothing comes from nowhere: opening + movements = closing by stock and day, transfers net out, averages add up.

Here: laws between the marts themselves, exact, for any company. Not here: whether the marts are right (test_stock.py).
"""

from __future__ import annotations

from tests.python.oracles.compare import assert_none

STOCK = "sku_id, location_id, lot_code, stock_status, owner_code"


def _booked(case) -> tuple[str, str]:
    """Moment and day under which the books hold a movement: those of the event where the ledger knows no other."""
    columns = {row["column_name"] for row in case.marts.rows("describe core.fct_stock_movement")}
    return ("posted_at", "posting_date") if "posted_at" in columns else ("occurred_at", "event_date")


def test_opening_and_movements_are_closing_of_every_stock_and_day(case):
    """Of every day with a movement and every day on which a position begins, so that neither side is left out."""
    _, day = _booked(case)
    found = case.marts.rows(f"""
        with moved as (
            select {STOCK}, {day} as day, sum(movement_qty) as qty from core.fct_stock_movement group by all
        ),
        days as (
            select {STOCK}, day from moved
            union
            select {STOCK}, valid_from_date from core.fct_stock_position
        ),
        closing as (
            select days.*, coalesce(ends.on_hand_qty, 0) as closing_qty, coalesce(begins.on_hand_qty, 0) as opening_qty
            from days
            left join core.fct_stock_position as ends
                on (ends.sku_id, ends.location_id, ends.lot_code, ends.stock_status, ends.owner_code)
                    = (days.sku_id, days.location_id, days.lot_code, days.stock_status, days.owner_code)
                and ends.valid_from_date <= days.day and ends.valid_to_date > days.day
            left join core.fct_stock_position as begins
                on (begins.sku_id, begins.location_id, begins.lot_code, begins.stock_status, begins.owner_code)
                    = (days.sku_id, days.location_id, days.lot_code, days.stock_status, days.owner_code)
                and begins.valid_from_date < days.day and begins.valid_to_date >= days.day
        )
        select closing.*, coalesce(moved.qty, 0) as moved_qty
        from closing left join moved using ({STOCK}, day)
    """)
    wrong = [row for row in found if row["opening_qty"] + row["moved_qty"] != row["closing_qty"]]
    assert_none(wrong, len(found))


def test_quantity_seconds_of_the_intervals_are_those_of_the_ledger(case):
    """A time-weighted average straight from intervals: each movement counts from its moment to the cut-off."""
    moment, _ = _booked(case)
    found = case.marts.rows(f"""
        with held as (
            select sku_id, location_id,
                sum(on_hand_qty * (epoch_us(least(valid_to, as_of_at)) - epoch_us(valid_from))) as qty_us
            from core.fct_stock_on_hand, core.dim_cutoff where valid_from < as_of_at group by all
        ),
        moved as (
            select sku_id, location_id,
                sum(movement_qty * (epoch_us(as_of_at) - epoch_us({moment}))) as qty_us
            from core.fct_stock_movement, core.dim_cutoff where is_owned and {moment} < as_of_at group by all
        )
        select sku_id, location_id, held.qty_us as held, moved.qty_us as moved
        from held full join moved using (sku_id, location_id)
    """)
    assert_none([row for row in found if row["held"] != row["moved"]], len(found))


def test_midnights_of_the_intervals_are_the_days_of_the_expansion(case):
    """The daily average: quantity x midnights inside an interval, against one row per day."""
    found = case.marts.rows("""
        with held as (
            select sku_id, location_id,
                sum(on_hand_qty * (least(valid_to_date, as_of_date + 1) - valid_from_date)) as qty_days
            from core.fct_stock_on_hand, core.dim_cutoff where valid_from_date <= as_of_date group by all
        ),
        expanded as (
            select sku_id, location_id, sum(on_hand_qty) as qty_days, count(distinct date_day) = count(*) as once
            from core.fct_stock_position_daily group by all
        )
        select sku_id, location_id, coalesce(held.qty_days, 0) as held, coalesce(expanded.qty_days, 0) as expanded, once
        from held full join expanded using (sku_id, location_id)
    """)
    assert_none([row for row in found if row["held"] != row["expanded"] or row["once"] is False], len(found))


def test_transfers_net_to_zero_or_are_on_their_way(case):
    """All movements of a transfer sum to what left and has not arrived, with its sign turned.

    Of a SKU that a late correction replaced by another, what was booked and taken back is left: it sums to nothing.
    """
    found = case.marts.rows("""
        with moved as (
            select transfer_id, sku_id, sum(movement_qty) as qty from core.fct_stock_movement
            where transfer_id is not null group by all
        )
        select transfer_id, sku_id, moved.qty as moved, coalesce(transfers.in_transit_qty, 0) as in_transit_qty
        from moved full join core.fct_transfer as transfers using (transfer_id, sku_id)
    """)
    wrong = [row for row in found if row["moved"] is None or row["moved"] != -row["in_transit_qty"]]
    assert not wrong, wrong[:5]

"""Business dates, calendar arithmetic and order statistics, in any session time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.lib.sql import connect
from tests.python.macros.render import evaluate

SESSIONS = ("UTC", "America/Los_Angeles", "Pacific/Auckland")
ZONES = ("UTC", "America/New_York", "Europe/Madrid", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe")
STAMP = {"moment": "timestamp", "zone": "varchar"}


def in_zone(at: datetime, zone: str) -> date:
    """Business date of a naive UTC moment by the zone's own rules."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


@pytest.fixture(params=SESSIONS)
def session(request):
    """A connection whose session speaks another time zone."""
    connection = connect()
    connection.execute(f"set TimeZone = '{request.param}'")
    yield connection
    connection.close()


def test_business_date_at_the_borders_of_daylight_saving(macros, session):
    cases = [
        ("2026-03-08 04:59:59", "America/New_York", "2026-03-07"),  # the day that has 23 hours has not begun
        ("2026-03-08 05:00:00", "America/New_York", "2026-03-08"),
        ("2026-03-09 03:59:59", "America/New_York", "2026-03-08"),  # midnight is one hour earlier in UTC afterwards
        ("2026-03-09 04:00:00", "America/New_York", "2026-03-09"),
        ("2026-11-01 03:59:59", "America/New_York", "2026-10-31"),
        ("2026-11-01 04:00:00", "America/New_York", "2026-11-01"),  # the day that has 25 hours
        ("2026-11-02 04:59:59", "America/New_York", "2026-11-01"),
        ("2026-11-02 05:00:00", "America/New_York", "2026-11-02"),
        ("2026-03-28 22:59:59", "Europe/Madrid", "2026-03-28"),
        ("2026-03-28 23:00:00", "Europe/Madrid", "2026-03-29"),
        ("2026-03-29 22:00:00", "Europe/Madrid", "2026-03-30"),
        ("2026-02-28 18:30:00", "Asia/Kolkata", "2026-03-01"),
        ("2025-12-31 10:00:00", "Pacific/Kiritimati", "2026-01-01"),
        ("2026-01-01 09:59:59", "Pacific/Honolulu", "2025-12-31"),
        ("2026-03-08 00:00:00", "UTC", "2026-03-08"),
    ]
    found = evaluate(session, macros["business_date"]("moment", "zone"), STAMP, [case[:2] for case in cases])
    assert found == [date.fromisoformat(case[2]) for case in cases]


@settings(max_examples=15, deadline=None)
@given(
    moments=st.lists(
        st.tuples(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), st.sampled_from(ZONES)),
        min_size=50,
        max_size=200,
    ),
    session_zone=st.sampled_from(SESSIONS),
)
def test_business_date_equals_zoneinfo(macros, moments, session_zone):
    with connect() as connection:
        connection.execute(f"set TimeZone = '{session_zone}'")
        found = evaluate(connection, macros["business_date"]("moment", "zone"), STAMP, moments)
    assert found == [in_zone(at, zone) for at, zone in moments]


@settings(max_examples=15, deadline=None)
@given(moments=st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), min_size=20, max_size=100))
def test_a_moment_has_the_business_date_of_its_quarter_of_an_hour(macros, duck, moments):
    cases = [(moment, zone) for moment in moments for zone in ZONES]
    by_quarter = macros["business_date"](macros["quarter_start"]("moment"), "zone")
    assert evaluate(duck, by_quarter, STAMP, cases) == [in_zone(moment, zone) for moment, zone in cases]


def test_an_unknown_moment_or_zone_has_no_business_date(macros, duck):
    found = evaluate(duck, macros["business_date"]("moment", "zone"), STAMP, [(None, "UTC"), ("2026-01-01", None)])
    assert found == [None, None]


def test_days_between_counts_midnights_and_keeps_its_sign(macros, session):
    cases = [("2026-03-07", "2026-03-09", 2), ("2026-03-09", "2026-03-07", -2), ("2024-02-28", "2024-03-01", 2)]
    cases += [("2026-12-31", "2027-01-01", 1), ("2026-05-05", "2026-05-05", 0), (None, "2026-05-05", None)]
    found = evaluate(
        session, macros["days_between"]("a", "b"), {"a": "date", "b": "date"}, [case[:2] for case in cases]
    )
    assert found == [case[2] for case in cases]


def test_add_months_stays_inside_the_month(macros, duck):
    cases = [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-07-01", -12, "2025-07-01"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-07-01", 0, "2026-07-01"),
    ]
    columns = {"d": "date", "n": "decimal(18, 6)"}  # a policy gives a decimal
    found = evaluate(duck, macros["add_months"]("d", "n"), columns, [case[:2] for case in cases])
    assert found == [date.fromisoformat(case[2]) for case in cases]


def test_add_days_crosses_years_and_leap_days(macros, duck):
    cases = [("2024-02-28", 1), ("2026-01-01", -1), ("2026-01-01", 365), ("2026-03-08", 0)]
    found = evaluate(duck, macros["add_days"]("d", "n"), {"d": "date", "n": "decimal(18, 6)"}, cases)
    assert found == [date.fromisoformat(day) + timedelta(days=days) for day, days in cases]


def test_weeks_touched_counts_both_ends(macros, duck):
    cases = [  # 2026-03-30 is a Monday
        ("2026-03-30", "2026-03-30", 1),
        ("2026-03-30", "2026-04-05", 1),
        ("2026-04-05", "2026-04-06", 2),
        ("2026-03-30", "2027-03-29", 53),
        ("2026-04-06", "2026-04-05", 0),
    ]
    found = evaluate(duck, macros["weeks_touched"]("a", "b"), {"a": "date", "b": "date"}, [(a, b) for a, b, _ in cases])
    assert found == [weeks for _, _, weeks in cases]


def test_day_series_holds_both_ends(macros, session):
    sql = macros["day_series"]("date '2026-02-27'", "date '2026-03-02'")
    assert [d for (d,) in session.execute(sql).fetchall()] == [date(2026, 2, 27) + timedelta(days=n) for n in range(4)]
    assert session.execute(macros["day_series"]("date '2026-03-02'", "date '2026-03-01'")).fetchall() == []


def test_value_at_max_passes_over_nulls(macros, duck):
    rows = "(values ('a', 1, 'low'), ('a', 9, null), ('a', 5, 'high'), ('b', 1, null)) as v(k, rank, x)"
    sql = f"select k, {macros['value_at_max']('x', 'rank')} from {rows} group by k order by k"
    assert duck.execute(sql).fetchall() == [("a", "high"), ("b", None)]


def test_the_median_is_an_observed_value(macros, duck):
    for values, expected in [
        ("(1.10), (9.99), (2.20), (3.30)", "2.20"),
        ("(5.55)", "5.55"),
        ("(null), (4.00)", "4.00"),
    ]:
        rows = f"(select x::decimal(9, 2) as x from (values {values}) v(x)) as observed"
        sql = f"select {macros['median_observed']('x')}::varchar from {rows}"
        assert duck.execute(sql).fetchone() == (expected,)


def test_a_quantile_is_the_least_value_that_enough_values_do_not_exceed(macros, duck):
    for count, p, expected in [(10, "0.9", "9.00"), (11, "0.9", "10.00"), (1, "0.9", "1.00"), (200, "0.99", "198.00")]:
        rows = f"(select cast(n as decimal(9, 2)) as x from range(1, {count} + 1) t(n)) as observed"
        sql = f"select {macros['quantile_observed']('x', p)}::varchar from {rows}"
        assert duck.execute(sql).fetchone() == (expected,)


def test_the_hash_of_a_row_is_an_integer_that_tells_rows_apart_and_takes_nulls(macros, duck):
    text = macros["row_hash"](["a", "b"])
    rows = "(1, 'a'), (1, 'b'), (2, 'a'), (1, null), (null, 'a'), (1, 'a')"
    found = duck.execute(f"select {text} from (values {rows}) v(a, b)").fetchall()
    assert len({value for (value,) in found}) == 5
    assert found[0] == found[5]
    assert all(isinstance(value, int) and value.bit_length() <= 63 for (value,) in found)


def test_hours_between_are_exact_to_the_second_and_keep_their_sign(macros, duck):
    cases = [
        ("2026-03-07 10:00:00", "2026-03-08 10:00:00", "24.000000"),
        ("2026-03-07 10:00:00", "2026-03-08 10:00:01", "24.000278"),
        ("2026-03-08 10:00:00", "2026-03-07 10:00:00", "-24.000000"),
        ("2026-03-07 10:00:00", None, None),
    ]
    kinds = {"a": "timestamp", "b": "timestamp"}
    found = evaluate(duck, macros["hours_between"]("a", "b"), kinds, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_whole_days_move_a_moment_by_24_hours_each(macros, duck):
    moved = macros["add_whole_days"]("a", "-n")
    found = evaluate(duck, moved, {"a": "timestamp", "n": "decimal(18, 6)"}, [("2026-03-09 05:30:01", "14")])
    assert found == [datetime(2026, 2, 23, 5, 30, 1)]

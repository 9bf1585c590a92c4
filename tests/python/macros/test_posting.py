"""The day and moment of posting: expressions of macros/core/posting.sql over their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.python.macros.render import evaluate

ZONES = ["Pacific/Pago_Pago", "America/Caracas", "America/St_Johns", "UTC", "Asia/Kathmandu", "Pacific/Chatham"]
ZONES += ["Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12"]
OPEN = {"event_date": "date", "books_from_date": "date", "open_from_date": "date"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", [0, 1, 500])
def test_the_moment_lies_on_its_business_day_and_not_after_the_extraction(macros, duck, zone, hours):
    """From -12 to +14 hours, in summer and winter; extracted `hours` after the day begins."""
    clock = ZoneInfo(zone)
    asked = []
    for day in (date(2025, 1, 1) + timedelta(days=n) for n in range(0, 730, 5)):
        begins = datetime(day.year, day.month, day.day, tzinfo=clock).astimezone(UTC).replace(tzinfo=None)
        asked.append((day, zone, begins + timedelta(hours=hours)))
    expression = macros["moment_on_day"]("day", "zone", "latest")
    found = evaluate(duck, expression, {"day": "date", "zone": "varchar", "latest": "timestamp"}, asked)
    for (day, _, latest), moment in zip(asked, found, strict=True):
        assert moment.replace(tzinfo=UTC).astimezone(clock).date() == day
        assert moment <= latest


def test_late_is_what_closed_while_the_site_was_sending(macros, duck):
    """Days before the books take events for ever; the first open day is open; without a calendar nothing is late."""
    rows = [
        (date(2026, 1, 4), date(2026, 1, 5), date(2026, 2, 1)),
        (date(2026, 1, 5), date(2026, 1, 5), date(2026, 2, 1)),
        (date(2026, 1, 31), date(2026, 1, 5), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 1, 5), date(2026, 2, 1)),
        (date(2026, 1, 31), None, None),
    ]
    late = macros["is_posted_late"]("event_date", "open_days").replace("open_days.", "")
    posted = macros["posting_date"]("event_date", "open_days").replace("open_days.", "")
    assert evaluate(duck, late, OPEN, rows) == [False, True, True, False, False]
    assert evaluate(duck, posted, OPEN, rows) == [
        date(2026, 1, 4),
        date(2026, 2, 1),
        date(2026, 2, 1),
        date(2026, 2, 1),
        date(2026, 1, 31),
    ]


def test_suffixes_pair_what_is_taken_back_with_what_comes(macros, duck):
    expressions = [macros["posting_suffix"](reversal, "number") for reversal in ("false", "true")]
    assert evaluate(duck, expressions, {"number": "integer"}, [(1,), (2,), (3,)]) == [
        ("", "#late_out"),
        ("#late_in", "#late_out2"),
        ("#late_in2", "#late_out3"),
    ]


def test_a_restated_amount_is_exact_and_null_without_cost_or_rate(macros, duck):
    amount = macros["kpi_restated_amount"]("qty", "cost", "rate")
    kinds = {"qty": "decimal(18, 4)", "cost": "decimal(18, 6)", "rate": "decimal(18, 8)"}
    rows = [("-2.5", "1.005", "1.1"), ("0", "3", "1"), ("1", None, "1"), ("1", "1", None)]
    rows.append(("99999999999999.9999", "0.000001", "1"))
    expected = [Decimal("-2.763750"), Decimal(0), None, None, Decimal("100000000.000000")]
    assert evaluate(duck, amount, kinds, rows) == expected

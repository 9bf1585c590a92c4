"""Running stock as intervals in the one canonical form, against a plain walk over the events."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

OPEN = datetime(9999, 12, 31)
START = datetime(2026, 1, 1)
EVENTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(-3, 3)), min_size=1, max_size=40
)  # key, hours since START, quantity


def walk(events) -> list[tuple]:
    """(key, quantity, from, to): maximal runs of equal quantity, none of zero length."""
    runs = []
    for key, of_key in groupby(sorted(events), key=lambda event: event[0]):
        steps, level = [], 0
        for hour, at_hour in groupby(of_key, key=lambda event: event[1]):
            level += sum(qty for _, _, qty in at_hour)
            if not steps or steps[-1][1] != level:
                steps.append((START + timedelta(hours=hour), level))
        ends = [start for start, _ in steps[1:]] + [OPEN]
        runs += [(key, level, start, end) for (start, level), end in zip(steps, ends, strict=True)]
    return sorted(runs)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, shuffled=st.randoms(use_true_random=False))
def test_intervals_equal_a_walk_over_the_events(macros, duck, events, shuffled):
    order = list(events)
    shuffled.shuffle(order)
    values = ", ".join(
        f"('{key}', timestamp '{START + timedelta(hours=hour)}', date '{(START + timedelta(hours=hour)).date()}', "
        f"cast({qty} as decimal(18, 4)))"
        for key, hour, qty in order
    )
    body = macros["stock_intervals"]("moves", ["k"])
    sql = (
        f"with moves as (select * from (values {values}) v(k, posted_at, posting_date, movement_qty)) "
        f"select k, on_hand_qty, valid_from, valid_to, valid_from_date, valid_to_date from ({body}) as intervals"
    )
    found = duck.execute(sql).fetchall()
    assert sorted((k, int(qty), start, end) for k, qty, start, end, _, _ in found) == walk(events)
    for _, _, start, end, first_day, last_day in found:
        assert (first_day, last_day) == (start.date(), end.date())

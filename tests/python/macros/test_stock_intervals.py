"""Running stock as intervals in the one canonical form, against a plain walk over the events.

Both forms: the portable one that models hold, and the one that the kernel makes in the order of sorted rows.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.lib.sql import connect

OPEN = datetime(9999, 12, 31)
START = datetime(2026, 1, 1)
EVENTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(-3, 3)), min_size=1, max_size=40
)  # key, hours since START, quantity

BY_NUMBER = "(select ascii(k) as stock_key, posted_at, posting_date, movement_qty from moves)"


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
    moves = f"with moves as (select * from (values {values}) v(k, posted_at, posting_date, movement_qty)) "
    columns = "on_hand_qty, valid_from, valid_to, valid_from_date, valid_to_date"
    forms = {
        "portable": f"select k, {columns} from ({macros['stock_intervals']('moves', ['k'])}) as intervals",
        "in order": f"select chr(stock_key), {columns} from ({macros['kernel_runs_of'](BY_NUMBER)}) as runs",
    }
    for name, form in forms.items():
        found = duck.execute(moves + form).fetchall()
        assert sorted((k, int(qty), start, end) for k, qty, start, end, _, _ in found) == walk(events), name
        for _, _, start, end, first_day, last_day in found:
            assert (first_day, last_day) == (start.date(), end.date())


def test_the_kernel_walks_along_sorted_rows_whatever_the_threads(macros):
    """A million moves, out of order, on four threads that may lose the order of what is inserted: the rows of the
    portable form, and a plan in which every window is a walk."""
    with connect() as connection:
        connection.execute("set threads = 4; set preserve_insertion_order = false")
        connection.execute(
            "create table moves as select hash(i) % 3000 as k, cast(hash(-i) % 5000000 as bigint) as second, "
            "timestamp '2026-01-01' + to_seconds(second) as posted_at, cast(posted_at as date) as posting_date, "
            "cast(cast(hash(i, 1) % 7 as integer) - 3 as decimal(18, 4)) as movement_qty from range(1000000) as t(i)"
        )
        in_order = macros["kernel_runs_of"](f"({macros['moves_of']('moves', ['k'])})")
        connection.execute(f"create table ordered as {in_order}")
        connection.execute(f"create table portable as {macros['stock_runs_of']('moves', ['k'])}")
        assert connection.execute("select count(*) from ordered").fetchone()[0] > 700_000
        for one, other in (("ordered", "portable"), ("portable", "ordered")):
            assert not connection.execute(f"from {one} except all from {other} limit 3").fetchall()
        plan = connection.execute(f"explain {in_order}").fetchone()[1]
        operators = re.findall(r"\w*WINDOW|ORDER_BY", plan)
        assert operators and operators[-1] == "ORDER_BY" and set(operators[:-1]) == {"STREAMING_WINDOW"}

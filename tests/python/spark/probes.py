"""Expressions of the shims over values that engines disagree about: ties, ends of months, clock changes, accents.

Here: one query per probe and engine; each returns rows of text in a fixed order. Not here: running them, or what the
values should be, which the tests of tests/python/macros say for DuckDB.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from tests.python.macros.render import Macros, typed_values

_QUOTIENTS = [
    ("1", "3"), ("2", "3"), ("-2", "3"), ("1", "-8"), ("-1", "-8"), ("1.005", "1"), ("-1.005", "1"), ("0.000001", "2"),
    ("0.0000005", "1"), ("0", "5"), ("5", "0"), (None, "1"), ("1", None), ("999999999999999.999999", "0.000001"),
    ("123456789012345.678901", "7"), ("1", "999999999999999"), ("0.000003", "2000000"), ("100", "7"),
]  # fmt: skip
_FLOATS = [("1.005",), ("-1.005",), ("0.5",), ("0.125",), ("2.675",), ("1e-9",), ("0.999999995",), (None,), ("0.1",)]
_MOMENTS = [
    ("2026-03-29 00:30:00", "2026-03-29 01:00:00"), ("2026-10-25 00:59:59.5", "2026-10-25 01:00:00"),
    ("2026-01-01 05:00:00", "2025-12-31 23:00:00"), ("2026-03-08 06:59:59", "2026-03-08 07:00:00"),
    ("1900-01-01 00:00:00", "9999-12-31 00:00:00"), (None, "2026-01-01 00:00:00"), ("2026-07-01 12:00:00", None),
]  # fmt: skip
_STEPS = [("2026-01-31", 1), ("2024-02-29", 12), ("2024-02-29", -12), ("2026-03-31", -1), ("2026-02-28", 1), (None, 1)]
_TEXTS = [
    ("Crème  brûlée 12x3",), (" a\tb \n c ",), ("ŁÓDŹ łódź",), ("Straße 7/8",), ("e\u0301te\u0301",), ("fin ½ Ⅷ",),
    ("日本 42 東京",), ("",), (None,), ("zoo Apple zoo apple",), ("Ångström Å",), ("😀 ok",),
]  # fmt: skip


def probes(engine: str) -> dict[str, str]:
    """SQL of each probe by name, for `engine` ('default' is DuckDB)."""
    macros = Macros(engine=engine)
    seeded = random.Random(20260630)
    pairs = [
        (f"{seeded.randint(-(10**9), 10**9) / 1000:.3f}", f"{seeded.randint(-2000, 2000) / 8:.3f}") for _ in range(400)
    ]
    quotients = _QUOTIENTS[:13] + pairs
    number = {"n": "decimal(24, 6)", "d": "decimal(24, 6)"}
    wide = "cast({} as decimal(24, 6))".format
    found = {
        f"divide to {scale} digits": _each(_counted(macros["divide"]("n", "d", scale=scale), scale), number, quotients)
        for scale in (2, 6, 8)
    }
    found["divide large numbers"] = _each(macros["divide"]("n", "d", scale=2), number, _QUOTIENTS[14:])
    inner = macros["divide"]("n", "d")
    found["divide a quotient"] = _each(macros["divide"](inner, macros["divide"]("d", "8")), number, pairs[:50])
    found["divide sums"] = (
        f"select cast({macros['divide']('sum(n)', 'sum(d)')} as string) from {typed_values(number, pairs)}"
    )
    found["multiply"] = _each(wide(macros["multiply"]("n", "d")), number, pairs[:50])
    found["fixed"] = _each(macros["fixed"]("n", 2), number, _QUOTIENTS)
    found["fixed_from_float"] = _each(_counted(macros["fixed_from_float"]("x"), 8), {"x": "double"}, _FLOATS)
    found["fixed_from_float, two digits"] = _each(macros["fixed_from_float"]("x", 2), {"x": "double"}, _FLOATS)
    found["square_root"] = _each(macros["square_root"]("n"), number, _QUOTIENTS)

    moments = {"a": "timestamp", "b": "timestamp"}
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"):
        found[f"business_date in {zone}"] = _each(macros["business_date"]("a", f"'{zone}'"), moments, _MOMENTS)
    for name in ("days_between", "seconds_between", "hours_between", "weeks_touched"):
        found[name] = _each(macros[name]("a", "b"), moments, [m for m in _MOMENTS if m[0] != "1900-01-01 00:00:00"])
    for name, kind in (("add_months", "date"), ("add_days", "date"), ("add_hours", "timestamp"),
                       ("add_whole_days", "timestamp")):  # fmt: skip
        found[name] = _each(macros[name]("a", "n"), {"a": kind, "n": "decimal(18, 6)"}, _STEPS)
    for first, last in (("2026-02-27", "2026-03-02"), ("2026-03-02", "2026-03-01")):
        days = macros["day_series"](f"date '{first}'", f"date '{last}'")
        found[f"day_series from {first}"] = f"select cast(date_day as string) from ({days}) as days order by 1"

    kinds = {
        "one_spaced": None,
        "upper": None,
        "numbers": None,
        "plain_words": None,
        "composed": None,
        "matches": "'^[0-9A-Z ]+$'",
    }
    for kind, y in kinds.items():
        found[f"text_of {kind}"] = _each(macros["text_of"](kind, "x", y), {"x": "string"}, _TEXTS)
    letters = [row for row in _TEXTS if row[0]]
    found["text_of code_point"] = _each(macros["text_of"]("code_point", "x"), {"x": "string"}, letters)

    rows = [(group, place, value) for group in ("a", "b") for place, value in enumerate("3-122-9")]
    samples = typed_values(
        {"k": "string", "place": "integer", "x": "decimal(9, 2)"},
        [(k, place, None if value == "-" else value) for k, place, value in rows],
    )
    aggregates = {
        "value_at_max": macros["value_at_max"]("x", "place"),
        "median_observed": macros["median_observed"]("x"),
        "quantile_observed": macros["quantile_observed"]("x", 0.95),
        "text_of joined": macros["text_of"]("joined", "cast(x as string)", "place"),
    }
    for name, sql in aggregates.items():
        found[name] = f"select cast({sql} as string) from {samples} as samples group by k order by k"
    last_known = f"{macros['last_known']('x')} over (partition by k order by place)"
    found["last_known"] = f"select cast({last_known} as string) from {samples} as samples order by k, place"
    walks = typed_values({"k": "string", "a": "string", "b": "string"}, [
        ("x", "1", "2"), ("x", "2", "3"), ("x", "3", "1"), ("y", "3", "4"), ("y", "4", "5"), ("y", "5", "5"),
    ])  # fmt: skip
    walked = macros["walked_pairs"]("walked", "pairs", "a", "b", ["k"])
    found["walked_pairs"] = (
        f"with recursive pairs as (select k, a, b from {walks} as walks), walked as ({walked}) "
        "select k || a || b from walked order by 1"
    )
    return found


def _counted(expression: str, scale: int) -> str:
    """A decimal in units of its last digit, since Spark writes a small one with an exponent."""
    return f"cast(({expression}) * {10**scale} as decimal(38, 0))"


def _each(expression: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> str:
    return f"select cast({expression} as string) from {typed_values(columns, rows)} as cases order by _case"

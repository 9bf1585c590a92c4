"""Reversals, flags and net realisable value on their edges (docs/formulas.md#obsolescence)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

MONEY = "decimal(24, 4)"


def numbers(values):
    return [None if value is None else Decimal(value) for value in values]


def test_a_reversal_gives_back_what_was_taken(macros, duck):
    columns = {"back": MONEY, "original": MONEY, "before": MONEY, "kind": "varchar", "rules": "varchar"}
    cases = [
        ("8", "10", None, "write_down", "ias2", "1"),
        ("8", "10", "8", "write_down", "ias2", "0.25"),  # 2 are left
        ("8", "10", "12", "write_down", "ias2", "0"),  # more was given back already
        ("8", None, None, "write_down", "ias2", "1"),  # names no posting we know
        ("8", "10", None, "write_down", "us_gaap", "0"),
        ("8", "10", "8", "write_off", "us_gaap", "0.25"),
        ("0", "10", None, "write_off", "ias2", "1"),
    ]
    sql = macros["kpi_reversal_share"]("back", "original", "before", "kind", "rules")
    found = evaluate(duck, sql, columns, [case[:5] for case in cases])
    assert found == numbers(case[5] for case in cases)


def test_the_first_flag_that_holds(macros, duck):
    columns = {"expired": "boolean", "superseded": "boolean", "asked": "integer", "moved": "integer",
               "cover": "decimal(24, 6)"}  # fmt: skip
    cases = [
        (True, True, 999, 999, "999", "expired"),
        (False, True, 90, 999, "999", "superseded"),
        (False, True, None, 0, None, "superseded"),  # nobody ever asked
        (False, True, 89, 365, "999", "no_move"),
        (False, False, 999, 364, "730.000001", "cover"),
        (False, False, 999, 364, "730", None),
        (False, False, None, None, None, None),
    ]
    sql = macros["kpi_obsolete_flag"]("expired", "superseded", "asked", "90", "moved", "365", "cover", "730")
    assert evaluate(duck, sql, columns, [case[:5] for case in cases]) == [case[5] for case in cases]


def test_rates_and_their_reasons(macros, duck):
    columns = {"net": MONEY, "base": MONEY}
    sql = macros["kpi_write_off_ratio"]("net", "base")
    found = evaluate(duck, sql, columns, [("1", "3"), ("-1", "4"), ("1", "0"), ("1", "-5"), ("1", None)])
    assert found == numbers(["0.333333", "-0.25", None, None, None])
    year = macros["kpi_write_off_year_ratio"]("net", "base")
    assert evaluate(duck, year, columns, [("1", "365"), ("1", "0"), ("2", "73")]) == numbers(["1", None, "10"])
    assert evaluate(duck, macros["kpi_yearly_average"]("base"), columns, [("0", "36500")]) == numbers(["100"])
    why = {"kind": "varchar", "base": MONEY, "known": "integer", "closed": "boolean"}
    sql = macros["kpi_write_off_reason"]("kind", "base", "known", "347", "closed")
    cases = [
        ("avg_inventory", "1", 365, False, "open_month"),
        ("avg_inventory", "1", 346, True, "short_history"),
        ("cogs", None, 347, True, "no_cost"),
        ("cogs", "0", 347, True, "no_sales"),
        ("gross_stock", "-1", 347, True, "no_stock"),
        ("avg_inventory", "1", 347, True, None),
    ]
    assert evaluate(duck, sql, why, [case[:4] for case in cases]) == [case[4] for case in cases]
    sql = macros["kpi_write_off_base"]("kind", "1", "2", "3")
    kinds = [("avg_inventory",), ("cogs",), ("gross_stock",), ("else",)]
    assert evaluate(duck, sql, {"kind": "varchar"}, kinds) == [1, 2, 3, None]


def test_cover(macros, duck):
    sql = macros["kpi_cover_days"]("qty", "mean")
    found = evaluate(duck, sql, {"qty": MONEY, "mean": MONEY}, [("7", "2"), ("7", "0"), ("0", "2"), ("7", None)])
    assert found == numbers(["3.5", None, "0", None])
    assert evaluate(duck, macros["kpi_months_as_days"]("n"), {"n": "integer"}, [(24,), (1,)]) == numbers(
        ["730", "30.416667"]
    )


def test_what_goods_bring(macros, duck):
    columns = {"price": "decimal(24, 6)", "completion": "decimal(18, 6)", "selling": "decimal(18, 6)"}
    sql = macros["kpi_net_realisable"]("price", "completion", "selling")
    cases = [("10", "0.1", "0.2", "7"), ("10", "0.6", "0.6", "0"), (None, "0", "0", None), ("0", "0", "0", "0")]
    assert evaluate(duck, sql, columns, [case[:3] for case in cases]) == numbers(case[3] for case in cases)
    columns = {"qty": MONEY, "cost": "decimal(18, 6)", "net": "decimal(24, 6)"}
    sql = macros["kpi_nrv_shortfall"]("qty", "cost", "net")
    cases = [
        ("3", "5", "4", "3"),
        ("3", "4", "5", "0"),
        ("3", "4", "4", "0"),
        ("3", None, "4", None),
        ("3", "4", None, None),
    ]
    assert evaluate(duck, sql, columns, [case[:3] for case in cases]) == numbers(case[3] for case in cases)


def test_what_is_written_down_and_given_back(macros, duck):
    columns = {"written": MONEY, "short": MONEY, "proved": "boolean", "rules": "varchar"}
    down = macros["kpi_nrv_write_down"]("written", "short")
    up = macros["kpi_nrv_reversal"]("written", "short", "proved", "rules")
    cases = [
        ("10", "28", True, "ias2", "18", "0"),
        ("30", "10", True, "ias2", "0", "20"),
        ("30", "10", False, "ias2", "0", "0"),  # a price list proves nothing
        ("30", "10", True, "us_gaap", "0", "0"),
        ("30", None, True, "ias2", None, None),
    ]
    rows = [case[:4] for case in cases]
    assert evaluate(duck, down, columns, rows) == numbers(case[4] for case in cases)
    assert evaluate(duck, up, columns, rows) == numbers(case[5] for case in cases)


def test_ends_of_goods(macros, duck):
    sql = macros["kpi_eol_effectiveness"]("lost", "stock")
    found = evaluate(duck, sql, {"lost": MONEY, "stock": MONEY}, [("25", "100"), ("0", "5"), ("9", "6"), ("1", "0")])
    assert found == numbers(["0.75", "1", "-0.5", None])

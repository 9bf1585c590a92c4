"""What an aligned row learns of its item and unit, and why it is held back: never a fan-out, never a factor of one."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.lib.paths import REPO
from orchestration.lib.row_rules import LARGEST_FACTOR, LARGEST_QUANTITY
from tests.python.macros.render import evaluate

CTES = """
    crosswalk as (
        select *, timestamp '1900-01-01' as valid_from, timestamp '9999-12-31' as valid_to, true as is_current
        from (values ('north', '007', 'SKU-1'), ('south', '007', 'SKU-2'), ('north', '1E5', 'SKU-3'))
        c(division_code, item_code, sku_id)
        union all
        select 'north', 'R', 'SKU-OLD', timestamp '1900-01-01', timestamp '2026-03-01', false
        union all
        select 'north', 'R', 'SKU-NEW', timestamp '2026-03-01', timestamp '9999-12-31', true),
    uom_factors as (
        select * from (values ('north', '007', 'EA', 1.0), ('north', '007', 'CASE', 12.0), ('south', '007', 'EA', 1.0),
            ('south', '007', 'CASE', 10.0)) f(division_code, item_code, uom_key, factor_to_base))"""


def aligned(macros, duck, rows):
    """(sku_id, factor_to_base, rule) of rows (division, item, unit, location), in order."""
    values = ", ".join(
        "(" + ", ".join([str(n), *("null" if cell is None else f"'{cell}'" for cell in row)]) + ")"
        for n, row in enumerate(rows)
    )
    sql = f"""
        with source_rows as (select * from (values {values}) s(n, division, item_code, uom, location_id)), {CTES}
        select crosswalk.sku_id, uom_factors.factor_to_base, {macros["unknown_member_rule"]("source_rows.location_id")}
        from source_rows {macros["join_item_units"]("source_rows", "source_rows.division")} order by source_rows.n"""
    found = duck.execute(sql).fetchall()
    assert len(found) == len(rows)
    return found


def test_units_are_looked_up_per_division_in_any_spelling(macros, duck):
    rows = [("north", "007", "case", "L"), ("south", "007", " Case ", "L"), ("north", "007", "EA", "L")]
    assert aligned(macros, duck, rows) == [
        ("SKU-1", Decimal(12), None),
        ("SKU-2", Decimal(10), None),
        ("SKU-1", Decimal(1), None),
    ]


def test_the_first_unknown_member_names_the_rule(macros, duck):
    rows = [
        ("north", "007", "EA", None),
        (None, "007", "EA", None),
        ("north", "7", "EA", "L"),  # a leading zero is part of the code
        ("north", "100000", "EA", "L"),  # and 1E5 is no number
        ("north", "007", "DRUM", "L"),
        ("north", "007", None, "L"),
        ("north", "1E5", "EA", "L"),
    ]
    rules = [rule for _, _, rule in aligned(macros, duck, rows)]
    assert rules == ["unknown_location"] * 2 + ["unknown_item"] * 2 + ["unknown_uom"] * 3


def test_a_code_means_what_it_meant_at_the_event(macros, duck):
    """A code given to other goods on 1 March: events before it belong to the old SKU, later ones to the new."""
    moments = ["'2026-02-28 23:59:59'", "'2026-03-01 00:00:00'", "'2026-06-30 12:00:00'", "null"]
    values = ", ".join(f"('north', 'R', 'EA', cast({moment} as timestamp))" for moment in moments)
    rows = f"source_rows as (select * from (values {values}) s(division, item_code, uom, happened_at))"
    at = macros["join_item_units"]("source_rows", "source_rows.division", at="source_rows.happened_at")
    now = macros["join_item_units"]("source_rows", "source_rows.division")
    select = f"with {rows}, {CTES} select crosswalk.sku_id from source_rows"
    found = [duck.execute(f"{select} {join} order by happened_at").fetchall() for join in (at, now)]
    assert found == [[("SKU-OLD",), ("SKU-NEW",), ("SKU-NEW",), ("SKU-OLD",)], [("SKU-NEW",)] * 4]


def test_every_join_on_the_crosswalk_asks_for_a_time():
    """A code given to other goods has two rows there: whoever joins by hand says which, or rows double."""
    bare = []
    for path in sorted((REPO / "models").rglob("*.sql")):
        for join in re.finditer(
            r"join crosswalk(?: as \w+)?\n(.*?)(?=\n    (?! )|\n\))", path.read_text("utf-8"), re.S
        ):
            if not re.search(r"is_current|valid_from", join.group(1)):
                bare.append(f"{path.relative_to(REPO)}: join with crosswalk.is_current or the event's time")
    cte = r"sku_crosswalk'\) \}\}\n    where is_current"
    assert [line for line in bare if not re.search(cte, (REPO / line.split(":")[0]).read_text("utf-8"))] == []


def test_the_join_by_time_stays_a_hash_join(macros, duck):
    """Two and a half million events: an `or` in the condition made a nested loop of it, a hundred times slower."""
    rows = "source_rows as (select 'north' as division, 'R' as item_code, 'EA' as uom, timestamp '2026-01-01' as at_)"
    join = macros["join_item_units"]("source_rows", "source_rows.division", at="source_rows.at_")
    plan = duck.execute(f"explain with {rows}, {CTES} select crosswalk.sku_id from source_rows {join}").fetchall()[0][1]
    assert "HASH_JOIN" in plan
    assert "BLOCKWISE_NL_JOIN" not in plan and "NESTED_LOOP_JOIN" not in plan


UNIT = Decimal("0.0001")
MOST = LARGEST_QUANTITY - UNIT
SMALL = st.decimals(-2_000_000, 2_000_000, places=4)
LINES = st.tuples(
    SMALL | st.decimals(-MOST, MOST, places=4),
    st.decimals(0, 200, places=6) | st.decimals(0, LARGEST_FACTOR - 1, places=6) | st.integers(1, 99).map(Decimal),
)


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(LINES, min_size=20))
@example(lines=[(MOST, Decimal("99999.999999")), (-MOST, Decimal(1)), (Decimal("999999.9999"), Decimal("99.999999"))])
def test_what_the_validator_accepts_is_counted_exactly_in_base_units(macros, duck, lines):
    columns = {"qty": "decimal(18, 4)", "factor": "decimal(18, 6)"}
    with localcontext(prec=80):
        expected = [(qty * factor).quantize(UNIT, ROUND_HALF_UP) for qty, factor in lines]
    assert evaluate(duck, macros["base_quantity"]("qty", "factor"), columns, lines) == expected


def test_a_quantity_without_a_unit_has_none_in_base_units(macros, duck):
    sql = macros["base_quantity"]("qty", "factor")
    columns = {"qty": "decimal(18, 4)", "factor": "decimal(18, 6)"}
    assert evaluate(duck, sql, columns, [("1", None), (None, "1"), (None, None), ("0", "12")]) == [None, None, None, 0]
    assert duck.execute(f"select typeof({macros['base_quantity']('1.0', '2.0')})").fetchone() == ("DECIMAL(18,4)",)

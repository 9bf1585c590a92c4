"""The parts of the pages alone: figures as text, charts, formulas, definitions, the CSV guard, colours.

Here: what needs no warehouse. Not here: whole sites (test_pages_site.py), browsers (test_pages_in_a_browser.py).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports import charts, formats, formulas, overview
from reports.charts import Point
from reports.definitions import PageError, Rows, Shown, load_page, order_terms, read_page
from reports.downloads import guarded
from reports.marts import Column
from reports.site import environment

N = "\u00a0"


@pytest.mark.parametrize(
    ("value", "display", "said"),
    [
        (Decimal("0.69405"), "percent", "69.4 %"),
        (Decimal("-0.0005"), "percent", "−0.1 %"),
        (Decimal("-0.0004"), "percent", "0.0 %"),
        (Decimal("1428067.57"), "money", "1,428,068 USD"),
        (Decimal("12.345"), "money", "12.35 USD"),
        (Decimal("0"), "money", "0 USD"),
        (Decimal("45.6577"), "days", "45.7 days"),
        (Decimal("8.4194"), "turns", "8.42 turns"),
        (Decimal("2.5"), "factor", "2.50"),
        (Decimal("469.0833"), "quantity", "469.0833"),
        (Decimal("100"), "quantity", "100"),
        (Decimal("3"), "number", "3 points"),
        (None, "percent", "–"),
        (None, "money", "–"),
    ],
)
def test_a_figure_reads_with_its_unit(value: Decimal | None, display: str, said: str) -> None:
    assert formats.figure(value, display, unit="points", currency="USD") == said


def test_a_difference_has_its_sign() -> None:
    assert formats.difference(Decimal("0.027419"), "percent") == "+2.7 pp"
    assert formats.difference(Decimal("-0.009"), "percent") == "−0.9 pp"
    assert formats.difference(Decimal("2.42"), "turns", "turns") == "+2.42 turns"
    assert formats.difference(Decimal("0.0001"), "turns") == "0.00"
    assert formats.difference(Decimal("0"), "days", "days") == "0.0 days"
    assert formats.difference(None, "days") == "–"


def test_cells_read_by_the_ending_of_their_column() -> None:
    assert formats.cell("doh_90_days", Decimal("59.41")) == "59.4"
    assert formats.cell("break_age_days", 2) == "2"
    assert formats.cell("is_matched", False) == "no"
    assert formats.cell("break_class", "uom_mismatch") == "UOM mismatch"
    assert formats.cell("sku_id", "uom_mismatch") == "uom_mismatch"
    assert formats.cell("last_day_date", date(2026, 6, 30)) == f"30{N}Jun{N}2026"
    assert formats.cell("turnover_ratio", Decimal("4.01"), "turns") == "4.01"
    assert formats.cell("evidence", None) == "–"


def test_text_of_the_data_loses_what_cannot_be_seen() -> None:
    assert formats.clean("a\x00b\u202ec\x1b[31m") == "a�b�c�[31m"
    assert formats.clean("שלום") == "שלום"


def test_axes_are_round_and_without_units() -> None:
    assert charts.ticks(0.951, 0.996) == pytest.approx([0.95, 0.96, 0.97, 0.98, 0.99, 1.0])
    assert charts.ticks(5, 5)[0] < 5 < charts.ticks(5, 5)[-1]
    assert charts.ticks(0, 0) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert formats.axis(Decimal("0.975"), "percent") == "97.5 %"
    assert formats.axis(Decimal("1200000"), "money") == "1.2 M"
    assert formats.axis(Decimal("12500"), "money") == "12.5 k"


def _months(*values: str | None, target: str | None = "5") -> list[Point]:
    told = Decimal(target) if target else None
    return [
        Point(date(2026, number, 28), Decimal(value) if value else None, told)
        for number, value in enumerate(values, start=1)
    ]


def _line(points: list[Point], title: str = "t") -> str:
    return str(charts.line(points, str, str, title, charts.WIDE, "wide"))


def test_a_line_breaks_where_no_value_is_and_begins_where_one_is() -> None:
    drawn = _line(_months(None, "1", "2", None, "4"))
    path = re.search(r'class="line" d="([^"]+)"', drawn)
    assert path and path[1].count("M") == 2 and path[1].count("L") == 1
    assert drawn.count("<circle") == 3
    assert drawn.count("Feb 2026") >= 1 and "Jan" not in drawn


def test_a_chart_without_a_value_is_nothing_and_one_value_is_a_point() -> None:
    assert _line(_months(None, None)) == ""
    assert _line([]) == ""
    assert str(charts.spark(_months(None), str, "t")) == ""
    alone = _line(_months("7"))
    assert alone.count("<circle") == 1 and 'class="target"' in alone


def test_the_target_is_a_step_where_policy_changes() -> None:
    points = [*_months("1", "2", target="3"), *(Point(date(2026, m, 28), Decimal(2), Decimal(4)) for m in (3, 4))]
    target = re.search(r'class="target" d="([^"]+)"', _line(points))
    assert target and target[1].count("V") == 1


def test_a_chart_escapes_what_it_is_told() -> None:
    drawn = _line(_months("1", "2"), '"><script>alert(1)</script>')
    assert "<script" not in drawn and "&lt;script&gt;" in drawn
    marked = str(charts.line(_months("1"), lambda v: "<b>", lambda v: "<i>", "t", charts.WIDE, "wide"))
    assert "<b>" not in marked and "<i>" not in marked


def test_a_bar_knows_negative_values_and_none() -> None:
    assert "fill" not in charts.bar(None, Decimal(0), Decimal(1), None, "good")
    below = charts.bar(Decimal(-1), Decimal(-1), Decimal(1), Decimal(0), "good")
    assert 'x="0"' in below and 'width="50"' in below and 'class="tick"' in below
    assert "fill" not in charts.bar(Decimal(0), Decimal(0), Decimal(0), None, "good")


def test_a_section_is_found_by_its_anchor_above_or_below_its_heading() -> None:
    text = "# All\n\n## One\n<a id='one'></a>\ntext *one*\n\n<a id=\"two\"></a>\n### Two\n\ntwo\n\n## Three\nthree\n"
    assert formulas.section(text, "two") == ("Two", "two")
    assert formulas.section(text, "three") == ("Three", "three")
    found = formulas.section(text, "one")
    assert found and found[0] == "One" and "text *one*" in found[1] and "three" not in found[1]
    assert formulas.section(text, "four") is None


def test_markdown_is_rendered_without_its_html_and_links() -> None:
    html = formulas.render(
        "# H\n\n<script>x</script> **b** [to](javascript:x) [page](p.md)\n\n|a|b|\n|---|---|\n|1|2|\n"
    )
    assert "<script" not in html and "<strong>b</strong>" in html and "href" not in html and "page" in html
    assert "<h4>H</h4>" in html and '<div class="scroll"><table>' in html


def test_every_formula_of_the_checkout_has_words(repo: Path) -> None:
    heading, html = formulas.formula(repo, "docs/formulas.md#turnover") or ("", "")
    assert "Turnover" in heading and "trailing" in html
    assert formulas.formula(repo, "docs/formulas.md#record-rules DQ-S1") is not None
    assert formulas.formula(repo, "docs/formulas.md#nothing") is None
    assert "cost of sales" in formulas.macros(repo)["kpi_turnover_ratio"][2]


GOOD = """
meaning: What it means.
display: turns
numerator: {label: Cost, display: money}
rows: {where: is_closed, latest: month_date, per: [scope_id]}
tables:
  - title: Worst
    where: ratio < $target
    order_by: [abs(gap_amount) desc, sku_id]
    columns: [sku_id, ratio as turns: Turns, gap_amount: Gap]
groups:
  - {title: By class, from: fct_other, by: break_class, sums: [abs(delta_qty)]}
"""


def test_a_definition_says_what_a_page_shows() -> None:
    page = read_page("k", GOOD, "kpi_k", "k.yml")
    assert page.numerator.display == "money" and page.denominator.label == "Denominator"
    table = page.tables[0]
    assert table.rows == Rows("kpi_k", "(is_closed) and (ratio < $target)", "month_date", ("scope_id",))
    assert table.columns == (Shown("sku_id"), Shown("ratio", "turns", "Turns"), Shown("gap_amount", "", "Gap"))
    assert order_terms(table.order_by) == [("gap_amount", True, True), ("sku_id", False, False)]
    assert page.groups[0].rows == Rows("fct_other")


def test_a_kpi_without_a_file_has_a_page(tmp_path: Path) -> None:
    page = load_page("new_kpi", "kpi_new", tmp_path)
    assert page.rows.model == "kpi_new" and page.has_worst and not page.tables
    with pytest.raises(PageError, match="cannot name a page"):
        load_page("../x", "kpi_new", tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("meaning:", "meanings:", "meaning is missing"),
        ("display: turns", "display: furlongs", "furlongs is none of"),
        ("display: money", "display: furlongs", "furlongs is none of"),
        ("as turns", "as furlongs", "none of"),
        ("abs(gap_amount) desc", "gap; drop table x", "order_by"),
        ("    order_by: [abs(gap_amount) desc, sku_id]\n", "", "needs columns and order_by"),
        ("title: Worst", "titel: Worst", "title is missing"),
        ("by: break_class", "buy: break_class", "by is missing"),
        ("groups:", "grups:", "unknown key grups"),
        ("columns: [", "columns: [{a: b, c: d}, ", "is no column"),
        ("rows: {", "rows: {whence: x, ", "unknown key whence"),
    ],
)
def test_a_wrong_definition_is_told(before: str, after: str, says: str) -> None:
    assert before in GOOD
    with pytest.raises(PageError, match=re.escape(says)):
        read_page("k", GOOD.replace(before, after), "kpi_k", "k.yml")


def test_csv_texts_cannot_run_as_formulas() -> None:
    texts = ["=1", "+1", "-1", "@A", " =1", "\t=1", "＝1", "a=1", "1-2", "", None, "it's"]
    with duckdb.connect() as connection:
        connection.execute("create table t (name varchar, amount decimal(9, 2))")
        connection.executemany("insert into t values (?, -1)", [[text] for text in texts])
        columns = [Column("name", "VARCHAR", ""), Column("amount", "DECIMAL(9,2)", "")]
        found = connection.execute(f"select {guarded(columns)} from t").fetchall()
    guarded_texts = [text for text, _ in found]
    assert guarded_texts == ["'=1", "'+1", "'-1", "'@A", "' =1", "'\t=1", "'＝1", *texts[7:]]
    assert {amount for _, amount in found} == {Decimal(-1)}


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_keep_the_contrast_of_wcag_aa() -> None:
    style = environment().globals["style"]
    schemes = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in style.split(":root {")[1:]]
    assert len(schemes) == 3  # light, dark, print
    light = schemes[0]
    for scheme in ({**light, **changed} for changed in schemes):
        for paper in ("paper", "card"):
            for text in ("ink", "soft", "link", "target", "good", "warning", "critical", "unknown"):
                assert _contrast(scheme[text], scheme[paper]) >= 4.5, (text, paper, scheme)
            for shape in ("line", "focus", "good-fill", "critical-fill", "plain-fill"):
                assert _contrast(scheme[shape], scheme[paper]) >= 3, (shape, paper, scheme)


def test_of_many_alerts_everybody_keeps_the_gravest():
    owners = ["a", "a", "b", "a", "c", "b", "d"]
    assert overview.with_every_owner(owners, 10) == [0, 1, 2, 3, 4, 5, 6]
    assert overview.with_every_owner(owners, 5) == [0, 1, 2, 4, 6]
    assert overview.with_every_owner(owners, 4) == [0, 2, 4, 6]
    assert overview.with_every_owner(owners, 2) == [0, 2]
    assert overview.with_every_owner([], 2) == []

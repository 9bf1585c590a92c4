"""Lead times of late, their spread and the chart of missing receipts against the oracle."""

from __future__ import annotations

from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.lead_time_signal import LeadTimes, number

SEGMENTS = {"supplier": lambda x: x.supplier, "supplier_location": lambda x: f"{x.supplier}|{x.location}"}


def test_every_segment_on_every_day(case):
    oracle, wrong, total = LeadTimes(case.company), [], 0
    rows = case.marts.rows("select * from lead.kpi_supplier_lead_time")
    for kind, segment in SEGMENTS.items():
        for day in oracle.days if kind == "supplier" else oracle.days[-1:]:
            said = {name: oracle.said(sample) for name, sample in oracle.samples(day, segment).items()}
            told = {r["segment_id"]: r for r in rows if r["segment_type"] == kind and r["evaluated_date"] == day}
            silent = {name for name, row in told.items() if row["lead_time_reason"] == "no_order_line"}
            assert set(told) - silent == set(said), (kind, day)
            for name, expected in said.items():
                total += 1
                off = [key for key, value in expected.items() if not _agree(key, told[name][key], value)]
                if off:
                    wrong.append((kind, day, name, {key: (told[name][key], expected[key]) for key in off}))
    assert_none(wrong, total)


def _agree(key: str, told, said) -> bool:
    if said is None or isinstance(said, str) or key.endswith("_count"):
        return told == said
    if key == "tail_probability":  # the ratio of variances has six digits, so has the chance
        return abs(float(told) - said) <= 1e-4
    return near(told, said, 3)


def test_the_chart_of_missing_receipts(case):
    said = LeadTimes(case.company).chart()
    rows = case.marts.rows("select * from lead.int_lead__lead_time_chart")
    told = {(row["supplier_id"], row["week_end_date"]): row for row in rows}
    assert set(told) == set(said)
    wrong = [(key, told[key]["cusum_ratio"], value) for key, value in said.items()
             if abs(float(told[key]["cusum_ratio"]) - value) > 1e-3]  # fmt: skip
    assert not wrong, wrong[:5]
    limit = number("lead_time_cusum_limit")
    assert all(row["is_level_signal"] == (float(row["cusum_ratio"]) > limit) for row in rows)


def test_every_supplier_has_a_row_and_a_reason_or_a_comparison(case):
    rows = case.marts.rows(
        "select * from lead.kpi_supplier_lead_time where segment_type = 'supplier' and is_latest order by supplier_id"
    )
    suppliers = case.marts.rows("select supplier_id from core.dim_supplier order by supplier_id")
    assert len(rows) == len({row["supplier_id"] for row in rows})
    assert {row["supplier_id"] for row in rows} >= {row["supplier_id"] for row in suppliers}
    for row in rows:
        for value in ("shift_days", "shift_ratio", "spread_ratio", "tail_probability"):
            assert (row[value] is None) == (row["lead_time_reason"] is not None), row


def test_the_edge_company_has_every_reason(edge):
    rows = edge.marts.rows("select distinct lead_time_reason as reason from lead.kpi_supplier_lead_time")
    assert {row["reason"] for row in rows} >= {"no_order_line", "no_receipt", "insufficient"}

"""Write-off rates, flags, carrying values and ends of goods against the oracle, under both accounting frameworks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.company import DAY
from tests.python.oracles.compare import CENT, assert_none, close, near, ratio_close
from tests.python.oracles.differences import Case
from tests.python.oracles.obsolescence import Month, Obsolescence

MONEY = {
    "gross_write_off_amount": "gross_off", "gross_write_down_amount": "gross_down", "counted_reversal_amount": "back",
    "disallowed_amount": "refused", "net_write_off_amount": "net", "obsolete_amount": "obsolete",
    "uncosted_write_off_amount": "uncosted", "value_days": "value_days", "unrated_count": "unrated",
}  # fmt: skip


def write_off_differences(case: Case, marts, base: str = "avg_inventory", framework: str = "ias2") -> tuple[list, int]:
    """Rows of kpi_obsolescence that do not say what the oracle says, and how many there are."""
    said = Obsolescence(case.company, framework).months
    found, differences = marts.rows("select * from lag.kpi_obsolescence"), []
    assert {(row["scope_type"], row["scope_id"], row["month_start_date"]) for row in found} == set(said)
    for row in found:
        month = row["month_start_date"]
        scope = row["scope_type"], row["scope_id"]
        own = said[(*scope, month)]
        wrong = [(n, row[n], getattr(own, o)) for n, o in MONEY.items() if not close(row[n], getattr(own, o))]
        twelve = [m for (kind, name, m) in said if (kind, name) == scope and m <= month]
        year = [said[(*scope, m)] for m in sorted(twelve)[-12:]]
        wrong += year_errors(row, own, year, base, case.company.as_of_date)
        if own.value_days and own.value_days > 0:
            same = ratio_close(row["write_off_month_ratio"], own.net, own.value_days, 365)
        else:
            same = row["write_off_month_ratio"] is None
        wrong += [] if same else [("write_off_month_ratio", row["write_off_month_ratio"])]
        lonely = not own.value_days and own.net + own.uncosted != 0
        wrong += [] if row["is_without_stock"] == lonely else [("is_without_stock", row["is_without_stock"])]
        differences += [(*scope, month, *error) for error in wrong]
    return differences, len(found)


def known(values) -> Decimal | None:
    """Sum of what is known, None when nothing is."""
    values = [value for value in values if value is not None]
    return sum(values, Decimal(0)) if values else None


def year_errors(row: dict, own: Month, year: list[Month], base: str, as_of: date) -> list:
    """What a row says otherwise of the twelve months to its end."""
    month = row["month_start_date"]
    following = (month + timedelta(days=32)).replace(day=1)
    is_open = following - DAY > as_of
    end = as_of + DAY if is_open else following
    begin = end.replace(year=end.year - 1)
    net, value_days = sum(m.net for m in year), known(m.value_days for m in year)
    cogs = known(m.cogs for m in year)
    if base == "avg_inventory":
        against = None if value_days is None else value_days / 365
    else:
        against = cogs if base == "cogs" else own.closing
    why = None
    if is_open:
        why = "open_month"
    elif sum(m.known_days for m in year) < Decimal("0.95") * (end - begin).days:
        why = "short_history"
    elif against is None:
        why = "no_cost"
    elif against <= 0:
        why = "no_sales" if base == "cogs" else "no_stock"
    wrong = []
    if not close(row["year_net_write_off_amount"], net) or not close(row["write_off_base_amount"], against):
        wrong.append(("year", row["year_net_write_off_amount"], net, row["write_off_base_amount"], against))
    if row["write_off_reason"] != why:
        wrong.append(("write_off_reason", row["write_off_reason"], why))
    elif why is None and not ratio_close(row["write_off_ratio"], net, against):
        wrong.append(("write_off_ratio", row["write_off_ratio"], net / against))
    elif why is not None and row["write_off_ratio"] is not None:
        wrong.append(("write_off_ratio", row["write_off_ratio"], None))
    if cogs is not None and cogs > CENT and not ratio_close(row["write_off_to_cogs_ratio"], net, cogs):
        wrong.append(("write_off_to_cogs_ratio", row["write_off_to_cogs_ratio"], net / cogs))
    return wrong


def test_write_off_rates_of_every_scope_and_month(case):
    assert_none(*write_off_differences(case, case.marts))


def test_the_edges_of_write_offs_occur(edge):
    rows = edge.marts.rows("select * from lag.kpi_obsolescence")
    assert {"open_month", "short_history", "no_cost", "no_stock", None} == {row["write_off_reason"] for row in rows}
    for edge_case in ("disallowed_amount", "uncosted_write_off_amount", "unrated_count", "is_without_stock"):
        assert any(row[edge_case] for row in rows), edge_case
    repeated = edge.marts.rows("select division_code, write_off_number, repeats_number from lag.fct_repeated_write_off")
    assert {tuple(row.values()) for row in repeated} == {("east", "N10", "N9")} == Obsolescence(edge.company).repeated()


def test_repeated_postings(tiny):
    found = tiny.marts.rows("select division_code, write_off_number, repeats_number from lag.fct_repeated_write_off")
    assert {tuple(row.values()) for row in found} == Obsolescence(tiny.company).repeated()


def flag_differences(case: Case, marts, framework: str = "ias2") -> tuple[list, int]:
    """Rows of kpi_excess_obsolete that do not say what the oracle says, and how many there are."""
    means = marts.rows("select sku_id, location_id, mean_daily_qty from core.fct_demand_statistic")
    mean = {(row["sku_id"], row["location_id"]): row["mean_daily_qty"] for row in means}
    said = Obsolescence(case.company, framework).flags(mean)
    found, differences = marts.rows("select * from lag.kpi_excess_obsolete"), []
    assert {(row["sku_id"], row["location_id"]) for row in found} == set(said)
    for row in found:
        own = said[row["sku_id"], row["location_id"]]
        exact = {"obsolete_flag": own["flag"], "flagged_qty": own["flagged_qty"], "on_hand_qty": own["qty"],
                 "price_source": own["source"], "nrv_reason": own["why"], "days_since_move": own["since"]["move"],
                 "days_since_demand": own["since"]["demand"]}  # fmt: skip
        money = {"flagged_amount": own["flagged"], "on_hand_amount": own["value"],
                 "written_down_amount": own["written"],
                 "shortfall_amount": own["shortfall"], "nrv_write_down_amount": own["down"],
                 "nrv_reversal_amount": own["up"], "carrying_amount": own["carrying"]}  # fmt: skip
        wrong = [(name, row[name], value) for name, value in exact.items() if row[name] != value]
        wrong += [(name, row[name], value) for name, value in money.items() if not close(row[name], value)]
        differences += [(row["sku_id"], row["location_id"], *error) for error in wrong]
    return differences, len(found)


def test_flags_and_carrying_values(case):
    assert_none(*flag_differences(case, case.marts))


def test_every_flag_occurs(edge):
    rows = edge.marts.rows("select * from lag.kpi_excess_obsolete")
    assert {"superseded", "no_move", None} <= {row["obsolete_flag"] for row in rows}
    assert {"no_cost", "no_price", None} == {row["nrv_reason"] for row in rows}
    assert any(row["nrv_write_down_amount"] for row in rows)
    assert any(row["nrv_reversal_amount"] for row in rows)


def test_ends_of_goods(case):
    said, company = Obsolescence(case.company), case.company
    oracle = {}
    for record in company.records:
        end = said.ends[company.masters.locations[record[1]].division, record[0]]
        if end["announced"] is not None and end["announced"] <= company.as_of_date:
            oracle[record] = end
    found, differences = case.marts.rows("select * from lag.kpi_end_of_life"), []
    assert {(row["sku_id"], row["location_id"]) for row in found} == set(oracle)
    for row in found:
        record = row["sku_id"], row["location_id"]
        end = oracle[record]
        qty, value = said.value_on(record, end["announced"])
        lost = said.written_since(record, end["announced"])
        is_over = end["end"] is not None and end["end"] + 90 * DAY <= company.as_of_date
        why = "not_over" if not is_over else "no_cost" if value is None else "no_stock" if value <= 0 else None
        same = (row["announced_qty"], row["is_over"], row["eol_effectiveness_reason"]) == (qty, is_over, why)
        same = same and close(row["announced_amount"], value) and close(row["write_off_amount"], lost)
        mart = row["eol_effectiveness_ratio"]
        same = same and (ratio_close(mart, value - lost, value) if why is None else mart is None)
        if not same:
            differences.append((row, qty, value, lost, is_over, why))
    if case.name == "edge":
        reasons = {row["eol_effectiveness_reason"] for row in found}
        assert reasons == {"not_over", "no_cost", "no_stock", None}
    if case.name != "wwi":  # it announces no ends
        assert_none(differences, len(found))


def test_the_roll_ups(case):
    """Sum over sum, from the rows that were compared above."""
    flagged = case.marts.rows("select * from lag.kpi_excess_obsolete")
    found = {(r["scope_type"], r["scope_id"]): r for r in case.marts.rows("select * from lag.rpt_excess_obsolete")}
    sums: dict[tuple[str, str], list] = {}
    for row in flagged:
        for scope in case.company.scopes((row["sku_id"], row["location_id"])).items():
            part = sums.setdefault(scope, [None, None])
            if row["on_hand_amount"] is not None:
                part[0] = (part[0] or 0) + row["flagged_amount"]
                part[1] = (part[1] or 0) + row["on_hand_amount"]
    assert set(found) == set(sums)
    for scope, (part, whole) in sums.items():
        row = found[scope]
        assert close(row["flagged_amount"], part) and close(row["stock_amount"], whole)
        assert near(row["excess_obsolete_ratio"], part / whole if whole else None)
        assert (row["excess_obsolete_reason"] is None) == bool(whole)

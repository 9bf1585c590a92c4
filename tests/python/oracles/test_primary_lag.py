"""The leading metric of every segment, division and company against the oracle, decisions and seasons included."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from orchestration.lib.sql import connect
from tests.python.oracles.compare import assert_none, near, ratio_close
from tests.python.oracles.primary_lag import (
    AMOUNTS,
    METRICS,
    Decision,
    PrimaryLag,
    Scope,
    accepted_decisions,
    in_force,
)

MODELS = (
    "int_service__lag_record", "int_service__category_calendar", "int_service__category_season",
    "int_service__lag_segment", "int_service__lag_scope", "int_service__lag_decision_told",
    "int_service__lag_decision", "kpi_primary_lag_indicator",
)  # fmt: skip
WEEKS_OLD = 42  # of what moved first on 10 January 2025, at the end of October
ALL_ROWS = "select * from service.kpi_primary_lag_indicator"


def expected(oracle: PrimaryLag, decisions: list[Decision], row: dict) -> dict:
    """Exact columns that a row should have; empty when it should not be there."""
    key = row["scope_type"], row["scope_id"], row["month_start_date"]
    scope = oracle.scopes.get(key)
    if scope is None:
        return {}
    said = in_force(decisions, key[:2], row["last_day_date"])
    metric = said.option if said else scope.rule_metric
    return {
        "division_code": scope.division,
        "category": scope.category,
        "demand_group": scope.group,
        "rule_metric": scope.rule_metric,
        "rule_reason": scope.reason,
        "rule_stock_amount": scope.rule_stock,
        "primary_metric": metric,
        "primary_reason": "decision" if said else scope.reason,
        "decided_by": said.decided_by if said else "rule",
        "decision_id": said and said.decision_id,
        "rationale": said and said.rationale,
        "decided_at": said and said.decided_at,
        "valid_from_date": said.valid_from if said else row["month_start_date"],
        "turnover_reason": scope.turnover_reason,
        "wos_91_reason": scope.weeks_reason,
        "is_on_target": scope.is_on_target(metric),
        **{name: scope.sums[name] for name in AMOUNTS},
    }


def row_differences(oracle: PrimaryLag, decisions: list[Decision], rows: list[dict]) -> list:
    """What rows of the mart say otherwise than the oracle."""
    wrong, totals = [], {}
    companies = {place.division: place.company for place in oracle.company.masters.locations.values()}

    def whole(key: tuple, scope: Scope) -> tuple:
        """Whose stock a scope is a share of: companies may reckon in different currencies."""
        return key[0], key[2], companies[scope.division] if scope.division else key[1]

    for key, scope in oracle.scopes.items():
        totals[whole(key, scope)] = totals.get(whole(key, scope), 0) + (scope.closing or 0)
    for row in rows:
        key = row["scope_type"], row["scope_id"], row["month_start_date"]
        said = expected(oracle, decisions, row)
        off = {name: (row[name], value) for name, value in said.items() if row[name] != value}
        if said:
            scope = oracle.scopes[key]
            total = totals[whole(key, scope)]
            figures = {
                "season_range_ratio": scope.season_range,
                "turnover_ratio": scope.turns,
                "wos_91_weeks": scope.weeks,
                "stock_share_ratio": scope.closing / total if total and scope.closing is not None else None,
            }
            off |= {name: (row[name], value) for name, value in figures.items() if not near(row[name], value)}
        if off or not said:
            wrong.append((key, off))
    return wrong


def differences(oracle: PrimaryLag, decisions: list[Decision], rows: list[dict]) -> tuple[list, int]:
    """(differences, rows compared), after the grain: the same scopes and months on both sides."""
    found = [(row["scope_type"], row["scope_id"], row["month_start_date"]) for row in rows]
    assert len(found) == len(set(found))
    assert set(found) == set(oracle.scopes)
    return row_differences(oracle, decisions, rows), len(rows)


def test_every_scope_and_month(case):
    oracle = PrimaryLag(case.company, case.marts.rows)
    assert_none(*differences(oracle, accepted_decisions(case.company), case.marts.rows(ALL_ROWS)))


def test_a_changed_figure_is_seen(edge):
    """The comparison above notices one other value in one row, of each kind of column."""
    oracle, rows = PrimaryLag(edge.company, edge.marts.rows), edge.marts.rows(ALL_ROWS)
    row = next(row for row in rows if row["turnover_ratio"] and row["wos_91_weeks"] and row["rule_reason"] == "steady")
    for change in (
        {"rule_metric": "weeks_of_supply"},
        {"rule_reason": "seasonal"},
        {"decided_by": "board"},
        {"wos_91_weeks": None},
        {"turnover_ratio": row["turnover_ratio"] + Decimal("0.01")},
        {"is_on_target": not row["is_on_target"]},
        {"closing_amount": row["closing_amount"] + Decimal("0.0001")},
    ):
        assert [set(off) for _, off in row_differences(oracle, [], [row | change])] == [set(change)]


def test_there_is_something_to_compare(tiny, edge):
    """Every group, reason of the rule and missing value but the season, which is bent into the edge company below."""
    rows = tiny.marts.rows(ALL_ROWS) + edge.marts.rows(ALL_ROWS)
    seen = {name: {row[name] for row in rows} for name in rows[0]}
    assert seen["demand_group"] >= {"new", "slow", "steady", "none"}
    assert seen["primary_reason"] >= {"new_item", "slow_demand", "steady", "most_stock_value", "decision"}
    assert seen["turnover_reason"] >= {None, "short_history", "no_cost"}
    assert seen["wos_91_reason"] >= {None, "short_history", "no_cost", "no_demand"}
    assert seen["is_on_target"] == {None, True, False}


def test_scopes_above_say_what_turnover_says(case):
    """A division's and a company's sums and ratios are those of the turnover report of that scope."""
    found = case.marts.rows(
        "select l.*, t.turnover_ratio as t_ratio, t.turnover_reason as t_reason, t.wos_91_weeks as w_weeks, "
        "t.wos_91_reason as w_reason, t.closing_amount as t_closing from service.kpi_primary_lag_indicator as l "
        "inner join lag.kpi_inventory_turnover as t using (scope_type, scope_id, last_day_date)"
    )
    above = [row for row in case.marts.rows(ALL_ROWS) if row["scope_type"] != "segment"]
    wrong = [
        row
        for row in found
        if (row["turnover_reason"], row["wos_91_reason"]) != (row["t_reason"], row["w_reason"])
        or not near(row["turnover_ratio"], row["t_ratio"])
        or not near(row["wos_91_weeks"], row["w_weeks"])
        or row["closing_amount"] != row["t_closing"]
    ]
    assert len(found) == len(above)
    assert_none(wrong, len(found))


def test_stock_on_target_of_every_division_and_company(case):
    oracle = PrimaryLag(case.company, case.marts.rows).target_shares(accepted_decisions(case.company))
    found = case.marts.rows("select * from scorecard.fct_kpi_value where kpi_id = 'primary_metric_target_ratio'")
    assert {(row["scope_type"], row["scope_id"], row["period_start_date"]) for row in found} == set(oracle)
    for row in found:
        met, judged = oracle[row["scope_type"], row["scope_id"], row["period_start_date"]]
        if judged == 0:
            assert row["kpi_value"] is None and row["reason_code"] is not None, row
        else:
            assert ratio_close(row["kpi_value"], met, judged), row


def test_decisions_of_core_are_those_that_were_sent(case):
    """core.fct_decision, from which the mart takes them, keeps what each extract told."""
    names = "team, decision_id, kpi_id, scope_type, scope_id, chosen_option, rationale, decided_by, decided_at"
    found = case.marts.rows(f"select {names}, valid_from_date, valid_to_date, told_at from core.fct_decision")
    sent = accepted_decisions(case.company)
    assert len(found) == len(sent)
    assert {Decision(*row.values()) for row in found} == set(sent)


def decided(number: int, scope: tuple[str, str], option: str, begins: date, **more) -> Decision:
    """A decision of a board, told at once unless said otherwise."""
    at = datetime(begins.year, begins.month, begins.day, 12)
    said = {"kpi_id": "inventory_turnover", "valid_to": None, "told_at": at, "decided_at": at} | more
    return Decision("board", f"D{number}", rationale=f"because {number}", decided_by=f"chair {number}",
                    scope_type=scope[0], scope_id=scope[1], option=option, valid_from=begins, **said)  # fmt: skip


def told_decisions(oracle: PrimaryLag) -> list[Decision]:
    """Decisions on the edges, over scopes of the edge company as they come."""
    segments = sorted({key[1] for key, scope in oracle.scopes.items() if key[0] == "segment"})
    divisions = sorted({key[1] for key in oracle.scopes if key[0] == "division"})
    company = next(key[1] for key in oracle.scopes if key[0] == "company")
    first, second = (("segment", name) for name in segments[:2])
    return [
        decided(1, ("company", "*"), "weeks_of_supply", date(2025, 3, 31)),  # from the last day of a month on
        decided(2, ("company", company), "turns", date(2025, 6, 1), valid_to=date(2025, 8, 31)),  # to the last one
        decided(3, ("company", "*"), "turns", date(2025, 10, 1), valid_to=date(2025, 12, 30)),  # to the day before it
        # Told eight days after May of 2025, seven after June.
        decided(4, ("division", divisions[0]), "turns", date(2025, 5, 1), told_at=datetime(2025, 6, 8)),
        decided(5, ("division", divisions[1]), "turns", date(2025, 5, 1), told_at=datetime(2025, 7, 7, 23, 59)),
        # Said otherwise later, withdrawn by another option later still.
        decided(6, ("division", divisions[2]), "turns", date(2025, 2, 1)),
        decided(6, ("division", divisions[2]), "weeks_of_supply", date(2025, 2, 1), told_at=datetime(2025, 9, 20)),
        decided(6, ("division", divisions[2]), "neither", date(2025, 2, 1), told_at=datetime(2026, 2, 20)),
        *(decided(10 + n, ("segment", name), METRICS[n % 2], date(2025, 7, 1), valid_to=date(2026, 2, 28))
          for n, name in enumerate(segments[2:])),
        # Two that begin on one day: the later decided speaks; a division is not meant by `*`.
        decided(7, first, "weeks_of_supply", date(2025, 4, 1), decided_at=datetime(2025, 3, 2)),
        decided(8, first, "turns", date(2025, 4, 1), decided_at=datetime(2025, 3, 3)),
        decided(9, ("division", "*"), "turns", date(2026, 4, 1)),
        decided(9999, second, "turns", date(2025, 4, 1), kpi_id="fill_rate"),
    ]  # fmt: skip


def test_seasons_ages_and_decisions_bent_into_the_edge_company(edge, tmp_path):
    """Whole years of one year only, a switch between the categories, an age met to the day, many decisions."""
    policies: dict[str, object] = {"season_window_months": 12, "new_item_weeks": WEEKS_OLD}
    plain = PrimaryLag(edge.company, edge.marts.rows, **policies)
    ranges = sorted({s.season_range for k, s in plain.scopes.items() if k[0] == "segment" and s.season_range})
    policies["season_switch"] = round((ranges[len(ranges) // 2 - 1] + ranges[len(ranges) // 2]) / 2, 4)
    oracle = PrimaryLag(edge.company, edge.marts.rows, **policies)
    ages = {(last - first).days for first in edge.company.first_day.values() for _, last in edge.company.months}
    assert WEEKS_OLD * 7 in ages
    decisions, copy = told_decisions(oracle), edge.marts.copy(tmp_path / "bent")
    copy.set_policy(**policies)
    with connect(copy.home.build_db) as connection:
        for d in decisions:
            connection.execute(
                "insert into core.fct_decision (team, decision_id, kpi_id, scope_type, scope_id, chosen_option, "
                "rationale, decided_by, decided_at, valid_from_date, valid_to_date, told_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                list(vars(d).values()),
            )
    copy.rebuild(*MODELS)
    rows = copy.rows(ALL_ROWS)
    assert_none(*differences(oracle, decisions + accepted_decisions(edge.company), rows))
    seen = {row["primary_reason"] for row in rows}
    assert seen == {"new_item", "slow_demand", "seasonal", "steady", "most_stock_value", "decision"}
    speaking = {row["decision_id"] for row in rows}
    assert speaking >= {None, "D1", "D2", "D3", "D4", "D5", "D6", "D8"}
    assert speaking.isdisjoint({"D7", "D9", "D9999"})
    changed = [row for row in rows if row["rule_metric"] != row["primary_metric"]]
    assert {row["scope_type"] for row in changed} == {"segment", "division", "company"}
    both = [row for row in changed if row["turnover_ratio"] is not None and row["wos_91_weeks"] is not None]
    assert both, "where a decision overrides the rule both values stay"

"""The as-of join of policy: narrowest scope, half-open periods, one row per signature, nothing made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orchestration.lib.sql import connect

POLICY = """
    create table dim_policy as select policy_key, scope_type, scope_id, scope_rank, value_text,
        try_cast(value_text as decimal(18, 6)) as value_number, effective_from, effective_to
    from (values
        ('rate', 'company', '*', 1, '0.10', date '2000-01-01', date '2026-06-01'),
        ('rate', 'company', '*', 1, '0.12', date '2026-06-01', date '9999-12-31'),
        ('rate', 'location', 'L1', 3, '0.30', date '2026-01-01', date '2026-07-01'),
        ('rate', 'category', 'TOOLS', 4, '0.40', date '2000-01-01', date '9999-12-31'),
        ('choice', 'company', '*', 1, 'before', date '2000-01-01', date '9999-12-31'),
        ('other', 'company', '*', 1, '7', date '2000-01-01', date '9999-12-31')
    ) as p(policy_key, scope_type, scope_id, scope_rank, value_text, effective_from, effective_to)"""


@pytest.fixture(scope="module")
def policy():
    """A connection with a small dim_policy."""
    connection = connect()
    connection.execute(POLICY)
    yield connection
    connection.close()


def answers(macros, policy, rows, keys=("rate", "choice:text", "absent"), scopes=None):
    """{(day, location, category): values of the keys}."""
    scopes = {"location": "location_id", "category": "category"} if scopes is None else scopes
    values = ", ".join(f"(date '{day}', '{location}', '{category}')" for day, location, category in rows)
    macro = macros["policy_as_of"](list(keys), over="facts", as_of="day", scopes=scopes)
    sql = f"with facts as (select * from (values {values}) f(day, location_id, category)) {macro}"
    found = policy.execute(sql).fetchall()
    width = 1 + len(scopes)
    assert len({row[:width] for row in found}) == len(found), "a signature answers once"
    return {row[:width]: row[width:] for row in found}


def test_the_narrowest_scope_answers_on_the_day(macros, policy):
    rows = [
        ("2026-05-31", "L2", "TOYS", "0.10"),
        ("2026-06-01", "L2", "TOYS", "0.12"),  # the first day of a period is in it, the last is not
        ("2025-12-31", "L1", "TOYS", "0.10"),
        ("2026-01-01", "L1", "TOYS", "0.30"),
        ("2026-06-30", "L1", "TOYS", "0.30"),
        ("2026-07-01", "L1", "TOYS", "0.12"),
        ("2026-06-30", "L1", "TOOLS", "0.40"),  # category is narrower than location
        ("1999-12-31", "L2", "TOYS", None),
    ]
    found = answers(macros, policy, [row[:3] for row in rows])
    assert {(str(day), location, category): values[0] for (day, location, category), values in found.items()} == {
        row[:3]: row[3] and Decimal(row[3]) for row in rows
    }


def test_text_and_missing_keys(macros, policy):
    found = answers(macros, policy, [("2026-06-15", "L1", "TOYS"), ("2026-06-15", "L1", "TOYS")])
    assert found == {(date(2026, 6, 15), "L1", "TOYS"): (Decimal("0.300000"), "before", None)}


def test_without_scopes_only_the_company_speaks(macros, policy):
    found = answers(macros, policy, [("2026-06-15", "L1", "TOOLS")], keys=("rate", "other"), scopes={})
    assert found == {(date(2026, 6, 15),): (Decimal("0.120000"), Decimal("7.000000"))}

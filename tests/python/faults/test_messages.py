"""Faults of a 3PL's messages: doubled, corrected, shuffled, replayed, lost, of unknown goods or another schema, odd.

Here: rows 1-3, 6, 8, 14, 18, 27, 45 and 46 of docs/faults.md for source tpl, bent out of the tiny company's provider.
Not here: faults of the wire and of paging (test_tpl_api.py).
"""

from __future__ import annotations

import random
import shutil

import pytest

from orchestration.lib.paths import Home
from tests.python.faults.stream import Clean, Stream, all_rows_accounted, differences, later, one
from tests.python.fixtures_marts import simulate

MESSAGES, ITEMS = "tpl/ibex/shipment_messages", "tpl/ibex/item_map"
WEEK = f"{MESSAGES}/20260608"
HISTORY = ("delivery_count", "duplicate_count", "delivered_row_count", "duplicate_row_count", "duplicate_ratio")
COUNTING = ("fct_shipment_message", "kpi_tpl_consistency", "int_visibility__tpl_message_day", "int_visibility__tpl_day",
            "fct_newest_event", "fct_source_freshness")  # fmt: skip
HOSTILE = ("=cmd()", "<script>alert(1)</script>", "'; drop table x; --", "{{ 7*7 }}", "\u202eRTL", "y" * 10_000, "a|b~")


@pytest.fixture(scope="module")
def provider(project, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The tiny company, whose last site a provider runs, as it was sent."""
    home = Home.at(tmp_path_factory.mktemp("provider") / "home").make()
    simulate(home)
    with project.run(home):
        pass
    database = home.root / "clean.duckdb"
    shutil.copyfile(home.root / "compiled" / "leadlag.duckdb", database)
    return Clean(home, project, database)


@pytest.fixture
def sent(provider: Clean, tmp_path) -> Stream:
    """The clean stream, to be bent."""
    return provider.copy(tmp_path / "home")


def same(marts) -> dict[str, int]:
    """Marts that differ from the clean ones, the columns that count deliveries left out."""
    found = differences(marts, apart=COUNTING)
    for table, schema in (("fct_shipment_message", "core"), ("kpi_tpl_consistency", "visibility")):
        columns = [c[0] for c in marts.execute(f"describe {schema}.{table}").fetchall()]
        listed = ", ".join(c for c in columns if c not in HISTORY and not c.startswith("_meta"))
        ours, theirs = (f"select {listed} from {db}{schema}.{table}" for db in ("", "clean."))
        rows = one(marts, f"select count(*) from (({ours} except all {theirs}) union all ({theirs} except all {ours}))")
        if rows:
            found[table] = rows
    return found


def duplicates(marts, database: str = "") -> int:
    """Repetitions that the marts count."""
    return one(marts, f"select sum(duplicate_row_count) from {database}visibility.kpi_tpl_consistency")


def test_the_comparison_sees_a_difference(provider, sent):
    sent.change(WEEK, lambda rows: [r | {"acknowledged_at": later(r["acknowledged_at"], hours=3).replace(tzinfo=None)}
                                    if n == 5 else r for n, r in enumerate(rows)])  # fmt: skip
    with provider.marts(sent) as marts:
        assert same(marts).keys() >= {"fct_shipment_message"}


def test_row_01_messages_doubled_in_a_file_and_in_a_later_batch(provider, sent):
    rows = sent.rows(WEEK)
    sent.change(WEEK, lambda rows: [*rows, *rows[3:20]])
    sent.write(f"{MESSAGES}/20260609", rows[10:40], later(sent.extracted_at(WEEK), days=1))
    with provider.marts(sent) as marts:
        assert same(marts) == {}
        assert one(marts, f"select rows_deduplicated from visibility.fct_row_account where batch_id = '{WEEK}'") >= 17
        assert duplicates(marts) == duplicates(marts, "clean.") + 30
        all_rows_accounted(marts)


@pytest.mark.parametrize("better", [{"source_version": 7}, {}])
def test_row_02_a_changed_message_is_won_by_version_then_change(provider, sent, better):
    rows = sent.rows(WEEK)
    victims = [n for n, row in enumerate(rows) if row["message_type"] == "945"][:5]
    right = [rows[n] | better | {"updated_at": later(rows[n]["updated_at"], hours=0 if better else 1)
                                 .replace(tzinfo=None)} for n in victims]  # fmt: skip
    sent.change(WEEK, lambda rows: [r | {"qty": r["qty"] + 9} if n in victims else r for n, r in enumerate(rows)])
    sent.write(f"{MESSAGES}/20260609", right, later(sent.extracted_at(WEEK), days=1))
    with provider.marts(sent) as marts:
        assert same(marts) == {}
        status = "select count(*) from {}unified.stg_unified__tpl_message where delivery_status = 'superseded'"
        assert one(marts, status.format("")) == one(marts, status.format("clean.")) + 5


def test_row_03_messages_out_of_order_within_and_between_batches(provider, sent):
    names = sent.batches(MESSAGES)
    first, second = names[3], names[4]
    dice = random.Random(3)
    moved = sent.rows(first)[-20:]
    sent.change(first, lambda rows: dice.sample(rows[:-20], len(rows) - 20))
    sent.change(second, lambda rows: dice.sample([*moved, *rows], len(rows) + 20))
    with provider.marts(sent) as marts:
        assert same(marts) == {}


def test_rows_06_27_the_whole_log_replayed_and_a_file_under_another_name(provider, sent):
    last = max(sent.extracted_at(batch) for batch in sent.batches(MESSAGES))
    once = one_of(provider, "select count(*) from staging.stg_tpl__shipment_messages")
    for batch in sent.batches(MESSAGES):
        known = [row for row in sent.rows(batch) if row["reference"] is not None]  # the one held back would be so twice
        sent.write(f"{batch}-again", known, last)
    with provider.marts(sent) as marts:
        assert same(marts) == {}
        assert duplicates(marts) == duplicates(marts, "clean.") + once


def one_of(clean: Clean, query: str) -> object:
    """A value of the clean marts."""
    with clean.marts(Stream(clean.home)) as marts:
        return one(marts, query)


def test_row_08_lost_messages_are_listed_as_holes(provider, sent):
    gone = [row["sequence_no"] for row in sent.rows(WEEK)[10:13]] + [sent.rows(WEEK)[40]["sequence_no"]]
    sent.change(WEEK, lambda rows: [row for row in rows if row["sequence_no"] not in gone])
    with provider.marts(sent) as marts:
        listed = (
            "select unnest(range(first_missing_sequence_no, last_missing_sequence_no + 1)) as n "
            "from {}visibility.fct_tpl_sequence_gap"
        )
        new = marts.execute(f"{listed.format('')} except {listed.format('clean.')} order by n").fetchall()
        assert [n for (n,) in new] == sorted(set(gone))
        missing = "select sum(missing_message_count) from {}visibility.kpi_tpl_consistency"
        assert one(marts, missing.format("")) == one(marts, missing.format("clean.")) + len(set(gone))


def test_row_14_unknown_goods_wait_until_the_map_knows_them(provider, sent):
    (batch,) = sent.batches(ITEMS)
    whole = sent.rows(batch)
    unknown = whole[0]["provider_item_code"]
    sent.change(batch, lambda rows: [row for row in rows if row["provider_item_code"] != unknown])
    with provider.marts(sent) as marts:
        held = one(marts, f"select count(*) from visibility.fct_quarantined_row where message like '%item {unknown}:%'")
        told = one(marts, "select count(*) from core.fct_shipment_message where quarantine_rule = 'unknown_item'")
        assert held >= told > 3
        assert one(marts, "select count(*) from core.fct_shipment_message") == one(
            marts, "select count(*) from clean.core.fct_shipment_message"
        )
    sent.write(f"{ITEMS}/20260701", whole, sent.extracted_at(batch))
    with provider.marts(sent) as marts:
        assert same(marts) == {}


def test_row_18_a_changed_schema_holds_the_file_back_and_counts(provider, sent):
    sent.change(WEEK, lambda rows: [row | {"carrier": "x"} for row in rows])
    with provider.marts(sent) as marts:
        rows = len(sent.rows(WEEK))
        account = (
            f"select rows_in, rows_quarantined, file_rule from visibility.fct_row_account where batch_id = '{WEEK}'"
        )
        assert marts.execute(account).fetchall() == [(rows, rows, "unexpected_column")]
        assert one(marts, "select sum(schema_drift_count) from visibility.kpi_tpl_consistency") == 1
        assert one(marts, "select sum(held_back_row_count) from visibility.kpi_tpl_consistency") == rows + 1
        all_rows_accounted(marts)


def test_row_45_hostile_texts_are_stored_verbatim(provider, sent):
    def hostile(rows: list[dict]) -> list[dict]:
        return [row | {"reject_reason": HOSTILE[n], "message_id": f"m{HOSTILE[n]}"} if n < len(HOSTILE) else row
                for n, row in enumerate(rows)]  # fmt: skip

    sent.change(WEEK, hostile)
    with provider.marts(sent) as marts:
        found = marts.execute(
            "select message_id, reject_reason from core.fct_shipment_message where message_id like 'm%'"
        ).fetchall()
        assert sorted(found) == sorted((f"m{text}", text) for text in HOSTILE)


def test_row_46_a_message_without_its_key_is_held_back(provider, sent):
    sent.change(WEEK, lambda rows: [row | {"message_id": None} if n in (4, 9) else row for n, row in enumerate(rows)])
    with provider.marts(sent) as marts:
        held = f"select count(*) from visibility.fct_quarantined_row where batch_id = '{WEEK}'"
        assert one(marts, f"{held} and rule_id = 'required:message_id'") == 2
        count = "select count(*) from {}core.fct_shipment_message"
        assert one(marts, count.format("")) >= one(marts, count.format("clean.")) - 2
        assert one(marts, "select count(*) from core.fct_shipment_message where message_id is null") == 0
        all_rows_accounted(marts)

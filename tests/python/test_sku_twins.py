"""How well twins are found in the demo company's masters, and what candidates cost in a big catalogue.

Here: masters alone, landed and built as far as the candidates (`pytest tests/python/test_sku_twins.py -s` prints the
figures that docs/company.md states). Not here: the same on the tiny company, item by item (oracles/test_sku_master.py).
"""

from __future__ import annotations

import time
from collections import Counter

import duckdb
import pytest

from orchestration.lib import accepting
from orchestration.lib.contracts import load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from synthetic.company import build_company
from synthetic.costs import build_costs
from synthetic.demand import build_demand
from synthetic.emit_masters import emit_masters
from synthetic.emit_twins import emit_twins
from synthetic.faults import plan_dead, plan_failed, plan_goods
from synthetic.profiles import PROFILES
from synthetic.truth_sku import twin_truth
from synthetic.twins import plan_twins
from tests.python.dbt_in_process import Dbt
from tests.python.fixtures_marts import Marts
from tests.python.macros.render import Macros

SEED = 20260630
FOUND = ("spelling", "accents", "wide_letters", "word_order", "wrong_check_digit")
ASKED = "+fct_sku_match_candidate +fct_sku_conflict +kpi_sku_master_conformity"


@pytest.fixture(scope="module")
def masters(tmp_path_factory):
    """The demo company's masters and twins, built as far as the SKU master; beside them the truth."""
    profile = PROFILES["demo"]
    company = build_company(profile, SEED)
    dead, failed = plan_dead(company, profile, SEED), plan_failed(company, profile, SEED)
    goods = plan_goods(company, build_demand(company, profile, SEED, dead, failed), dead, failed, profile, SEED)
    twins = plan_twins(company, profile, SEED)
    home = Home.at(tmp_path_factory.mktemp("masters") / "home").make()
    contracts = load_contracts(home.repo)
    costs = build_costs(company, profile, SEED)
    for batch in [*emit_masters(company, costs, goods, profile, SEED, contracts),
                  *emit_twins(company, twins, profile, contracts)]:  # fmt: skip
        write_batch(home.landing, batch.source, batch.instance, batch.entity, batch.name, batch.table,
                    batch.extracted_at, fmt=batch.fmt, contract=contracts[batch.source, batch.entity])  # fmt: skip
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    dbt = Dbt(home)
    dbt("build", "--exclude-resource-type", "unit_test", "test", "--select", *ASKED.split())
    items = company.items.assign(division=[company.divisions[n].code for n in company.items["division"]])
    goods_of = {(d, c): int(g) for d, c, g in items[["division", "item_code", "goods_id"]].itertuples(index=False)}
    return Marts(home, dbt), twin_truth(company, twins).to_pylist(), goods_of


def test_twins_of_the_demo_company(masters):
    marts, truth, goods_of = masters
    for row in truth:  # a twin is its goods, a near miss is goods of its own
        other = goods_of[row["other_division_code"], row["other_item_code"]]
        goods_of[row["division_code"], row["item_code"]] = other if row["is_same"] else -len(goods_of)
    skus = {(r["division_code"], r["item_code"]): r["sku_id"] for r in marts.rows("select * from core.dim_item")}
    candidates = marts.rows("select * from visibility.fct_sku_match_candidate")
    right = [
        goods_of[c["division_code"], c["item_code"]] == goods_of[c["other_division_code"], c["other_item_code"]]
        for c in candidates
    ]
    waiting = {(c["sku_id"], c["other_sku_id"]) for c in candidates}
    planted, found = Counter(), Counter()
    for row in truth:
        if row["is_same"] and row["found_by"].startswith("candidate"):
            pair = (
                skus[row["division_code"], row["item_code"]],
                skus[row["other_division_code"], row["other_item_code"]],
            )
            planted[row["kind"]] += 1
            found[row["kind"]] += pair[0] == pair[1] or tuple(sorted(pair)) in waiting
    recall, precision = found.total() / planted.total(), sum(right) / len(right)
    print(f"\n{len(candidates)} candidates, precision {precision:.3f}, recall {recall:.3f}: {dict(found)}")
    wrong = [c for c, is_right in zip(candidates, right, strict=True) if not is_right]
    print([f"{c['item_description']} / {c['other_item_description']}" for c in wrong][:9])
    assert all(found[kind] >= planted[kind] - 1 > 0 for kind in FOUND)  # one may bear a hostile text beside its words
    assert recall >= 0.95
    assert precision >= 0.85


def test_nothing_is_merged_that_is_not_one_good(masters):
    """Numbers and verdicts: of all pairs with one SKU none is of two goods."""
    marts, truth, goods_of = masters
    own = {(row["division_code"], row["item_code"]) for row in truth if not row["is_same"]}
    goods: dict[str, set[int]] = {}
    for row in marts.rows("select * from core.dim_item"):
        code = (row["division_code"], row["item_code"])
        if code in goods_of and code not in own:
            goods.setdefault(row["sku_id"], set()).add(goods_of[code])
    assert len(goods) > 1_900
    assert all(len(ids) == 1 for ids in goods.values())


CATALOGUE = """
    select
        case when i % 2 = 0 then 'n' else 's' end as division_code, 'I' || i as item_code, 'SKU-' || i as sku_id,
        'SKU-' || i as rule_sku_id, 'CATEGORY ' || (hash(i) % 25) as category, 'count' as uom_class,
        'EA' as base_uom_code, cast(null as varchar) as global_gtin14, 'BRAND' as brand,
        cast(null as varchar) as mpn_key, 'goods' as item_description,
        case when i % 4 = 0 then '' else cast(hash(i, 1) % 400 as varchar) end as number_key,
        'A' || (hash(i, 2) % 250) || ' M' || (hash(i, 3) % 900) || ' Z' || (hash(i, 4) % 250) as word_key
    from range({n}) as r(i)"""


@pytest.mark.parametrize("items", [200_000])
def test_candidates_of_a_big_catalogue_are_sought_in_blocks(items):
    """200,000 items of 25 categories, a quarter of them without a number: pairs compared, not 20 thousand million."""
    text = (
        Home.from_env().repo / "models/marts/visibility/intermediate/int_visibility__sku_match_pair.sql"
    ).read_text()
    sql = Macros().environment.from_string(text).render()
    with duckdb.connect() as connection:
        connection.execute(f"create table keys as {CATALOGUE.format(n=items)}")
        connection.execute(
            "create view int_visibility__sku_match_key as select *, split_part(word_key, ' ', 1) as first_word, "
            "split_part(word_key, ' ', -1) as last_word from keys"
        )
        started = time.monotonic()
        count = connection.execute(f"select count(*), max(similarity_ratio) from ({sql})").fetchone()[0]
        print(f"\n{items:,} items: {count:,} pairs compared in {time.monotonic() - started:.1f} s")
    assert 0 < count < 50 * items

"""The bench for phantom stock is sound: sealed, true to itself, hard, and beneath a ceiling that is calibrated.

Here: laws of synthetic/phantom_lab, the measures of benchmarks/phantom, and the detectors of the project on the bench.
Not here: how good the probability of the warehouse is (`make proof-phantom` measures that).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.phantom import delay, figures, measures
from benchmarks.phantom.__main__ import main
from benchmarks.phantom.point import WANTED, held_back, joined, read
from orchestration.lib.contracts import load_contracts
from orchestration.lib.paths import REPO, Home
from synthetic.phantom_lab import freeze
from synthetic.phantom_lab.ceiling import phantom_chances
from synthetic.phantom_lab.company import draw_company
from synthetic.phantom_lab.knobs import CAUSES, COMPANIES
from synthetic.phantom_lab.lab import Lab, build_lab
from synthetic.phantom_lab.landing import emit, land, plan_silence
from synthetic.phantom_lab.run import NO_COUNT, run
from synthetic.phantom_lab.truth import truth_table
from tests.python.compiled import Project, whole_project

__all__ = ["whole_project"]

SEED, RECORDS = 4, 2000


@pytest.fixture(scope="module", params=["a", "b"])
def lab(request: pytest.FixtureRequest) -> Lab:
    return build_lab(request.param, SEED, RECORDS)


@pytest.fixture(scope="module")
def chances(lab: Lab) -> np.ndarray:
    return phantom_chances(lab)


def test_bench_is_the_one_that_was_sealed():
    assert freeze.seal() == freeze.noted(), (
        "the bench differs from the one that detectors were fitted on: put it back, or measure every detector anew "
        "and note the new seal (python -m synthetic.phantom_lab.freeze) in docs/phantom_stock.md"
    )


# --- the truth ---------------------------------------------------------------------------------------------------


def test_truth_is_that_of_the_shelf(lab):
    truth = truth_table(lab).to_pandas()
    phantom = (truth["recorded_qty"] > 0) & (truth["physical_qty"] <= 0)
    assert (truth["is_phantom"] == phantom).all() and phantom.any()
    assert (truth["phantom_since"].notna() == phantom).all() and (truth["cause"].notna() == phantom).all()
    assert set(truth["cause"].dropna()) == set(CAUSES)
    assert (truth["is_stale"] == truth["stale_since"].notna()).all() and truth["is_stale"].any()


def test_phantom_since_is_the_first_day_of_the_last_empty_run(lab):
    history = lab.history
    empty = (history.record > 0) & (history.shelf <= 0)
    for row in np.flatnonzero(lab.is_phantom):
        day = int(history.since[row])
        assert empty[row, day:].all() and (day == 0 or not empty[row, day - 1]), f"record {row}"


def test_record_moves_by_what_is_recorded_and_nothing_else(lab):
    history = lab.history
    change = np.diff(history.record.astype(int), axis=1) - history.receipt[:, 1:] + history.sale[:, 1:]
    counted = history.count[:, 1:] != NO_COUNT
    assert (change[~counted] == 0).all()
    assert (history.record[:, 1:][counted] == history.count[:, 1:][counted]).all()
    assert (history.shelf >= 0).all() and (history.sale >= 0).all()


def test_goods_leave_the_shelf_unheard_of_and_a_good_part_of_the_records_is_wrong(lab):
    wrong = lab.record != lab.shelf
    assert 0.05 < wrong.mean() < 0.3
    assert (lab.shelf[wrong] > 0).mean() > 0.3, "most wrong records are no phantoms: they only look like becoming one"


def test_what_is_landed_adds_up_to_the_record(lab):
    movements = [b.table.to_pandas() for b in emit(lab, load_contracts(REPO)) if b.entity == "movements"]
    sites = [b.instance for b in emit(lab, load_contracts(REPO)) if b.entity == "movements"]
    rows = pd.concat([frame.assign(site=site) for frame, site in zip(movements, sites, strict=True)])
    assert not rows.duplicated(["site", "event_id"]).any()
    told = rows.assign(qty=rows["qty"].astype(float)).groupby(["item_code", "site"])["qty"].sum()
    truth = truth_table(lab).to_pandas().set_index(["item_code", "location_code"])["recorded_qty"]
    assert (told.reindex(truth.index, fill_value=0) == truth).all()


def test_silence_has_innocent_reasons(lab):
    company, truth = lab.company, truth_table(lab).to_pandas()
    assert set(truth["innocent_reason"].dropna()) == {
        "closed_site", "blocked", "delisted", "faded", "out_of_season", "late_feed", "slow"
    } - ({"slow"} if lab.company.knobs.name == "a" and not (company.demand < 0.02).any() else set())  # fmt: skip
    window = lab.history.sale[:, -company.knobs.closed_days :].sum(axis=1)
    quiet = truth["innocent_reason"].isin(["closed_site", "blocked", "delisted", "out_of_season"])
    ended = company.ends <= company.knobs.days - company.knobs.closed_days
    assert window[company.site == company.knobs.sites - 1].sum() == 0
    assert window[ended].sum() == 0
    sellers = quiet.to_numpy() & ~lab.is_phantom & (lab.shelf > 0)
    assert sellers.sum() > lab.is_phantom.sum(), "more innocent silence than phantoms"


def test_base_rate_is_met(lab):
    assert lab.base_rate == pytest.approx(0.03, rel=0.25)


@pytest.mark.parametrize("base_rate", [0.01, 0.1])
def test_other_base_rates_are_met(base_rate):
    assert build_lab("a", SEED, 1500, base_rate).base_rate == pytest.approx(base_rate, rel=0.25)


def test_same_seed_same_company_other_seed_another():
    drawn = [draw_company(COMPANIES["b"], seed, 400, density=1.0, scale=1.0) for seed in (SEED, SEED, SEED + 1)]
    first, again, other = (truth_table(Lab(company, run(company), 1.0)) for company in drawn)
    assert first.equals(again) and not first.equals(other)


def test_base_rate_out_of_reach_is_refused():
    with pytest.raises(ValueError, match=r"between 0\.001 and 0\.3"):
        build_lab("a", SEED, 400, 0.5)


# --- the ceiling -------------------------------------------------------------------------------------------------


def test_ceiling_says_what_comes(lab, chances):
    held = lab.record > 0
    for low, high in ((0, 0.02), (0.02, 0.2), (0.2, 0.8), (0.8, 1.01)):
        band = held & (chances >= low) & (chances < high)
        said, came = chances[band].sum(), lab.is_phantom[band].sum()
        spread = np.sqrt((chances[band] * (1 - chances[band])).sum())
        assert abs(said - came) <= 4 * spread + 1, f"{low} to {high}: said {said:.1f}, came {came}"
    assert (chances[~held] == 0).all()


def test_ceiling_lives_on_the_true_rates(lab, chances):
    held = lab.record > 0
    best = measures.log_loss(chances[held], lab.is_phantom[held])
    company = lab.company
    for wrong in (
        replace(company, theft=company.theft * 8, scrap=company.scrap * 8),
        replace(company, demand=company.demand * 0.3),
    ):
        assert measures.log_loss(phantom_chances(replace(lab, company=wrong))[held], lab.is_phantom[held]) > best


def test_sparse_demand_hides_phantoms(lab, chances):
    held = lab.record > 0
    sparse = build_lab(lab.company.knobs.name, SEED, RECORDS, density=0.1)
    seen = sparse.record > 0
    dense = measures.average_precision(chances[held], lab.is_phantom[held])
    assert measures.average_precision(phantom_chances(sparse)[seen], sparse.is_phantom[seen]) < dense - 0.2


# --- the detectors of the project on the bench -------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Lab:
    return build_lab("a", SEED, 1200)


@pytest.fixture(scope="module")
def rows(small: Lab, whole_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pd.DataFrame]:
    home = Home.at(tmp_path_factory.mktemp("phantom_bench") / "home")
    land(small, home)
    with whole_project.needed_by(lambda node: node.name in WANTED).run(home) as connection:
        assert held_back(connection) == 0, "the bench lands nothing that is held back"
        yield joined(small, read(connection))


def test_warehouse_holds_the_record_of_the_bench(rows):
    assert (rows["on_hand_qty"] == rows["recorded_qty"]).all()


def test_stale_records_are_flagged_and_no_others(rows):
    told = figures.headline(rows)
    assert told["stale precision"] >= 0.99 and told["stale recall"] >= 0.99


def test_ceiling_beats_every_single_rule_clearly(rows):
    told = figures.headline(rows)
    assert told["ceiling"] > told["of best single"] + 0.15
    assert told["ceiling"] > told[figures.RULES] + 0.15
    assert told["of best single"] > 3 * told["base rate"], "a rule that finds nothing is no rival"


def test_the_chance_comes_near_the_ceiling_and_beats_every_rule(rows):
    told = figures.headline(rows)
    assert told["of ceiling"] >= 0.8, told
    assert told["average precision"] > max(told["of best single"], told[figures.RULES]) + 0.1, told


def test_the_command_line_measures_a_company(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEADLAG_HOME", str(tmp_path / "home"))
    file = tmp_path / "figures.json"
    wanted = ["--records", "1200", "--seeds", str(SEED), "--companies", "b"]
    assert main([*wanted, "--json", str(file), "--diagram", str(tmp_path / "diagram.png")]) == 0
    assert (tmp_path / "diagram.png").read_bytes().startswith(b"\x89PNG")
    (told,) = json.loads(file.read_text(encoding="utf-8"))
    assert (told["company"], told["headline"]["records"] > 1000, told["headline"]["phantoms"] > 10) == ("b", True, True)
    assert sum(band["records"] for band in told["bands"]) == told["headline"]["records"]
    assert "## Company b" in capsys.readouterr().out


def test_conditions_of_the_rules_are_those_of_the_flags(small, rows):
    last = small.company.knobs.days - 1
    told = dict(delay._conditions(small, last, rows["abc_class"].to_numpy()))
    late = small.company.site_late[small.company.site] > 0
    for rule in ("DQ-P2", "DQ-P3", "DQ-S1", "DQ-S2"):
        flagged = figures.has_rule(rows, rule)
        assert (flagged == told[rule])[~late].all(), rule
        assert flagged.any(), rule
    assert len(plan_silence(small).key) == figures.has_rule(rows, "DQ-S1").sum()


# --- the measures ------------------------------------------------------------------------------------------------


def test_average_precision_by_hand():
    truth = np.array([True, False, True, False])
    assert measures.average_precision(np.array([4.0, 3, 2, 1]), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert measures.average_precision(np.array([1.0, 1, 1, 1]), truth) == pytest.approx(0.5)
    assert measures.average_precision(np.array([2.0, 2, 1, 1]), truth) == pytest.approx(0.5)
    assert np.isnan(measures.average_precision(np.array([1.0]), np.array([False])))


def test_bands_hold_every_record_once():
    chance, truth = np.array([0.0, 0.009, 0.01, 0.95, 1.0]), np.array([False, False, True, True, True])
    bands = measures.reliability(chance, truth)
    assert [(band["from"], band["records"], band["came"]) for band in bands] == [(0, 2, 0), (0.01, 1, 1), (0.9, 2, 1)]
    assert measures.calibration_error(np.array([0.5, 0.5]), np.array([True, False])) == 0

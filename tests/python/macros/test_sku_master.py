"""GTIN check digits, padding and restricted prefixes; normalised text."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.lib.paths import REPO
from tests.python.macros.render import evaluate

# Published examples: GS1 check-digit pages, the first U.P.C. ever scanned, ISBN and food retail samples.
REAL = ["6291041500213", "4006381333931", "9780201379624", "5901234123457", "036000291452", "614141999996"]
REAL += ["96385074", "73513537", "40170725", "10614141000415", "00012345600012", "10012345678902"]


def check_digit(body: str) -> int:
    """Check digit by the rule as GS1 words it: from the right, weights 3, 1, 3, ... then up to the next ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -total % 10


def padded(macros, duck, gtins):
    return evaluate(duck, macros["gtin14"]("x"), {"x": "varchar"}, [(gtin,) for gtin in gtins])


def digits(macros, duck, gtins):
    return evaluate(
        duck, macros["gtin_check_digit"](macros["gtin14"]("x")), {"x": "varchar"}, [(gtin,) for gtin in gtins]
    )


def test_real_numbers_of_every_length_have_the_check_digit_they_bear(macros, duck):
    assert {len(gtin) for gtin in REAL} == {8, 12, 13, 14}
    assert digits(macros, duck, REAL) == [int(gtin[-1]) for gtin in REAL]
    assert padded(macros, duck, REAL) == [gtin.rjust(14, "0") for gtin in REAL]


def test_every_single_wrong_digit_is_seen(macros, duck):
    wrong = [f"{g[:i]}{d}{g[i + 1 :]}" for g in REAL for i in range(len(g) - 1) for d in "0123456789" if d != g[i]]
    assert all(found != int(gtin[-1]) for gtin, found in zip(wrong, digits(macros, duck, wrong), strict=True))


@settings(max_examples=20, deadline=None)
@given(bodies=st.lists(st.text("0123456789", min_size=13, max_size=13), min_size=50, max_size=200))
def test_check_digit_equals_the_rule_in_words(macros, duck, bodies):
    assert digits(macros, duck, [body + "0" for body in bodies]) == [check_digit(body) for body in bodies]


def test_other_lengths_and_non_digits_are_no_gtin(macros, duck):
    bad = [
        "",
        "1",
        "1234567",
        "123456789",
        "1234567890",
        "12345678901",
        "123456789012345",
        "40063813339ab",
        "4006381-33393",
    ]
    bad += ["４００６３８１３３３９３１", None, "4006381333931\n4006381333931", "+4006381333931", "1E12"]
    assert padded(macros, duck, bad) == [None] * len(bad)
    assert digits(macros, duck, bad) == [None] * len(bad)


def test_spaces_around_a_gtin_do_not_matter(macros, duck):
    assert padded(macros, duck, [" 4006381333931 "]) == ["04006381333931"]


def test_a_short_number_and_its_padded_form_are_one_identity(macros, duck):
    forms = ["036000291452", "0036000291452", "00036000291452"]
    assert set(padded(macros, duck, forms)) == {"00036000291452"}
    assert len(set(digits(macros, duck, forms))) == 1


def test_the_seed_names_every_restricted_prefix_of_the_standard():
    with (REPO / "seeds" / "reference" / "gtin_restricted_prefixes.csv").open(encoding="utf-8") as file:
        listed = {row["gs1_prefix"] for row in csv.DictReader(file)}
    assert listed == {"02", "04", *(str(n) for n in range(20, 30))}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  hand   tools ", "HAND TOOLS"),
        ("Hand\tTools\n", "HAND TOOLS"),
        ("räksmörgås", "RÄKSMÖRGÅS"),
        ("007", "007"),
        ("1e5", "1E5"),
        ("   ", None),
        ("", None),
        (None, None),
        ("a|b", "A|B"),
    ],
)
def test_normalised_text(macros, duck, raw, expected):
    assert evaluate(duck, macros["normalised_text"]("x"), {"x": "varchar"}, [(raw,)]) == [expected]


@pytest.mark.parametrize(
    ("upc_e", "upc_a"),
    [
        ("04252614", "042100005264"),  # one of each rule; the first is the standard's own example
        ("01234505", "012000003455"),
        ("06543217", "065100004327"),
        ("01234521", "012200003451"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("01234599", "012345000099"),
        ("11234558", None),
        ("96385074", None),
        ("0425261", None),
        ("0425261x", None),
        (None, None),
    ],
)
def test_a_upc_e_is_expanded_by_its_last_digit(macros, duck, upc_e, upc_a):
    assert evaluate(duck, macros["upc_a_of_upc_e"]("x"), {"x": "varchar"}, [(upc_e,)]) == [upc_a]


def test_real_upc_e_codes_keep_their_check_digit(macros, duck):
    """04252614, 01234565 and 06510000432 shortened: the check digit is that of the twelve digits."""
    codes = [("04252614",), ("01234565",), ("06543217",)]
    right = macros["is_gtin_check_digit_right"](macros["gtin14"](macros["upc_a_of_upc_e"]("x")))
    assert evaluate(duck, right, {"x": "varchar"}, codes) == [True, True, True]


COUNTS = {"n": "bigint", "d": "bigint"}


def test_conformity_is_valid_over_required(macros, duck):
    cases = [(0, 6), (5, 6), (6, 6), (0, 0), (None, 6)]
    found = evaluate(duck, macros["kpi_sku_conformity_ratio"]("n", "d"), COUNTS, cases)
    assert [None if f is None else str(f) for f in found] == ["0.000000", "0.833333", "1.000000", None, None]


def test_duplicates_are_records_beyond_the_golden_ones(macros, duck):
    cases = [(10, 10), (10, 7), (1, 1), (0, 0)]
    found = evaluate(duck, macros["kpi_sku_duplicate_ratio"]("n", "d"), COUNTS, cases)
    assert [None if f is None else str(f) for f in found] == ["0.000000", "0.300000", "0.000000", None]


@pytest.mark.parametrize(
    ("similarity", "two_gtins", "two_mpns", "one_division", "expected"),
    [
        ("0.92", False, False, False, True),
        ("0.919999", False, False, False, False),
        ("1", True, False, False, False),
        ("1", False, True, False, False),
        ("0.999999", False, False, True, False),
        ("1", False, False, True, True),
        (None, False, False, False, False),
    ],
)
def test_a_candidate_is_alike_and_nothing_speaks_against_it(
    macros, duck, similarity, two_gtins, two_mpns, one_division, expected
):
    columns = {"s": "decimal(18,6)", "g": "boolean", "m": "boolean", "d": "boolean"}
    macro = macros["kpi_is_sku_match_candidate"]("s", "0.92", "g", "m", "d")
    assert evaluate(duck, macro, columns, [(similarity, two_gtins, two_mpns, one_division)]) == [expected]

"""Texts: likeness by Jaro-Winkler, words in order, and Unicode's form KC, character by character."""

from __future__ import annotations

import csv
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.lib.paths import REPO
from tests.python.macros.render import evaluate

TWO = {"x": "varchar", "y": "varchar"}


def jaro_winkler(one: str, other: str) -> float:
    """Winkler 1990: Jaro's similarity, raised by a tenth of the rest for each of up to four equal first letters."""
    reach = max(len(one), len(other)) // 2 - 1
    taken: set[int] = set()
    matched = []
    for place, letter in enumerate(one):
        near = range(max(0, place - reach), min(len(other), place + reach + 1))
        found = next((n for n in near if n not in taken and other[n] == letter), None)
        if found is not None:
            taken.add(found)
            matched.append(letter)
    if not matched:
        return 0.0
    swapped = sum(a != other[b] for a, b in zip(matched, sorted(taken), strict=True)) // 2
    n = len(matched)
    jaro = (n / len(one) + n / len(other) + (n - swapped) / n) / 3
    prefix = next((p for p, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return jaro + min(prefix, 4) * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


def similarity(macros, duck, pairs):
    return evaluate(duck, macros["fixed_from_float"](macros["text_of"]("similarity", "x", "y"), 6), TWO, pairs)


def test_published_similarities(macros, duck):
    """The examples of Winkler's papers."""
    pairs = [("MARTHA", "MARHTA"), ("DWAYNE", "DUANE"), ("DIXON", "DICKSONX"), ("A", "A"), ("ABC", "XYZ")]
    expected = [Decimal(text) for text in ("0.961111", "0.840000", "0.813333", "1.000000", "0.000000")]
    assert similarity(macros, duck, pairs) == expected


@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(st.text("ABCD ", min_size=4, max_size=14), st.text("ABCD ", min_size=4, max_size=14)),
                      min_size=20, max_size=60))  # fmt: skip
def test_similarity_equals_the_definition(macros, duck, pairs):
    found = similarity(macros, duck, pairs)
    assert all(abs(float(f) - jaro_winkler(*p)) < 2e-6 for f, p in zip(found, pairs, strict=True))


@pytest.mark.parametrize(
    ("raw", "words", "numbers"),
    [
        ("Arden Élan hammer, 25mm x 8", "ARDEN ELAN HAMMER MM X", "25 8"),
        ("b a b A", "A B", ""),
        ("1/2-inch", "INCH", "1 2"),
        ("12", None, "12"),
        (None, None, None),
    ],
)
def test_words_and_numbers_of_a_description(macros, duck, raw, words, numbers):
    shims = [macros["text_of"]("plain_words", "x"), macros["text_of"]("numbers", "x")]
    assert evaluate(duck, shims, {"x": "varchar"}, [(raw,)]) == [(words, numbers)]


@pytest.fixture(scope="module")
def replacements():
    with (REPO / "seeds/reference/unicode_compatibility.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {chr(int(row["code_point"])): row["replacement"].replace("&quot;", '"') or " " for row in rows}


def compatible(duck, macros, replacements, text: str) -> str:
    """Form KC as the model makes it: rewrite, then compose."""
    rewritten = "".join(replacements.get(letter, letter) for letter in text)
    return duck.execute(f"select {macros['text_of']('composed', '?')}", [rewritten]).fetchone()[0]


def test_every_assigned_character_has_its_form_kc(macros, duck, replacements):
    letters = [chr(c) for c in range(1, 0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Cn")]
    rewritten = [replacements.get(letter, letter) for letter in letters]
    composed = macros["text_of"]("composed", "x")
    found = duck.execute(f"select {composed} from (select unnest(?) as x)", [rewritten]).fetchall()
    wrong = [c for c, (f,) in zip(letters, found, strict=True) if f != unicodedata.normalize("NFKC", c)]
    assert wrong == []


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=("Cs", "Cn", "Cc")), min_size=1, max_size=12))
def test_texts_have_their_form_kc(macros, duck, replacements, text):
    assert compatible(duck, macros, replacements, text) == unicodedata.normalize("NFKC", text)

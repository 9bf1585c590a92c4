"""Goods that two divisions know without knowing it: twins in other words, near misses, and codes given away twice.

Belongs here: choosing the goods and how their records differ. Does not belong here: batches (emit_twins.py) and the
ledger (truth_sku.py). The records hold no stock and come in batches of their own, so nothing else of the company moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic.clock import stream
from synthetic.company import CATEGORIES, Company, gtin_check_digit
from synthetic.profiles import Profile

_SHORT = {"compact": "cpt", "heavy duty": "hvy duty", "classic": "classic.", "professional": "prof.", "standard": "std",
          "long life": "long-life", "flexible": "flex", "steel": "stl."}  # fmt: skip
_OTHER = {"compact": "classic", "heavy": "light", "classic": "compact", "professional": "standard",
          "standard": "professional", "long": "short", "flexible": "rigid", "steel": "brass"}  # fmt: skip
_COLUMNS = ["division", "item_code", "description", "category", "brand", "base_uom", "gtin", "first_gtin", "kind",
            "is_same", "item"]  # fmt: skip
_ACCENTS = str.maketrans("aeo", "áéó")
_WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789m"}


def _abbreviated(text: str) -> str:
    return next((text.replace(word, short) for word, short in _SHORT.items() if word in text), text + " pc")


def _swapped(text: str) -> str:
    """Two neighbouring letters of the last long word before the size change places."""
    words = text.split(" ")
    word = words[-3]
    words[-3] = word[:2] + word[3:4] + word[2:3] + word[4:]
    return " ".join(words)


def _bigger(text: str) -> str:
    words = text.split(" ")
    words[-2] = str(int(words[-2]) + 1)
    return " ".join(words)


def _other_word(text: str) -> str:
    words = text.split(" ")
    words[1] = _OTHER[words[1]]
    return " ".join(words)


TWINS: dict[str, Callable[[str], str]] = {
    "spelling": lambda text: text.upper().replace(" ", "  "),
    "accents": lambda text: text.translate(_ACCENTS),
    "wide_letters": lambda text: text.translate(_WIDE),
    "word_order": lambda text: " ".join(text.split(" ")[1:]) + " " + text.split(" ")[0],
    "abbreviation": _abbreviated,
    "typing_error": _swapped,
    "wrong_check_digit": str.lower,
    "other_pack": lambda text: text + " case",
}
DECOYS: dict[str, Callable[[str], str]] = {
    "other_size": _bigger,
    "other_word": _other_word,
    "other_gtin": str.upper,
}


@dataclass(frozen=True)
class Twins:
    """`records`: one row per planted record: division, item_code, description, category, brand, base_uom, gtin,
    first_gtin (of a code re-used), kind, is_same and the item it is compared with (its place in the company's items).
    """

    records: pd.DataFrame


def plan_twins(company: Company, profile: Profile, seed: int) -> Twins:
    """Choose goods that one division alone sells under a GTIN, each for one record in the other division."""
    rng = stream(seed, "sku.twins")
    items = company.items
    sold_once = ~items["goods_id"].duplicated(keep=False) & items["gtin"].notna()
    cased = np.flatnonzero(sold_once & (items["pack"] > 1))
    counts = profile.twins
    chosen = rng.permutation(cased)[: counts.twins + counts.decoys + counts.reused_codes]
    kinds = [
        *(list(TWINS)[place % len(TWINS)] for place in range(counts.twins)),
        *(list(DECOYS)[place % len(DECOYS)] for place in range(counts.decoys)),
        *["reused_code"] * counts.reused_codes,
    ]
    rows = [
        _record(company, int(item), kind, place) for place, (item, kind) in enumerate(zip(chosen, kinds, strict=False))
    ]
    return Twins(pd.DataFrame(rows, columns=_COLUMNS))


def new_gtin(place: int) -> str:
    """Return a GTIN-13 that no goods of the company have."""
    body = f"0{699_000:06d}{10_000 + place:05d}"
    return body + gtin_check_digit(body)


def _record(company: Company, item: int, kind: str, place: int) -> dict:
    row = company.items.iloc[item]
    gtin13 = row["gtin"].zfill(13)
    gtin = {
        "wrong_check_digit": gtin13[:-1] + str((int(gtin13[-1]) + 1) % 10),
        "other_pack": "1" + gtin13[:12] + gtin_check_digit("1" + gtin13[:12]),
        "other_gtin": new_gtin(place),
        "reused_code": new_gtin(place),
    }.get(kind)
    change = (TWINS | DECOYS).get(kind, str)
    category = list(CATEGORIES).index(row["category"].strip().title())
    return {
        "division": 1 - int(row["division"]),
        "item_code": f"T-{place + 1:04d}",
        "description": change(row["description"]),
        "category": list(CATEGORIES)[category],
        "brand": row["brand"].title() if kind != "word_order" else None,
        "base_uom": "CASE" if kind == "other_pack" else "EA",
        "gtin": gtin,
        "first_gtin": gtin13 if kind == "reused_code" else gtin,
        "kind": kind,
        "is_same": kind in TWINS,
        "item": item,
    }

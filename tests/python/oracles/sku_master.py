"""The SKU master anew, from docs/formulas.md#sku-master: standard words, identity, verdicts, candidates, conformity.

Here: plain loops over all pairs, no blocks, so that a pair which a block hides is missed here too or shows as a
difference. Not here: what stock does with a SKU (masters.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

from tests.python.macros.test_texts import jaro_winkler
from tests.python.oracles.accepted import Accepted, latest, policy, seed
from tests.python.oracles.identifiers import expanded, global_gtin, text_key

Code = tuple[str, str]
REQUIRED = ("description", "category", "brand", "base_uom", "gtin", "status")


def word(text: str | None) -> str | None:
    """Form KC, trimmed, upper case, spaces collapsed."""
    return text_key(unicodedata.normalize("NFKC", text)) if text is not None else None


def plain(text: str) -> str:
    """Upper case without accents."""
    letters = unicodedata.normalize("NFD", text)
    return "".join(c for c in letters if not unicodedata.combining(c)).upper()


@dataclass
class Item:
    """One code of a division in standard words."""

    code: Code
    raw: Any
    words: dict[str, str | None]  # standard words per attribute
    mapped: dict[str, bool]
    uom: str
    uom_class: str
    gtin: str | None
    sku: str = ""

    @property
    def text(self) -> str:
        """Brand and description, as they are compared."""
        parts = (self.words["brand"], unicodedata.normalize("NFKC", self.raw.description or "") or None)
        return plain(" ".join(part for part in parts if part))

    @property
    def plain_words(self) -> list[str]:
        """Words without digits, each once, in order."""
        return sorted(set(re.findall(r"[^\W\d_]+", self.text)))

    @property
    def numbers(self) -> list[str]:
        """Runs of digits, as they stand there."""
        return re.findall(r"\d+", self.text)


class SkuMaster:
    """Items of a home with the SKU each carries."""

    def __init__(self, accepted: Accepted) -> None:
        self.aliases = {row["uom_alias"]: row["uom_code"] for row in seed("reference/uom_aliases.csv")}
        self.classes = {row["uom_code"]: row["uom_class"] for row in seed("reference/uom_codes.csv")}
        self.standard = {
            (row["division_code"], row["attribute_name"], row["source_word"]): row["standard_word"]
            for row in seed("reference/sku_words.csv")
        }
        rows = latest(accepted.rows("erp", "items"), lambda r: (r.instance, r.item_code))
        self.items = {(r.instance, r.item_code): self._item(r) for r in rows}
        self.packs = self._packs(accepted)
        self.verdicts = self._verdicts(accepted)
        self._identify()

    def _item(self, row: Any) -> Item:
        words, mapped = {}, {}
        for attribute in ("category", "brand", "status"):
            own = word(getattr(row, attribute))
            found = self.standard.get((row.instance, attribute, own)) or self.standard.get(("*", attribute, own))
            words[attribute], mapped[attribute] = found or own, found is not None
        words["category"] = words["category"] or "UNCATEGORISED"
        uom = self.aliases.get(word(row.base_uom), word(row.base_uom))
        uom_class = self.classes.get(uom, "unknown") if word(row.base_uom) in self.aliases else "unknown"
        return Item((row.instance, row.item_code), row, words, mapped, uom, uom_class, global_gtin(row.gtin))

    def _packs(self, accepted: Accepted) -> dict[Code, list[tuple[str, Decimal]]]:
        rows = latest(
            [r for r in accepted.rows("erp", "item_uoms") if r.gtin is not None],
            lambda r: (r.instance, r.item_code, self.aliases.get(word(r.uom), word(r.uom))),
        )
        packs = defaultdict(list)
        for row in rows:
            if global_gtin(row.gtin):
                packs[row.instance, row.item_code].append((global_gtin(row.gtin), row.factor_to_base))
        return packs

    def _verdicts(self, accepted: Accepted) -> dict[frozenset[Code], str]:
        rows = accepted.rows("steward", "match_verdicts")
        found = {}
        for row in sorted(rows, key=lambda r: (r.decided_at, r.extracted_at, r.batch_id, r.row)):
            pair = frozenset({(row.division_code, row.item_code), (row.other_division_code, row.other_item_code)})
            found[pair] = row.verdict
        return found

    def _identify(self) -> None:
        part = {}
        for code, item in self.items.items():
            brand, mpn = item.words["brand"], word(item.raw.mpn)
            part[code] = f"{brand}|{mpn}" if brand and mpn else None
        beside_part, beside_pack = defaultdict(set), defaultdict(set)
        content, units = defaultdict(set), defaultdict(set)
        for code, item in self.items.items():
            for pack, factor in self.packs.get(code, []):
                content[pack, item.uom].add(factor)
                beside_pack[pack, item.uom] |= {item.gtin} - {None}
            if item.gtin:
                units[item.gtin].add(item.uom)
                beside_part[part[code], item.uom].add(item.gtin)
        for code, item in self.items.items():
            by_pack = {
                next(iter(beside_pack[pack, item.uom]))
                for pack, _ in self.packs.get(code, [])
                if len(beside_pack[pack, item.uom]) == len(content[pack, item.uom]) == 1
            }
            by_part = beside_part[part[code], item.uom] if part[code] else set()
            gtin = item.gtin or next((next(iter(s)) for s in (by_pack, by_part) if len(s) == 1), None)
            if gtin:
                item.sku = f"GTIN-{gtin}" + (f"-{item.uom}" if len(units[gtin]) > 1 else "")
            else:
                item.sku = f"MPN-{part[code]}-{item.uom}" if part[code] else f"ITEM-{code[0]}-{code[1]}"
        self._judge()

    def _judge(self) -> None:
        """Verdicts: `different` splits, `same` joins, a group that contradicts itself stays apart."""
        pairs = {tuple(sorted(pair, key="|".join)): v for pair, v in self.verdicts.items() if pair <= set(self.items)}
        leaving = {b for (a, b), v in pairs.items() if v == "different" and self.items[a].sku == self.items[b].sku}
        for code in leaving:
            self.items[code].sku = f"ITEM-{code[0]}-{code[1]}"
        group = {item.sku: {item.sku} for item in self.items.values()}
        alike = [(a, b, v) for (a, b), v in pairs.items() if self.items[a].uom == self.items[b].uom]
        for a, b, verdict in alike:
            if verdict == "same":
                joined = group[self.items[a].sku] | group[self.items[b].sku]
                for sku in joined:
                    group[sku] = joined
        apart = [group[self.items[a].sku] for a, b, v in alike
                 if v == "different" and self.items[b].sku in group[self.items[a].sku]]  # fmt: skip
        order = ("GTIN-", "MPN-", "ITEM-")
        for item in self.items.values():
            members = group[item.sku]
            if members not in apart:
                item.sku = min(members, key=lambda s: ([s.startswith(p) for p in order].index(True), s))

    def candidates(self) -> dict[tuple[str, str], Decimal]:
        """Pairs of SKUs that wait for a steward, with the likeness of their likest items."""
        limit = Decimal(policy("sku_match_min_similarity"))
        judged = {frozenset(self.items[code].sku for code in pair) for pair in self.verdicts if pair <= set(self.items)}
        blocks = defaultdict(list)
        for item in self.items.values():
            if item.plain_words:
                blocks[item.words["category"], item.uom_class, tuple(item.numbers)].append(item)
        found: dict[tuple[str, str], Decimal] = {}
        for members in blocks.values():
            for one, other in combinations(members, 2):
                pair = tuple(sorted((one.sku, other.sku)))
                if one.sku == other.sku or frozenset(pair) in judged or not self._may_match(one, other):
                    continue
                likeness = jaro_winkler(" ".join(one.plain_words), " ".join(other.plain_words))
                exact = Decimal(repr(likeness)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
                if exact >= limit and (exact == 1 or one.code[0] != other.code[0]):
                    found[pair] = max(exact, found.get(pair, Decimal(0)))
        return found

    @staticmethod
    def _may_match(one: Item, other: Item) -> bool:
        a, b = one.plain_words, other.plain_words
        if a[0] != b[0] and a[-1] != b[-1]:
            return False
        if one.gtin and other.gtin and one.gtin != other.gtin:
            return False
        mpns = {word(one.raw.mpn), word(other.raw.mpn)}
        same_brand = one.words["brand"] is not None and one.words["brand"] == other.words["brand"]
        return not (same_brand and None not in mpns and len(mpns) == 2)

    def valid(self, item: Item, attribute: str) -> tuple[bool, bool]:
        """Whether a required attribute is there, and whether it is valid."""
        raw = getattr(item.raw, attribute)
        there = bool(raw is not None and raw.strip())
        if attribute in ("category", "brand", "status"):
            return there, there and item.mapped[attribute]
        if attribute == "base_uom":
            return there, item.uom_class != "unknown"
        if attribute == "gtin":
            return there, global_gtin(expanded(raw)) is not None
        return there, there

    def conformity(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(valid, looked at) per division (`*` for the company) and required attribute (`*` for all)."""
        counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for item in self.items.values():
            for attribute in REQUIRED:
                valid = self.valid(item, attribute)[1]
                for scope in ("*", item.code[0]):
                    for name in ("*", attribute):
                        counts[scope, name][0] += valid
                        counts[scope, name][1] += 1
        return {key: (valid, n) for key, (valid, n) in counts.items()}

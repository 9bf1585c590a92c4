"""Who the company is: divisions, sites, suppliers, goods and the items under which each division sells them.

Belongs here: the static world, drawn once from the seed. Does not belong here: demand (demand.py), what happens day by
day (physical.py) and how a system reports it (emit_*.py). A site or a division is added by a row of DIVISIONS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from synthetic.clock import stream
from synthetic.profiles import Profile

COMPANY_CODE = "LEAD"
COMPANY_CURRENCY = "USD"


@dataclass(frozen=True)
class Site:
    """One stock-keeping location; receiving hours are local minutes of the day."""

    code: str
    name: str
    time_zone: str
    country: str
    region: str
    demand_share: float
    receiving_from: int
    receiving_to: int


@dataclass(frozen=True)
class Division:
    """One company code of the ERP with its sites; the first site is the hub the others may be replenished from."""

    code: str
    name: str
    currency: str
    acquired_on: str | None
    base_uoms: tuple[str, ...]
    code_pattern: str
    trap_codes: tuple[str, ...]  # codes that a careless reader turns into numbers
    sites: tuple[Site, ...]


DIVISIONS = (
    Division(
        code="north",
        name="North America",
        currency="USD",
        acquired_on=None,
        base_uoms=("EA", "EA", "EA", "each"),
        code_pattern="N{:05d}",
        trap_codes=("1E5", "00123", "0042"),
        sites=(
            Site("CHI1", "Chicago", "America/Chicago", "US", "midwest", 1.15, 300, 360),
            Site("DAL1", "Dallas", "America/Chicago", "US", "south-west", 0.85, 300, 360),
            Site("KCY1", "Kansas City", "America/Chicago", "US", "midwest", 0.60, 300, 360),
        ),
    ),
    Division(
        code="south",
        name="Southern Europe",
        currency="EUR",
        acquired_on="2024-09-01",
        base_uoms=("PCS", "PCS", "each", "EA"),
        code_pattern="{:03d}-ES",
        trap_codes=("00123", "1E6", "007"),  # 00123 is other goods than in the north: codes are re-used
        sites=(
            Site("MAD1", "Madrid", "Europe/Madrid", "ES", "centre", 1.10, 15, 300),
            Site("BCN1", "Barcelona", "Europe/Madrid", "ES", "east", 0.90, 15, 300),
            Site("VLC1", "Valencia", "Europe/Madrid", "ES", "east", 0.60, 15, 300),
        ),
    ),
)

CATEGORIES = {
    "Hand Tools": ("Hammers", "Screwdrivers", "Pliers"),
    "Power Tools": ("Drills", "Saws", "Sanders"),
    "Fasteners": ("Screws", "Anchors", "Bolts"),
    "Electrical": ("Cables", "Switches", "Lamps"),
    "Plumbing": ("Valves", "Pipes", "Seals"),
    "Safety": ("Gloves", "Glasses", "Helmets"),
}
_SPELLINGS = (str, str.upper, str.lower, "{} ".format, " {}".format)
BRANDS = ("Arden", "Boreal", "Cortez", "Delmar", "Estrella", "Fenwick", "Granada", "Halden")
_WORDS = ("compact", "heavy duty", "classic", "professional", "standard", "long life", "flexible", "steel")
_SUPPLIERS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel", "Ilex", "Juniper", "Kapok", "Larch")
_FORMS = ("Trading", "Works", "Supply", "Industries", "Tools", "Imports", "Partners", "Manufacturing", "Group",
          "Components", "Wholesale", "Brothers")  # fmt: skip
_SHELF_LIVES = (180, 270, 365, 540)
_SECOND_SOURCE_RATE, _MOQ_PACKS = 0.22, (1, 1, 1, 2, 3)
_COUNTRIES = {"north": ("US", "MX", "CN", "CA"), "south": ("ES", "DE", "CN", "PT")}


@dataclass(frozen=True)
class Company:
    """The drawn world: `division_of_site` and `place_of_site` have shape (sites,).

    `items`: one row per division and code. `suppliers`: one row per division and supplier. A key `k` is an item at a
    site of its division: `item_of`, `site_of` and `hub_of` (key of the same item at the hub, -1 at the hub) have
    shape (keys,).
    """

    divisions: tuple[Division, ...]
    sites: tuple[Site, ...]
    division_of_site: np.ndarray
    place_of_site: np.ndarray  # 0 for the hub of its division
    items: pd.DataFrame
    suppliers: pd.DataFrame
    item_of: np.ndarray
    site_of: np.ndarray
    hub_of: np.ndarray

    @property
    def keys(self) -> int:
        """Number of SKU-locations."""
        return len(self.item_of)

    def of_key(self, column: str) -> np.ndarray:
        """Return an item attribute for every key, shape (keys,)."""
        return self.items[column].to_numpy()[self.item_of]


def division_sites(division: Division, n: int) -> list[Site]:
    """Return the first n sites of a division; those beyond its rows are branches like them, numbered."""
    sites = list(division.sites[:n])
    for place in range(len(sites), n):
        model = division.sites[place % len(division.sites)]
        name, code = f"{model.name} branch {place + 1}", f"{model.code[:3]}{place + 1:03d}"
        sites.append(replace(model, code=code, name=name, demand_share=0.6))
    return sites


def gtin_check_digit(body: str) -> str:
    """Return the GS1 check digit of a GTIN without one (weights 3, 1, 3 ... from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str((10 - total % 10) % 10)


def _singular(kind: str) -> str:
    """One of a kind of goods, as a description says it: switch, hammer; glasses and pliers stay a pair."""
    word = kind.lower()
    return (
        word
        if word in ("glasses", "pliers")
        else word.removesuffix("es")
        if word.endswith("ches")
        else word.removesuffix("s")
    )


def _goods(profile: Profile, rng: np.random.Generator) -> pd.DataFrame:
    """One row per distinct good; `north` and `south` say which divisions sell it."""
    own = profile.goods_per_division - profile.shared_goods
    n = profile.shared_goods + own * len(DIVISIONS)
    number = np.arange(n)
    categories = list(CATEGORIES)
    category = rng.integers(0, len(categories), n)
    kind = rng.integers(0, 3, n)
    brand = rng.integers(0, len(BRANDS), n)
    word = rng.integers(0, len(_WORDS), n)
    size = rng.integers(2, 99, n)
    bodies = [f"0{610_000 + g // 9_000:06d}{1_000 + g % 9_000:04d}" for g in range(n)]
    shared = number < profile.shared_goods
    goods = pd.DataFrame(
        {
            "goods_id": number,
            "sold_by": np.where(shared, -1, (number - profile.shared_goods) // max(own, 1)),
            "category": [categories[c] for c in category],
            "subcategory": [CATEGORIES[categories[c]][k] for c, k in zip(category, kind, strict=True)],
            "brand": [BRANDS[b] for b in brand],
            "name": [f"{_WORDS[w]} {_singular(CATEGORIES[categories[c]][k])} {s} mm"
                     for w, c, k, s in zip(word, category, kind, size, strict=True)],
            "upc": [body + gtin_check_digit(body) for body in bodies],
            "mpn": [f"{BRANDS[b][:2].upper()}-{1_000 + g}" for b, g in zip(brand, number, strict=True)],
            "cost_usd": np.round(np.exp(rng.normal(2.4, 0.8, n)).clip(0.5, 90.0), 4),
            "markup": rng.uniform(1.35, 2.1, n),
            "pack": rng.choice([0, 6, 12, 12, 24], n),
        }
    )  # fmt: skip
    # What identifies a good: a quarter of the shared ones has no GTIN and is found by MPN and brand alone.
    known_by = np.where(shared, number % 4, rng.choice([0, 1, 2, 4], n, p=[0.35, 0.25, 0.3, 0.1]))
    goods["has_gtin"] = np.isin(known_by, [0, 1, 2])
    goods["has_mpn"] = np.isin(known_by, [0, 3])
    goods.loc[shared, "has_mpn"] = known_by[shared] != 1
    return goods


def _division_items(division: Division, number: int, goods: pd.DataFrame, profile: Profile,
                    rng: np.random.Generator) -> pd.DataFrame:  # fmt: skip
    """The items of one division: its own codes, words and units over the goods it sells."""
    own = goods[goods["sold_by"].isin([-1, number])].reset_index(drop=True)
    own = own.iloc[rng.permutation(len(own))].reset_index(drop=True)
    n = len(own)
    codes = [division.code_pattern.format(101 + 3 * i) for i in range(n)]
    for place, code in zip(rng.choice(n, len(division.trap_codes), replace=False), division.trap_codes, strict=True):
        codes[int(place)] = code
    spelling = rng.integers(0, len(_SPELLINGS), n)
    rate = 1.0 if division.currency == COMPANY_CURRENCY else 1 / 1.08
    cost = np.round(own["cost_usd"].to_numpy() * rate * rng.uniform(0.95, 1.05, n), 4)
    life = rng.choice(["steady", "new", "dying"], n, p=[0.84, 0.08, 0.08])
    launch = np.where(life == "new", rng.integers(max(profile.days // 10, 30), profile.days * 9 // 10, n), -400)
    end = np.where(life == "dying", rng.integers(max(profile.days // 6, 80), profile.days + 60, n), 100_000)
    prefix = "" if number == 0 else "0"  # the same GTIN written with 12 digits in one division, 13 in the other
    return pd.DataFrame(
        {
            "division": number,
            "goods_id": own["goods_id"],
            "item_code": codes,
            "description": own["brand"] + " " + own["name"],
            "category": [_SPELLINGS[s](c) for s, c in zip(spelling, own["category"], strict=True)],
            "subcategory": own["subcategory"],
            "brand": own["brand"] if number == 0 else own["brand"].str.upper(),
            "base_uom": rng.choice(division.base_uoms, n),
            "gtin": [prefix + u if has else None for u, has in zip(own["upc"], own["has_gtin"], strict=True)],
            "mpn": [m if has else None for m, has in zip(own["mpn"], own["has_mpn"], strict=True)],
            "unit_cost": cost,
            "list_price": np.round(cost * own["markup"].to_numpy(), 2),
            "pack": own["pack"],
            "life": life,
            "launch_day": launch,
            "end_day": end,
            "shelf_life_days": np.where(
                rng.random(n) < 0.1, rng.choice(_SHELF_LIVES, n), 0
            ),  # 0: does not expire, others come in lots
            "supplier": number * profile.suppliers_per_division + rng.integers(0, profile.suppliers_per_division, n),
        }
    )


def _suppliers(profile: Profile, rng: np.random.Generator) -> pd.DataFrame:
    """Suppliers of every division with the mean and spread of their lead time in days."""
    rows = [
        {
            "division": number,
            "supplier_code": f"S{100 + place}",
            "supplier_name": f"{_SUPPLIERS[place % len(_SUPPLIERS)]} {_FORMS[place // len(_SUPPLIERS) % len(_FORMS)]} "
            f"{division.code.title()}",
            "country": _COUNTRIES[division.code][place % 4],
            "lead_mean": float(rng.integers(6, 26)),
            "lead_spread": float(rng.uniform(0.10, 0.35)),
        }
        for number, division in enumerate(DIVISIONS)
        for place in range(profile.suppliers_per_division)
    ]
    frame = pd.DataFrame(rows)
    # How careful a supplier is, 0 to 1: golden steps spread the characters evenly, whatever the number of suppliers.
    # What it promises and the buyers plan with leaves room over its mean, little where it promises what it cannot hold.
    frame["care"] = np.arange(len(frame)) * 0.618034 % 1.0
    room = 1.0 + 1.3 * frame["care"]
    frame["planned_days"] = np.rint(frame["lead_mean"] * np.exp(room * frame["lead_spread"])).astype("int64")
    return frame


def _sources(items: pd.DataFrame, profile: Profile, rng: np.random.Generator) -> None:
    """Add a second supplier to some items (-1: none) and the least number of packs of an order to all."""
    n, per = len(items), profile.suppliers_per_division
    first = items["supplier"].to_numpy().astype("int64")
    other = first // per * per + (first % per + rng.integers(1, max(per, 2), n)) % per
    has_second = (rng.random(n) < _SECOND_SOURCE_RATE) & (other != first)
    items["second_supplier"] = np.where(has_second, other, -1)
    items["moq_packs"] = rng.choice(_MOQ_PACKS, n)


def build_company(profile: Profile, seed: int) -> Company:
    """Draw the company of a profile. Same profile and seed: the same company."""
    rng = stream(seed, "company")
    goods = _goods(profile, rng)
    items = pd.concat(
        [_division_items(division, number, goods, profile, rng) for number, division in enumerate(DIVISIONS)],
        ignore_index=True,
    )
    suppliers = _suppliers(profile, rng)
    _sources(items, profile, stream(seed, "sources"))
    choice = stream(seed, "assortments")
    sites, division_of_site, place_of_site, item_of, site_of, hub_of = [], [], [], [], [], []
    for number, division in enumerate(DIVISIONS):
        own = np.flatnonzero(items["division"].to_numpy() == number)
        hub_start = sum(len(part) for part in item_of)
        for place, site in enumerate(division_sites(division, profile.sites_of(number, len(DIVISIONS)))):
            share = profile.assortment_share if place else 1.0  # the hub stocks everything
            kept = np.flatnonzero(choice.random(len(own)) < share)
            item_of.append(own[kept])
            site_of.append(np.full(len(kept), len(sites)))
            hub_of.append(hub_start + kept if place else np.full(len(kept), -1))
            sites.append(site)
            division_of_site.append(number)
            place_of_site.append(place)
    return Company(
        divisions=DIVISIONS,
        sites=tuple(sites),
        division_of_site=np.array(division_of_site),
        place_of_site=np.array(place_of_site),
        items=items,
        suppliers=suppliers,
        item_of=np.concatenate(item_of),
        site_of=np.concatenate(site_of),
        hub_of=np.concatenate(hub_of),
    )

"""How values read on a page: percent, money, days, turns, dates; null is a dash, never a nought.

Here: values to text. Not here: HTML; the templates escape whatever this returns.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

DASH = "–"
MINUS = "−"
_NARROW = "\u00a0"
DISPLAYS = ("percent", "factor", "money", "days", "turns", "number")
"""Ways a figure may be shown; `display` in a page definition names one of them."""

_UNIT_DISPLAYS = {"ratio": "percent", "ratio_per_year": "percent", "probability": "percent", "amount": "money"}
_COLUMN_ENDINGS = {
    "_ratio": "percent",
    "_amount": "money",
    "_qty": "quantity",
    "_days": "days",
    "_probability": "percent",
}
_ACRONYMS = re.compile(r"\b(sku|doh|wos|erp|wms|abc|xyz|uom|cogs|po|moq|gmroii|tpl|npi|kpi)\b", re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_IDENTIFIERS = ("_id", "_code", "_key", "_ref", "_description", "_name", "evidence", "uom")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """Text of the data with control and direction-override characters replaced by a visible mark."""
    return _INVISIBLE.sub("\ufffd", unicodedata.normalize("NFC", text))


def display_of_unit(unit: str) -> str:
    """Display of a registry unit; a unit without one of its own is a plain number followed by the word."""
    return _UNIT_DISPLAYS.get(unit, unit if unit in DISPLAYS else "number")


def _grouped(value: Decimal, places: int) -> str:
    fixed = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(fixed):,f}" if fixed == 0 else f"{fixed:,f}".replace("-", MINUS)


def _trimmed(value: Decimal, places: int) -> str:
    text = _grouped(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_word(display: str, unit: str = "", currency: str = "") -> str:
    """What stands behind a figure of that display; a percentage carries its sign and needs none."""
    match display:
        case "money":
            return currency
        case "days" | "turns":
            return display
        case "number":
            return "" if unit in ("", "number", "count") else unit.replace("_", " ")
        case _:
            return ""


def bare(value: Decimal | int | None, display: str) -> str:
    """A figure without its unit, for columns whose heading tells it."""
    if value is None:
        return DASH
    number = Decimal(value)
    match display:
        case "percent":
            return f"{_grouped(number * 100, 1)} %"
        case "money":
            return _grouped(number, 2 if 0 < abs(number) < 100 else 0)
        case "days":
            return _grouped(number, 1)
        case "turns" | "factor":
            return _grouped(number, 2)
        case "quantity":
            return _trimmed(number, 4)
        case _:
            return _trimmed(number, 4 if abs(number) < 1 else 2)


def figure(value: Decimal | int | None, display: str, unit: str = "", currency: str = "") -> str:
    """A figure with its unit: 45.7 days, 1,428,068 USD, 69.4 %."""
    if value is None:
        return DASH
    return f"{bare(value, display)} {unit_word(display, unit, currency)}".rstrip()


def axis(value: Decimal, display: str) -> str:
    """A round value beside an axis: without its unit, thousands and millions shortened."""
    if display == "percent":
        return f"{_trimmed(value * 100, 6)} %"
    for size, letter, least in ((1_000_000, " M", 1_000_000), (1_000, " k", 10_000)):
        if abs(value) >= least:
            return f"{_trimmed(value / size, 6)}{letter}"
    return _trimmed(value, 6)


def difference(value: Decimal | None, display: str, word: str = "") -> str:
    """A difference of two figures with its sign; of two percentages, percentage points; `word` is their unit."""
    if value is None:
        return DASH
    text = f"{_grouped(value * 100, 1)} pp" if display == "percent" else f"{bare(value, display)} {word}".rstrip()
    return f"+{text}" if value > 0 and re.search("[1-9]", text) else text


def day(value: date | None) -> str:
    """A day as 30 Jun 2026, kept on one line."""
    return DASH if value is None else f"{value.day}{_NARROW}{value:%b}{_NARROW}{value.year}"


def moment(value: datetime | None) -> str:
    """A moment of UTC as 1 Jul 2026 05:30."""
    return DASH if value is None else f"{day(value.date())} {value:%H:%M}"


def words(name: str) -> str:
    """A name of the warehouse in words: `short_history` reads Short history, `uom_mismatch` UOM mismatch."""
    text = name.replace("_", " ").strip()
    return _ACRONYMS.sub(lambda m: m[0].upper(), text[:1].upper() + text[1:])


def inner_words(name: str) -> str:
    """The words within a sentence: `abc_class` reads ABC class, `location` location."""
    return words(f"x_{name}")[2:]


def column_label(name: str) -> str:
    """Heading of a column: its name in words without the ending that only tells its unit or type."""
    bare_name = re.sub(r"_(amount|ratio|qty|days|date|at|id|code|count)$", "", re.sub(r"^(is|has|was)_", "", name))
    return re.sub(r"^Avg\b", "Average", words(bare_name))


def column_display(name: str) -> str | None:
    """Display that a decimal column's ending asks for; None for any other column."""
    return next((display for ending, display in _COLUMN_ENDINGS.items() if name.endswith(ending)), None)


def cell(name: str, value: object, display: str = "") -> str:
    """One value of a table, without its unit, by the display asked for, else by its column's ending and its type."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _grouped(Decimal(value), 0)
    if isinstance(value, Decimal):
        return bare(value, display or column_display(name) or "quantity")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    text = clean(str(value))
    return words(text) if _CODE.fullmatch(text) and not name.endswith(_IDENTIFIERS) else text


def is_number(value: object) -> bool:
    """True for what stands at the right edge of its column."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)

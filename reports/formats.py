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
DISPLAYS = ("percent", "factor", "money", "days", "turns", "number")
"""Ways a figure may be shown; `display` in a page definition names one of them."""

_UNIT_DISPLAYS = {"ratio": "percent", "ratio_per_year": "percent", "probability": "percent", "amount": "money"}
_COLUMN_ENDINGS = {"_ratio": "percent", "_amount": "money", "_qty": "quantity", "_days": "days", "_probability": "percent"}
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


def figure(value: Decimal | int | None, display: str, unit: str = "", currency: str = "") -> str:
    """A KPI's value in its display; `unit` follows a plain number, `currency` an amount."""
    if value is None:
        return DASH
    number = Decimal(value)
    match display:
        case "percent":
            return f"{_grouped(number * 100, 1)} %"
        case "money":
            return f"{_grouped(number, 2 if abs(number) < 100 else 0)} {currency}".rstrip()
        case "days":
            return f"{_grouped(number, 1)} {'day' if number == 1 else 'days'}"
        case "turns":
            return f"{_grouped(number, 2)} turns"
        case "factor":
            return _grouped(number, 2)
        case "quantity":
            return _trimmed(number, 4)
        case _:
            word = unit if unit not in ("", "number", "count") else ""
            return f"{_trimmed(number, 4 if abs(number) < 1 else 2)} {word.replace('_', ' ')}".rstrip()


def difference(value: Decimal | None, display: str, unit: str = "", currency: str = "") -> str:
    """A difference of two figures with its sign; of two percentages, percentage points."""
    if value is None:
        return DASH
    if display == "percent":
        text = f"{_grouped(value * 100, 1)} pp"
    else:
        text = figure(value, display, unit, currency)
    unsigned = text.replace(MINUS, "").lstrip("0., ")
    return f"+{text}" if value > 0 and unsigned[:1].isdigit() else text


def day(value: date | None) -> str:
    """A day as 30 Jun 2026."""
    return DASH if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """A moment of UTC as 1 Jul 2026 05:30."""
    return DASH if value is None else f"{day(value.date())} {value:%H:%M}"


def words(name: str) -> str:
    """A name of the warehouse in words: `short_history` reads Short history."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def column_label(name: str) -> str:
    """Heading of a column: its name in words without the ending that only tells its unit or type."""
    bare = re.sub(r"_(amount|ratio|qty|date|at|id|code|count)$", "", re.sub(r"^(is|has|was)_", "", name))
    label = words(bare)
    return re.sub(r"\b(sku|erp|wms|abc|xyz|uom|cogs|po|moq)\b", lambda m: m[0].upper(), label, flags=re.IGNORECASE)


def column_display(name: str) -> str | None:
    """Display that a decimal column's ending asks for; None for any other column."""
    return next((display for ending, display in _COLUMN_ENDINGS.items() if name.endswith(ending)), None)


def cell(name: str, value: object, currency: str = "") -> str:
    """One value of a table by its column's ending and its own type."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        display = column_display(name) or "quantity"
        return figure(value, display, currency=currency)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return clean(str(value))


def is_number(value: object) -> bool:
    """True for what stands at the right edge of its column."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)

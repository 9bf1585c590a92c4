"""One cell of a steward's sheet: how it is written so that no spreadsheet runs it, and what a spreadsheet makes of it.

Here: text of a value, the guard against formulas, and whether a cell that came back is the cell that was sent. A
spreadsheet rewrites codes that look like numbers or days (00123, 1E5, MAR1); such a cell says the same still.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation

RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(E[+-]?\d{1,3})?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_DIGITS = 15  # a spreadsheet keeps no more digits of a number
_DAY_FIRST, _YEAR_FIRST = (
    re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})"),
    re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})"),
)
_NAMED = re.compile(r"(\d{1,4})[ ./-]?([a-z]{3})[a-z]*|([a-z]{3})[a-z]*[ ./-]?(\d{1,4})")
_PAIR = re.compile(r"(\d{1,2})[./-](\d{1,2})")


def text_of(value: object) -> str:
    """A value as the sheet shows it; characters that no sheet can hold are written out."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    return "".join(c if c in "\n\t" or c.isprintable() else f"\\u{ord(c):04x}" for c in str(value))


def guarded(text: str) -> str:
    """Text of a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def unguarded(text: str) -> str:
    """What a guarded cell says."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def same_cell(found: str, sent: str) -> bool:
    """Whether a cell that came back is the one that was sent, exactly or as a spreadsheet rewrites it."""
    found, sent = (" ".join(unguarded(text.strip()).split()) for text in (found, sent))
    if found == sent or (sent.lower() in ("true", "false") and found.lower() == sent.lower()):
        return True
    return _same_number(found, sent) or bool(_days(found) & _days(sent)) or bool(_codes(found) & _codes(sent))


def _same_number(found: str, sent: str) -> bool:
    if not (_NUMBER.fullmatch(found) and _NUMBER.fullmatch(sent)):
        return False
    try:
        one, other = Decimal(found.replace(",", ".")), Decimal(sent.replace(",", "."))
        if one == other:
            return True
        shown = len(one.as_tuple().digits) if "e" in found.lower() else _EXCEL_DIGITS
        rounded = Context(prec=max(1, min(shown, _EXCEL_DIGITS)))
        return len(other.as_tuple().digits) > rounded.prec and rounded.plus(one) == rounded.plus(other)
    except InvalidOperation:
        return False


def _days(text: str) -> set[date]:
    """Every day that the text may mean, whichever of day and month comes first."""
    told = text.split(" ", maxsplit=1)[0]
    parts = []
    if match := _YEAR_FIRST.fullmatch(told):
        parts = [(match[1], match[2], match[3])]
    elif match := _DAY_FIRST.fullmatch(told):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        parts = [(year, match[2], match[1]), (year, match[1], match[2])]
    days = set()
    for year, month, day in parts:
        try:
            days.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days


def _codes(text: str) -> set[tuple[int, int]]:
    """(month, number) that a spreadsheet takes a code for: MAR1 becomes 01-Mar, 3-4 becomes 03-Apr or 04-Mar."""
    told = text.lower()
    if match := _NAMED.fullmatch(told):
        name, number = match[2] or match[3], int(match[1] or match[4])
        return {(_MONTHS.index(name) + 1, number)} if name in _MONTHS else set()
    if match := _PAIR.fullmatch(told):
        one, other = int(match[1]), int(match[2])
        return {(month, number) for month, number in ((one, other), (other, one)) if 1 <= month <= 12}
    return set()

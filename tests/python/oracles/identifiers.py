"""Words and numbers that name goods, as they are compared: text keys and GTINs (docs/formulas.md#sku-master)."""

from __future__ import annotations

import re

RESTRICTED = {"02", "04", *(str(number) for number in range(20, 30))}


def text_key(text: str | None) -> str | None:
    """Trimmed, upper case, inner spaces collapsed; None when nothing is left."""
    return re.sub(r"\s+", " ", text).strip().upper() or None if text is not None else None


def expanded(raw: str | None) -> str:
    """A UPC-E as the twelve digits it stands for, when their check digit fits; anything else trimmed."""
    text = (raw or "").strip()
    if not re.fullmatch(r"0[0-9]{7}", text):
        return text
    head, last, check = text[1:6], text[6], text[7]
    if last in "012":
        body = head[:2] + last + "0000" + head[2:]
    elif last == "3":
        body = head[:3] + "00000" + head[3:]
    elif last == "4":
        body = head[:4] + "00000" + head[4]
    else:
        body = head + "0000" + last
    upc = "0" + body + check
    return upc if sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(upc))) % 10 == 0 else text


def global_gtin(raw: str | None) -> str | None:
    """A GTIN as 14 digits when its length and check digit are right and it is meant for the open market; else None."""
    gtin = expanded(raw)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", gtin):
        return None
    if sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(reversed(gtin))) % 10:
        return None
    if len(gtin) == 8 and gtin[0] in "02":
        return None
    padded = gtin.rjust(14, "0")
    if not padded.strip("0"):
        return None
    return None if padded[1:3] in RESTRICTED and len(gtin) > 8 else padded

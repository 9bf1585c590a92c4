"""Comparing a mart with an oracle: what must be equal, what may differ by rounding, how to say where it does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
RELATIVE = Decimal("0.000001")


def close(mart: Any, oracle: Any) -> bool:
    """Whether two figures agree to a hundredth and a millionth of their size; None only with None.

    The marts round each record's month to four digits before they add up, the oracles never do: sums of a few thousand
    records may differ by some ten-thousandths, and a ratio of them in the sixth digit.
    """
    if mart is None or oracle is None:
        return mart is None and oracle is None
    difference = abs(Decimal(mart) - Decimal(oracle))
    return difference <= CENT or difference <= RELATIVE * abs(Decimal(oracle))


def ratio_close(mart: Any, numerator: Any, denominator: Any, factor: int = 1) -> bool:
    """Whether a ratio of six digits could be factor x numerator / denominator with either of the two a cent off."""
    if mart is None:
        return False
    exact, cents = Decimal(numerator) * factor / Decimal(denominator), CENT / abs(Decimal(denominator))
    bound = RELATIVE + cents * factor + abs(exact) * (cents + 2 * RELATIVE)
    return abs(Decimal(mart) - exact) <= bound


def near(mart: Any, oracle: Any, digits: int = 5) -> bool:
    """Whether two ratios agree to `digits` digits after the point, or to that share of their size."""
    if mart is None or oracle is None:
        return mart is None and oracle is None
    bound = Decimal(10) ** -digits
    return abs(Decimal(mart) - Decimal(oracle)) <= bound * max(Decimal(1), abs(Decimal(oracle)))


def assert_none(differences: list[Any], total: int) -> None:
    """Fail with the first few differences, or when there was nothing to compare."""
    assert total > 0, "nothing was compared"
    shown = "\n".join(str(difference) for difference in differences[:8])
    assert not differences, f"{len(differences)} of {total} rows differ, for example\n{shown}"

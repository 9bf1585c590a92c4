"""What an exception from a law is.

Here: its shape. Not here: the exceptions (allowances.py, allowances_of_numbers.py) and the laws (rules_*.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """Against `law`, in `where`, `what` is allowed, because of `reason`."""

    law: str
    where: str
    what: str
    reason: str

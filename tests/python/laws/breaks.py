"""What a break of a law is, and all of them.

Here: the type and the collection. Not here: the breaks themselves (breaks_*.py), how a copy is changed (draft.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from laws.draft import Draft


@dataclass(frozen=True)
class Break:
    """`how`, in words for docs/laws.md, `do` breaks `law`; its report contains `says`. `also` are the other laws that
    the same change cannot help breaking."""

    law: str
    how: str
    do: Callable[[Draft], object]
    says: str
    also: tuple[str, ...] = ()


def breaks() -> list[Break]:
    """Every break, in the order of the laws' modules."""
    from laws import breaks_of_graph, breaks_of_rows, breaks_of_text

    return [*breaks_of_graph.BREAKS, *breaks_of_rows.BREAKS, *breaks_of_text.BREAKS]

"""What a law is: a pure function from a `Project` to the list of its violations, registered under its own name.

Here: the registry of laws. Not here: any law (rules_*.py) or what is allowed against one (allowances.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from laws.project import Project

Rule = Callable[["Project"], Iterable[str]]


@dataclass(frozen=True)
class Law:
    """`name` is the function's, `words` its docstring; `violations` gives one message per violation: file, what is
    wrong, what to do."""

    name: str
    words: str
    rule: Rule

    def violations(self, project: Project) -> list[str]:
        """Every violation in `project`, in order, without repeats."""
        return list(dict.fromkeys(self.rule(project)))


LAWS: dict[str, Law] = {}


def law(rule: Callable[[Project], Iterator[str]]) -> Rule:
    """Registers a rule as a law under the name of its function. ValueError for a second one of that name."""
    if rule.__name__ in LAWS:
        raise ValueError(f"two laws named {rule.__name__}")
    LAWS[rule.__name__] = Law(rule.__name__, " ".join((rule.__doc__ or "").split()), rule)
    return rule

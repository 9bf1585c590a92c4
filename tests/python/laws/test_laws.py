"""The laws of the house hold in this checkout.

Here: one test per law, and the proof that every allowance is still needed. Not here: the laws (rules_*.py).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from laws.allowance import Allowance
from laws.allowances import ALLOWED
from laws.catalogue import LAWS
from laws.document import PAGE, page
from laws.project import Project


@pytest.mark.parametrize("name", LAWS)
def test_law_holds(name: str, project: Project) -> None:
    violations = LAWS[name].violations(project)
    assert not violations, f"{LAWS[name].words}\n" + "\n".join(violations)


@pytest.mark.parametrize("allowance", ALLOWED, ids=lambda a: f"{a.law}: {a.where}: {a.what}")
def test_allowance_is_needed_and_reasoned(allowance: Allowance, project: Project) -> None:
    rule = LAWS[allowance.law]
    others = tuple(a for a in ALLOWED if a != allowance)
    without = set(rule.violations(replace(project, allowances=others))) - set(rule.violations(project))
    assert without, f"nothing needs this any more, delete it from tests/python/laws/allowances.py: {allowance}"
    assert allowance.reason.strip()


def test_the_page_of_laws_is_up_to_date(project: Project) -> None:
    assert project.files.get(PAGE) == page(), f"write {PAGE} anew: cd tests/python && python -m laws.document"

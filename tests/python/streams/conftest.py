"""Fixtures of the stream tests: the compiled project, cut down to core or whole, over homes of their own."""

from __future__ import annotations

import pytest

from tests.python.compiled import Project, whole_project
from tests.python.streams.marts import Loom

__all__ = ["whole_project"]


@pytest.fixture
def loom(whole_project: Project, tmp_path) -> Loom:
    """Core and every KPI."""
    return Loom(whole_project, tmp_path)


@pytest.fixture
def core_loom(whole_project: Project, tmp_path) -> Loom:
    """Core alone."""
    return Loom(whole_project.needed_by(lambda node: node.schema == "core"), tmp_path)

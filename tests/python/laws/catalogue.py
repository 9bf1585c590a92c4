"""All laws: importing this module registers every rule.

Here: the list of rule modules. Not here: rules.
"""

from __future__ import annotations

from laws import (  # noqa: F401  (imported for what importing does: each @law registers itself)
    rules_arithmetic,
    rules_declarations,
    rules_layering,
    rules_names,
    rules_policy,
    rules_portable,
    rules_python,
    rules_registry,
    rules_shape,
    rules_time,
    rules_tree,
)
from laws.law import LAWS

__all__ = ["LAWS"]

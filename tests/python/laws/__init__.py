"""The laws of the house as tests: rules over the project, the proof that each of them can fail.

Here: what the checkout must look like. Not here: what its tables must contain (tests/invariants, tests/generic).
"""

import sys
from pathlib import Path

# Also where `python -m laws.document` is run in tests/python, without pytest's path: a law reads pages with reports/.
_ROOT = str(Path(__file__).parents[3])
if _ROOT not in sys.path:
    sys.path.append(_ROOT)

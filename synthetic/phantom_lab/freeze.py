"""The seal of the bench: one hash over its sources, noted in docs/phantom_stock.md before any detector was fitted.

Belongs here: the hash and the place where it is noted. Does not belong here: anything the bench draws.

`python -m synthetic.phantom_lab.freeze` prints it. Whoever changes the bench notes the new hash and measures anew.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_OWN = ("ceiling.py", "company.py", "knobs.py", "lab.py", "landing.py", "run.py", "truth.py")
_SHARED = ("../clock.py", "../tables.py")
NOTED_IN = _HERE.parents[1] / "docs" / "phantom_stock.md"


def seal() -> str:
    """Return the sha256 over names and contents of everything that decides a byte of the bench or of its ceiling."""
    digest = hashlib.sha256()
    for name in (*_OWN, *_SHARED):
        digest.update(name.encode() + b"\0" + (_HERE / name).read_bytes() + b"\0")
    return digest.hexdigest()


def noted() -> str | None:
    """Return the hash that the documentation notes, None where it notes none."""
    found = re.search(r"`([0-9a-f]{64})`", NOTED_IN.read_text(encoding="utf-8"))
    return found[1] if found else None


if __name__ == "__main__":
    print(seal())

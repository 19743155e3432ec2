"""``python -m doublure.gizmos`` writes the checked-in tools of every host again from the declarations."""

from __future__ import annotations

from doublure.gizmos.generate import regenerate

for path in regenerate():
    print(path)

from __future__ import annotations

import sys
from pathlib import Path

# The tiny plates of the node tests serve the command line's tests too.
sys.path.insert(0, str(Path(__file__).parents[1] / "nodes"))

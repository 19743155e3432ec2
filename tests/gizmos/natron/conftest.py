from __future__ import annotations

import sys
from pathlib import Path

# So that the tests find the stand-in beside them.
sys.path.insert(0, str(Path(__file__).parent))

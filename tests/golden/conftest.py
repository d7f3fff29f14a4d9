"""Makes the modules of this folder importable for its tests, as they are for `score.py` when it is run as a script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

"""``python -m spotid.evaluate.simulate OUT``: write a simulated survey."""

from __future__ import annotations

import sys

from spotid.errors import SpotIDError
from spotid.evaluate.simulate.command import simulate

try:
    simulate()
except SpotIDError as fault:
    print(fault, file=sys.stderr)
    sys.exit(fault.exit_code)

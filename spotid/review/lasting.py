"""Make many objects that stay, without Python searching them for garbage again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """What is made inside the block stays for long, and is left out when garbage is looked for.

    With the look-alikes of 20,000 sightings in memory, every full search for garbage held all windows up for 0.3 s, and
    it was what made the slowest answers slow. None of these objects refer to each other in circles, so all of them go
    when they are no longer used.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()

"""What the tests of ZIPs share."""

from __future__ import annotations

import os
from pathlib import Path

from spotid.intake.archive import Unpacked, unpack
from spotid.progress import Cancelled, Silent

PHOTO = os.urandom(20_000)


class Told(Silent):
    """Counts; stops when asked to."""

    def __init__(self, stop_at: int = -1) -> None:
        self.total, self.done, self.stop_at = 0, 0, stop_at

    def expect(self, total: int) -> None:
        self.total = total

    def step(self, count: int = 1, note: str = "") -> None:
        self.done += count
        if self.done == self.stop_at:
            raise Cancelled


def taken_out(path: Path, **limits: int) -> Unpacked:
    target = path.parent / "out" / "Cards"
    done = unpack(path, target, Silent(), **limits)
    assert not target.with_name("Cards.part").exists()
    assert sorted(done.files) == sorted(p for p in target.rglob("*") if p.is_file())
    return done


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}

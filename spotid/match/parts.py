"""The exchangeable part of this room: what a local matcher takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Points:
    """The spots of one crop that a local matcher compares."""

    xy: np.ndarray  # (n, 2) float32, fractions of the crop's width and height
    size: np.ndarray  # (n,) float32, fraction of the crop's longer side
    angle: np.ndarray  # (n,) float32, degrees
    descriptor: np.ndarray  # (n, d) uint8, float16 or float32
    kind: np.ndarray | None = None  # (n,) uint8: spots of two kinds are never compared; None where all are of one
    # (n, 2) float32: places in the whole frame, as fractions; None where the crop is the whole picture.
    at: np.ndarray | None = None
    frame: np.ndarray | None = None  # (2,) float32: pixels across and down that they were found in; None: of no account
    # (2, 3) float32: takes ``xy`` to fractions of the crop, where they are fractions of the crop laid level (``laid``).
    back: np.ndarray | None = None

    def on_crop(self, xy: np.ndarray) -> np.ndarray:
        """Places ``(n, 2)`` like ``xy``, as fractions of the crop."""
        return xy if self.back is None else xy @ self.back[:, :2].T + self.back[:, 2]

    def of_kind(self, kind: int) -> tuple[Points, np.ndarray]:
        """The spots of one kind, and their places among all of these ((k,) int64)."""
        import numpy as np

        if self.kind is None:
            return (self, np.arange(len(self.xy))) if kind == 0 else self._only(np.empty(0, np.int64))
        return self._only(np.flatnonzero(self.kind == kind))

    def strongest(self, most: int) -> Points:
        """The first ``most`` spots: matchers give them strongest first."""
        import numpy as np

        return self if len(self.xy) <= most else self._only(np.arange(most))[0]

    def _only(self, chosen: np.ndarray) -> tuple[Points, np.ndarray]:
        xy, size, angle, descriptor = (part[chosen] for part in (self.xy, self.size, self.angle, self.descriptor))
        at = None if self.at is None else self.at[chosen]
        return Points(xy, size, angle, descriptor, None, at, self.frame, self.back), chosen


@dataclass(frozen=True)
class PairScore:
    """How well two crops agree, and the spots that say so."""

    score: float  # 0 and up, comparable between pairs of one matcher
    pairs: np.ndarray  # (k, 2) int32: indices into the two crops' points, best first
    # (k, 4) float32: the places on both, x and y of the one and of the other, as the points' own; None: these.
    places: np.ndarray | None = None

    @property
    def count(self) -> int:
        """How many spots agree."""
        return len(self.pairs) if self.places is None else len(self.places)

    def placed(self, a: Points, b: Points) -> np.ndarray:
        """The places ``(k, 4)`` float32 of the agreeing spots on both crops, as fractions, best first."""
        import numpy as np

        if self.places is None:
            mine, others = a.xy[self.pairs[:, 0]], b.xy[self.pairs[:, 1]]
        else:
            mine, others = self.places[:, :2], self.places[:, 2:]
        return np.concatenate([a.on_crop(mine), b.on_crop(others)], axis=1).astype(np.float32)


class Matcher(Protocol):
    """Compares two crops spot by spot."""

    name: str
    kinds: int  # of spots, numbered from 0; each has an index of its own
    votes: bool  # whether its spots are asked of all others' (``lnbnn``); else only what it compares counts
    quick: bool  # it compares in milliseconds with numpy alone: done again whenever somebody looks, nothing is kept
    most: int | None  # pairs of one sighting that it compares at most, beside those of its visit; None: no bound

    def identity(self) -> str:
        """A short hash of weights and recipe; scores of two identities are never mixed."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first crop."""
        ...

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        """The spots of a crop ((h, w, 3) uint8 RGB) inside its mask ((h, w) bool)."""
        ...

    def compare(self, a: Points, b: Points) -> PairScore:
        """The verified agreement of two crops."""
        ...

"""What is measured: sightings whose individuals are known, with what pictures, places and times say of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from spotid.movement.records import Records

LEFT, RIGHT, UNSIDED = 1, -1, 0


@dataclass(frozen=True)
class Listed:
    """The pairs of ``k`` entries that the program compared spot by spot, numbered as the subject's sightings are.

    A pair may stand in it once or both ways round. A pair that is not in it was not compared.
    """

    anchor: np.ndarray  # (k,) int64
    candidate: np.ndarray  # (k,) int64
    evidence: np.ndarray  # (k,) float32, 0 and up: the votes of rare spots and the agreement spot by spot, added

    def __len__(self) -> int:
        return len(self.anchor)

    def matrix(self, sightings: int) -> np.ndarray:
        """The evidence as a symmetrical ``(n, n)`` float32 matrix: the larger of the two ways, 0 where none."""
        full = np.zeros((sightings, sightings), np.float32)
        np.maximum.at(full, (self.anchor, self.candidate), self.evidence)
        return np.maximum(full, full.T)

    def only(self, chosen: np.ndarray, sightings: int) -> Listed:
        """The pairs among the sightings ``chosen`` ((m,) int64, none twice), numbered by their places in it."""
        place = np.full(sightings, -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        anchor, candidate = place[self.anchor], place[self.candidate]
        kept = (anchor >= 0) & (candidate >= 0)
        return Listed(anchor[kept], candidate[kept], self.evidence[kept])


@dataclass(frozen=True)
class Subject:
    """``n`` sightings of known individuals. All arrays are in one order: by individual, then by time, then by name."""

    name: str  # for a heading
    uid: list[str]  # (n,) of the sightings
    path: list[str]  # (n,) where the pictures lie, below their folder
    identity: np.ndarray  # (n,) int64: number in ``names``
    names: list[str]  # of the individuals
    flank: np.ndarray  # (n,) int8: 1 left, -1 right, 0 not known
    visit: np.ndarray  # (n,) int64: sightings of one visit have one number; no two visits share one
    records: Records
    vectors: np.ndarray  # (n, d) float32, rows of length 1
    listed: Listed | None = None
    notes: list[str] = field(default_factory=list)  # sentences that a reader of the figures has to know

    def __len__(self) -> int:
        return len(self.identity)

    @property
    def same(self) -> np.ndarray:
        """Which pairs are of one individual, ``(n, n)`` bool; the diagonal is true."""
        return np.asarray(self.identity[:, None] == self.identity[None, :])

    @property
    def own_visit(self) -> np.ndarray:
        """Which pairs are of one visit, ``(n, n)`` bool; the diagonal is true."""
        return np.asarray(self.visit[:, None] == self.visit[None, :])

    @property
    def opposite(self) -> np.ndarray:
        """Which pairs show a left and a right flank, which have no spot in common, ``(n, n)`` bool."""
        return np.asarray(self.flank[:, None] * self.flank[None, :] == LEFT * RIGHT)

    @property
    def one_picture(self) -> np.ndarray:
        """Which pairs are of one photograph and so of two animals, ``(n, n)`` bool; the diagonal is true."""
        numbers = {path: number for number, path in enumerate(dict.fromkeys(self.path))}
        number = np.array([numbers[path] for path in self.path], np.int64)
        return np.asarray(number[:, None] == number[None, :])

    def only(self, chosen: np.ndarray) -> Subject:
        """The sightings with these numbers, none twice, in that order; individuals are numbered anew."""
        chosen = np.asarray(chosen, np.int64)
        known, identity = np.unique(self.identity[chosen], return_inverse=True)
        return replace(
            self,
            uid=[self.uid[i] for i in chosen],
            path=[self.path[i] for i in chosen],
            identity=identity.astype(np.int64),
            names=[self.names[i] for i in known],
            flank=self.flank[chosen],
            visit=self.visit[chosen],
            records=self.records.only(chosen),
            vectors=self.vectors[chosen],
            listed=None if self.listed is None else self.listed.only(chosen, len(self)),
            notes=list(self.notes),
        )

    def at_most(self, most: int, seed: int = 0) -> Subject:
        """This subject, or whole individuals of it drawn by ``seed`` where it has more than ``most`` sightings.

        Individuals are taken in a drawn order as long as they fit; drawing single sightings would thin out every
        individual and make finding it again easier or harder than it is. At least one individual is always kept.
        """
        if len(self) <= most:
            return self
        drawn, room = np.zeros(len(self.names), bool), most
        sizes = np.bincount(self.identity, minlength=len(self.names))
        for one in np.random.default_rng(seed).permutation(len(self.names)):
            if sizes[one] <= room or not drawn.any():
                drawn[one] = True
                room -= int(sizes[one])
        part = self.only(np.flatnonzero(drawn[self.identity]))
        part.notes.append(
            f"Of {len(self):,} sightings of {len(self.names):,} individuals, {len(part):,} sightings of"
            f" {len(part.names):,} individuals were drawn (seed {seed}), as at most {most:,} were asked for."
        )
        return part


def subject_of(
    name: str,
    uid: list[str],
    path: list[str],
    identity: list[str],
    flank: np.ndarray,
    visit: np.ndarray,
    records: Records,
    vectors: np.ndarray,
    listed: Listed | None = None,
    notes: list[str] | None = None,
) -> Subject:
    """A subject in its order from plain parts: ``identity`` are the names of the individuals, the rest as in Subject.

    Vectors are brought to length 1; one of length 0 stays so and is like nothing.
    """
    names = sorted(set(identity))
    number = {one: index for index, one in enumerate(names)}
    numbers = np.array([number[one] for one in identity], np.int64)
    rows = np.array(vectors, np.float32).reshape(len(identity), -1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    whole = Subject(
        name,
        uid,
        path,
        numbers,
        names,
        np.asarray(flank, np.int8),
        np.asarray(visit, np.int64),
        records,
        np.divide(rows, length, out=np.zeros_like(rows), where=length > 0),
        listed,
        list(notes or []),
    )
    days = np.nan_to_num(records.days, nan=np.inf)
    order = sorted(range(len(identity)), key=lambda i: (numbers[i], days[i], path[i], uid[i]))
    return whole.only(np.array(order, np.int64))

"""What a project's confirmed animals teach: a head on the frozen embeddings, checked before it is used.

A head is trained on everything that people have confirmed, and again on parts of it, for the check (``learnt_check``).
It is kept in any case, with the figures; it is used only where it surely helps. Embeddings on the disk never change:
look-alikes are listed through the head that is in use, and as before where none is.

The cosines that a head gives are of another scale. They are told as the cosine of the embeddings as they are that is as
rare among all pairs, so that the order of look-alikes and the chances go on meaning the same.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spotid.heads.whitening import BALL, Whitening, fit
from spotid.match.learnt_check import FOLDS, Figure, Listed, check, helps
from spotid.match.learnt_evidence import evidence_of
from spotid.match.learnt_groups import Known, known_of
from spotid.progress import Progress
from spotid.project import confirmed, heads_kept, ledger, shards
from spotid.project.confirmed import LEAST_ANIMALS, Confirmed
from spotid.project.folder import Project
from spotid.project.heads_kept import Kept

MOST_TAUGHT = 10_000  # sightings that a head is fitted to
MOST_CHECKED = 3000  # that are looked for among one another
MEAN_OF = 20_000  # embeddings whose middle is taken
SAMPLE = 1500  # sightings whose pairs tell how rare a cosine is
KNOTS = 2001
SEED = 0


@dataclass(frozen=True)
class Learnt:
    """What came of it. Without a ``kept`` nothing was learnt, because too few animals are confirmed."""

    kept: Kept | None
    animals: int  # that could teach something
    by_animals: Figure | None = None
    by_visits: Figure | None = None

    @property
    def helps(self) -> bool:
        """Whether it surely helps."""
        return self.kept is not None and self.kept.helps


def learn(project: Project, encoder: shards.EncoderRow, flanks_matter: bool, progress: Progress) -> Learnt:
    """Train a head on what people have confirmed, check it, and keep it with its figures; it is not used by that.

    The same answers give the same head. 3,000 confirmed sightings of 512 numbers take some 20 s of one core and 70 MB,
    of 2,152 numbers a minute and 300 MB; from ``MOST_CHECKED`` and ``MOST_TAUGHT`` on neither grows. Raises Cancelled.
    """
    ids, vectors = shards.load(project.layout, project.store, encoder)
    told = confirmed.sightings(project.store, ids)
    known = known_of(ids, told, confirmed.compared(project.store), flanks_matter)
    progress.expect(sum(FOLDS.values()) + FOLDS["animals"] + 2)
    if known.animals < LEAST_ANIMALS:
        return Learnt(None, known.animals)
    mean = middle(vectors)
    taken = some_of(known, MOST_CHECKED)
    table = np.asarray(vectors[taken.row], np.float32)
    inside = Known(np.arange(len(taken)), taken.animal, taken.group, taken.visit, taken.lean)

    def trained(some: Known) -> Whitening:
        progress.step()
        return fitted(table, some, mean)

    by_animals, by_visits = (check(table, inside, by, trained, SEED) for by in ("animals", "visits"))
    evidence = evidence_of(project, encoder, [ids[row] for row in taken.row.tolist()])
    listed = Listed(evidence, lambda head: scaled(*scale(table, head))) if evidence is not None else None
    as_listed = check(table, inside, "animals", trained, SEED, listed) if listed is not None else None
    good = helps(by_animals, by_visits, as_listed)
    taught = some_of(known.only(known.teaching), MOST_TAUGHT)
    head = fitted(vectors, taught, mean)
    progress.step()
    rare = scale(vectors, head)
    numbers = io.BytesIO()
    np.savez(numbers, allow_pickle=False, **head.arrays, given=rare[0], taught=rare[1])
    names = dict(zip(known.row.tolist(), told_of(told, ids), strict=True))
    rows = [(*names[row], group) for row, group in zip(taught.row.tolist(), taught.group.tolist(), strict=True)]
    about: dict[str, Any] = {
        "method": f"within-class covariance normalisation, {BALL:g} of a ball",
        "animals": taught.animals,
        "groups": len(np.unique(taught.group)),
        "sightings": len(taught),
        "confirmed": confirmed.count(project.store),
        "last_answer": ledger.last_row(project.store),
        "by_animals": by_animals.to_json() if by_animals else None,
        "by_visits": by_visits.to_json() if by_visits else None,
        "as_listed": as_listed.to_json() if as_listed else None,
    }
    used = max(heads_kept.in_use(project.store).values(), default=0)
    kept = heads_kept.keep(project.layout, encoder, numbers.getvalue(), rows, good, about, used)
    progress.step(1 if as_listed is not None else 1 + FOLDS["animals"])
    return Learnt(kept, taught.animals, by_animals, by_visits)


def told_of(told: Sequence[Confirmed], ids: list[int]) -> list[tuple[str, str]]:
    """Uid and code of confirmed sightings, in the order in which ``known_of`` has them."""
    there = set(ids)
    return [(one.uid, one.code) for one in told if one.id in there]


def fitted(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Whitening:
    """The head that ``known`` teaches; sightings of which nobody knows the side are left out."""
    chosen = known.only(known.teaching)
    return fit(np.asarray(vectors[chosen.row], np.float32), chosen.group, chosen.visit, mean)


def middle(vectors: np.ndarray) -> np.ndarray:
    """The mean (d,) of embeddings, of a part of them spread over all where they are many."""
    step = max(1, -(-len(vectors) // MEAN_OF))
    return np.asarray(vectors[::step], np.float32).mean(axis=0)


def some_of(known: Known, most: int) -> Known:
    """At most so many, whole animals drawn; of the last one perhaps a part."""
    if len(known) <= most:
        return known
    names, who = np.unique(known.animal, return_inverse=True)
    turn = np.random.default_rng(SEED).permutation(len(names))[who]
    return known.only(np.sort(np.argsort(turn, kind="stable")[:most]))


def scale(vectors: np.ndarray, head: Whitening) -> tuple[np.ndarray, np.ndarray]:
    """Cosines as given, and cosines through the head that as few pairs reach; (k,) float32 each, rising."""
    step = max(1, -(-len(vectors) // SAMPLE))
    given = np.asarray(vectors[::step], np.float32)
    upper = np.triu_indices(len(given), 1)
    share = 1.0 - np.geomspace(1.0, 1.0 / max(2, len(upper[0])), KNOTS)  # most knots for the rarest
    pairs = [np.quantile((one @ one.T)[upper], share) for one in (given, head.apply(given))]
    rising = [np.maximum.accumulate(np.append(one, 1.0)).astype(np.float32) for one in pairs]
    apart = np.append(True, np.diff(rising[1]) > 1e-6)
    return rising[0][apart], rising[1][apart]


def scaled(given: np.ndarray, taught: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """From a head's cosines, any shape, to cosines that are as rare among the embeddings as given; rising."""
    return lambda cosine: np.interp(cosine, taught, given).astype(np.float32)


@dataclass
class Through:
    """Embeddings as they are compared. ``word`` changes with the head; "" and the plain cosine where none is used."""

    vectors: np.ndarray  # (n, d) float16 or float32, unit rows
    word: str = ""
    given: np.ndarray | None = None
    taught: np.ndarray | None = None

    def likeness(self, cosine: np.ndarray) -> np.ndarray:
        """The cosines, any shape, on the scale of the embeddings as given; rising."""
        if self.given is None or self.taught is None:
            return cosine
        return scaled(self.given, self.taught)(cosine)

    def alike(self, one: int, other: int) -> float:
        """The likeness of two rows."""
        cosine = self.vectors[one].astype(np.float32) @ self.vectors[other].astype(np.float32)
        return float(self.likeness(np.asarray(cosine)))

    def named(self, encoder: shards.EncoderRow) -> shards.EncoderRow:
        """The encoder under a name of its own: what is made of its embeddings differs with the head."""
        return replace(encoder, identity=f"{encoder.identity} {self.word}") if self.word else encoder


def through(project: Project, encoder: shards.EncoderRow, vectors: np.ndarray, progress: Progress) -> Through:
    """The embeddings (n, d) through the head in use for this encoder; ``vectors`` is written over.

    A head that is missing or damaged is told, and the embeddings count as they are.
    """
    number = heads_kept.in_use(project.store).get(heads_kept.place_of(encoder))
    if number is None:
        return Through(vectors)
    kept = heads_kept.get(project.layout, number)
    content = heads_kept.numbers_of(project.layout, kept) if kept is not None else None
    if kept is not None and content is not None and kept.place == heads_kept.place_of(encoder):
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                head, given, taught = Whitening.of(stored), stored["given"], stored["taught"]
            if len(head.mean) == vectors.shape[1] and given.shape == taught.shape and given.ndim == 1:
                return Through(head.apply(vectors, vectors), kept.sha256[:16], given, taught)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass
    lost = f"What was learnt from answers (version {number}) can't be read; look-alikes are listed without it."
    progress.step(0, lost)
    return Through(vectors)

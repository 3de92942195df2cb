"""Every way of scoring pairs that is compared: pictures, place and time, both together, each as an (n, n) matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spotid.evaluate.results import Options
from spotid.evaluate.subject import Subject
from spotid.match import fuse
from spotid.match.order import LIKENESS, squeezed
from spotid.movement.feasible import Feasibility, of_survey


@dataclass(frozen=True)
class Score:
    """A score of all pairs, higher is more alike, NaN where it has no opinion."""

    key: str
    label: str
    told: str
    matrix: np.ndarray  # (n, n) float32
    drawn: bool = False  # whether the report shows it as a picture


class Scorer:
    """Makes the scores of one subject; what several need is made once."""

    def __init__(self, subject: Subject, options: Options) -> None:
        self.subject = subject
        self.options = options
        self.allowed = ~(subject.opposite | subject.one_picture)  # (n, n) bool: pairs that can be one animal at all
        spots = subject.listed is not None and options.pictures != "embedding"
        self._evidence = subject.listed.matrix(len(subject)) if subject.listed is not None and spots else None

    def pictures(self, vectors: np.ndarray) -> np.ndarray:
        """What pictures alone say, 0 to 1: the clipped cosine of the embeddings, or, where pairs were compared spot by
        spot, the program's own score of spots and cosine, 0 where nothing agrees."""
        return self.with_spots(vectors @ vectors.T)

    def with_spots(self, cosine: np.ndarray) -> np.ndarray:
        """``pictures`` from the cosine of embeddings, (n, n)."""
        cosine = np.maximum(cosine, 0.0)
        if self._evidence is None:
            return np.asarray(cosine, np.float32)
        return np.asarray(2 * squeezed(self._evidence + LIKENESS * cosine) - 1, np.float32)

    @cached_property
    def image(self) -> np.ndarray:
        """``pictures`` of the embeddings as they are."""
        return self.pictures(self.subject.vectors)

    @cached_property
    def feasibility(self) -> Feasibility:
        """The score of place and time, scaled to the survey."""
        return of_survey(self.subject.records)

    @cached_property
    def feasible(self) -> np.ndarray:
        """What place and time alone say, by the speed that the way between takes."""
        return self.feasibility.matrix(self.subject.records)

    @cached_property
    def adapted(self) -> np.ndarray:
        """The embeddings (n, d) through a head that place and time have taught."""
        from spotid.match.adapt import AdaptSettings, adapt

        subject = self.subject
        settings = AdaptSettings(seed=self.options.seed)
        return adapt(subject.vectors, subject.records, settings, flank=subject.flank).vectors

    @cached_property
    def calibrated(self) -> fuse.Fused:
        """Pictures, place and time as chances of one animal."""
        return self.fuse_of(np.maximum(self.subject.vectors @ self.subject.vectors.T, 0.0))

    @cached_property
    def chance(self) -> np.ndarray:
        """The chances of ``calibrated``, (n, n)."""
        return self.calibrated.chance

    def fuse_of(self, cosine: np.ndarray) -> fuse.Fused:
        """What pictures say with place and time, calibrated, from the cosine of embeddings (n, n)."""
        subject = self.subject
        known = self.__dict__.get("calibrated")  # its ranges, where these are known by now
        images = [cosine] if self._evidence is None else [self._evidence, cosine]
        return fuse.calibrated(images, subject.records, visit=subject.visit, allowed=self.allowed, known=known)

    def taught(self, image: np.ndarray) -> np.ndarray:
        """The chances of ``image``, a score that place and time have taught, with place and time.

        They can't judge what they have taught themselves: calibrated by them, it is trusted far too much (top 1 fell
        from 57 to 21 % on antelopes). So its pairs get, in their order, the odds that the untaught pairs had in theirs.
        """
        raw, usual = self.calibrated, np.isfinite(image) & self.allowed
        odds = np.sort(raw.image[usual])
        rank = np.searchsorted(np.sort(image[usual]), image).clip(0, len(odds) - 1)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds[rank] + raw.located, -40, 40))), np.float32)

    @cached_property
    def fused(self) -> np.ndarray:
        """Pictures with place and time, in the way that the courses go by."""
        return fuse.product(self.image, self.feasible) if self.options.fusion == "product" else self.chance

    def learnt(self, cosine: np.ndarray) -> np.ndarray:
        """``fused`` for embeddings that have learnt from answers, from their cosine (n, n)."""
        if self.options.fusion == "product":
            return fuse.product(self.with_spots(cosine), self.feasible)
        return self.fuse_of(cosine).chance

    @property
    def count(self) -> int:
        """How many ``every`` gives."""
        return 5 + 3 * self.options.adapt + (self._evidence is not None)

    def every(self) -> Iterator[Score]:
        """All of them, one at a time."""
        spots = self._evidence is not None
        yield Score(
            "image",
            "Pictures alone",
            "Spots compared, and the embeddings." if spots else "The cosine of the embeddings.",
            self.image,
            drawn=True,
        )
        if spots:
            cosine = np.maximum(self.subject.vectors @ self.subject.vectors.T, 0.0)
            yield Score("embedding", "Embeddings alone", "Their cosine, without any comparison of spots.", cosine)
        yield Score(
            "feasible",
            "Place and time alone, by speed",
            "The slower an animal could have gone from one to the other, the likelier.",
            self.feasible,
            drawn=True,
        )
        yield Score(
            "located",
            "Place and time alone, by home ranges",
            "How usual such a distance after such a time is for one animal, against two.",
            self.calibrated.located,
        )
        yield Score(
            "product",
            "Both, multiplied",
            "Pictures times the score by speed, as in the paper.",
            fuse.product(self.image, self.feasible),
        )
        yield Score(
            "calibrated",
            "Both, calibrated",
            "The chance of one animal from pictures and home ranges.",
            self.chance,
            drawn=True,
        )
        if not self.options.adapt:
            return
        image = self.pictures(self.adapted)
        yield Score(
            "adapted",
            "Pictures alone, adapted",
            "Embeddings through a head that place and time have taught, without any answer.",
            image,
            drawn=True,
        )
        yield Score(
            "adapted_product", "Adapted, multiplied", "As in the paper, whole.", fuse.product(image, self.feasible)
        )
        yield Score(
            "adapted_calibrated",
            "Adapted, calibrated",
            "The adapted embeddings with home ranges.",
            self.taught(image),
        )

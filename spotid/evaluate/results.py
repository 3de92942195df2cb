"""What measuring a subject gives: plain values that the report and the tables are written from."""

from __future__ import annotations

from dataclasses import dataclass, field

from spotid.evaluate.courses import Course
from spotid.evaluate.curves import Curve

SHARES = (0.8, 0.95, 1.0)  # of the true matches: how many questions each takes
STRATEGIES = ("greedy", "spal", "confspal", "gain")
QUERIES_EACH = 100  # questions per sighting at which a course ends, found or not


@dataclass(frozen=True)
class Options:
    """What is measured.

    ``strategies`` are names of STRATEGIES, tried on the fused score, with the most similar first on pictures alone to
    compare with; none at all where empty. ``fusion`` is calibrated or product; ``pictures`` is spots (as the program
    compares, where it has) or embedding (their cosine alone, as papers do). ``by`` is picture, where every picture is
    asked about for itself as papers count, or visit: one animal's pictures of a visit are joined from the start, as the
    review does, and a question is about two visits.
    """

    strategies: tuple[str, ...] = STRATEGIES
    error_rate: float = 0.05
    seed: int = 0
    adapt: bool = True
    fusion: str = "calibrated"
    pictures: str = "spots"
    by: str = "picture"
    queries: int | None = None  # a course ends after so many; None: QUERIES_EACH for each sighting


@dataclass(frozen=True)
class Facts:
    """What was measured on."""

    name: str
    sightings: int
    individuals: int
    again: int  # individuals with two sightings and more
    visits: int
    pairs: int  # that may be compared
    matches: int  # true ones among them
    stations: int
    placed: int  # sightings whose place is known
    timed: int
    sided: int  # whose flank is known
    days: float  # from first to last, NaN where no time is known
    km: float  # longest distance, NaN where not known or without scale
    compared: int  # pairs compared spot by spot; 0 where only embeddings are known


@dataclass(frozen=True)
class Odd:
    """A station whose clock or place is probably wrong."""

    station: str
    kind: str
    sentence: str
    repair: str
    pairs: int
    improbable: int


@dataclass(frozen=True)
class Ranked:
    """What one way of scoring pairs finds again: the query's own visit left out, and left in."""

    key: str
    label: str
    told: str  # a sentence
    apart: Curve | None
    within: Curve | None


@dataclass(frozen=True)
class Picture:
    """A similarity matrix as PNG."""

    key: str
    label: str
    told: str
    png: bytes


@dataclass(frozen=True)
class Second:
    """What lists of doubtful answers name, one after the other, and what is left after a second look at all of them."""

    named: int
    wrong: int  # wrong answers there are
    found: int  # wrong answers named
    missed: int  # true matches not joined after the second look
    mixed: int  # pairs of two individuals joined after it
    first: int = 0  # wrong answers on the first list
    lists: int = 1


@dataclass(frozen=True)
class Contest:
    """A course of one strategy on one score, with a person who errs at ``rate``."""

    strategy: str
    label: str
    score: str  # key of what it went by
    rate: float
    course: Course
    second: Second | None = None

    @property
    def key(self) -> str:
        """Unique among the contests."""
        return f"{self.strategy}-{self.score}-{'perfect' if self.rate == 0 else f'{self.rate:g}'}"


@dataclass
class Results:
    """Everything measured; ``stopped`` is a sentence where not everything was."""

    facts: Facts
    options: Options
    notes: list[str] = field(default_factory=list)
    oddities: list[Odd] = field(default_factory=list)
    ranked: list[Ranked] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    stopped: str = ""

    @property
    def baseline(self) -> Contest | None:
        """The most similar first, on pictures alone, with a person who is never wrong."""
        return next(
            (one for one in self.contests if (one.strategy, one.score, one.rate) == ("greedy", "image", 0)), None
        )

    def contest(self, strategy: str, rate: float = 0.0) -> Contest | None:
        """The course of a strategy on the fused score."""
        return next(
            (one for one in self.contests if (one.strategy, one.rate) == (strategy, rate) and one.score != "image"),
            None,
        )


def ratio(one: Contest, other: Contest | None, share: float) -> float | None:
    """The questions that ``one`` needs for this share of the matches, as a part of those of ``other``."""
    if other is None:
        return None
    ours, theirs = one.course.queries_to(share), other.course.queries_to(share)
    return None if ours is None or not theirs else ours / theirs

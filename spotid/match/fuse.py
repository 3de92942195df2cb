"""One number to rank candidates by, from the global similarity of two coats and their verified local agreement."""

from __future__ import annotations

LOCAL_HALF = (
    1.0  # the local score that takes a pair half of the way to 1; 9 in 10 pairs of strangers stay below 0.5 to 1.2
)
GLOBAL_SHARE = (
    0.1  # what similarity alone can reach: little, as the built-in encoder is weak; 0.1 to 0.5 differ by few queries
)


def fuse(similarity: float, local: float | None) -> float:
    """The ranking score of a pair, 0 to 1, rising with both arguments.

    ``similarity`` is the inner product of two unit vectors (-1 to 1; values outside are clipped), ``local`` a matcher's
    ``PairScore.score`` (0 and up) or None where the pair was not compared spot by spot. Verified spots dominate: they
    take the score from the global share towards 1 (half of the way at ``LOCAL_HALF``), and the similarity orders the
    pairs for which they say little or nothing. It is a ranking score, not a probability.
    """
    looks = GLOBAL_SHARE * (min(1.0, max(-1.0, similarity)) + 1.0) / 2.0
    evidence = 0.0 if local is None else max(0.0, local) / (max(0.0, local) + LOCAL_HALF)
    return looks + (1.0 - looks) * evidence

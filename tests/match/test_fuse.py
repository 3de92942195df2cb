"""The ranking score rises with both kinds of evidence, and verified spots dominate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spotid.match.fuse import fuse

similarity = st.floats(-1, 1)
local = st.one_of(st.none(), st.floats(0, 1000))


@given(similarity, similarity, local)
def test_rises_with_similarity(a: float, b: float, spots: float | None) -> None:
    assert 0 <= fuse(min(a, b), spots) <= fuse(max(a, b), spots) <= 1


@given(similarity, st.floats(0, 1000), st.floats(0, 1000))
def test_rises_with_verified_spots(looks: float, a: float, b: float) -> None:
    assert fuse(looks, None) <= fuse(looks, min(a, b)) <= fuse(looks, max(a, b)) <= 1


@given(similarity, similarity)
def test_strong_spots_outrank_any_similarity_alone(a: float, b: float) -> None:
    assert fuse(a, 2.0) > fuse(b, 0.0) and fuse(a, 2.0) > fuse(b, None)

"""The likeliest match first: fewer questions than by pairs, whatever the answers teach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.asking.constraints import Constraints
from spotid.review.asking.gain import PRIOR, Gain, fitted
from spotid.review.asking.greedy import Greedy


def pairs(seed: int, animals: int = 20, each: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(who, picture odds, nats of place and time) of a made survey."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(animals), each)[rng.permutation(animals * each)]
    same = who[:, None] == who[None, :]
    noise = rng.normal(size=(2, len(who), len(who)))
    image, located = (noise + noise.transpose(0, 2, 1)) / 2**0.5
    return who, (image * 1.5 + 2.0 * same - 4).astype(np.float32), (located + 1.5 * same - 0.5).astype(np.float32)


def asked(strategy: Greedy | Gain, constraints: Constraints, who: np.ndarray, most: int = 5000) -> int:
    """Questions until all of one animal are joined."""
    wanted = sum(n * (n - 1) // 2 for n in np.bincount(who))
    for number in range(most):
        if constraints.settled() == wanted:
            return number
        pair = strategy.ask()
        assert pair is not None
        assert constraints.relation(*pair) is None
        same = bool(who[pair[0]] == who[pair[1]])
        strategy.answered(*pair, same, constraints.apply(*pair, same))
    raise AssertionError("the matches were not found")


def test_fewer_questions_than_by_pairs() -> None:
    ours = theirs = 0
    for seed in range(3):
        who, image, located = pairs(seed)
        one, other = Constraints(len(who)), Constraints(len(who))
        ours += asked(Gain(image, located, one), one, who)
        theirs += asked(Greedy(image + located, other), other, who)
    assert ours < 0.8 * theirs


@given(seed=st.integers(0, 1000))
@settings(max_examples=8, deadline=None)
def test_goes_on_until_every_pair_is_settled(seed: int) -> None:
    who, image, located = pairs(seed, animals=5, each=3)
    allowed = np.random.default_rng(seed).random((15, 15)) < 0.8
    allowed &= allowed.T
    constraints = Constraints(15)
    strategy = Gain(image, located, constraints, allowed)
    seen = set()
    while (pair := strategy.ask()) is not None:
        assert pair == strategy.ask()  # asking changes nothing
        assert pair not in seen
        assert allowed[pair]
        assert constraints.relation(*pair) is None
        seen.add(pair)
        same = bool(who[pair[0]] == who[pair[1]])
        strategy.answered(*pair, same, constraints.apply(*pair, same))
    for a in range(15):
        for b in range(a):
            assert not allowed[a, b] or constraints.relation(a, b) is not None


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_wrong_answers_do_not_stop_it(seed: int) -> None:
    who, image, located = pairs(seed, animals=6, each=3)
    rng = np.random.default_rng(seed)
    constraints = Constraints(len(who))
    strategy = Gain(image, located, constraints)
    for _ in range(200):
        pair = strategy.ask()
        if pair is None:
            break
        same = bool(who[pair[0]] == who[pair[1]]) != (rng.random() < 0.2)
        strategy.answered(*pair, same, constraints.apply(*pair, same))
    else:
        raise AssertionError("it never ends")
    assert not constraints.contradictions  # what follows from answers is never asked


def test_a_group_is_weighed_as_one() -> None:
    """Two pictures of a group that both look a little like a third outweigh one that looks more like a fourth."""
    image = np.full((5, 5), -4.0, np.float32)
    image[0, 2] = image[2, 0] = image[1, 2] = image[2, 1] = 0.0
    image[3, 4] = image[4, 3] = -0.3
    constraints = Constraints(5)
    constraints.apply(0, 1, True)
    strategy = Gain(image, np.zeros((5, 5)), constraints)
    assert set(strategy.ask() or ()) in ({0, 2}, {1, 2})
    assert 0 < strategy.chance(0, 3) < strategy.chance(1, 2) < 1


def test_weights_follow_what_the_answers_show() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal(size=(400, 5)), np.ones((400, 1))], axis=1)
    truth = np.array([0.0, 0.0, 2.0, 0.0, 0.0, -1.0])
    same = (rng.random(400) < 1 / (1 + np.exp(-features @ truth))).astype(float)
    found = fitted(features, same)
    assert found[2] > 1.3
    assert found[0] < 0.35
    assert (found[:3] >= 0).all()
    assert fitted(features[:0], same[:0]) == pytest.approx(PRIOR)


def test_of_likely_matches_those_that_settle_most_come_first() -> None:
    image = np.full((6, 6), -6.0, np.float32)
    for a, b, odds in ((0, 1, 6.0), (2, 3, 6.0), (0, 2, 3.0), (1, 3, 3.0), (0, 3, 3.0), (1, 2, 3.0), (4, 5, 3.4)):
        image[a, b] = image[b, a] = odds
    constraints = Constraints(6)
    constraints.apply(0, 1, True)
    constraints.apply(2, 3, True)
    pair = Gain(image, np.zeros((6, 6)), constraints).ask()
    assert pair is not None
    assert pair != (4, 5)

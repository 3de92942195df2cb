"""Several profiles in one project: the scores of each become chances by its own answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from spotid.match import chance
from spotid.match.calibrate import Logistic
from spotid.match.calibrations import Calibrations, calibrations_of, refit_all
from spotid.project import notes, parts_kept
from spotid.project.candidates import Candidates
from spotid.project.scope import Scope
from spotid.review.chances import Binned
from spotid.review.tallies import BINS, bin_at

MIDDLING = [{"score": 0.5, "same_visit": 0}]


def certain(odds: float, label: str = "made up") -> chance.Calibration:
    """Says one chance of every pair."""
    curve = Logistic(("score_odds",), (0.0,), odds)
    return chance.Calibration(label, curve, curve, by_answers=odds != 0.0)


class Answered:
    """Two kinds of animals: of the first, pairs that score 0.9 are matches and those of 0.5 none; of the second, those
    of 0.5 are matches and those of 0.15 none."""

    def __init__(self, stock: Any) -> None:
        self.project, self.base = stock.project, max(stock.ids) + 1
        parts_kept.keep_profiles(self.project.store, ["leopard", "stripes"])
        ids = np.arange(40) + self.base
        with self.project.store.write() as connection:
            connection.executemany(
                "INSERT INTO sighting (id, uid, media_id, x, y, w, h, score, boxed_by)"
                " VALUES (?, ?, 1, 0, 0, 1, 1, 1, 't')",
                [(int(one), f"u{one:09d}") for one in ids],
            )
        self.scopes = [
            *(Scope("", frozenset(map(int, ids[:20]))), Scope("stripes", frozenset(map(int, ids[20:])))),
        ]
        self.say(ids[:20], (0.9, 0.5))
        self.say(ids[20:], (0.5, 0.15))

    def say(self, ids: np.ndarray, scores: tuple[float, float], count: int = 160) -> None:
        """Answers on pairs of these: every second *same*, with the first of ``scores``, the others with the second."""
        pairs = [(int(a), int(b)) for a in ids for b in ids if b < a][:count]
        rng = np.random.default_rng(int(ids[0]))
        with self.project.store.write() as connection:
            connection.executemany(
                "INSERT INTO decision (uid, kind, a, b, made_at, evidence) VALUES (?, ?, ?, ?, '', ?)",
                [
                    (f"d{a}-{b}", ("same", "different")[n % 2], f"u{b:09d}", f"u{a:09d}", f'{{"anchor": "u{a:09d}"}}')
                    for n, (a, b) in enumerate(pairs)
                ],
            )
        lists: dict[int, list[tuple[int, float, float, bool]]] = {}
        for n, (a, b) in enumerate(pairs):
            lists.setdefault(a, []).append((b, 0.5, float(scores[n % 2] + rng.normal(0, 0.05)), False))
        candidates = Candidates(self.project.layout)
        candidates.keep_lists(lists.items())
        candidates.close()

    def made_by(self, scope: Scope, identity: str) -> None:
        """The lists of one profile were made by a part that does not ship."""
        told = {"encoder": "x", "encoder_identity": identity, "matchers": [], "sightings": 20}
        candidates = Candidates(self.project.layout, scope)
        candidates.keep_note("parts", json.dumps(told, sort_keys=True))
        candidates.close()


@pytest.fixture
def both(stock: Any) -> Answered:
    return Answered(stock)


def test_a_profile_of_other_parts_leaves_the_chances_of_the_first_alone(both: Answered) -> None:
    first, second = both.scopes
    alone = chance.refit(both.project, first)
    both.made_by(second, "1")
    found = refit_all(both.project, both.scopes)
    assert found.each[0] == alone and alone.other == chance.shipped().other, "corrected, and still the curve that ships"
    assert found.each[1].by_answers and found.each[1].label == "from 160 answers of this project"
    assert calibrations_of(both.project, both.scopes) == found, "both are remembered"
    assert notes.get(both.project.store, "calibration") and notes.get(both.project.store, "calibration stripes")
    both.made_by(second, "2")
    again = calibrations_of(both.project, both.scopes)
    assert again.each[0] == alone and again.each[1].label == chance.UNKNOWN and again.earned


def test_answers_on_one_kind_say_nothing_of_another(both: Answered) -> None:
    for scope in both.scopes:
        both.made_by(scope, "1")
    leopards, zebras = refit_all(both.project, both.scopes).each
    together = chance.refit(both.project).chances(MIDDLING)[0]
    assert leopards.chances(MIDDLING)[0] < 0.1 < 0.3 < together < 0.7 < 0.9 < zebras.chances(MIDDLING)[0]


def test_pairs_get_the_chances_of_their_profile() -> None:
    found = Calibrations((certain(2.0), certain(-2.0), certain(0.0, "shipped")))
    rows: Iterable[dict[str, Any]] = [{"score": 0.5, "profile": one} for one in (1, 0, 2, 1, 9)] + [{"score": 0.5}]
    high, low = 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))
    assert found.chances(rows) == pytest.approx([low, high, 0.5, low, high, high])
    assert found.label == "made up; shipped" and found.earned
    only = Calibrations(found.each, earned_only=True)
    assert np.isnan(only.chances(rows)).tolist() == [False, False, True, False, False, False]
    pair = type("Pair", (), {"score": 0.5, "same_visit": False})()
    assert [found.told(pair, one) for one in (0, 1, 2)] == [pytest.approx(high), pytest.approx(low), None]
    binned = Binned(found)
    assert [binned(bin_at(0.5, False) + one * BINS) for one in (0, 1, 2, 0)] == pytest.approx([high, low, 0.5, high])

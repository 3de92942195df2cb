"""Several matchers and published models in one project: one evidence, honest chances, lines to see, and a way back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.match import chance
from spotid.match.agreeing import agreeing_spots, shown_spots
from spotid.match.blend import Scale, equal
from spotid.match.blending import Mixed, taught
from spotid.match.checks import check_lookalikes
from spotid.match.lists import list_lookalikes
from spotid.match.parts import Matcher, PairScore, Points
from spotid.match.points import CoatPoints
from spotid.match.registry import matcher
from spotid.match.seen import Seen
from spotid.match.several import Several, members_of
from spotid.match.spots import CoatSpots
from spotid.progress import Silent
from spotid.project import parts_kept, shards, sightings
from spotid.project.asked import AskedPair
from spotid.project.candidates import Candidate, Candidates
from spotid.project.scope import Scope
from spotid.weights import shelf
from tests.conftest import Stock
from tests.match.test_checks import embedded, survey

pytest.importorskip("cv2")
pytest.importorskip("faiss")
__all__ = ["survey"]


class Slow(CoatPoints):
    """As published ones are: seconds a pair, no votes, a scale of its own."""

    name = "slow"
    votes = False
    quick = False
    most = 2

    def __init__(self) -> None:
        self.asked = 0

    def identity(self) -> str:
        return "slow1"

    def compare(self, a: Points, b: Points) -> PairScore:
        self.asked += 1
        return replace(super().compare(a, b), score=0.01 * super().compare(a, b).score)


def run(survey: Stock, encoder: shards.EncoderRow, chosen: Matcher | Several) -> dict[int, list[Candidate]]:
    project = survey.project
    list_lookalikes(project, encoder, {"neighbours": 3}, Silent())
    check_lookalikes(project, encoder, chosen, 3, 0.08, Silent())
    candidates = Candidates(project.layout)
    place = {one: index for index, one in enumerate(survey.ids)}
    try:
        return {
            place[one]: [replace(c, candidate=place[c.candidate]) for c in candidates.of(one, 9)] for one in survey.ids
        }
    finally:
        candidates.close()


def noted(survey: Stock, name: str) -> Any:
    candidates = Candidates(survey.project.layout)
    try:
        return json.loads(candidates.note(name) or "null")
    finally:
        candidates.close()


def test_several_are_named_with_a_plus_and_quick_ones_come_first() -> None:
    both = Several([Slow(), CoatSpots()])
    assert both.name == "slow+coat-spots" and [one.name for one in members_of(both)] == ["coat-spots", "slow"]
    assert both.identity() == Several([CoatSpots(), Slow()]).identity() != CoatSpots().identity()
    named = matcher("coat-points + coat-spots")
    assert isinstance(named, Several) and members_of(named)[1].name == "coat-spots"
    for wrong in ("coat-spots+coat-spots", "coat-spots+", "a+b"):
        with pytest.raises((BadRequestError, NotFoundError)):
            matcher(wrong)


def test_two_matchers_agree_and_leaving_one_brings_the_old_lists_back(survey: Stock) -> None:
    project, encoder, slow = survey.project, embedded(survey), Slow()
    alone = run(survey, encoder, CoatPoints())
    assert noted(survey, "parts") is None and chance.calibration_of(project) == chance.shipped()

    both = run(survey, encoder, Several([CoatPoints(), slow]))
    assert both[0][0].candidate == 1 and both[1][0].candidate == 0 and both[0][0].spots
    told = noted(survey, "parts")
    assert [one["name"] for one in told["matchers"]] == ["coat-points", "slow"] and told["sightings"] == 5
    assert noted(survey, "blend")["weights"] == [0.5, 0.5]
    before = slow.asked
    assert 0 < before <= 5 * 2 * 2, "not more than its most for each sighting"
    found = chance.calibration_of(project)
    assert found == chance.refit(project) and not found.earned and found.label == chance.UNKNOWN
    rising = found.chances([{"score": score, "same_visit": False} for score in (0.5, 0.7, 0.9, 0.99)])
    assert (np.diff(rising) > 0).all()
    lines_are_those_that_were_found(survey)

    assert run(survey, encoder, Several([CoatPoints(), slow])) == both and slow.asked == before
    assert run(survey, encoder, CoatPoints()) == alone and noted(survey, "parts") is None
    assert chance.calibration_of(project) == chance.shipped()

    candidates = Candidates(project.layout)
    try:
        first, second = survey.ids[:2]
        assert candidates.agreed(first, second, "slow1") is not None
        candidates.keep_only(set(survey.ids) - {first})
        assert candidates.agreed(first, second, "slow1") is None
        assert candidates.agreed(second, survey.ids[2], "nobody") is None
    finally:
        candidates.close()


def lines_are_those_that_were_found(survey: Stock) -> None:
    project = survey.project
    a, b = (sightings.facts(project.store, uid) for uid in survey.uids[:2])
    assert a is not None and b is not None
    slow, count = shown_spots(project, "slow", 0.08, a, b) or ([], 0)
    assert count >= 3 and 3 <= len(slow) <= count
    back, _ = shown_spots(project, "slow", 0.08, b, a) or ([], 0)
    assert [one.a for one in back] == [one.b for one in slow]
    quick = shown_spots(project, "coat-points", 0.08, a, b)
    assert quick == agreeing_spots(project, CoatPoints(), 0.08, a, b) and quick is not None and quick[1] == count
    both, total = shown_spots(project, "coat-points+slow", 0.08, a, b) or ([], 0)
    assert total == 2 * count and {one.a for one in both} & {one.a for one in quick[0]}
    assert shown_spots(project, "never-asked", 0.08, a, b) is None


def test_a_matcher_without_votes_and_a_published_encoder_which_has_a_say(survey: Stock) -> None:
    """Nothing but their likeness tells two of them apart from others; the built-in encoder's would hardly count."""
    name = next(one.name for one in shelf.models().values() if one.role == "embedder")
    lists = run(survey, embedded(survey, name), Slow())
    assert noted(survey, "blend")["parts"] == ["slow", "embedding"]
    assert lists[0][0].candidate == 1 and all(one.votes == 0 for row in lists.values() for one in row)
    evidence = lists[0][0].local
    assert evidence is not None and 0.5 < evidence < 15, "on a scale of its own, brought onto that of the order"
    alike = next(one for one in lists[4] if not one.place and not one.spots and one.likeness > 0)
    assert alike.local is not None and alike.local > 0, "by its likeness alone"


def answered(stock: Stock, count: int) -> list[tuple[int, int]]:
    """Answers of either kind in turn on so many pairs; their scores tell them apart, not without fault."""
    rng = np.random.default_rng(3)
    base = max(stock.ids) + 1
    pairs = [(base + i, base + j) for i in range(30) for j in range(i)][:count]
    with stock.project.store.write() as connection:
        connection.executemany(
            "INSERT INTO sighting (id, uid, media_id, x, y, w, h, score, boxed_by)"
            " VALUES (?, ?, 1, 0, 0, 1, 1, 1, 't')",
            [(base + i, f"u{base + i:09d}") for i in range(30)],
        )
        connection.executemany(
            "INSERT INTO decision (uid, kind, a, b, made_at, evidence) VALUES (?, ?, ?, ?, '', ?)",
            [
                (f"d{n}", ("same", "different")[n % 2], f"u{b:09d}", f"u{a:09d}", json.dumps({"anchor": f"u{a:09d}"}))
                for n, (a, b) in enumerate(pairs)
            ],
        )
    lists: dict[int, list[tuple[int, float, float, bool]]] = {}
    for n, (a, b) in enumerate(pairs):
        score = float(np.clip((0.9, 0.7)[n % 2] + rng.normal(0, 0.08), 0.5, 0.99))
        lists.setdefault(a, []).append((b, 0.5, score, False))
    candidates = Candidates(stock.project.layout)
    candidates.keep_lists(lists.items())
    candidates.close()
    return pairs


def test_answers_give_weight_to_the_matcher_that_knows(stock: Stock) -> None:
    pairs, rng = answered(stock, 120), np.random.default_rng(1)
    ids = sorted({one for pair in pairs for one in pair})
    known = Seen(ids, np.arange(len(ids)), np.zeros(len(ids)), [""] * len(ids))
    candidates = Candidates(stock.project.layout)
    try:
        mixed = Mixed(("knows", "guesses"), ("k", "g"), None)
        told = [np.abs(rng.normal((9.0, 3.0)[n % 2], 2.0)) for n in range(len(pairs))]
        candidates.keep_pairs("k", [(*pair, value, 3) for pair, value in zip(pairs, told, strict=True)])
        candidates.keep_pairs("g", [(*pair, float(rng.exponential(5.0)), 3) for pair in pairs])
        start, scales = equal(mixed.names, len(ids)), [Scale(5.0, len(ids) - 1)] * 2
        found = taught(stock.project, known, candidates, mixed, scales, start)
        assert found.answers == 120 and found.weights[0] > 0.75
        strangers = replace(known, ids=[one + 1000 for one in ids])
        assert taught(stock.project, strangers, candidates, mixed, scales, start) is start
    finally:
        candidates.close()


def test_answers_calibrate_foreign_parts_and_other_parts_are_unknown_again(stock: Stock) -> None:
    def made_by(identity: str, sightings: int = 20) -> None:
        told = {"encoder": "x", "encoder_identity": identity, "matchers": [], "sightings": sightings}
        candidates = Candidates(stock.project.layout)
        candidates.keep_note("parts", json.dumps(told, sort_keys=True))
        candidates.close()

    made_by("1")
    answered(stock, 80)
    found = chance.refit(stock.project)
    assert found.earned and found.label == "from 80 answers of this project"
    high, low = found.chances([{"score": score, "same_visit": 0} for score in (0.95, 0.6)])
    assert high > 0.8 and low < 0.2
    made_by("1", 500)
    assert chance.calibration_of(stock.project) == found, "more photographs are no other parts"
    made_by("2")
    again = chance.calibration_of(stock.project)
    assert not again.earned and again.label == chance.UNKNOWN


def test_parts_of_a_profile_that_was_taken_away_say_nothing_of_the_others(stock: Stock) -> None:
    told = {"encoder": "x", "encoder_identity": "1", "matchers": [], "sightings": 20}
    candidates = Candidates(stock.project.layout, Scope("seal", frozenset()))
    candidates.keep_note("parts", json.dumps(told))
    candidates.close()
    assert chance.calibration_of(stock.project) == chance.shipped()
    parts_kept.keep_profiles(stock.project.store, ["leopard", "seal"])
    assert chance.calibration_of(stock.project).label == chance.UNKNOWN
    parts_kept.keep_profiles(stock.project.store, ["leopard"])
    assert chance.calibration_of(stock.project) == chance.shipped()


def test_few_answers_on_foreign_parts_tell_nobody_anything(stock: Stock) -> None:
    start = chance.unknown(json.dumps({"sightings": 20}))
    pairs = [AskedPair(1, 2, n % 2 == 0, {"score": 0.5 + 0.4 * (n % 2), "same_visit": 0}) for n in range(58)]
    assert chance.fitted_alone(start, pairs) is start
    useless = [AskedPair(1, 2, n % 2 == 0, {"score": 0.5 + 0.001 * (n % 7), "same_visit": 0}) for n in range(400)]
    assert chance.fitted_alone(start, useless) is start

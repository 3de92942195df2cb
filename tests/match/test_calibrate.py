"""Chances rise with what they are made of, stay chances, and follow a project's answers only once these suffice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.match import chance
from spotid.match.calibrate import (
    Isotonic,
    Logistic,
    curve_from_json,
    fit_isotonic,
    fit_logistic,
    log_loss,
)
from spotid.project import ledger
from spotid.project.asked import AskedPair, asked_pairs
from spotid.project.candidates import Candidates
from spotid.words import Verdict

VALUES = st.floats(-5, 5, allow_nan=False, width=32)
ANSWERS = st.lists(st.tuples(VALUES, VALUES, st.booleans()), min_size=1, max_size=60)


def columns(rows: list[tuple[float, float, bool]]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    return {"a": np.array([r[0] for r in rows]), "b": np.array([r[1] for r in rows])}, np.array([r[2] for r in rows])


@given(ANSWERS, st.lists(VALUES, min_size=2, max_size=20))
def test_isotonic_rises_and_is_a_chance(rows: list[tuple[float, float, bool]], asked: list[float]) -> None:
    seen, same = columns(rows)
    curve = fit_isotonic(seen, same, "a")
    assert curve == fit_isotonic(seen, same, "a")
    found = curve.chances({"a": np.sort(asked)})
    assert (np.diff(found) >= 0).all()
    assert ((found > 0) & (found < 1)).all()
    assert curve_from_json(json.loads(json.dumps(curve.to_json()))) == curve


@given(ANSWERS, st.lists(VALUES, min_size=2, max_size=20), VALUES)
def test_logistic_rises_with_every_feature(
    rows: list[tuple[float, float, bool]], asked: list[float], fixed: float
) -> None:
    seen, same = columns(rows)
    curve = fit_logistic(seen, same, ("a", "b"))
    assert curve == fit_logistic(seen, same, ("a", "b"))
    level = np.full(len(asked), fixed)
    for moving, still in (("a", "b"), ("b", "a")):
        found = curve.chances({moving: np.sort(asked), still: level})
        assert (np.diff(found) >= 0).all()
        assert ((found > 0) & (found < 1)).all()
    assert curve_from_json(json.loads(json.dumps(curve.to_json()))) == curve


@given(ANSWERS, st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=12))
def test_the_order_of_a_list_stays(rows: list[tuple[float, float, bool]], listed: list[tuple[float, float]]) -> None:
    seen, same = columns(rows)
    score = np.array(sorted((value for value, _ in listed), reverse=True))
    for curve in (fit_isotonic(seen, same, "a"), fit_logistic(seen, same, ("a",))):
        by_chance = np.argsort(-curve.chances({"a": score}), kind="stable")
        assert by_chance.tolist() == list(range(len(score)))


def test_isotonic_by_hand() -> None:
    curve = fit_isotonic({"a": np.array([0.0, 1, 2, 3])}, np.array([0, 1, 0, 1]), "a")
    assert curve.at == (0.0, 1.5, 3.0)  # the two in the middle are pooled
    # each block is drawn to the overall share of one half by one pair more
    assert curve.chance == pytest.approx(((0 + 0.5) / 2, (1 + 0.5) / 3, (1 + 0.5) / 2))


def test_logistic_finds_the_chances_that_made_the_answers() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=20_000), rng.normal(size=20_000)
    same = rng.random(20_000) < 1 / (1 + np.exp(-(1.5 * a - 1.0)))
    curve = fit_logistic({"a": a, "b": -b}, same, ("a", "b"))
    assert curve.slopes == pytest.approx((1.5, 0.0), abs=0.06)
    assert curve.offset == pytest.approx(-1.0, abs=0.06)


def test_a_misleading_feature_is_left_out() -> None:
    a = np.linspace(-1, 1, 100)
    curve = fit_logistic({"a": a}, a < 0, ("a",))
    assert curve.slopes == (0.0,)
    assert curve.chances({"a": np.array([7.0])})[0] == pytest.approx(0.5, abs=0.02)


def test_unknown_values_count_as_nothing() -> None:
    curve = Logistic(("local",), (2.0,), -1.0)
    assert curve.chances({"local": np.array([np.nan])}) == curve.chances({"local": np.array([0.0])})


@pytest.mark.parametrize(
    "stored",
    [
        {"kind": "magic"},
        {"kind": "isotonic", "feature": "a", "at": [1, 0], "chance": [0.1, 0.2]},
        {"kind": "isotonic", "feature": "a", "at": [0, 1], "chance": [0.2, 0.1]},
        {"kind": "isotonic", "feature": "a", "at": [], "chance": []},
        {"kind": "logistic", "features": ["a"], "slopes": [], "offset": 0},
    ],
)
def test_damaged_curves_are_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        curve_from_json(stored)


# --- a project's own answers ------------------------------------------------------------------------------------------

START = chance.Calibration("shipped", Isotonic("score", (0.0, 1.0), (0.05, 0.95)), Isotonic("score", (0.0,), (0.9,)))


def answers(count: int, true_chance: Any, seed: int = 3) -> list[AskedPair]:
    rng = np.random.default_rng(seed)
    score = rng.random(count)
    same = rng.random(count) < true_chance(score)
    return [
        AskedPair(n, n + 1, bool(s), {"score": float(x), "same_visit": 0})
        for n, (x, s) in enumerate(zip(score, same, strict=True))
    ]


def test_few_answers_change_nothing() -> None:
    assert chance.fitted(START, answers(40, lambda s: s)) is START
    assert chance.fitted(START, []) is START


def test_answers_that_disagree_with_the_shipped_curve_correct_it() -> None:
    def rare(score: np.ndarray) -> np.ndarray:
        return 0.3 * score

    found = chance.fitted(START, answers(600, rare))
    assert found.label == "from 600 answers of this project"
    score = np.array([0.1, 0.5, 0.9])
    rows = [{"score": s, "same_visit": False} for s in score]
    before, after = START.chances(rows), found.chances(rows)
    assert np.abs(after - rare(score)).mean() < 0.3 * np.abs(before - rare(score)).mean()
    assert (np.diff(after) >= 0).all()
    assert chance.fitted(START, answers(600, rare)) == found


def test_the_shipped_curve_fades_as_answers_come_in() -> None:
    row = [{"score": 0.8, "same_visit": 0}]
    before = START.chances(row)[0]
    few, many = (chance.fitted(START, answers(n, lambda s: 0.4 * s)).chances(row)[0] for n in (250, 3000))
    assert abs(many - 0.32) < abs(few - 0.32) + 0.02 < abs(before - 0.32)


def test_pairs_of_one_visit_have_a_curve_of_their_own() -> None:
    found = START.chances([{"score": 0.1, "same_visit": 1}, {"score": 0.1, "same_visit": 0}])
    assert found[0] == pytest.approx(0.9) and found[1] < 0.2


def test_the_shipped_calibration_opens_and_says_where_it_comes_from() -> None:
    found = chance.shipped()
    assert found.label == "shipped: from generated surveys"
    ladder = found.chances([{"score": s, "same_visit": 0} for s in np.linspace(0, 1, 50)])
    assert (np.diff(ladder) >= 0).all() and ladder[0] < 0.3 < ladder[-1]


def say(stock: Any, kind: Verdict, a: int, b: int, uid: str, target: str | None = None) -> None:
    pair = {} if kind is Verdict.UNDO else {"a": stock.uids[a], "b": stock.uids[b]}
    evidence = {} if kind is Verdict.UNDO else {"anchor": stock.uids[b]}
    ledger.keep(
        stock.project.store,
        ledger.Answer(uid, kind, target=target, evidence=evidence, **pair),
        lambda event: ([], {}, {}),
        str,
    )


def test_standing_answers_with_the_list_in_which_they_were_asked(stock: Any) -> None:
    say(stock, Verdict.SAME, 0, 1, "one")
    say(stock, Verdict.DIFFERENT, 2, 3, "two")
    say(stock, Verdict.CANNOT_TELL, 3, 4, "three")
    say(stock, Verdict.SAME, 4, 5, "four")
    say(stock, Verdict.UNDO, 0, 0, "five", target="four")
    found = asked_pairs(stock.project.store, stock.project.layout, 100)
    assert [(pair.anchor, pair.candidate, pair.same) for pair in found] == [
        (stock.ids[1], stock.ids[0], True),
        (stock.ids[3], stock.ids[2], False),
    ]
    assert found[0].facts["likeness"] == pytest.approx(0.5) and found[0].facts["same_visit"] == 0
    assert asked_pairs(stock.project.store, stock.project.layout, 1) == found[1:]
    say(stock, Verdict.SAME, 2, 3, "six")
    assert [pair.same for pair in asked_pairs(stock.project.store, stock.project.layout, 100)] == [True, True]


def test_refit_is_remembered_and_quick(stock: Any) -> None:
    store, layout = stock.project.store, stock.project.layout
    assert chance.refit(stock.project) == chance.calibration_of(stock.project) == chance.shipped()
    rng = np.random.default_rng(5)
    count, sightings = 20_000, 250
    base = max(stock.ids) + 1
    pairs = [(base + i, base + j) for i in range(sightings) for j in range(i)][:count]
    score = rng.random(count)
    same = rng.random(count) < 0.5 * score
    with store.write() as connection:
        connection.executemany(
            "INSERT INTO sighting (id, uid, media_id, x, y, w, h, score, boxed_by)"
            " VALUES (?, ?, 1, 0, 0, 1, 1, 1, 't')",
            [(base + i, f"u{base + i:09d}") for i in range(sightings)],
        )
        connection.executemany(
            "INSERT INTO decision (uid, kind, a, b, made_at, evidence) VALUES (?, ?, ?, ?, '', ?)",
            [
                (f"d{n}", "same" if s else "different", f"u{b:09d}", f"u{a:09d}", json.dumps({"anchor": f"u{a:09d}"}))
                for n, ((a, b), s) in enumerate(zip(pairs, same, strict=True))
            ],
        )
    candidates = Candidates(layout)
    lists: dict[int, list[tuple[int, float, float, bool]]] = {}
    for (a, b), s in zip(pairs, score, strict=True):
        lists.setdefault(a, []).append((b, 0.5, float(s), False))
    candidates.keep_lists(lists.items())
    candidates.close()
    found = chance.refit(stock.project)
    assert chance.refit(stock.project) == found
    assert found.label == f"from {chance.NEWEST} answers of this project"
    assert chance.calibration_of(stock.project) == found
    rows = [{"score": s, "same_visit": 0} for s in (0.2, 0.8)]
    assert found.chances(rows) == pytest.approx([0.1, 0.4], abs=0.08)
    assert log_loss(found.chances([{"score": s} for s in score]), same) < 0.6

"""Agreement in words and figures: for the page, for the table of an export, and for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spotid.project import answers, ledger_merge
from spotid.project.store import Store
from spotid.review.agreement import FEWEST, NAMES, Agreement, Double, Share, doubles, measure, reviewers

WHO = ("two", "unknown", "same")
ERROR = (
    "How often one person is wrong about a pair, if both are wrong equally often and independently of each other."
    " Hard pairs are hard for both, so that the true figure is at least this."
)
MISSED = "Of the pairs that the second answer called the same animal, those that the first had called different."
FALSE = "Of the pairs that the second answer called different, those that the first had called the same animal."
DISPUTED = "Of the pairs that both decided, those where one said same and the other different."
AGREED = "Of all pairs that were judged twice, those with the same answer, can't tell included."
KAPPA = "Cohen's kappa of same, different and can't tell: 1 is full agreement, 0 what chance alone would give."


def of_project(store: Store) -> list[Double]:
    """All pairs of a project that were judged twice."""
    return doubles(list(answers.everything(store)), ledger_merge.batches(store))


def told(store: Store) -> dict[str, Any]:
    """Everything that the page shows."""
    rows = list(answers.everything(store))
    pairs = doubles(rows, ledger_merge.batches(store))
    people = [
        {
            "initials": one.initials,
            "kinds": dict(one.kinds),
            "answers": one.answers,
            "taken_back": one.taken_back,
            "median_seconds": one.median_seconds,
        }
        for one in reviewers(rows)
    ]
    return {
        "reviewers": people,
        "agreement": {who: as_json(measured) for who, measured in strata(pairs).items()},
        "blind": sum(one.how == "blind" for one in pairs),
        "merged": sum(one.how == "merged" for one in pairs),
        "fewest": FEWEST,
    }


def strata(pairs: Iterable[Double]) -> dict[str, Agreement]:
    """Agreement of two people, of one person with the own answers, and where initials are missing."""
    every = list(pairs)
    return {who: measure(one for one in every if one.who == who) for who in WHO if any(p.who == who for p in every)}


def as_json(one: Agreement) -> dict[str, Any]:
    """An agreement for the browser."""
    return {
        "pairs": one.pairs,
        "cells": {first: {second: one.cells.get((first, second), 0) for second in NAMES} for first in NAMES},
        "agreed": _share(one.agreed),
        "kappa": None if one.kappa is None else {"value": one.kappa, "low": one.kappa_low, "high": one.kappa_high},
        "disputed": _share(one.disputed),
        "missed": _share(one.missed),
        "false_joins": _share(one.false_joins),
        "error": None if one.error is None else dict(zip(("value", "low", "high"), one.error, strict=True)),
        "decided": one.disputed.of,
        "more": one.more,
    }


def _share(one: Share) -> dict[str, float | int | None]:
    return {"hits": one.hits, "of": one.of, "value": one.value, "low": one.low, "high": one.high}


def lines(store: Store) -> list[dict[str, Any]]:
    """The rows of ``agreement.csv``; none where no pair was judged twice."""
    found: list[dict[str, Any]] = []
    for who, one in strata(of_project(store)).items():
        found += [{"reviewers": who, **line} for line in _lines(one)]
    return found


def _lines(one: Agreement) -> Sequence[dict[str, Any]]:
    kappa = (one.kappa, one.kappa_low, one.kappa_high)
    error = one.error or (None, None, None)
    enough = one.disputed.of >= FEWEST
    rows = [
        _line("pairs judged twice", (one.pairs, None, None), "Second opinions, and pairs answered on two laptops."),
        _line("agreement", _of(one.agreed, True), AGREED, one.agreed),
        _line("Cohen's kappa", kappa, KAPPA),
        _line("disagreement", _of(one.disputed, enough), DISPUTED, one.disputed),
        _line("missed", _of(one.missed, enough), MISSED, one.missed),
        _line("false joins", _of(one.false_joins, enough), FALSE, one.false_joins),
        _line("mistakes of one person", error, ERROR),
    ]
    for first in NAMES:
        for second in NAMES:
            name = f"first {first}, second {second}"
            rows.append(_line(name, (one.cells.get((first, second), 0), None, None), "How many pairs."))
    return rows


def _of(one: Share, enough: bool) -> tuple[float | None, float | None, float | None]:
    return (one.value, one.low, one.high) if enough else (None, None, None)


def _line(
    name: str, figures: tuple[float | None, float | None, float | None], meaning: str, share: Share | None = None
) -> dict[str, Any]:
    value, low, high = (f"{one:.4f}" if isinstance(one, float) else one for one in figures)
    counted = {"count": share.hits if share else None, "of": share.of if share else None}
    return {"measure": name, "value": value, "low": low, "high": high, **counted, "meaning": meaning}

"""Answers that come from another database: what makes a row no answer, and when two rows are one answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from spotid import codes
from spotid.words import PAIR_VERDICTS, TWO_SIGHTINGS, Flank, Verdict

NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.+Z-]{0,24}")
COMPARED = ("kind", "a", "b", "target")  # of two answers with one uid, besides their evidence
LONGEST = 1_000_000  # letters of evidence
KINDS, FLANKS = frozenset(Verdict), frozenset(Flank)


def equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows say one and the same; what codes begin with is nothing that is said."""
    if any(one[name] != other[name] for name in COMPARED):
        return False
    return one["evidence"] == other["evidence"] or _said(one["evidence"]) == _said(other["evidence"])


def _said(text: object) -> dict[str, Any] | None:
    found = object_of(text)
    return None if found is None else {name: value for name, value in found.items() if name != codes.TOLD}


def object_of(text: object) -> dict[str, Any] | None:
    """A JSON object; None where it is none."""
    try:
        found = json.loads(str(text)) if len(str(text)) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def fault(row: Mapping[str, Any]) -> str:
    """What makes a row no answer that a person can have given; empty where nothing does."""
    names = [row["uid"], *(one for one in (row["a"], row["b"], row["target"]) if one is not None)]
    if not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
        return "Its numbers can't be read."
    if row["kind"] not in KINDS:
        return "It is of a kind that this SpotID does not know."
    kind = Verdict(row["kind"])
    two = kind in TWO_SIGHTINGS
    if (kind is Verdict.UNDO) != (row["a"] is None) or two != (row["b"] is not None):
        return "It is not about the right number of pictures."
    if (kind is Verdict.UNDO) != (row["target"] is not None) or (two and not row["a"] < row["b"]):
        return "It is not about the right pictures."
    evidence, seconds = object_of(row["evidence"]), row["seconds"]
    if evidence is None or not _readable(kind, evidence):
        return "What it was given on can't be read."
    if not isinstance(row["made_at"], str) or not MOMENT.fullmatch(row["made_at"]):
        return "When it was given can't be read."
    if seconds is not None and not (isinstance(seconds, int | float) and abs(seconds) < 1e9):
        return "How long it took can't be read."
    if not isinstance(row["reviewer"], str) or len(row["reviewer"]) > 64 or not row["reviewer"].isprintable():
        return "Who gave it can't be read."
    return ""


def _readable(kind: Verdict, evidence: Mapping[str, Any]) -> bool:
    """Whether what identities and flanks read of the evidence is of the right shape."""

    def names(value: object) -> bool:
        return isinstance(value, list) and all(isinstance(one, str) and NAME.fullmatch(one) for one in value)

    covered = evidence.get("with", {})
    if not isinstance(covered, dict) or not all(names(others) for others in covered.values()):
        return False
    if not all(names(evidence.get(part, [])) for part in ("out", "stay", "cut")):
        return False
    if codes.TOLD in evidence and not codes.readable(evidence[codes.TOLD]):
        return False
    facts, was = evidence.get("facts", {}), evidence.get("was", {})
    if not isinstance(facts, dict) or not all(isinstance(one, str) for one in facts.values()):
        return False
    if kind is Verdict.SECOND and evidence.get("said") not in PAIR_VERDICTS:
        return False
    return kind is not Verdict.FLANK or (evidence.get("flank") in FLANKS and isinstance(was, dict))

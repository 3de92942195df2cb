"""What the codes of individuals begin with that an answer may give birth to is noted with the answer.

Which animal a sighting shows may be told otherwise later, and a project may get or lose a profile; the code stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spotid import codes
from spotid.project import ledger
from spotid.project.store import Store
from spotid.review.said import parts, sides
from spotid.words import JOINING, Verdict

# Sightings → the word for each; None: all have the usual one.
Words = Callable[[Collection[str]], Mapping[str, str]] | None
BEARING = JOINING | {Verdict.NEW, Verdict.SPLIT, Verdict.RELEASE, Verdict.UNDO}


def noted(store: Store, answers: Sequence[ledger.Answer], words_of: Words) -> list[ledger.Answer]:
    """The same answers, each with the words of its sightings; one that was copied from another answer gets new ones."""
    about = [_sightings(store, one) for one in answers]
    wanted = sorted({uid for uids in about for uid in uids})
    known = {} if words_of is None or not wanted else words_of(wanted)
    return [
        _with(one, codes.note({uid: known.get(uid, codes.USUAL) for uid in uids}))
        for one, uids in zip(answers, about, strict=True)
    ]


def _with(answer: ledger.Answer, note: Mapping[str, Any]) -> ledger.Answer:
    evidence = answer.evidence or {}
    if not note and codes.TOLD not in evidence:
        return answer
    return replace(answer, evidence={name: said for name, said in evidence.items() if name != codes.TOLD} | {**note})


def _sightings(store: Store, answer: ledger.Answer) -> list[str]:
    """All sightings that an answer is about, or that one is which it takes back."""
    if answer.kind not in BEARING:
        return []
    said: ledger.Event | None
    if answer.kind is Verdict.UNDO:
        said = ledger.find(store, answer.target or "")
    else:
        said = ledger.Event(0, answer.uid, answer.kind, answer.a, answer.b, more=answer.evidence)
    return [] if said is None else [*(one for some in (*sides(said), *parts(said)) for one in some)]

"""Answers that the review got on two opposite sides of animals: nothing could be seen there.

Whoever presses *not a match* on a left and a right side is right that the spots differ, and says nothing of whether
they are one animal. Such answers stand like all others; they only keep no proposal away that rests on something else,
such as two cameras that fired at one moment, and a link takes the same person's answers of this kind back.
"""

from __future__ import annotations

from spotid.project import ledger
from spotid.project.given import reviewer_of
from spotid.review.desk import Desk
from spotid.words import Flank, Verdict

PAGES = "pages"  # the way of answers that were given outside the review, with more than two coats in view
OPPOSITE = {Flank.LEFT, Flank.RIGHT}


def unseen(desk: Desk, one: str, other: str, uid: str) -> bool:
    """Whether the answer on this pair was given where two opposite sides were compared."""
    if {desk.sides.side(one).flank, desk.sides.side(other).flank} != OPPOSITE:
        return False
    return ledger.evidence_of(desk.project.store, uid).get("way") != PAGES


def outweighed(desk: Desk, a: str, b: str, reviewer: str) -> list[str]:
    """This person's answers that told two animals apart by opposite sides alone; empty where anything else does."""
    known = desk.identities
    if known.relation(a, b) is not Verdict.DIFFERENT:
        return []
    parted = known.parted(a, b)
    if not all(uid and unseen(desk, one, other, uid) for one, other, uid in parted):
        return []
    uids = dict.fromkeys(uid for _, _, uid in parted)
    return [uid for uid in uids if reviewer_of(desk.project.store, uid) == reviewer]

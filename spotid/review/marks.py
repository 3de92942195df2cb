"""What people say of single sightings outside the review: new, unusable, a flank, and that two are not one."""

from __future__ import annotations

from typing import Any

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import flanks, ledger
from spotid.review import deeds
from spotid.review.deeds import Deed
from spotid.review.desk import OTHER_ANSWER, Desk
from spotid.review.unseen import PAGES
from spotid.words import Flank, Verdict

MARKS = (Verdict.NEW, Verdict.UNUSABLE, Verdict.DIFFERENT)


def mark(desk: Desk, uid: str, kind: str, sighting: str, other: str | None = None, reviewer: str = "") -> Deed:
    """Keep *new*, *unusable*, or *different* of two sightings. The place in the review stays where it is.

    Raises BadRequestError for what makes no sense, NotFoundError for a sighting that is not there.
    """
    if kind not in MARKS:
        raise BadRequestError(f"“{kind[:40]}” can't be said here.", "Reload the page.")
    verdict = Verdict(kind)
    with desk.lock:
        desk.fresh()
        pair = other if verdict is Verdict.DIFFERENT else None
        known = ledger.find(desk.project.store, uid)
        if known is not None:
            desk.check_repeat(known, verdict, sighting, pair)
            return Deed(known, True)
        desk.check_sightings(sighting, pair)
        mine = desk.identities.individual(sighting)
        if verdict is not Verdict.DIFFERENT and mine is not None:
            raise BadRequestError(
                "This animal belongs to an individual already.", "Release it first if that is wrong, then say it again."
            )
        if pair is not None and desk.identities.label(sighting) == desk.identities.label(pair):
            raise BadRequestError("The two are one individual.", "Split it if that is wrong.")
        evidence = {"anchor": sighting, "way": PAGES}
        answer = ledger.Answer(uid, verdict, sighting, pair, reviewer=reviewer, evidence=evidence)
        return Deed(desk.keep(answer), False)


def flank(desk: Desk, uid: str, sighting: str, side: str, reviewer: str = "") -> Deed:
    """Keep which side of the animal a sighting shows. Raises as ``mark`` does."""
    if side not in set(Flank):
        raise BadRequestError(f"“{side[:40]}” is not a side.", "Reload the page.")
    with desk.lock:
        desk.fresh()
        known = ledger.find(desk.project.store, uid)
        if known is not None:
            desk.check_repeat(known, Verdict.FLANK, sighting, None)
            if ledger.evidence_of(desk.project.store, uid).get("flank") != side:
                raise BadRequestError(*OTHER_ANSWER)
            return Deed(known, True)
        desk.check_sightings(sighting)
        evidence: dict[str, Any] = {"flank": side, "was": flanks.was(desk.project.store, sighting)}
        answer = ledger.Answer(uid, Verdict.FLANK, sighting, reviewer=reviewer, evidence=evidence)
        return Deed(desk.keep(answer), False)


def move(desk: Desk, uid: str, sighting: str, to: str, reviewer: str = "") -> list[Deed]:
    """Give one sighting to the individual of ``to``, and this one alone.

    A sighting that stands with others in another individual is released first, which is a row of its own: assigning
    alone would make the two individuals one.
    """
    done: list[Deed] = []
    with desk.lock:
        desk.fresh()
        desk.check_sightings(sighting, to)
        known = desk.identities
        if ledger.find(desk.project.store, uid) is None:
            if sighting == to or known.label(sighting) == known.label(to):
                raise BadRequestError("This animal belongs to that individual already.", "Reload the page.")
            if known.individual(to) is None:
                raise NotFoundError("There is no such individual now.", "Choose another one.")
            if len(known.group(sighting)) > 1:
                done.append(deeds.release(desk, f"{uid}-out", [sighting], reviewer=reviewer))
        done.append(deeds.assign(desk, uid, sighting, to, reviewer=reviewer))
    return done

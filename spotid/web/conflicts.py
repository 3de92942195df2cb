"""Answers that contradict one another: a card for each, and undoing any of the answers on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.project import answers, clips, filenames, sightings
from spotid.project.answers import Said
from spotid.project.candidates import Candidates
from spotid.review import conflicts, deeds, doubts, second
from spotid.review.conflicts import Believed, Card, Witness
from spotid.review.desk import Desk
from spotid.web.common import bench, body, reviewer, shown, text

if TYPE_CHECKING:
    from spotid.match.calibrations import Calibrations

pages = Blueprint("conflicts", __name__)

ANSWER_UID = re.compile(r"[0-9A-Za-z-]{8,64}")
SHOWN = 40  # cards on the page; whoever has more settles these first
DEPTH = 200  # look-alikes of a sighting among which a pair is looked for


@pages.get("/project/<project_id>/conflicts")
def page(project_id: str) -> ResponseReturnValue:
    """Answers that contradict one another, as cards."""
    return render_template("conflicts.html", project=shown(bench().project(project_id)), page="conflicts")


@pages.get("/api/project/<project_id>/conflicts/count")
def count(project_id: str) -> ResponseReturnValue:
    """How many contradictions there are, for the menu."""
    return jsonify(_counted(bench().desk(project_id)))


@pages.get("/api/project/<project_id>/conflicts")
def cards(project_id: str) -> ResponseReturnValue:
    """The cards, those with the weakest answer first."""
    return jsonify(_cards(project_id, bench().desk(project_id)))


@pages.get("/api/project/<project_id>/conflicts/doubts")
def doubtful(project_id: str) -> ResponseReturnValue:
    """Answers that the rest speaks against, the most doubtful first, as cards of one answer each."""
    desk, chances = bench().desk(project_id), bench().chances(project_id)
    with desk.lock:
        desk.fresh()
        found = doubts.doubts(desk, replace(chances, earned_only=True), chances.earned)
        told = found[:SHOWN]
        said = answers.by_uid(desk.project.store, [one.card.witnesses[0].uid for one in told])
        believed = _believed(chances, desk)
        pictures = _pictures(desk, sorted({uid for one in told for uid in one.card.pictures}))
        cards = [_card(one.card, said, pictures, believed) | {"doubt": _doubt(one)} for one in told]
    return jsonify(cards=cards, count=len(found), more=len(found) - len(told), earned=chances.earned)


@pages.post("/api/project/<project_id>/conflicts/keep")
def let_stand(project_id: str) -> ResponseReturnValue:
    """Let an answer stand that was shown for a second look; it is not shown again."""
    content, desk = body(), bench().desk(project_id)
    target = text(content, "target", longest=64)
    return _done(project_id, desk, doubts.keep(desk, _uid(content), target, reviewer(content)))


@pages.post("/api/project/<project_id>/conflicts/undo-one")
def take_back(project_id: str) -> ResponseReturnValue:
    """Undo one of the answers on a card."""
    content, desk = body(), bench().desk(project_id)
    target = text(content, "target", longest=64)
    return _done(project_id, desk, deeds.take_back(desk, _uid(content), target, reviewer(content)))


@pages.post("/api/project/<project_id>/conflicts/settle")
def settle(project_id: str) -> ResponseReturnValue:
    """Say whether the first answer or the second opinion is right."""
    content, desk = body(), bench().desk(project_id)
    opinion, right = text(content, "second", longest=64), text(content, "right", longest=10)
    return _done(project_id, desk, second.settle(desk, _uid(content), opinion, right, reviewer(content)))


@pages.post("/api/project/<project_id>/conflicts/revert")
def revert(project_id: str) -> ResponseReturnValue:
    """Undo what was done on this page; ``of`` is the answer that was shown as kept."""
    content, desk = body(), bench().desk(project_id)
    return _done(
        project_id, desk, second.revert(desk, _uid(content), text(content, "of", longest=64), reviewer(content))
    )


def _done(project_id: str, desk: Desk, deed: deeds.Deed) -> ResponseReturnValue:
    event = deed.event
    kept = {"row": event.row, "uid": event.uid, "kind": event.kind, "at": event.at}
    return jsonify(kept=kept, repeated=deed.repeated, **_cards(project_id, desk))


def _uid(content: dict[str, Any]) -> str:
    uid = text(content, "uid", longest=64)
    if not ANSWER_UID.fullmatch(uid):
        raise BadRequestError("The answer has no proper number.", "Reload the page and answer again.")
    return uid


def _counted(desk: Desk) -> dict[str, int]:
    with desk.lock:
        desk.fresh()
        kinds = conflicts.count(desk.identities)
    return {"count": sum(kinds.values()), **kinds}


def _cards(project_id: str, desk: Desk) -> dict[str, Any]:
    store = desk.project.store
    chances = bench().chances(project_id)
    with desk.lock:  # another window may be answering
        desk.fresh()
        known = desk.identities
        bare = conflicts.bare_cards(known)
        pairs = {witness.between for card in bare for witness in card.witnesses}
        uids = {uid for a, b in pairs for uid in known.told(a, b)}
        uids |= {one.uid for one in known.second_opinions() if (one.a, one.b) in {(min(p), max(p)) for p in pairs}}
        uids |= {witness.uid for card in bare for witness in card.witnesses}
        said = answers.by_uid(store, sorted(uids))
        believed = _believed(chances, desk)
        found = conflicts.cards(known, said, believed, answers.usual_seconds(store) if bare else {})
        pictures = _pictures(desk, sorted({uid for card in found[:SHOWN] for uid in card.pictures}))
        told = [_card(card, said, pictures, believed) for card in found[:SHOWN]]
    counts = _counted(desk)
    return {"cards": told, "counts": counts, "more": max(0, counts["count"] - len(told))}


def _believed(chances: Calibrations, desk: Desk) -> Callable[[str, str], Believed]:
    """What the program makes of any pair now; each is looked up once."""
    project, known = desk.project, dict[tuple[str, str], Believed]()

    def look(a: str, b: str) -> Believed:
        rows = sightings.many(project.store, [a, b])
        if len(rows) < 2:
            return Believed()
        candidates = Candidates(project.layout)
        try:
            for one, other in ((a, b), (b, a)):
                for found in candidates.of(rows[one]["id"], DEPTH):
                    if found.candidate == rows[other]["id"]:
                        chance = chances.told(found, desk.kinds.get(one, 0))
                        return Believed(None if chance is None else round(chance, 3), found.spots)
        finally:
            candidates.close()
        return Believed()

    def believed(a: str, b: str) -> Believed:
        if (a, b) not in known:
            known[a, b] = look(a, b)
        return known[a, b]

    return believed


def _pictures(desk: Desk, uids: list[str]) -> dict[str, dict[str, Any]]:
    rows = sightings.many(desk.project.store, uids)
    found = {}
    for uid in uids:
        row, number = rows.get(uid), desk.identities.individual(uid)
        found[uid] = {
            "uid": uid,
            "here": row is not None,  # answers of another laptop may be on photographs that are not here
            "media_uid": row["media_uid"] if row is not None else None,
            "name": clips.shown_name(row["relpath"]) if row is not None else None,
            "station": filenames.shown(row["station"] or "") if row is not None else None,
            "captured_at": row["captured_at"] if row is not None else None,
            "flank": desk.sides.side(uid).flank.value,
            "number": number,
            "individual": None if number is None else desk.identities.code_of(number),
            "individual_name": None if number is None else desk.identities.name_of(number),
        }
    return found


def _card(
    card: Card,
    said: dict[str, Said],
    pictures: dict[str, dict[str, Any]],
    believed: Callable[[str, str], Believed],
) -> dict[str, Any]:
    numbers = {witness.uid: place for place, witness in enumerate(card.witnesses, 1)}

    def told(witness: Witness) -> dict[str, Any]:
        return _answer(witness, said[witness.uid], numbers[witness.uid], believed(*sorted(witness.between)))

    opinion = next((one.uid for one in card.witnesses if said[one.uid].kind == "second"), None)
    return {
        "key": card.key,
        "kind": card.kind,
        "weakness": card.weakness,
        "pictures": [pictures[uid] for uid in card.pictures],
        "joins": [[told(one) for one in step] for step in card.joins],
        "parting": [told(one) for one in card.parting],
        "second": opinion,
    }


def _doubt(one: doubts.Doubted) -> dict[str, Any]:
    doubt = one.doubt
    return {
        "wrong": round(doubt.wrong, 3),
        "reason": doubt.reason,
        "ours": doubt.ours,
        "theirs": doubt.theirs,
        "kmh": None if one.kmh is None else round(one.kmh, 1),
        "limit_kmh": one.limit,
    }


def _answer(witness: Witness, answer: Said, number: int, now: Believed) -> dict[str, Any]:
    then = answer.number("chance")
    spots = answer.number("spots")
    covered = sum(len(others) for others in (answer.evidence.get("with") or {}).values())
    return {
        "uid": answer.uid,
        "row": answer.row,
        "kind": answer.kind,
        "said": answer.evidence.get("said") if answer.kind == "second" else answer.kind,
        "parts": witness.parts,
        "reviewer": answer.reviewer,
        "at": answer.at,
        "seconds": answer.seconds,
        "chance": now.chance if then is None else then,
        "then": then is not None,
        "spots": now.spots if spots is None else spots,
        "covered": covered,
        "number": number,
        "weakness": witness.weakness,
        "reasons": [{"name": one.name, "points": one.points, "values": dict(one.values)} for one in witness.reasons],
    }

"""What people do to individuals on their pages: each is kept as one row, told with its number, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import ledger
from spotid.review import deeds, marks
from spotid.review.deeds import Deed
from spotid.review.desk import Desk
from spotid.web.common import bench, body, reviewer, text

pages = Blueprint("deeds", __name__)

DEED_UID = re.compile(r"[0-9A-Za-z-]{8,58}")  # several rows of one deed add a few letters each
MOST = 500  # sightings or answers in one deed


@pages.post("/api/project/<project_id>/deeds/assign")
def assign(project_id: str) -> ResponseReturnValue:
    """A sighting belongs to the individual that another sighting belongs to."""
    content, desk, who = _asked(project_id)
    sighting = _one(content, "sighting")
    return _told(desk, marks.move(desk, _uid(content), sighting, _one(content, "to"), **who), sighting)


@pages.post("/api/project/<project_id>/deeds/unite")
def unite(project_id: str) -> ResponseReturnValue:
    """Two individuals, one sighting of each, are one: seen to be (merge) or photographed from both sides (link)."""
    content, desk, who = _asked(project_id)
    how, a, b = text(content, "how", longest=20), _one(content, "a"), _one(content, "b")
    if how not in ("merge", "link"):
        raise BadRequestError("Individuals are merged or linked.", "Reload the page.")
    if how == "merge":
        _has_individual(desk, _uid(content), a, b)
    does = deeds.merge if how == "merge" else deeds.link
    return _told(desk, [does(desk, _uid(content), a, b, **who)], a)


@pages.post("/api/project/<project_id>/deeds/part")
def part(project_id: str) -> ResponseReturnValue:
    """Some sightings of an individual are another animal (split), or nobody knows any more (release)."""
    content, desk, who = _asked(project_id)
    how, out = text(content, "how", longest=20), _several(content, "out")
    if how not in ("split", "release"):
        raise BadRequestError("Pictures are split off or released.", "Reload the page.")
    does = deeds.split if how == "split" else deeds.release
    return _told(desk, [does(desk, _uid(content), out, **who)], out[0])


@pages.post("/api/project/<project_id>/deeds/describe")
def describe(project_id: str) -> ResponseReturnValue:
    """Name, sex, age, notes or a portrait of the individual that a sighting belongs to."""
    content, desk, who = _asked(project_id)
    sighting, facts = _one(content, "sighting"), content.get("facts")
    if not isinstance(facts, dict):
        raise BadRequestError("Nothing was said of the individual.", "Fill something in.")
    if any(isinstance(word, str) and not _whole(word) for word in (*facts, *facts.values())):
        raise BadRequestError("What was typed can't be kept.", "Check it and try again.")
    return _told(desk, [deeds.describe(desk, _uid(content), sighting, facts, **who)], sighting)


@pages.post("/api/project/<project_id>/deeds/say")
def say(project_id: str) -> ResponseReturnValue:
    """New, unusable, different, or a flank of sightings; unusable may be said of several at once."""
    content, desk, who = _asked(project_id)
    kind, uid, sightings = text(content, "kind", longest=40), _uid(content), _several(content, "sightings")
    if kind == "flank":
        side = text(content, "flank", longest=20)
        return _told(desk, [marks.flank(desk, uid, sightings[0], side, **who)], sightings[0])
    if kind == "different":
        if len(sightings) != 2:
            raise BadRequestError("This answer needs two different sightings.", "Reload the page and answer again.")
        return _told(desk, [marks.mark(desk, uid, kind, *sightings, **who)], sightings[0])
    desk.check_sightings(*sightings)
    said = [marks.mark(desk, _nth(uid, place), kind, one, **who) for place, one in enumerate(sightings)]
    return _told(desk, said, sightings[0])


@pages.post("/api/project/<project_id>/deeds/take-back")
def take_back(project_id: str) -> ResponseReturnValue:
    """Undo standing answers, in the order given. Of several, those that were taken back meanwhile are passed over."""
    content, desk, who = _asked(project_id)
    uid, targets = _uid(content), _several(content, "targets")
    done: list[Deed] = []
    for place, target in enumerate(targets):
        try:
            done.append(deeds.take_back(desk, _nth(uid, place), target, **who))
        except NotFoundError:
            if len(targets) == 1:
                raise
    if not done:
        raise NotFoundError("These answers were taken back already.", "Reload the page.")
    return _told(desk, done, None)


def _asked(project_id: str) -> tuple[dict[str, Any], Desk, dict[str, str]]:
    content = body()
    return content, bench().desk(project_id), {"reviewer": reviewer(content)}


def _has_individual(desk: Desk, uid: str, *sightings: str) -> None:
    """A merge is of individuals; the page asks for sightings that had one when it was made."""
    with desk.lock:
        desk.fresh()
        if ledger.find(desk.project.store, uid) is None and None in map(desk.identities.individual, sightings):
            raise NotFoundError("There is no such individual now.", "Reload the page and choose again.")


def _told(desk: Desk, done: Sequence[Deed], about: str | None) -> ResponseReturnValue:
    """The rows that were kept, what undoes them (newest first), and whom ``about`` belongs to now."""
    with desk.lock:
        number = desk.identities.individual(about) if about else None
        name = desk.identities.name_of(number) if number is not None else None
        code = desk.identities.code_of(number) if number is not None else ""
    return jsonify(
        kept=[{"row": one.event.row, "uid": one.event.uid, "kind": one.event.kind} for one in done],
        undo=[one.event.uid for one in reversed(done) if one.event.kind != "undo"],
        repeated=all(one.repeated for one in done),
        individual=None if number is None else {"number": number, "code": code, "name": name or ""},
    )


def _uid(content: dict[str, Any]) -> str:
    uid = text(content, "uid", longest=64)
    if not DEED_UID.fullmatch(uid):
        raise BadRequestError("The answer has no proper number.", "Reload the page and answer again.")
    return uid


def _nth(uid: str, place: int) -> str:
    return f"{uid}-{place}" if place else uid


def _one(content: dict[str, Any], name: str) -> str:
    return text(content, name, longest=64)


def _several(content: dict[str, Any], name: str) -> list[str]:
    """A list of names, each once, in the order given; never empty."""
    values = content.get(name)
    if not isinstance(values, list) or not values or len(values) > MOST:
        raise BadRequestError("No picture was chosen.", f"Choose some first, at most {MOST} at once.")
    if not all(isinstance(one, str) and 0 < len(one) <= 64 and _whole(one) for one in values):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    return list(dict.fromkeys(values))


def _whole(word: str) -> bool:
    """Whether a word holds whole letters only, such as can be kept."""
    return not any("\ud800" <= letter <= "\udfff" for letter in word)

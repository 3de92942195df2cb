"""Pairs that may be one animal (suggested merges, both flanks), and the bin of the unidentifiable."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from spotid.jobs.stages import line_of
from spotid.project import histories, individuals, moments, sightings
from spotid.project.filenames import shown as plain
from spotid.project.folder import Project
from spotid.project.individuals import Animal
from spotid.review.desk import Desk
from spotid.review.likely import Likely, likely
from spotid.review.paired import SECONDS, proposals
from spotid.review.queue import Offer
from spotid.review.sides import TOLD_APART
from spotid.review.unseen import unseen
from spotid.web.common import after, bench, shown

pages = Blueprint("pairs", __name__)

PAGE = 60
MOST = 40  # pairs on one page
SECONDS_ASKED = (2, 5, 10, 30, 60)


@pages.get("/project/<project_id>/likely")
def suggestions(project_id: str) -> ResponseReturnValue:
    """Pairs of individuals that may be one."""
    project, desk = bench().project(project_id), bench().desk(project_id)
    with desk.lock:
        desk.fresh()
        pairs = suggested(desk, alike(desk, MOST))
    return render_template("individual_likely.html", **frame(project, "likely"), suggested=pairs)


@pages.get("/project/<project_id>/flanks")
def flanks(project_id: str) -> ResponseReturnValue:
    """Left-only and right-only animals that paired cameras saw at one moment."""
    project, desk = bench().project(project_id), bench().desk(project_id)
    asked = request.args.get("seconds", SECONDS, type=float)
    seconds = asked if 0 <= asked <= max(SECONDS_ASKED) else SECONDS
    with desk.lock:
        desk.fresh()
        kind = line_of(project, bench().settings).kind_of()
        found = proposals(moments.shots(project.store), desk.identities, seconds, partial(unseen, desk))
        found = [pair for pair in found if kind(pair.left.uid) == kind(pair.right.uid)]
        shots = [one for pair in found[:MOST] for one in (pair.left, pair.right)]
        known = {one.uid: desk.identities.individual(one.uid) for one in shots}
    rows = sightings.many(project.store, list(known))
    names = {one.number: one for one in individuals.animals(project.store, sorted({n for n in known.values() if n}))}
    pairs = [
        {
            "sides": [
                {
                    **shot(dict(rows[one.uid])),
                    "animal": summary(names[number]) if (number := known[one.uid]) in names else None,
                }
                for one in (pair.left, pair.right)
            ],
            "seconds": pair.seconds,
            "cameras": pair.cameras,
            "station": plain(pair.left.station),
        }
        for pair in found[:MOST]
    ]
    return render_template(
        "individual_flanks.html",
        **frame(project, "flanks"),
        pairs=pairs,
        found=len(found),
        seconds=seconds,
        choices=SECONDS_ASKED,
        untimed=moments.untimed(project.store),
        corrected=moments.corrected(project.store),
        linked=len(histories.links(project.store)),
    )


@pages.get("/project/<project_id>/unidentifiable")
def unidentifiable(project_id: str) -> ResponseReturnValue:
    """Sightings in which, a person said, nobody can be identified."""
    project = bench().project(project_id)
    rows = histories.unusable(project.store, after(), PAGE + 1)
    return render_template(
        "unidentifiable.html",
        **frame(project, "bin"),
        rows=[shot({**dict(row), "covered": covered(row["evidence"])}) for row in rows[:PAGE]],
        total=histories.count_unusable(project.store),
        more=rows[PAGE - 1]["row"] if len(rows) > PAGE else None,
    )


def summary(one: Animal) -> dict[str, Any]:
    """An individual as lists, the chooser and its page show it."""
    return {
        "number": one.number,
        "code": one.code,
        "name": one.name,
        "sex": one.facts.get("sex", ""),
        "age": one.facts.get("age", ""),
        "notes": one.facts.get("notes", ""),
        "count": one.count,
        "shelves": one.shelves,
        "first": one.first,
        "last": one.last,
        "stations": [plain(name) for name in one.stations],
        "sighting": one.sighting,
        "portrait": one.portrait,
        "portraits": one.portraits,
    }


def frame(project: Project, tab: str) -> dict[str, Any]:
    """What all these pages share."""
    return {
        "project": shown(project),
        "page": "individuals",
        "tab": tab,
        "binned": histories.count_unusable(project.store),
    }


def shot(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "station": plain(row["station"]) if row["station"] else None}


def alike(desk: Desk, limit: int, number: int | None = None) -> list[Likely]:
    """Individuals that look alike on two visits and from one side, or from a side that is not known.

    Pictures of one visit look alike by their place and light, and opposite sides show nothing that could be compared.
    """

    def comparable(anchor: str, offer: Offer) -> bool:
        flanks = {desk.sides.side(anchor).flank, desk.sides.side(offer.comparison).flank}
        return not offer.same_visit and flanks != TOLD_APART

    return likely(desk.queue.offers, desk.identities, number=number, limit=limit, usable=comparable)


def suggested(desk: Desk, pairs: list[Likely]) -> list[dict[str, Any]]:
    chances = bench().chances(desk.project.id) if pairs else None
    numbers = sorted({number for pair in pairs for number in (pair.one, pair.other)})
    store = desk.project.store
    known = {one.number: one for one in individuals.with_portraits(store, individuals.animals(store, numbers))}
    return [
        {
            "animals": [summary(known[pair.one]), summary(known[pair.other])],
            "uids": [pair.a, pair.b],
            "spots": pair.offer.spots,
            # Before answers correct it, it is far too low on photographs: no number to answer by.
            "chance": None if chances is None else chances.told(pair.offer, pair.offer.profile),
        }
        for pair in pairs
        if pair.one in known and pair.other in known
    ]


def covered(evidence: Any) -> int:
    """How many other pictures of the visits an answer covers."""
    told = json.loads(evidence) if isinstance(evidence, str) else evidence
    others = told.get("with")
    return sum(len(uids) for uids in others.values() if isinstance(uids, list)) if isinstance(others, dict) else 0

"""Individuals: the list, the chooser, and one animal's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from spotid import codes
from spotid.errors import NotFoundError
from spotid.project import histories, individuals, sightings
from spotid.project.filenames import shown as plain
from spotid.project.folder import Project
from spotid.project.individuals import Animal
from spotid.web import drawn, pairs
from spotid.web.common import after, bench, shown
from spotid.web.pairs import covered, frame, shot, summary
from spotid.words import Verdict

pages = Blueprint("individuals", __name__)

PAGE = 60
SHELF = 24  # pictures of one flank at first, and each time that more are asked for
HISTORY = 20
FOUND = 12  # individuals that the chooser offers
SUGGESTED_HERE = 3


@pages.get("/project/<project_id>/individuals", endpoint="individuals")
def roster(project_id: str) -> ResponseReturnValue:
    """Every individual, a page at a time."""
    project = bench().project(project_id)
    find, order, kind = _asked("find"), _asked("order", individuals.ORDERS), _asked("kind", individuals.KINDS)
    page, found, more = individuals.listed(project.store, find=find, order=order, kind=kind, after=after(), limit=PAGE)
    counts = individuals.counts(project.store)
    return render_template(
        "individuals.html",
        **frame(project, "all"),
        animals=[summary(one) for one in page],
        found=found,
        more=more,
        find=find,
        order=order,
        kind=kind,
        total=counts["individuals"],
        unidentified=sightings.count(project.store) - counts["sightings"],
    )


@pages.get("/api/project/<project_id>/individuals")
def chooser(project_id: str) -> ResponseReturnValue:
    """Individuals whose code or name begins with, or holds, what was typed; those used last come first."""
    project, typed = bench().project(project_id), individuals.plain(_asked("find"))
    everyone = {one.number: one for one in individuals.animals(project.store)}
    recent = [number for number in individuals.recent(project.store) if number in everyone]
    ranks = {number: place for place, number in enumerate(recent)}
    found = sorted(
        (one for one in everyone.values() if typed in individuals.plain(f"{one.code} {one.name}")),
        key=lambda one: (not _begins(one, typed), ranks.get(one.number, len(ranks)), one.number),
    )
    chosen = individuals.with_portraits(project.store, found[:FOUND])
    return jsonify(individuals=[summary(one) for one in chosen], found=len(found))


def _begins(one: Animal, typed: str) -> bool:
    """Whether this is just what was typed, or begins so: 1 means leopard_1 before leopard_10."""
    return codes.means(typed, one.code) or typed == individuals.plain(one.name) if typed else True


@pages.get("/project/<project_id>/individuals/<number>")
def individual(project_id: str, number: str) -> ResponseReturnValue:
    """One individual."""
    project = bench().project(project_id)
    one = _known(project, number)
    asked = request.args.get("before", 0, type=int)
    before = asked if 0 < asked < 1 << 62 else None
    told = histories.of_individual(project.store, one.number, before, HISTORY + 1)
    previous, following = individuals.beside(project.store, one.number)
    seen = individuals.stations_of(project.store, one.number)
    desk = bench().desk(project_id)
    with desk.lock:
        desk.fresh()
        suggested = pairs.suggested(desk, pairs.alike(desk, SUGGESTED_HERE, one.number))
    return render_template(
        "individual.html",
        **frame(project, "one"),
        one=summary(one),
        shelves=[_shelf(project, one, shelf) for shelf in individuals.SHELVES if one.shelves[shelf]],
        stations=[{**dict(row), "name": plain(row["name"]) if row["name"] else None} for row in seen],
        map=drawn.drawn_map(seen, individuals.places(project.store)),
        times=drawn.drawn_times(individuals.times_of(project.store, one.number), individuals.span(project.store)),
        history=[_line(project, row) for row in told[:HISTORY]],
        older=told[HISTORY - 1].row if len(told) > HISTORY else None,
        previous=previous,
        following=following,
        suggested=suggested,
    )


@pages.get("/project/<project_id>/individuals/<number>/shelf")
def shelf(project_id: str, number: str) -> ResponseReturnValue:
    """More pictures of one flank of an individual: a part of its page."""
    project = bench().project(project_id)
    one, which = _known(project, number), _asked("shelf", individuals.SHELVES)
    return render_template(
        "individual_shelf.html", project=shown(project), shelf=_shelf(project, one, which, after()), one=summary(one)
    )


def _known(project: Project, number: str) -> Animal:
    asked = codes.number_in(number)
    one = None if asked is None else individuals.animal(project.store, asked)
    if one is None or not codes.means(number, one.code):
        raise NotFoundError(
            "There is no such individual now.", "It may have been merged with another, or its answers taken back."
        )
    return one


def _asked(name: str, known: tuple[str, ...] = ()) -> str:
    """A word of the address; the first of ``known`` where it is none of them."""
    value = request.args.get(name, "")[:200].replace("\0", "")
    return value if not known or value in known else known[0]


def _shelf(project: Project, one: Animal, which: str, since: int = 0) -> dict[str, Any]:
    rows = individuals.gallery(project.store, one.number, which, since, SHELF + 1)
    return {
        "name": which,
        "count": one.shelves[which],
        "shots": [shot(dict(row)) for row in rows[:SHELF]],
        "more": rows[SHELF - 1]["id"] if len(rows) > SHELF else None,
    }


def _line(project: Project, told: histories.Told) -> dict[str, Any]:
    """An answer as the history shows it; what can't be read from the two pictures is in ``facts`` and ``out``."""
    evidence = told.evidence
    facts = evidence.get("facts")
    return {
        "row": told.row,
        "uid": told.uid,
        "kind": told.kind,
        "pictures": [uid for uid in (told.a, told.b) if uid],
        "at": told.at,
        "reviewer": told.reviewer,
        "taken_back": told.taken_back,
        "facts": facts if told.kind == Verdict.DESCRIBE and isinstance(facts, dict) else {},
        "out": len(evidence.get("out") or ()),
        "flank": evidence.get("flank"),
        "covered": covered(evidence),
    }

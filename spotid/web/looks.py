"""What helps to look at a pair: the spots on which both coats agree."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from spotid.boxes import Box
from spotid.errors import NotFoundError
from spotid.jobs.stages import line_of
from spotid.project import sightings
from spotid.web.common import bench
from spotid.web.pictures import UID

pages = Blueprint("looks", __name__)

DIGITS = 4
APART = "These are animals of two kinds; their coats are not compared."
LOST = "The spots of these two pictures are no longer on the disk."


@pages.get("/api/project/<project_id>/spots")
def spots(project_id: str) -> ResponseReturnValue:
    """Pairs of spots that lie alike on two sightings, best first: fractions of both crops, and how many there are.

    ``crops`` tells where each crop lies in its upright original, so that the spots can be drawn there, too.
    """
    project = bench().project(project_id)
    asked = [request.args.get(name, "") for name in ("a", "b")]
    rows = [sightings.facts(project.store, uid) if UID.fullmatch(uid) else None for uid in asked]
    one, other = rows
    if one is None or other is None or not one["recipe"] or not other["recipe"]:
        raise NotFoundError("There is no such pair.", "Reload the page.")
    from spotid.match.agreeing import shown_spots

    line = line_of(project, bench().settings)
    profile = line.routing.of(one["species"])
    if line.routing.of(other["species"]) is not profile:
        return jsonify(pairs=[], count=0, crops=[], sentence=APART)
    found = shown_spots(project, line.chosen_of(profile).matcher, profile.padding, one, other, lie=profile.lie)
    best, count = found or ([], 0)
    pairs = [{"a": _rounded(spot.a), "b": _rounded(spot.b)} for spot in best]
    crops = [_crop(row, profile.padding) for row in (one, other)]
    return jsonify(pairs=pairs, count=count, crops=crops, sentence=LOST if found is None else "")


def _crop(row: sqlite3.Row, padding: float) -> list[float]:
    """Left, top, width and height of a crop as fractions of its original."""
    whole: tuple[int, int] = (row["width"] or 1, row["height"] or 1)
    left, top, right, bottom = Box(row["x"], row["y"], row["w"], row["h"]).padded(padding).pixels(*whole)
    return _rounded((left / whole[0], top / whole[1], (right - left) / whole[0], (bottom - top) / whole[1]))


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(value, DIGITS) for value in values]

"""Clocks and places that are probably wrong, as confirmed animals show: told on the pages of clocks and of stations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from spotid.project import odd_stations, stations_beside
from spotid.project.filenames import shown as plain
from spotid.project.folder import Project
from spotid.project.odd_stations import Odd
from spotid.web.common import bench, body, text

pages = Blueprint("odd", __name__)


@pages.get("/api/project/<project_id>/odd")
def odd(project_id: str) -> ResponseReturnValue:
    """What is odd of clocks and of places, the clearest first; worked out anew whenever it is asked for."""
    return jsonify(_told(bench().project(project_id)))


@pages.post("/api/project/<project_id>/odd-hush")
def hush(project_id: str) -> ResponseReturnValue:
    """A person says that a clock or a place is right as it is."""
    project = bench().project(project_id)
    odd_stations.hush(project.store, text(body(), "key", "What is right", longest=500))
    return jsonify(_told(project))


def _told(project: Project) -> dict[str, Any]:
    found = odd_stations.found(project.store)
    return {
        "clocks": [_line(project, one) for one in found if one.of_clock],
        "places": [_line(project, one) for one in found if not one.of_clock],
        "notes": stations_beside.told(project.store),
    }


def _line(project: Project, one: Odd) -> dict[str, Any]:
    told, address = one.oddity, ""
    if one.deployment_id is not None:
        address = url_for("clocks.clock", project_id=project.id, number=one.deployment_id, camera=one.camera)
    return {
        "key": one.key,
        "name": plain(told.station),
        "camera": plain(one.camera),
        "kind": told.kind,
        "sentence": plain(told.sentence),
        "advice": plain(told.repair),
        "pairs": told.pairs,
        "improbable": told.improbable,
        "left": told.left,
        "url": address,
    }

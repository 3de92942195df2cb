"""Which camera stood at which station from when until when, when it was changed, and when it did not work."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import clocks, deployments, effort, stations_kept
from spotid.project.deployments import Deployment, Outside
from spotid.project.filenames import shown as plain
from spotid.project.folder import Project
from spotid.project.store import Store
from spotid.web.common import bench, body, shown
from spotid.web.typed import moment_typed, row, words

pages = Blueprint("deployed", __name__)

MOST_OUTSIDE = 100


@pages.get("/project/<project_id>/deployments", endpoint="deployments")
def every_deployment(project_id: str) -> ResponseReturnValue:
    """Every deployment with its outages."""
    return render_template("deployments.html", project=shown(bench().project(project_id)), tab="deployments")


@pages.get("/api/project/<project_id>/deployments")
def told(project_id: str) -> ResponseReturnValue:
    """Every deployment, the photographs outside of all of them, and what is odd."""
    return jsonify(_told(bench().project(project_id)))


@pages.post("/api/project/<project_id>/deployment-add")
def add(project_id: str) -> ResponseReturnValue:
    """Say that a camera stood at a station."""
    content = body()
    station = row(content, "station", "The station")
    deployments.add(_store(project_id), station, words(content, "camera", "The camera"), *_days(content))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/deployment-change")
def change(project_id: str) -> ResponseReturnValue:
    """Say anew which camera it was, and from when until when."""
    content = body()
    one = row(content, "deployment", "The deployment")
    deployments.change(_store(project_id), one, words(content, "camera", "The camera"), *_days(content))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/deployment-swap")
def swap(project_id: str) -> ResponseReturnValue:
    """Another camera hangs there from a day on."""
    content = body()
    one, day = row(content, "deployment", "The deployment"), moment_typed(content, "day", "The day")
    if day is None:
        raise BadRequestError("The day is empty.", "Write the day on which the camera was changed.")
    deployments.swap(_store(project_id), one, day, words(content, "camera", "The camera"))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/deployment-remove")
def remove(project_id: str) -> ResponseReturnValue:
    """Take back what was declared of a deployment."""
    deployments.remove(_store(project_id), row(body(), "deployment", "The deployment"))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/deployment-pin")
def pin(project_id: str) -> ResponseReturnValue:
    """The photographs of a camera outside of a deployment belong to it all the same."""
    store, content = _store(project_id), body()
    one, camera = row(content, "deployment", "The deployment"), words(content, "camera", "The camera")
    seen = clocks.pictures(store, deployments.deployment(store, one).id, camera)
    deployments.pin(store, [picture.uid for picture in seen if not picture.inside], one)
    return _changed(project_id)


@pages.post("/api/project/<project_id>/outage-add")
def add_outage(project_id: str) -> ResponseReturnValue:
    """Say that a camera did not work."""
    content = body()
    starts, ends = _outage(content)
    one = row(content, "deployment", "The deployment")
    deployments.add_outage(_store(project_id), one, starts, ends, words(content, "reason", "The reason"))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/outage-change")
def change_outage(project_id: str) -> ResponseReturnValue:
    """Say anew when a camera did not work, and why."""
    content = body()
    starts, ends = _outage(content)
    one = row(content, "outage", "The outage")
    deployments.change_outage(_store(project_id), one, starts, ends, words(content, "reason", "The reason"))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/outage-remove")
def remove_outage(project_id: str) -> ResponseReturnValue:
    """The camera worked after all."""
    store, one = _store(project_id), row(body(), "outage", "The outage")
    if all(outage.id != one for known in deployments.deployments(store) for outage in known.outages):
        raise NotFoundError("There is no such outage.", "Look at the list; it may have been taken away.")
    deployments.remove_outage(store, one)
    return _changed(project_id)


def _days(content: dict[str, Any]) -> tuple[str | None, str | None]:
    return moment_typed(content, "starts", "The first day"), moment_typed(content, "ends", "The last day")


def _outage(content: dict[str, Any]) -> tuple[str, str | None]:
    starts, ends = _days(content)
    if starts is None:
        raise BadRequestError("The first day is empty.", "Write the day on which the camera stopped.")
    return starts, ends


def _store(project_id: str) -> Store:
    return bench().project(project_id).store


def _changed(project_id: str) -> ResponseReturnValue:
    """Photographs find their deployments anew, and their clocks with them."""
    project = bench().project(project_id)
    clocks.settle(project.store)
    bench().boxes_changed(project_id)
    return jsonify(_told(project))


def _told(project: Project) -> dict[str, Any]:
    store = project.store
    everyone = deployments.deployments(store)
    outside = deployments.outside(store)
    return {
        "deployments": [_line(project, one) for one in everyone],
        "stations": [{"id": one.id, "name": plain(one.name)} for one in stations_kept.stations(store)],
        "outside": [_outside(project, one, everyone) for one in outside[:MOST_OUTSIDE]],
        "photographs_outside": sum(one.photographs for one in outside),
        "sentences": effort.overlapping(effort.of(store)),
    }


def _line(project: Project, one: Deployment) -> dict[str, Any]:
    seen = [plain(camera) for camera in one.cameras if camera]
    url = url_for("clocks.clock", project_id=project.id, number=one.id, camera=one.camera or "".join(one.cameras[:1]))
    return asdict(one) | {"station": plain(one.station), "shown": plain(one.camera), "cameras": seen, "url": url}


def _outside(project: Project, one: Outside, everyone: list[Deployment]) -> dict[str, Any]:
    choices = [known for known in everyone if known.id in one.deployments]
    return {
        **{name: getattr(one, name) for name in ("camera", "photographs", "first", "last", "uid")},
        "station": plain(one.station),
        "shown": plain(one.camera),
        "sentence": one.why,
        "choices": [
            {
                **{name: getattr(known, name) for name in ("id", "camera", "starts_at", "ends_at")},
                "url": url_for("clocks.clock", project_id=project.id, number=known.id, camera=one.camera),
            }
            for known in choices
        ],
    }

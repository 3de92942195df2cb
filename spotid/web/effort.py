"""Surveys, and the effort that went into them: nights of cameras, as a chart and as figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.project import effort, effort_chart, surveys
from spotid.project.effort_chart import Line
from spotid.project.filenames import shown as plain
from spotid.project.store import Store
from spotid.web.common import bench, body, number, shown, text
from spotid.web.typed import moment_typed, row

pages = Blueprint("effort", __name__)

MOST_OCCASIONS = 60  # columns of the table; a table of more is for the export


@pages.get("/project/<project_id>/effort", endpoint="effort")
def whole_effort(project_id: str) -> ResponseReturnValue:
    """Surveys and effort."""
    return render_template("effort.html", project=shown(bench().project(project_id)), tab="effort")


@pages.get("/api/project/<project_id>/effort")
def told(project_id: str) -> ResponseReturnValue:
    """The chart and the figures of a survey, or of everything; ``proven``: nights without proof are left out."""
    store = bench().project(project_id).store
    asked = request.args.get("survey", 0, type=int)
    known = {one.id for one in surveys.surveys(store)}
    return jsonify(_told(store, asked if asked in known else None, request.args.get("proven") == "1"))


@pages.post("/api/project/<project_id>/survey-add")
def add(project_id: str) -> ResponseReturnValue:
    """A new survey."""
    store, content = bench().project(project_id).store, body()
    made = surveys.add(store, _title(content), *_days(content), _occasion(content))
    return jsonify(_told(store, made, False))


@pages.post("/api/project/<project_id>/survey-change")
def change(project_id: str) -> ResponseReturnValue:
    """Say anew what a survey is."""
    store, content = bench().project(project_id).store, body()
    one = row(content, "survey", "The survey")
    surveys.change(store, one, _title(content), *_days(content), _occasion(content))
    return jsonify(_told(store, one, False))


@pages.post("/api/project/<project_id>/survey-remove")
def remove(project_id: str) -> ResponseReturnValue:
    """Take a survey away; photographs and deployments stay."""
    store = bench().project(project_id).store
    surveys.remove(store, row(body(), "survey", "The survey"))
    return jsonify(_told(store, None, False))


def _title(content: dict[str, Any]) -> str:
    return text(content, "title", "The title", longest=200)


def _days(content: dict[str, Any]) -> tuple[str | None, str | None]:
    return moment_typed(content, "starts", "The first day"), moment_typed(content, "ends", "The last day")


def _occasion(content: dict[str, Any]) -> int:
    days = number(content, "occasion_days")
    if days is None or days != int(days):
        raise BadRequestError("The length of an occasion is no whole number of days.", "Five to ten days are usual.")
    return int(days)


def _told(store: Store, survey_id: int | None, proven: bool) -> dict[str, Any]:
    occasions = effort.by_occasion(store, survey_id, proven) if survey_id is not None else None
    few = occasions is not None and len(occasions.starts) <= MOST_OCCASIONS
    stations = [asdict(one) | {"station": plain(one.station)} for one in effort.by_station(store, survey_id, proven)]
    return {
        "surveys": [asdict(one) for one in surveys.surveys(store)],
        "survey": survey_id,
        "proven": proven,
        "lines": [_line(one) for one in effort_chart.chart(store, survey_id)],
        "stations": stations,
        "total": asdict(effort.total(store, survey_id, proven)),
        "sentences": effort.told(store, survey_id),
        "occasions": asdict(occasions) if occasions is not None and few else None,
        "occasion_count": len(occasions.starts) if occasions is not None else 0,
    }


def _line(one: Line) -> dict[str, Any]:
    return asdict(one) | {"station": plain(one.station), "camera": plain(one.camera)}

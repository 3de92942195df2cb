"""Dashboard and sightings: every file found is on exactly one shelf."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.project import clips, collections, filenames, frame_queues, media, results, sightings, strips, views
from spotid.project.folder import Project
from spotid.web.common import after, bench, shown
from spotid.web.run import advice_of, describe, detail_of, sentence_of
from spotid.web.tongues import say

pages = Blueprint("shelves", __name__)

PAGE = 60
TASKS = {"run": "run.run", "export": "export.export", "check": "care.care"}  # each with the page that tells of it


@pages.get("/project/<project_id>/")
def dashboard(project_id: str) -> ResponseReturnValue:
    """The project at a glance: what is at work, what waits for a person, and where every file stands."""
    project = bench().project(project_id)
    return render_template(
        "dashboard.html",
        project=shown(project),
        shelves=shelves(project),
        total=media.count(project.store),
        sightings=sightings.count(project.store),
        individuals=len(results.individuals(project.store)),
        singletons=views.singletons(project.store),
        drawn=views.drawn_waiting(project.store),
        asked=collections.asked(project.store),
        strips=strips.waiting(project.store),
        strips_known=strips.known(project.store),
        tasks=[_task(project, kind) for kind in TASKS],
    )


@pages.get("/project/<project_id>/sightings")
def files(project_id: str) -> ResponseReturnValue:
    """The files of one shelf, a page at a time."""
    project = bench().project(project_id)
    shelf = request.args.get("shelf", "")
    shelf = shelf if shelf in views.SHELVES else next(iter(views.SHELVES))
    found = views.on_shelf(project.store, shelf, after(), PAGE + 1)
    return render_template(
        "sightings.html",
        project=shown(project),
        rows=[_row(row) for row in found[:PAGE]],
        looked_at=frame_queues.looked_at(project.store, [row["uid"] for row in found[:PAGE]]),
        next_after=found[PAGE - 1]["id"] if len(found) > PAGE else None,
        shelf=shelf,
        shelves=shelves(project),
        total=media.count(project.store),
    )


def shelves(project: Project) -> list[dict[str, Any]]:
    """Every shelf with its count; the counts add up to the files found."""
    counts = views.shelf_counts(project.store)
    return [
        {
            "key": key,
            "label": say(shelf.label),
            "count": counts[key],
            "sentence": say(shelf.sentence),
            "url": url_for("species.page", project_id=project.id)
            if key == "other"
            else url_for("shelves.files", project_id=project.id, shelf=key),
        }
        for key, shelf in views.SHELVES.items()
    ]


def _task(project: Project, kind: str) -> dict[str, Any]:
    """A kind of job as the overview shows it: its newest one, and where it is told of in full."""
    job = describe(project, bench().jobs, kind)
    job = job if job["kind"] == kind else {"state": "none"}
    return {"kind": kind, "state": job["state"], "url": url_for(TASKS[kind], project_id=project.id)}


def _row(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "media_uid": row["uid"],
        "uid": row["sighting_uid"],
        "name": clips.shown_name(row["relpath"]),
        "path": filenames.shown(row["clip"] or row["relpath"]),
        "station": filenames.shown(row["station"] or ""),
        "captured_at": row["captured_at"],
        "state": row["state"],
        "problem": row["problem"],
        "sentence": say(sentence_of(row["problem"])),
        "advice": say(advice_of(row["problem"])),
        "detail": say(detail_of(row)),
        "individual": row["code"],
    }

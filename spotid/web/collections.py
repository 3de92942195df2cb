"""The collections that a project was given: a list of them, what each has become, and taking one back."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, JobError, NotFoundError
from spotid.intake.received import FOLDER
from spotid.project import collections, filenames
from spotid.project.collections import RowState
from spotid.project.folder import Project
from spotid.review import imports
from spotid.web.common import after, bench, body, reviewer, shown, text

pages = Blueprint("collections", __name__)

PAGE = 100


@pages.get("/project/<project_id>/imports")
def listed(project_id: str) -> ResponseReturnValue:
    """What was taken in so far, and the ways to take in more."""
    project = bench().project(project_id)
    imported = [one | {"source": _source(one["source"])} for one in collections.listed(project.store)]
    return render_template("imports.html", project=shown(project), imports=imported)


@pages.get("/api/project/<project_id>/imports")
def asked(project_id: str) -> ResponseReturnValue:
    """How many rows of imports wait for a person, and where."""
    waiting = collections.asked(bench().project(project_id).store)
    if waiting is None:
        return jsonify(count=0, url=None)
    return jsonify(count=waiting[1], url=url_for("collections.outcome", project_id=project_id, uid=waiting[0]))


@pages.get("/project/<project_id>/imports/<uid>")
def outcome(project_id: str, uid: str) -> ResponseReturnValue:
    """What has become of every row of one import."""
    project = bench().project(project_id)
    one = collections.one(project.store, uid)
    return render_template("import_outcome.html", project=shown(project), one=one | {"source": _source(one["source"])})


@pages.get("/api/project/<project_id>/imports/<uid>")
def rows(project_id: str, uid: str) -> ResponseReturnValue:
    """How many rows are in which state, and a page of them; those of one state where ``state`` is given."""
    project = bench().project(project_id)
    one, wanted = collections.one(project.store, uid), request.args.get("state", "")
    states = (RowState(wanted),) if wanted in {state.value for state in RowState} else ()
    found = collections.rows(project.store, uid, states=states, after=after(), limit=PAGE + 1)
    following = found[PAGE - 1]["id"] if len(found) > PAGE else None
    job = bench().jobs.of(project)
    return jsonify(
        counts=one["counts"],
        taken_back_at=one["taken_back_at"],
        rows=found[:PAGE],
        next_after=following,
        at_work=job is not None and job.running,
    )


@pages.post("/api/project/<project_id>/imports/rows/<int:row>")
def settle(project_id: str, row: int) -> ResponseReturnValue:
    """Say which sighting of a picture is meant by a row, or that the row is left."""
    project, content = bench().project(project_id), body()
    if not 0 < row < 1 << 62:
        raise NotFoundError("There is no such row.", "Reload the page.")
    desk = bench().desk(project_id)
    if content.get("leave") is True:
        imports.leave(desk, row)
    else:
        imports.choose(desk, row, text(content, "sighting", "The box", longest=40), reviewer(content))
    return jsonify(row=collections.row(project.store, row))


@pages.post("/api/project/<project_id>/imports/<uid>/take-back-all")
def take_back(project_id: str, uid: str) -> ResponseReturnValue:
    """Take back everything that an import has said; the photographs stay. The run then lets go of its stations."""
    project, content = bench().project(project_id), body()
    if content.get("sure") is not True:
        raise BadRequestError("Nothing was taken back.", "Say that you are sure.")
    _idle(project)
    done = imports.take_back(bench().desk(project_id), uid, reviewer(content))
    bench().run(project)
    return jsonify(answers=done, counts=collections.one(project.store, uid)["counts"])


def _source(path: str) -> str:
    """Where it came from, for people: of a file that was sent, its name alone."""
    where = Path(path)
    return where.name if where.parent.parent.name == FOLDER else filenames.shown(path)


def _idle(project: Project) -> None:
    job = bench().jobs.of(project)
    if job is not None and job.running:
        raise JobError("This project is at work already.", "Wait for it to end, or cancel it first.")
